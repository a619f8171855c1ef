// The passes of both codecs over rows, written once for all vector kernels.
//
// A kernel file includes, inside an anonymous namespace, first its vector_*.h, which defines
// PF_KERNEL_TARGET (the function attribute that allows its instructions), vectors, maps of bytes
// and blocks, and then this file. It has neither guard nor namespace of its own: everything must
// be compiled anew for the instructions of that kernel.
//
// Rows of GF(2^16) hold elements in the changed basis of gf16_subfield.h. A twiddle below 256 is
// then one map for low and high bytes alike, so that a pass goes over vectors ("lanes") without
// asking which of the two they hold. Only where a lane of low bytes becomes a row, or the other way
// round, does it need the high bytes of the same elements, half a block further on.

#define PF_PASS PF_KERNEL_TARGET
#define PF_PASS_INLINE PF_KERNEL_TARGET __attribute__((always_inline)) inline

// ---- Fields

struct Gf16Maps {
  Gf16Maps() noexcept {
    const ByteMap change = basis_change();
    basis = stored_map(change);
    for (unsigned byte = 0; byte < 256; ++byte) {
      by[byte] = stored_map(multiplication_by(static_cast<std::uint8_t>(byte)));
      basis_of[byte] = apply(change, static_cast<std::uint8_t>(byte));
    }
  }
  std::array<StoredMap, 256> by;  // products with the subfield
  StoredMap basis;                // B
  std::array<std::uint8_t, 256> basis_of;
};

struct Gf8Maps {
  Gf8Maps() noexcept {
    const Gf8Tables& tables = gf8_tables();
    for (unsigned byte = 0; byte < 256; ++byte) {
      ByteMap map{};
      for (unsigned bit = 0; bit < 8; ++bit) {
        map[bit] = multiply_gf8(static_cast<Gf8>(byte), static_cast<Gf8>(1u << bit));
      }
      by[byte] = stored_map(map);
    }
    for (unsigned layer = 0; layer < 8; ++layer) {
      for (unsigned x = 0; x < 256; ++x) twiddles[layer][x] = by[tables.twiddle[layer][x]];
    }
  }
  std::array<StoredMap, 256> by;
  std::array<std::array<StoredMap, 256>, 8> twiddles;
};

struct Field16 {
  static constexpr bool kChangesBasis = true;
  static const Gf16Maps& maps() noexcept {
    static const Gf16Maps built;
    return built;
  }
  static const StoredMap* twiddles(unsigned, std::uint32_t twiddle) noexcept {
    return &maps().by[twiddle];
  }
};

struct Field8 {
  static constexpr bool kChangesBasis = false;
  static const Gf8Maps& maps() noexcept {
    static const Gf8Maps built;
    return built;
  }
  static const StoredMap* twiddles(unsigned layer, std::uint32_t twiddle) noexcept {
    return &maps().twiddles[layer][twiddle];
  }
};

// A last piece of a shard, spread to a whole block and back: in GF(2^16) half of it are low bytes,
// half high bytes.
template <class Field>
PF_PASS_INLINE void spread_tail(std::byte* block, const std::byte* tail, std::size_t tail_bytes) {
  const std::size_t low_bytes = Field::kChangesBasis ? tail_bytes / 2 : tail_bytes;
  std::memset(block, 0, kFecBlockBytes);
  std::memcpy(block, tail, low_bytes);
  if constexpr (Field::kChangesBasis)
    std::memcpy(block + kFecBlockBytes / 2, tail + low_bytes, tail_bytes - low_bytes);
}

template <class Field>
PF_PASS_INLINE void gather_tail(std::byte* tail, const std::byte* block, std::size_t tail_bytes) {
  const std::size_t low_bytes = Field::kChangesBasis ? tail_bytes / 2 : tail_bytes;
  std::memcpy(tail, block, low_bytes);
  if constexpr (Field::kChangesBasis)
    std::memcpy(tail + low_bytes, block + kFecBlockBytes / 2, tail_bytes - low_bytes);
}

// ---- Lanes

struct PlainLane {
  PF_PASS_INLINE static Vec load(const std::byte* from, const Map&) { return load_vec(from); }
  PF_PASS_INLINE static void store(std::byte* to, Vec vec, const Map&) { store_vec(to, vec); }
};

