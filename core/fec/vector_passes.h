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

#include "core/fec/vector_fields.h"
// In this order.
#include "core/fec/vector_lanes.h"
// In this order.
#include "core/fec/vector_general.h"
// In this order.
#include "core/fec/vector_products.h"

// The form of a pass for its twiddles, layers and rows.

// How many of the lowest layers have twiddles of 256 and more.
inline unsigned general_layers(const TransformPass& pass) noexcept {
  unsigned count = 0;
  while (count < pass.layers && pass.point >> (pass.first_layer + count) >= 256) ++count;
  return count;
}

template <class Field, unsigned kLayers, bool kShards, PassStore kStore, unsigned kEmpty = 0>
void inverse_with_empty(const TransformPass& pass) noexcept {
  if constexpr (kEmpty < kLayers) {
    if (pass.empty_layers > kEmpty)
      return inverse_with_empty<Field, kLayers, kShards, kStore, kEmpty + 1>(pass);
  }
  if constexpr (!kShards && kStore == PassStore::replace) {
    if (pass.point == 0) return inverse_lanes<Field, kLayers, false, kStore, true, kEmpty>(pass);
  }
  inverse_lanes<Field, kLayers, kShards, kStore, false, kEmpty>(pass);
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
  inverse_with_empty<Field, kLayers, kShards, kStore>(pass);
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
