// Transforms with twiddles of 256 and more in their lowest layers, over whole blocks: GF(2^16)
// only. Part of vector_passes.h, and included by it alone.

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
  const unsigned used = kRows >> pass.empty_layers;
  for (std::size_t at = 0; at < plan.pass.bytes; at += kFecBlockBytes) {
    Block x[kRows];
    const Map basis = spread_map(*plan.pass.basis);
    PF_UNROLL for (unsigned i = 0; i < kRows; ++i) {
      x[i] = i < used ? load_block(plan.pass.sources[i] + at) : zero_block();
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