// Low bytes of elements in shards, or whole blocks of them. The high bytes beside a stored lane are
// already there.
struct LowLane {
  PF_PASS_INLINE static Vec load(const std::byte* from, const Map& basis) {
    return load_low_vec(from, basis);
  }
  PF_PASS_INLINE static void store(std::byte* to, Vec vec, const Map& basis) {
    store_low_vec(to, vec, basis);
  }
};

// ---- Transforms with all twiddles below 256

// Pointers and lengths of a pass, out of reach of the stores.
template <unsigned kLayers>
struct PassPlan {
  static constexpr unsigned kRows = 1u << kLayers;
  const std::byte* const* sources;
  std::byte* const* targets;
  std::size_t bytes;
  const StoredMap* twiddles[kLayers];  // of the first block of each layer; the next has 2 more
  const StoredMap* basis;
  const StoredMap* scale;
};

template <class Field, unsigned kLayers>
PF_PASS_INLINE PassPlan<kLayers> plan_of(const TransformPass& pass) {
  PassPlan<kLayers> plan;
  plan.sources = pass.sources;
  plan.targets = pass.targets;
  plan.bytes = pass.bytes;
  for (unsigned layer = 0; layer < kLayers; ++layer) {
    const unsigned depth = pass.first_layer + layer;
    const std::uint32_t twiddle = pass.point >> depth;
    plan.twiddles[layer] = Field::twiddles(depth, twiddle < 256 ? twiddle : 0);
  }
  if constexpr (Field::kChangesBasis) {
    plan.basis = &Field::maps().basis;
  } else {
    plan.basis = &Field::maps().by[0];  // not used
  }
  plan.scale = &Field::maps().by[pass.scale];
  return plan;
}

// kAtZero: the first block of every layer has the twiddle 0.
template <unsigned kLayers, unsigned kLayer, bool kAtZero>
PF_PASS_INLINE void inverse_layer(Vec* x, const StoredMap* twiddles) {
  constexpr unsigned kDistance = 1u << kLayer;
  PF_UNROLL for (unsigned i = 0; i < (1u << kLayers) / 2; ++i) {
    const unsigned block = i / kDistance;
    const unsigned u = block * 2 * kDistance + i % kDistance, v = u + kDistance;
    x[v] = add_vecs(x[v], x[u]);
    if (kAtZero && block == 0) continue;
    x[u] = add_vecs(x[u], apply_map(spread_map(twiddles[2 * block]), prepare(x[v])));
  }
}

template <unsigned kLayers, unsigned kLayer, bool kAtZero>
PF_PASS_INLINE void forward_layer(Vec* x, const StoredMap* twiddles) {
  constexpr unsigned kDistance = 1u << kLayer;
  PF_UNROLL for (unsigned i = 0; i < (1u << kLayers) / 2; ++i) {
    const unsigned block = i / kDistance;
    const unsigned u = block * 2 * kDistance + i % kDistance, v = u + kDistance;
    if (!(kAtZero && block == 0))
      x[u] = add_vecs(x[u], apply_map(spread_map(twiddles[2 * block]), prepare(x[v])));
    x[v] = add_vecs(x[v], x[u]);
  }
}

template <unsigned kLayers, unsigned kLayer, bool kAtZero>
PF_PASS_INLINE void inverse_layers_from(Vec* x, const StoredMap* const* twiddles) {
  inverse_layer<kLayers, kLayer, kAtZero>(x, twiddles[kLayer]);
  if constexpr (kLayer + 1 < kLayers)
    inverse_layers_from<kLayers, kLayer + 1, kAtZero>(x, twiddles);
}

template <unsigned kLayers, unsigned kLayer, bool kAtZero>
PF_PASS_INLINE void forward_layers_from(Vec* x, const StoredMap* const* twiddles) {
  forward_layer<kLayers, kLayer, kAtZero>(x, twiddles[kLayer]);
  if constexpr (kLayer > 0) forward_layers_from<kLayers, kLayer - 1, kAtZero>(x, twiddles);
}

