// Products with a matrix, sums, and what is done to single rows.
// Part of vector_passes.h, and included by it alone.

template <class Field>
PF_PASS_INLINE Block load_shard_block(const std::byte* from, std::size_t bytes) {
  if (bytes >= kFecBlockBytes) return load_block(from);
  alignas(kFecBlockBytes) std::byte block[kFecBlockBytes];
  spread_tail<Field>(block, from, bytes);
  return load_block(block);
}

template <class Field>
PF_PASS_INLINE void store_shard_block(std::byte* to, const Block& block, std::size_t bytes) {
  if (bytes >= kFecBlockBytes) return store_block(to, block);
  alignas(kFecBlockBytes) std::byte copy[kFecBlockBytes];
  store_block(copy, block);
  gather_tail<Field>(to, copy, bytes);
}

// kBlocks blocks of kTargets targets, from the first-th on. A last block may be a part, if alone.
template <class Field, unsigned kTargets, unsigned kBlocks>
PF_PASS_INLINE void product_tile(const MatrixProduct& product, std::uint32_t first,
                                 std::size_t at) {
  const auto& maps = Field::maps();
  const std::size_t left = kBlocks == 1 ? product.bytes - at : kFecBlockBytes;
  Block sums[kTargets][kBlocks];
  PF_UNROLL for (unsigned t = 0; t < kTargets; ++t) {
    PF_UNROLL for (unsigned b = 0; b < kBlocks; ++b) sums[t][b] = zero_block();
  }
  const std::uint16_t* factors = product.factors + first;
  std::uint32_t s = 0;
  for (; s < product.subfield_count; ++s, factors += product.target_count) {
    PreparedBlock x[kBlocks];
    PF_UNROLL for (unsigned b = 0; b < kBlocks; ++b) {
      Block block = load_shard_block<Field>(product.sources[s] + at + b * kFecBlockBytes, left);
      if constexpr (Field::kChangesBasis) block = change_basis(block, spread_map(maps.basis));
      x[b] = prepare_block(block);
    }
    PF_UNROLL for (unsigned t = 0; t < kTargets; ++t) {
      const Map by = spread_map(maps.by[factors[t]]);
      PF_UNROLL for (unsigned b = 0; b < kBlocks; ++b) sums[t][b] =
          add_blocks(sums[t][b], apply_to_block(by, x[b]));
    }
  }
  if constexpr (Field::kChangesBasis) {
    for (; s < product.source_count; ++s, factors += product.target_count) {
      PF_UNROLL for (unsigned b = 0; b < kBlocks; ++b) {
        const Block block = change_basis(
            load_shard_block<Field>(product.sources[s] + at + b * kFecBlockBytes, left),
            spread_map(maps.basis));
        const PreparedBlock x = prepare_block(block);
        const PreparedBlock dx = prepare_block(times_d(block, spread_map(maps.by[0x80])));
        PF_UNROLL for (unsigned t = 0; t < kTargets; ++t) {
          const SplitMaps by = split_maps(maps, factors[t]);
          sums[t][b] = add_blocks(sums[t][b], apply_to_block(spread_map(*by.c0), x),
                                  apply_to_block(spread_map(*by.c1), dx));
        }
      }
    }
  }
  PF_UNROLL for (unsigned t = 0; t < kTargets; ++t) {
    PF_UNROLL for (unsigned b = 0; b < kBlocks; ++b) {
      Block block = sums[t][b];
      if constexpr (Field::kChangesBasis) block = change_basis(block, spread_map(maps.basis));
      store_shard_block<Field>(product.targets[first + t] + at + b * kFecBlockBytes, block, left);
    }
  }
}

// As many tiles of kBlocks blocks as fit, then of half as many, and so on.
template <class Field, unsigned kTargets, unsigned kBlocks>
PF_PASS_INLINE void product_tiles(const MatrixProduct& product, std::uint32_t first,
                                  std::size_t at) {
  constexpr std::size_t kTileBytes = kBlocks * kFecBlockBytes;
  // The last block may be a part of one.
  const std::size_t end = kBlocks == 1 ? product.bytes + kFecBlockBytes - 1 : product.bytes;
  for (; at + kTileBytes <= end; at += kTileBytes)
    product_tile<Field, kTargets, kBlocks>(product, first, at);
  if constexpr (kBlocks > 1) product_tiles<Field, kTargets, kBlocks / 2>(product, first, at);
}

