// The passes of the transforms over rows, written once for all vector kernels.
//
// A kernel file defines PF_KERNEL_TARGET, the function attribute that allows its instructions, and
// in an anonymous namespace the types Block (64 bytes in registers), Basis and Factor<kSubfield>
// with
//
//   load_block, store_block             64 bytes from and to memory
//   add_blocks                          XOR
//   make_basis, change_basis            between element and row form, either way
//   make_factor<kSubfield>              kSubfield: it is below 256
//   multiply_block<kSubfield>
//
// and then includes this file inside that namespace, once. It has neither guard nor namespace of
// its own: everything must be compiled anew, for the instructions of that kernel.

#define PF_PASS PF_KERNEL_TARGET
#define PF_PASS_INLINE PF_KERNEL_TARGET __attribute__((always_inline)) inline

// A last piece of a shard, spread to a whole block and back: half of it are low bytes, half high
// bytes.
PF_PASS_INLINE void spread_tail(std::byte* block, const std::byte* tail, std::size_t tail_bytes) {
  std::memset(block, 0, kGf16BlockBytes);
  std::memcpy(block, tail, tail_bytes / 2);
  std::memcpy(block + kGf16BlockBytes / 2, tail + tail_bytes / 2, tail_bytes / 2);
}

PF_PASS void load(std::byte* row, const std::byte* shard, std::size_t shard_bytes) noexcept {
  const Basis basis = make_basis();
  std::size_t at = 0;
  for (; at + kGf16BlockBytes <= shard_bytes; at += kGf16BlockBytes) {
    store_block(row + at, change_basis(load_block(shard + at), basis));
  }
  if (at == shard_bytes) return;
  alignas(64) std::byte block[kGf16BlockBytes];
  spread_tail(block, shard + at, shard_bytes - at);
  store_block(row + at, change_basis(load_block(block), basis));
}

PF_PASS void store(std::byte* shard, const std::byte* row, std::size_t shard_bytes) noexcept {
  const Basis basis = make_basis();
  std::size_t at = 0;
  for (; at + kGf16BlockBytes <= shard_bytes; at += kGf16BlockBytes) {
    store_block(shard + at, change_basis(load_block(row + at), basis));
  }
  if (at == shard_bytes) return;
  alignas(64) std::byte block[kGf16BlockBytes];
  store_block(block, change_basis(load_block(row + at), basis));
  const std::size_t half = (shard_bytes - at) / 2;
  std::memcpy(shard + at, block, half);
  std::memcpy(shard + at + half, block + kGf16BlockBytes / 2, half);
}

PF_PASS void add(std::byte* target, const std::byte* source, std::size_t bytes) noexcept {
  std::size_t at = 0;
  for (; at + kGf16BlockBytes <= bytes; at += kGf16BlockBytes) {
    store_block(target + at, add_blocks(load_block(target + at), load_block(source + at)));
  }
  for (; at < bytes; ++at) target[at] ^= source[at];
}

PF_PASS void scale(std::byte* rows, std::size_t bytes, Gf16 factor) noexcept {
  const Factor<false> by = make_factor<false>(factor);
  for (std::size_t at = 0; at < bytes; at += kGf16BlockBytes) {
    store_block(rows + at, multiply_block<false>(load_block(rows + at), by));
  }
}

template <bool kSubfield>
PF_PASS_INLINE void inverse2_as(std::byte* rows, std::size_t half_bytes, Gf16 twiddle) {
  const Factor<kSubfield> by = make_factor<kSubfield>(twiddle);
  for (std::size_t at = 0; at < half_bytes; at += kGf16BlockBytes) {
    Block u = load_block(rows + at);
    Block v = load_block(rows + half_bytes + at);
    v = add_blocks(v, u);
    u = add_blocks(u, multiply_block<kSubfield>(v, by));
    store_block(rows + at, u);
    store_block(rows + half_bytes + at, v);
  }
}

template <bool kSubfield>
PF_PASS_INLINE void forward2_as(std::byte* rows, std::size_t half_bytes, Gf16 twiddle) {
  const Factor<kSubfield> by = make_factor<kSubfield>(twiddle);
  for (std::size_t at = 0; at < half_bytes; at += kGf16BlockBytes) {
    Block u = load_block(rows + at);
    Block v = load_block(rows + half_bytes + at);
    u = add_blocks(u, multiply_block<kSubfield>(v, by));
    v = add_blocks(v, u);
    store_block(rows + at, u);
    store_block(rows + half_bytes + at, v);
  }
}