template <class Lane, unsigned kLayers, PassStore kStore, bool kAtZero>
PF_PASS_INLINE void inverse_lane(const PassPlan<kLayers>& plan, std::size_t at) {
  constexpr unsigned kRows = 1u << kLayers;
  Vec x[kRows];
  {
    const Map basis = spread_map(*plan.basis);
    PF_UNROLL for (unsigned i = 0; i < kRows; ++i) x[i] = Lane::load(plan.sources[i] + at, basis);
  }
  inverse_layers_from<kLayers, 0, kAtZero>(x, plan.twiddles);
  PF_UNROLL for (unsigned i = 0; i < kRows; ++i) {
    std::byte* const target = plan.targets[i] + at;
    if constexpr (kStore == PassStore::add) x[i] = add_vecs(x[i], load_vec(target));
    if constexpr (kStore == PassStore::add_scaled)
      x[i] = add_vecs(load_vec(target), apply_map(spread_map(*plan.scale), prepare(x[i])));
    store_vec(target, x[i]);
  }
}

template <class Lane, unsigned kLayers, bool kAtZero>
PF_PASS_INLINE void forward_lane(const PassPlan<kLayers>& plan, std::size_t at) {
  constexpr unsigned kRows = 1u << kLayers;
  Vec x[kRows];
  PF_UNROLL for (unsigned i = 0; i < kRows; ++i) x[i] = load_vec(plan.sources[i] + at);
  forward_layers_from<kLayers, kLayers - 1, kAtZero>(x, plan.twiddles);
  const Map basis = spread_map(*plan.basis);
  PF_UNROLL for (unsigned i = 0; i < kRows; ++i) Lane::store(plan.targets[i] + at, x[i], basis);
}

// Where the low bytes of a block are treated unlike the high ones, the high ones go first.
template <class Field, bool kShards>
constexpr bool kSplitsBlocks = Field::kChangesBasis&& kShards&& kVecBytes < kFecBlockBytes;
template <class Field, bool kShards>
using OnlyLane = std::conditional_t<Field::kChangesBasis && kShards, LowLane, PlainLane>;

template <class Field, unsigned kLayers, bool kShards, PassStore kStore, bool kAtZero>
PF_PASS void inverse_lanes(const TransformPass& pass) {
  const PassPlan<kLayers> plan = plan_of<Field, kLayers>(pass);
  if constexpr (kSplitsBlocks<Field, kShards>) {
    for (std::size_t at = 0; at < plan.bytes; at += kFecBlockBytes) {
      for (std::size_t lane = kFecBlockBytes / 2; lane < kFecBlockBytes; lane += kVecBytes)
        inverse_lane<PlainLane, kLayers, kStore, kAtZero>(plan, at + lane);
      for (std::size_t lane = 0; lane < kFecBlockBytes / 2; lane += kVecBytes)
        inverse_lane<LowLane, kLayers, kStore, kAtZero>(plan, at + lane);
    }
  } else {
    for (std::size_t at = 0; at < plan.bytes; at += kVecBytes)
      inverse_lane<OnlyLane<Field, kShards>, kLayers, kStore, kAtZero>(plan, at);
  }
}

template <class Field, unsigned kLayers, bool kShards, bool kAtZero>
PF_PASS void forward_lanes(const TransformPass& pass) {
  const PassPlan<kLayers> plan = plan_of<Field, kLayers>(pass);
  if constexpr (kSplitsBlocks<Field, kShards>) {
    for (std::size_t at = 0; at < plan.bytes; at += kFecBlockBytes) {
      for (std::size_t lane = kFecBlockBytes / 2; lane < kFecBlockBytes; lane += kVecBytes)
        forward_lane<PlainLane, kLayers, kAtZero>(plan, at + lane);
      for (std::size_t lane = 0; lane < kFecBlockBytes / 2; lane += kVecBytes)
        forward_lane<LowLane, kLayers, kAtZero>(plan, at + lane);
    }
  } else {
    for (std::size_t at = 0; at < plan.bytes; at += kVecBytes)
      forward_lane<OnlyLane<Field, kShards>, kLayers, kAtZero>(plan, at);
  }
}

