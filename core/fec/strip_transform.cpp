#include "core/fec/strip_transform.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace pf::fec {

// Wide rows spread the cost of a pass over more bytes, narrow ones stay in nearer caches. Best of
// 128 … 2048 on the machine of docs/performance.md; within 10 % from half to twice the width.
std::size_t best_row_bytes(std::uint32_t rows) noexcept {
  if (rows <= 16) return kMaxRowBytes;
  if (rows <= 64) return 448;
  return rows <= 1024 ? 704 : 256;
}

StripTransform::StripTransform(const FecKernels& kernels)
    : kernels_(kernels), zeros_(kMaxRowBytes), unwanted_(kMaxRowBytes) {}

// As few passes as the kernel can, as even as they get.
StripTransform::Plan StripTransform::plan_for(unsigned layers, std::uint32_t point) const noexcept {
  const bool general = (point | ((1u << layers) - 1)) >= 256;
  const unsigned most = general ? kernels_.general_pass_layers : kernels_.pass_layers;
  Plan plan;
  plan.passes = (layers + most - 1) / most;
  for (unsigned pass = 0, left = layers; pass < plan.passes; ++pass) {
    const unsigned passes_left = plan.passes - pass;
    plan.layers[pass] = (left + passes_left - 1) / passes_left;
    left -= plan.layers[pass];
  }
  return plan;
}

// Layers first_layer … of the block of rows that begins at first_row; `point` is that row's.
TransformPass StripTransform::pass_over(const StripRows& source, const StripRows& target,
                                        std::uint32_t first_row, unsigned layers,
                                        unsigned first_layer, std::uint32_t point) noexcept {
  if (first_layer == 0) {  // end to end
    const std::byte* from = source.row(first_row);
    std::byte* to = target.row(first_row);
    for (std::uint32_t i = 0; i < 1u << layers; ++i) {
      sources_[i] = from;
      targets_[i] = to;
      from += source.row_bytes;
      to += target.row_bytes;
    }
  } else {
    for (std::uint32_t i = 0; i < 1u << layers; ++i) {
      const std::uint32_t row = first_row + (i << first_layer);
      sources_[i] = source.row(row);
      targets_[i] = target.row(row);
    }
  }
  return {.sources = sources_,
          .targets = targets_,
          .bytes = target.span_bytes(1u << first_layer),
          .layers = layers,
          .first_layer = first_layer,
          .point = point};
}

void StripTransform::inverse_of_shards(const StripShards& shards, std::int32_t first,
                                       unsigned layers, std::uint32_t point, const StripRows& work,
                                       const Target& target) noexcept {
  const auto size = std::int32_t{1} << layers;
  const std::int32_t begin = std::max(0, -first);
  const std::int32_t end = std::min(size, static_cast<std::int32_t>(shards.count) - first);
  const Plan plan = plan_for(layers, point);
  const bool single = plan.passes == 1;
  const std::int32_t group = 1 << plan.layers[0];
  const auto used =
      static_cast<std::int32_t>(std::bit_ceil(static_cast<std::uint32_t>(std::max(end, group))));
  for (std::int32_t row = 0; row < used; row += group) {
    const auto at = static_cast<std::uint32_t>(row);
    if (row >= end || row + group <= begin) {
      if (!single) std::memset(work.row(at), 0, work.span_bytes(1u << plan.layers[0]));
      continue;
    }
    TransformPass pass =
        pass_over(work, single ? target.rows : work, at, plan.layers[0], 0, point + at);
    for (std::int32_t i = row; i < row + group; ++i) {
      const auto index = static_cast<std::uint32_t>(first + i);
      const bool there =
          i >= begin && i < end && (shards.present == nullptr || shards.present[index] != 0);
      sources_[i - row] = there ? shards.shard(index) : zeros_.data();
    }
    if (row + group > end) {
      const auto left = static_cast<unsigned>(end - row);
      pass.empty_layers =
          plan.layers[0] - static_cast<unsigned>(std::countr_zero(std::bit_ceil(left)));
    }
    pass.shards = true;
    pass.bytes = shards.bytes;
    pass.next_bytes = static_cast<std::size_t>(group) * shards.stride;
    if (single) pass.store = target.store;
    if (single) pass.scale = target.scale;
    kernels_.inverse(pass);
  }
  if (!single)
    inverse_from(plan.layers[0], work, static_cast<std::uint32_t>(used), layers, point, target);
}