template <class Field, unsigned kTargets>
PF_PASS void product_rows(const MatrixProduct& product, std::uint32_t first) {
  // Few targets leave registers for more blocks.
  constexpr bool kFew = kProductBlocks > 1 && kTargets <= kProductTargets / 2;
  product_tiles<Field, kTargets, kFew ? 2 * kProductBlocks : kProductBlocks>(product, first, 0);
}

template <class Field, unsigned kTargets>
void product_rows_of(const MatrixProduct& product, std::uint32_t first,
                     std::uint32_t count) noexcept {
  if (count == kTargets) return product_rows<Field, kTargets>(product, first);
  if constexpr (kTargets > 1) product_rows_of<Field, kTargets - 1>(product, first, count);
}

template <class Field>
void product(const MatrixProduct& wanted) noexcept {
  const std::uint32_t tiles = (wanted.target_count + kProductTargets - 1) / kProductTargets;
  std::uint32_t first = 0;
  for (std::uint32_t tile = 0; tile < tiles; ++tile) {  // as even as they get
    const std::uint32_t count = (wanted.target_count - first + tiles - tile - 1) / (tiles - tile);
    product_rows_of<Field, kProductTargets>(wanted, first, count);
    first += count;
  }
}

PF_PASS void sum(std::byte* target, const std::byte* const* sources, std::uint32_t source_count,
                 std::size_t bytes) noexcept {
  constexpr std::size_t kVecs = 8;
  std::size_t at = 0;
  for (; at + kVecs * kVecBytes <= bytes; at += kVecs * kVecBytes) {
    Vec sums[kVecs];
    PF_UNROLL for (std::size_t i = 0; i < kVecs; ++i) sums[i] =
        load_vec(sources[0] + at + i * kVecBytes);
    for (std::uint32_t s = 1; s < source_count; ++s) {
      const std::byte* const source = sources[s] + at;
      PF_UNROLL for (std::size_t i = 0; i < kVecs; ++i) sums[i] =
          add_vecs(sums[i], load_vec(source + i * kVecBytes));
    }
    PF_UNROLL for (std::size_t i = 0; i < kVecs; ++i)
        store_vec(target + at + i * kVecBytes, sums[i]);
  }
  for (; at + kVecBytes <= bytes; at += kVecBytes) {
    Vec total = load_vec(sources[0] + at);
    for (std::uint32_t s = 1; s < source_count; ++s)
      total = add_vecs(total, load_vec(sources[s] + at));
    store_vec(target + at, total);
  }
  for (; at < bytes; ++at) {
    std::byte total = sources[0][at];
    for (std::uint32_t s = 1; s < source_count; ++s) total ^= sources[s][at];
    target[at] = total;
  }
}

PF_PASS void weigh(std::byte* row, const std::byte* shard, std::size_t bytes,
                   std::uint16_t factor) noexcept {
  const Gf16Maps& maps = Field16::maps();
  const SplitMaps by = split_maps(maps, factor);
  for (std::size_t at = 0; at < bytes; at += kFecBlockBytes) {
    const Block parity = load_shard_block<Field16>(shard + at, bytes - at);
    const Block syndrome =
        add_blocks(load_block(row + at), change_basis(parity, spread_map(maps.basis)));
    store_block(row + at, multiply_block(syndrome, by, spread_map(maps.by[0x80])));
  }
}

PF_PASS void finish(std::byte* shard, const std::byte* row, std::size_t bytes,
                    std::uint16_t factor) noexcept {
  const Gf16Maps& maps = Field16::maps();
  const SplitMaps by = split_maps(maps, factor);
  for (std::size_t at = 0; at < bytes; at += kFecBlockBytes) {
    const Block value = multiply_block(load_block(row + at), by, spread_map(maps.by[0x80]));
    store_shard_block<Field16>(shard + at, change_basis(value, spread_map(maps.basis)), bytes - at);
  }
}

PF_PASS void add_scaled(std::byte* target, const std::byte* row, std::size_t bytes,
                        std::uint8_t factor) noexcept {
  const Map by = spread_map(Field8::maps().by[factor]);
  for (std::size_t at = 0; at < bytes; at += kVecBytes) {
    store_vec(target + at,
              add_vecs(load_vec(target + at), apply_map(by, prepare(load_vec(row + at)))));
  }
}