// ---- Transforms with twiddles of 256 and more in their lowest layers: GF(2^16) only

// c0 + d c1.
struct SplitMaps {
  const StoredMap* c0;
  const StoredMap* c1;
};

PF_PASS_INLINE SplitMaps split_maps(const Gf16Maps& maps, std::uint32_t factor) {
  const std::uint32_t c1 = factor >> 8;
  return {&maps.by[(factor & 0xFF) ^ maps.basis_of[c1]], &maps.by[c1]};
}

PF_PASS_INLINE Block multiply_block(const Block& block, const SplitMaps& factor,
                                    const Map& times_80) {
  return add_blocks(
      apply_to_block(spread_map(*factor.c0), prepare_block(block)),
      apply_to_block(spread_map(*factor.c1), prepare_block(times_d(block, times_80))));
}

template <unsigned kLayers, unsigned kGeneral>
struct GeneralPlan {
  PassPlan<kLayers> pass;
  const StoredMap* times_80;
  SplitMaps factors[kGeneral][(1u << kLayers) / 2];  // [layer][block]
};

template <unsigned kLayers, unsigned kGeneral>
PF_PASS_INLINE void plan_general(GeneralPlan<kLayers, kGeneral>& plan, const TransformPass& pass) {
  const Gf16Maps& maps = Field16::maps();
  plan.pass = plan_of<Field16, kLayers>(pass);
  plan.times_80 = &maps.by[0x80];
  for (unsigned layer = 0; layer < kGeneral; ++layer) {
    const std::uint32_t twiddle = pass.point >> (pass.first_layer + layer);
    for (unsigned block = 0; block < (1u << kLayers) / 2 >> layer; ++block)
      plan.factors[layer][block] = split_maps(maps, twiddle + 2 * block);
  }
}

template <unsigned kLayers, unsigned kGeneral, unsigned kLayer>
PF_PASS_INLINE Block block_times_twiddle(const Block& v, const GeneralPlan<kLayers, kGeneral>& plan,
                                         unsigned block) {
  if constexpr (kLayer < kGeneral) {
    return multiply_block(v, plan.factors[kLayer][block], spread_map(*plan.times_80));
  } else {
    return apply_to_block(spread_map(plan.pass.twiddles[kLayer][2 * block]), prepare_block(v));
  }
}

template <unsigned kLayers, unsigned kGeneral, unsigned kLayer>
PF_PASS_INLINE void inverse_blocks_from(Block* x, const GeneralPlan<kLayers, kGeneral>& plan) {
  constexpr unsigned kDistance = 1u << kLayer;
  PF_UNROLL for (unsigned i = 0; i < (1u << kLayers) / 2; ++i) {
    const unsigned block = i / kDistance;
    const unsigned u = block * 2 * kDistance + i % kDistance, v = u + kDistance;
    x[v] = add_blocks(x[v], x[u]);
    x[u] = add_blocks(x[u], block_times_twiddle<kLayers, kGeneral, kLayer>(x[v], plan, block));
  }
  if constexpr (kLayer + 1 < kLayers) inverse_blocks_from<kLayers, kGeneral, kLayer + 1>(x, plan);
}

template <unsigned kLayers, unsigned kGeneral, unsigned kLayer>
PF_PASS_INLINE void forward_blocks_from(Block* x, const GeneralPlan<kLayers, kGeneral>& plan) {
  constexpr unsigned kDistance = 1u << kLayer;
  PF_UNROLL for (unsigned i = 0; i < (1u << kLayers) / 2; ++i) {
    const unsigned block = i / kDistance;
    const unsigned u = block * 2 * kDistance + i % kDistance, v = u + kDistance;
    x[u] = add_blocks(x[u], block_times_twiddle<kLayers, kGeneral, kLayer>(x[v], plan, block));
    x[v] = add_blocks(x[v], x[u]);
  }
  if constexpr (kLayer > 0) forward_blocks_from<kLayers, kGeneral, kLayer - 1>(x, plan);
}