void StripTransform::inverse_from(unsigned from_layer, const StripRows& rows, std::uint32_t used,
                                  unsigned layers, std::uint32_t point,
                                  const Target& target) noexcept {
  const Plan plan = plan_for(layers - from_layer, point >> from_layer);
  unsigned layer = from_layer;
  for (unsigned index = 0; index < plan.passes; ++index) {
    const bool last = index + 1 == plan.passes;
    const unsigned top = layer + plan.layers[index];
    const auto used_layers = static_cast<unsigned>(std::countr_zero(used));
    for (std::uint32_t row = 0; row < used; row += 1u << top) {
      TransformPass pass =
          pass_over(rows, last ? target.rows : rows, row, plan.layers[index], layer, point + row);
      if (used_layers < top) pass.empty_layers = top - std::max(used_layers, layer);
      if (last) pass.store = target.store;
      if (last) pass.scale = target.scale;
      kernels_.inverse(pass);
    }
    used = std::max(used, 1u << top);
    layer = top;
  }
}

void StripTransform::inverse(const StripRows& rows, std::uint32_t used, unsigned layers,
                             std::uint32_t point) noexcept {
  const std::uint32_t rounded = std::bit_ceil(used);
  for (std::uint32_t row = used; row < rounded; ++row)
    std::memset(rows.row(row), 0, rows.row_bytes);
  inverse_from(0, rows, rounded, layers, point, {.rows = rows});
}

void StripTransform::forward(const StripRows& source, unsigned layers, std::uint32_t point,
                             const StripRows& target,
                             std::span<const std::uint32_t> wanted) noexcept {
  const Plan plan = plan_for(layers, point);
  unsigned layer = layers;
  for (unsigned index = plan.passes; index-- > 0;) {
    layer -= plan.layers[index];
    const StripRows& from = index + 1 == plan.passes ? source : target;
    const std::uint32_t block = 1u << (layer + plan.layers[index]);
    std::uint32_t next = 0;  // rows below it are done
    for (const std::uint32_t row : wanted) {
      if (row < next) continue;
      const std::uint32_t begin = row & ~(block - 1);
      kernels_.forward(pass_over(from, target, begin, plan.layers[index], layer, point + begin));
      next = begin + block;
    }
  }
}

void StripTransform::forward_to_shards(const StripRows& source, unsigned layers,
                                       std::uint32_t point, const StripRows& work,
                                       const StripShards& shards, std::uint32_t first) noexcept {
  const std::uint32_t wanted = std::min(1u << layers, shards.count - first);
  const Plan plan = plan_for(layers, point);
  unsigned layer = layers;
  for (unsigned index = plan.passes; index-- > 0;) {
    layer -= plan.layers[index];
    const StripRows& from = index + 1 == plan.passes ? source : work;
    const std::uint32_t block = 1u << (layer + plan.layers[index]);
    for (std::uint32_t row = 0; row < wanted; row += block) {
      TransformPass pass = pass_over(from, work, row, plan.layers[index], layer, point + row);
      if (index == 0) {
        pass.shards = true;
        pass.bytes = shards.bytes;
        for (std::uint32_t i = 0; i < block; ++i)
          targets_[i] = row + i < wanted ? shards.shard(first + row + i) : unwanted_.data();
      }
      kernels_.forward(pass);
    }
  }
}

}  // namespace pf::fec