template <bool kSubfield>
PF_PASS_INLINE void inverse4_as(std::byte* rows, std::size_t quarter_bytes, Gf16 twiddle) {
  const Factor<kSubfield> lower_first = make_factor<kSubfield>(twiddle);
  const Factor<kSubfield> lower_second = make_factor<kSubfield>(twiddle ^ 2);
  const Factor<kSubfield> upper = make_factor<kSubfield>(twiddle >> 1);
  for (std::size_t at = 0; at < quarter_bytes; at += kGf16BlockBytes) {
    std::byte* const from = rows + at;
    Block a = load_block(from);
    Block b = load_block(from + quarter_bytes);
    Block c = load_block(from + 2 * quarter_bytes);
    Block d = load_block(from + 3 * quarter_bytes);
    b = add_blocks(b, a);
    a = add_blocks(a, multiply_block<kSubfield>(b, lower_first));
    d = add_blocks(d, c);
    c = add_blocks(c, multiply_block<kSubfield>(d, lower_second));
    c = add_blocks(c, a);
    d = add_blocks(d, b);
    a = add_blocks(a, multiply_block<kSubfield>(c, upper));
    b = add_blocks(b, multiply_block<kSubfield>(d, upper));
    store_block(from, a);
    store_block(from + quarter_bytes, b);
    store_block(from + 2 * quarter_bytes, c);
    store_block(from + 3 * quarter_bytes, d);
  }
}

template <bool kSubfield>
PF_PASS_INLINE void forward4_as(std::byte* rows, std::size_t quarter_bytes, Gf16 twiddle) {
  const Factor<kSubfield> lower_first = make_factor<kSubfield>(twiddle);
  const Factor<kSubfield> lower_second = make_factor<kSubfield>(twiddle ^ 2);
  const Factor<kSubfield> upper = make_factor<kSubfield>(twiddle >> 1);
  for (std::size_t at = 0; at < quarter_bytes; at += kGf16BlockBytes) {
    std::byte* const from = rows + at;
    Block a = load_block(from);
    Block b = load_block(from + quarter_bytes);
    Block c = load_block(from + 2 * quarter_bytes);
    Block d = load_block(from + 3 * quarter_bytes);
    a = add_blocks(a, multiply_block<kSubfield>(c, upper));
    b = add_blocks(b, multiply_block<kSubfield>(d, upper));
    c = add_blocks(c, a);
    d = add_blocks(d, b);
    a = add_blocks(a, multiply_block<kSubfield>(b, lower_first));
    b = add_blocks(b, a);
    c = add_blocks(c, multiply_block<kSubfield>(d, lower_second));
    d = add_blocks(d, c);
    store_block(from, a);
    store_block(from + quarter_bytes, b);
    store_block(from + 2 * quarter_bytes, c);
    store_block(from + 3 * quarter_bytes, d);
  }
}

PF_PASS void inverse2(std::byte* rows, std::size_t half_bytes, Gf16 twiddle) noexcept {
  twiddle < 256 ? inverse2_as<true>(rows, half_bytes, twiddle)
                : inverse2_as<false>(rows, half_bytes, twiddle);
}
PF_PASS void forward2(std::byte* rows, std::size_t half_bytes, Gf16 twiddle) noexcept {
  twiddle < 256 ? forward2_as<true>(rows, half_bytes, twiddle)
                : forward2_as<false>(rows, half_bytes, twiddle);
}
PF_PASS void inverse4(std::byte* rows, std::size_t quarter_bytes, Gf16 twiddle) noexcept {
  twiddle < 256 ? inverse4_as<true>(rows, quarter_bytes, twiddle)
                : inverse4_as<false>(rows, quarter_bytes, twiddle);
}
PF_PASS void forward4(std::byte* rows, std::size_t quarter_bytes, Gf16 twiddle) noexcept {
  twiddle < 256 ? forward4_as<true>(rows, quarter_bytes, twiddle)
                : forward4_as<false>(rows, quarter_bytes, twiddle);
}

#undef PF_PASS
#undef PF_PASS_INLINE