template <unsigned kLayers, unsigned kGeneral, bool kShards, PassStore kStore>
PF_PASS void inverse_blocks(const TransformPass& pass) {
  constexpr unsigned kRows = 1u << kLayers;
  GeneralPlan<kLayers, kGeneral> plan;
  plan_general(plan, pass);
  for (std::size_t at = 0; at < plan.pass.bytes; at += kFecBlockBytes) {
    Block x[kRows];
    const Map basis = spread_map(*plan.pass.basis);
    PF_UNROLL for (unsigned i = 0; i < kRows; ++i) {
      x[i] = load_block(plan.pass.sources[i] + at);
      if constexpr (kShards) x[i] = change_basis(x[i], basis);
    }
    inverse_blocks_from<kLayers, kGeneral, 0>(x, plan);
    PF_UNROLL for (unsigned i = 0; i < kRows; ++i) {
      std::byte* const target = plan.pass.targets[i] + at;
      if constexpr (kStore == PassStore::add) x[i] = add_blocks(x[i], load_block(target));
      store_block(target, x[i]);
    }
  }
}

template <unsigned kLayers, unsigned kGeneral, bool kShards>
PF_PASS void forward_blocks(const TransformPass& pass) {
  constexpr unsigned kRows = 1u << kLayers;
  GeneralPlan<kLayers, kGeneral> plan;
  plan_general(plan, pass);
  for (std::size_t at = 0; at < plan.pass.bytes; at += kFecBlockBytes) {
    Block x[kRows];
    PF_UNROLL for (unsigned i = 0; i < kRows; ++i) x[i] = load_block(plan.pass.sources[i] + at);
    forward_blocks_from<kLayers, kGeneral, kLayers - 1>(x, plan);
    const Map basis = spread_map(*plan.pass.basis);
    PF_UNROLL for (unsigned i = 0; i < kRows; ++i) {
      if constexpr (kShards) x[i] = change_basis(x[i], basis);
      store_block(plan.pass.targets[i] + at, x[i]);
    }
  }
}

// ---- Choosing the form of a pass

// How many of the lowest layers have twiddles of 256 and more.
inline unsigned general_layers(const TransformPass& pass) noexcept {
  unsigned count = 0;
  while (count < pass.layers && pass.point >> (pass.first_layer + count) >= 256) ++count;
  return count;
}

template <class Field, unsigned kLayers, bool kShards, PassStore kStore>
void inverse_form(const TransformPass& pass) noexcept {
  if constexpr (Field::kChangesBasis && kLayers <= kGeneralPassLayers) {
    switch (general_layers(pass)) {
      case 0:
        break;
      case 1:
        return inverse_blocks<kLayers, 1, kShards, kStore>(pass);
      case 2:
        return inverse_blocks<kLayers, std::min(kLayers, 2u), kShards, kStore>(pass);
      default:
        return inverse_blocks<kLayers, kLayers, kShards, kStore>(pass);
    }
  }
  if constexpr (!kShards && kStore == PassStore::replace) {
    if (pass.point == 0) return inverse_lanes<Field, kLayers, kShards, kStore, true>(pass);
  }
  inverse_lanes<Field, kLayers, kShards, kStore, false>(pass);
}

template <class Field, unsigned kLayers, bool kShards>
void forward_form(const TransformPass& pass) noexcept {
  if constexpr (Field::kChangesBasis && kLayers <= kGeneralPassLayers) {
    switch (general_layers(pass)) {
      case 0:
        break;
      case 1:
        return forward_blocks<kLayers, 1, kShards>(pass);
      case 2:
        return forward_blocks<kLayers, std::min(kLayers, 2u), kShards>(pass);
      default:
        return forward_blocks<kLayers, kLayers, kShards>(pass);
    }
  }
  pass.point == 0 ? forward_lanes<Field, kLayers, kShards, true>(pass)
                  : forward_lanes<Field, kLayers, kShards, false>(pass);
}

template <class Field, unsigned kLayers>
void inverse_layers(const TransformPass& pass) noexcept {
  constexpr PassStore kSum = Field::kChangesBasis ? PassStore::add : PassStore::add_scaled;
  if (pass.store == PassStore::replace) {
    pass.shards ? inverse_form<Field, kLayers, true, PassStore::replace>(pass)
                : inverse_form<Field, kLayers, false, PassStore::replace>(pass);
  } else {
    pass.shards ? inverse_form<Field, kLayers, true, kSum>(pass)
                : inverse_form<Field, kLayers, false, kSum>(pass);
  }
}

