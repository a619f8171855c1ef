// Transforms with all twiddles below 256, over vectors that need not know which bytes of which
// elements they hold.
// Part of vector_passes.h, and included by it alone.

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

// Pointers and lengths of a pass, out of reach of the stores.
template <unsigned kLayers>
struct PassPlan {
  static constexpr unsigned kRows = 1u << kLayers;
  const std::byte* const* sources;
  std::byte* const* targets;
  std::size_t bytes;
  std::size_t next_bytes;
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
  plan.next_bytes = pass.next_bytes;
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
template <unsigned kRows, unsigned kLayer, bool kAtZero>
PF_PASS_INLINE void inverse_layer(Vec* x, const StoredMap* twiddles) {
  constexpr unsigned kDistance = 1u << kLayer;
  PF_UNROLL for (unsigned i = 0; i < kRows / 2; ++i) {
    const unsigned block = i / kDistance;
    const unsigned u = block * 2 * kDistance + i % kDistance, v = u + kDistance;
    x[v] = add_vecs(x[v], x[u]);
    if (kAtZero && block == 0) continue;
    x[u] = add_vecs(x[u], apply_map(spread_map(twiddles[2 * block]), prepare(x[v])));
  }
}

// The same where all of the upper half is zero.
template <unsigned kLayer, bool kAtZero>
PF_PASS_INLINE void inverse_layer_of_half(Vec* x, const StoredMap* twiddles) {
  constexpr unsigned kDistance = 1u << kLayer;
  PF_UNROLL for (unsigned u = 0; u < kDistance; ++u) {
    x[u + kDistance] = x[u];
    if (kAtZero) continue;
    x[u] = add_vecs(x[u], apply_map(spread_map(twiddles[0]), prepare(x[u])));
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

template <unsigned kLayers, unsigned kEmpty, unsigned kLayer, bool kAtZero>
PF_PASS_INLINE void inverse_layers_from(Vec* x, const StoredMap* const* twiddles) {
  if constexpr (kLayer + kEmpty < kLayers) {
    inverse_layer<(1u << (kLayers - kEmpty)), kLayer, kAtZero>(x, twiddles[kLayer]);
  } else {
    inverse_layer_of_half<kLayer, kAtZero>(x, twiddles[kLayer]);
  }
  if constexpr (kLayer + 1 < kLayers)
    inverse_layers_from<kLayers, kEmpty, kLayer + 1, kAtZero>(x, twiddles);
}

template <unsigned kLayers, unsigned kLayer, bool kAtZero>
PF_PASS_INLINE void forward_layers_from(Vec* x, const StoredMap* const* twiddles) {
  forward_layer<kLayers, kLayer, kAtZero>(x, twiddles[kLayer]);
  if constexpr (kLayer > 0) forward_layers_from<kLayers, kLayer - 1, kAtZero>(x, twiddles);
}

template <class Lane, unsigned kLayers, unsigned kEmpty, PassStore kStore, bool kAtZero,
          bool kPrefetch>
PF_PASS_INLINE void inverse_lane(const PassPlan<kLayers>& plan, std::size_t at) {
  constexpr unsigned kRows = 1u << kLayers;
  Vec x[kRows];
  {
    const Map basis = spread_map(*plan.basis);
    PF_UNROLL for (unsigned i = 0; i < kRows >> kEmpty; ++i) {
      if constexpr (kPrefetch) __builtin_prefetch(plan.sources[i] + at + plan.next_bytes);
      x[i] = Lane::load(plan.sources[i] + at, basis);
    }
  }
  inverse_layers_from<kLayers, kEmpty, 0, kAtZero>(x, plan.twiddles);
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

template <class Field, unsigned kLayers, bool kShards, PassStore kStore, bool kAtZero,
          unsigned kEmpty>
PF_PASS void inverse_lanes(const TransformPass& pass) {
  const PassPlan<kLayers> plan = plan_of<Field, kLayers>(pass);
  if constexpr (kSplitsBlocks<Field, kShards>) {
    for (std::size_t at = 0; at < plan.bytes; at += kFecBlockBytes) {
      for (std::size_t lane = kFecBlockBytes / 2; lane < kFecBlockBytes; lane += kVecBytes)
        inverse_lane<PlainLane, kLayers, kEmpty, kStore, kAtZero, false>(plan, at + lane);
      for (std::size_t lane = 0; lane < kFecBlockBytes / 2; lane += kVecBytes)
        inverse_lane<LowLane, kLayers, kEmpty, kStore, kAtZero, false>(plan, at + lane);
    }
  } else {
    for (std::size_t at = 0; at < plan.bytes; at += kVecBytes)
      inverse_lane<OnlyLane<Field, kShards>, kLayers, kEmpty, kStore, kAtZero, kShards>(plan, at);
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