template <class Field, unsigned kLayers>
void forward_layers(const TransformPass& pass) noexcept {
  pass.shards ? forward_form<Field, kLayers, true>(pass)
              : forward_form<Field, kLayers, false>(pass);
}

template <class Field, unsigned kLayers = kPassLayers>
void inverse_whole(const TransformPass& pass) noexcept {
  if (pass.layers == kLayers) return inverse_layers<Field, kLayers>(pass);
  if constexpr (kLayers > 1) inverse_whole<Field, kLayers - 1>(pass);
}

template <class Field, unsigned kLayers = kPassLayers>
void forward_whole(const TransformPass& pass) noexcept {
  if (pass.layers == kLayers) return forward_layers<Field, kLayers>(pass);
  if constexpr (kLayers > 1) forward_whole<Field, kLayers - 1>(pass);
}

// A pass over shards that end inside a block does that block by itself, from or to a copy.
template <class Field>
PF_PASS void inverse(const TransformPass& pass) noexcept {
  const std::size_t tail_bytes = pass.bytes % kFecBlockBytes;
  if (tail_bytes == 0) return inverse_whole<Field>(pass);
  TransformPass part = pass;
  part.bytes -= tail_bytes;
  if (part.bytes > 0) inverse_whole<Field>(part);

  alignas(kFecBlockBytes) std::byte blocks[kMaxPassRows][kFecBlockBytes];
  const std::byte* sources[kMaxPassRows];
  std::byte* targets[kMaxPassRows];
  for (unsigned i = 0; i < 1u << pass.layers; ++i) {
    spread_tail<Field>(blocks[i], pass.sources[i] + part.bytes, tail_bytes);
    sources[i] = blocks[i];
    targets[i] = pass.targets[i] + part.bytes;
  }
  part.sources = sources;
  part.targets = targets;
  part.bytes = kFecBlockBytes;
  inverse_whole<Field>(part);
}

template <class Field>
PF_PASS void forward(const TransformPass& pass) noexcept {
  const std::size_t tail_bytes = pass.bytes % kFecBlockBytes;
  if (tail_bytes == 0) return forward_whole<Field>(pass);
  TransformPass part = pass;
  part.bytes -= tail_bytes;
  if (part.bytes > 0) forward_whole<Field>(part);

  alignas(kFecBlockBytes) std::byte blocks[kMaxPassRows][kFecBlockBytes];
  const std::byte* sources[kMaxPassRows];
  std::byte* targets[kMaxPassRows];
  for (unsigned i = 0; i < 1u << pass.layers; ++i) {
    sources[i] = pass.sources[i] + part.bytes;
    targets[i] = blocks[i];
  }
  const std::size_t at = part.bytes;
  part.sources = sources;
  part.targets = targets;
  part.bytes = kFecBlockBytes;
  forward_whole<Field>(part);
  for (unsigned i = 0; i < 1u << pass.layers; ++i)
    gather_tail<Field>(pass.targets[i] + at, blocks[i], tail_bytes);
}

// ---- Products with a matrix

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

// ---- Sums and single rows

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

constexpr FecKernels gf16_kernels(const char* name) noexcept {
  return {.name = name,
          .runs_here = runs_here,
          .pass_layers = kPassLayers,
          .general_pass_layers = kGeneralPassLayers,
          .inverse = inverse<Field16>,
          .forward = forward<Field16>,
          .product = product<Field16>,
          .sum = sum,
          .weigh = weigh,
          .finish = finish,
          .add_scaled = nullptr};
}

constexpr FecKernels gf8_kernels(const char* name) noexcept {
  return {.name = name,
          .runs_here = runs_here,
          .pass_layers = kPassLayers,
          .general_pass_layers = kGeneralPassLayers,
          .inverse = inverse<Field8>,
          .forward = forward<Field8>,
          .product = product<Field8>,
          .sum = sum,
          .weigh = nullptr,
          .finish = nullptr,
          .add_scaled = add_scaled};
}
