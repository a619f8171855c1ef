#include "core/fec/gf16_codec.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdlib>
#include <cstring>

#include "core/base/check.h"

namespace pf::fec {
namespace {

constexpr std::size_t kCacheLineBytes = 64;

// Up to here a product with a matrix beats the transforms (docs/performance.md); its factors then
// take at most 32 kB.
constexpr std::uint32_t kMaxProductFactors = 16384;
constexpr std::uint32_t kMaxProductTargets = 16;        // factors below 256
constexpr std::uint32_t kMaxGeneralProductTargets = 6;  // others
constexpr std::uint32_t kMaxEncodeProductTargets = 4;
// The same with the syndromes alone: its factors are counted against the rows of a transform times
// its layers.
constexpr std::uint32_t kMaxSolveTargets = 128;
constexpr std::size_t kSolveShare = 1;          // factors of 256 and more
constexpr std::size_t kSolveShareBelow256 = 4;  // others
static_assert(kMaxSolveTargets * kMaxSolveTargets <= kMaxProductFactors);

// Absorbing pays from here on: the whole recovery of smaller blocks takes 3 us at most (2 % lost,
// 1216 B, on the machine of docs/performance.md), less than absorbing them.
constexpr std::uint32_t kMinAbsorbedData = 128;
// Transforms smaller than this are done for several chunks at once.
constexpr std::uint32_t kMinGroupShards = 64;

std::uint32_t largest_transform(const Gf16Codec::Limits& limits) noexcept {
  return std::min(std::bit_ceil(limits.data_count), std::bit_ceil(limits.parity_count));
}

std::uint32_t largest_range(const Gf16Codec::Limits& limits) noexcept {
  const std::uint32_t points =
      largest_transform(limits) + std::max(limits.data_count, limits.parity_count);
  return std::bit_ceil(std::min(points, 65536u));
}

// Those of ascending indices that are below `end`.
std::span<const std::uint32_t> below(std::span<const std::uint32_t> indices,
                                     std::uint32_t end) noexcept {
  return indices.first(static_cast<std::size_t>(
      std::lower_bound(indices.begin(), indices.end(), end) - indices.begin()));
}

// The memory of a block being absorbed: for every data shard whether it was, then whether any was,
// then the sums of the strips one after the other.
std::size_t absorbed_map_bytes(std::uint32_t data_count) noexcept {
  return (data_count + kCacheLineBytes) / kCacheLineBytes * kCacheLineBytes;
}

}  // namespace

Gf16Codec::Gf16Codec(const Limits& limits, const FecKernels& kernels)
    : limits_(limits),
      kernels_(kernels),
      transform_(kernels),
      scratch_(nullptr, std::free),
      locator_(largest_range(limits), std::min(limits.data_count, limits.parity_count)) {
  PF_CHECK(limits.data_count >= 1 && limits.data_count <= kGf16Order);
  PF_CHECK(limits.parity_count >= 1 && limits.parity_count <= kGf16Order);
  // The widest rows times the rows they serve, for every size of transform up to the largest.
  for (std::uint32_t rows = 1; rows <= largest_transform(limits); rows *= 2) {
    rows_bytes_ = std::max(rows_bytes_, StripRows::bytes_for(rows, best_row_bytes(rows)));
  }
  scratch_.reset(static_cast<std::byte*>(std::aligned_alloc(kCacheLineBytes, 3 * rows_bytes_)));
  PF_CHECK(scratch_ != nullptr);
  const std::uint32_t max_lost = std::min(limits.data_count, limits.parity_count);
  lost_.reserve(max_lost);
  used_.reserve(max_lost);
  wanted_.reserve(max_lost);
  lost_factors_.resize(max_lost);
  used_factors_.resize(max_lost);
  sources_.reserve(limits.data_count);
  targets_.reserve(kMaxSolveTargets);
  factors_.resize(kMaxProductFactors);
  fresh_.resize(limits.data_count);
}

bool Gf16Codec::supports(const ShardBlock& block) const noexcept {
  return block.data_count <= limits_.data_count && block.parity_count <= limits_.parity_count &&
         block.shard_bytes > 0 && block.shard_bytes % 2 == 0 && block.stride >= block.shard_bytes &&
         gf16_exists(block.data_count, block.parity_count);
}

std::uint32_t Gf16Codec::data_point(std::uint32_t index) const noexcept {
  return layout_.high_rate ? layout_.size() + index : index;
}
std::uint32_t Gf16Codec::parity_point(std::uint32_t index) const noexcept {
  return layout_.high_rate ? index : layout_.size() + index;
}
// A shard at the far side, from size() on, counts times point >> log2_size.
std::uint32_t Gf16Codec::far_log(std::uint32_t point) const noexcept {
  return gf16_tables().log[point < layout_.size() ? 1 : point >> layout_.log2_size];
}

template <class Work>
void Gf16Codec::for_each_strip(const ShardBlock& block, std::byte* sums, Work work) noexcept {
  const StripCut cut(block.shard_bytes, best_row_bytes(layout_.size()));
  for (std::size_t i = 0; i < cut.count(); ++i) {
    std::byte* const sum = sums != nullptr ? sums : scratch_.get();
    if (sums != nullptr) sums += StripRows::bytes_for(layout_.size(), cut.row_bytes(i));
    const auto rows = [&](std::size_t third) {
      return StripRows{.base = scratch_.get() + third * rows_bytes_, .row_bytes = cut.row_bytes(i)};
    };
    work(Strip{
        .data = {.base = block.data + cut.offset(i),
                 .stride = block.stride,
                 .count = block.data_count,
                 .bytes = cut.bytes(i),
                 .last = block.last_data == nullptr ? nullptr : block.last_data + cut.offset(i)},
        .parity = {.base = block.parity + cut.offset(i),
                   .stride = block.stride,
                   .count = block.parity_count,
                   .bytes = cut.bytes(i)},
        .sum = {.base = sum, .row_bytes = cut.row_bytes(i)},
        .work = rows(1),
        .spectrum = rows(2)});
  }
}

// ---- Encoding

void Gf16Codec::encode(const ShardBlock& block) noexcept {
  PF_DCHECK(supports(block));
  layout_ = gf16_layout(block.data_count, block.parity_count);
  if (block.data_count == 1) {  // every coefficient is 1
    for (std::uint32_t j = 0; j < block.parity_count; ++j)
      std::memcpy(block.parity_shard(j), block.data_shard(0), block.shard_bytes);
    return;
  }
  if (block.parity_count == 1) {  // so it is here
    sources_.clear();
    for (std::uint32_t i = 0; i < block.data_count; ++i) sources_.push_back(block.data_shard(i));
    return kernels_.sum(block.parity, sources_.data(), block.data_count, block.shard_bytes);
  }
  if (block.parity_count <= kMaxEncodeProductTargets && layout_.size() + block.data_count <= 256 &&
      layout_.high_rate)
    return encode_product(block);
  for_each_strip(block, nullptr, [&](const Strip& strip) {
    layout_.high_rate ? encode_high(strip) : encode_low(strip);
  });
}

// With the generator in closed form, ((size + i) >> log2_size) / ((size + i) + j), all of it below
// 256.
void Gf16Codec::encode_product(const ShardBlock& block) noexcept {
  const std::uint32_t k = block.data_count, m = block.parity_count;
  if (encoding_.data_count != k || encoding_.parity_count != m) {
    const Gf16Tables& tables = gf16_tables();
    for (std::uint32_t i = 0; i < k; ++i) {
      const std::uint32_t point = data_point(i);
      for (std::uint32_t j = 0; j < m; ++j) {
        factors_[i * m + j] =
            tables.exp[add_logs(far_log(point), kGf16Order - tables.log[point ^ j])];
      }
    }
    encoding_ = block;
  }
  sources_.clear();
  targets_.clear();
  for (std::uint32_t i = 0; i < k; ++i) sources_.push_back(block.data_shard(i));
  for (std::uint32_t j = 0; j < m; ++j) targets_.push_back(block.parity_shard(j));
  kernels_.product({.sources = sources_.data(),
                    .source_count = k,
                    .subfield_count = k,
                    .targets = targets_.data(),
                    .target_count = m,
                    .factors = factors_.data(),
                    .bytes = block.shard_bytes});
}

// The coefficients of all data shards of the high-rate layout, chunk by chunk, added up.
void Gf16Codec::sum_of_data(const Strip& strip) noexcept {
  const std::uint32_t size = layout_.size();
  for (std::uint32_t first = 0; first < strip.data.count; first += size) {
    transform_.inverse_of_shards(
        strip.data, static_cast<std::int32_t>(first), layout_.log2_size, size + first,
        first == 0 ? strip.sum : strip.work,
        {.rows = strip.sum, .store = first == 0 ? PassStore::replace : PassStore::add});
  }
}

void Gf16Codec::encode_high(const Strip& strip) noexcept {
  sum_of_data(strip);
  transform_.forward_to_shards(strip.sum, layout_.log2_size, 0, strip.sum, strip.parity, 0);
}

void Gf16Codec::encode_low(const Strip& strip) noexcept {
  const std::uint32_t size = layout_.size();
  transform_.inverse_of_shards(strip.data, 0, layout_.log2_size, 0, strip.sum, {.rows = strip.sum});
  for (std::uint32_t first = 0; first < strip.parity.count; first += size) {
    transform_.forward_to_shards(strip.sum, layout_.log2_size, size + first, strip.work,
                                 strip.parity, first);
  }
}

// ---- Recovery

bool Gf16Codec::recover(const ShardBlock& block, std::span<const std::uint8_t> present) noexcept {
  if (!supports(block)) return false;
  if (present.size() != std::size_t{block.data_count} + block.parity_count) return false;
  if (!choose_erasures(block, present)) return false;
  if (lost_.empty()) return true;
  layout_ = gf16_layout(block.data_count, block.parity_count);
  if (block.data_count == 1 || block.parity_count == 1) {
    recover_single(block);
    return true;
  }
  compute_factors(block);
  if (recovers_by_product(block)) {
    recover_product(block, present);
    return true;
  }
  if (solves_by_product()) compute_inverse();
  for_each_strip(block, nullptr, [&](Strip strip) {
    strip.data.present = present.data();
    if (!layout_.high_rate) return recover_low(strip);
    sum_of_data(strip);
    solves_by_product() ? solve_product(strip) : solve_high(strip);
  });
  return true;
}

// What is lost, and as many parity shards, the lowest that are there. False: too few.
bool Gf16Codec::choose_erasures(const ShardBlock& block,
                                std::span<const std::uint8_t> present) noexcept {
  lost_.clear();
  used_.clear();
  for (std::uint32_t i = 0; i < block.data_count; ++i) {
    if (present[i] != 0) continue;
    if (lost_.size() == block.parity_count) return false;
    lost_.push_back(i);
  }
  for (std::uint32_t j = 0; j < block.parity_count && used_.size() < lost_.size(); ++j) {
    if (present[block.data_count + j] != 0) used_.push_back(j);
  }
  return used_.size() == lost_.size();
}

// All coefficients are 1: the lost shard is the sum of all others.
void Gf16Codec::recover_single(const ShardBlock& block) noexcept {
  sources_.clear();
  sources_.push_back(block.parity_shard(used_.front()));
  for (std::uint32_t i = 0; i < block.data_count; ++i) {
    if (i != lost_.front()) sources_.push_back(block.data_shard(i));
  }
  kernels_.sum(block.data_shard(lost_.front()), sources_.data(), block.data_count,
               block.shard_bytes);
}

// The inverse of the Cauchy matrix 1 / (x + y) over the points x of used_ and y of lost_ is
//   1 / (F(y) * (x + y)) * F(x)   with F of gf16_locator.h.
// The transforms multiply what they compute for, or take from, a point p of the far side by p >>
// log2_size; the syndrome has that factor once more.
void Gf16Codec::compute_factors(const ShardBlock& block) noexcept {
  const Gf16Tables& tables = gf16_tables();
  locator_.begin(std::bit_ceil(layout_.size() +
                               std::max<std::uint32_t>(block.data_count, block.parity_count)));
  for (const std::uint32_t i : lost_) locator_.multiply_by_distance_to(data_point(i));
  for (const std::uint32_t j : used_) locator_.divide_by_distance_to(parity_point(j));
  locator_.finish();
  for (std::size_t n = 0; n < lost_.size(); ++n) {
    const std::uint32_t lost = data_point(lost_[n]), used = parity_point(used_[n]);
    const std::uint32_t lost_far = add_logs(far_log(lost), far_log(lost));
    const std::uint32_t used_far = add_logs(far_log(used), far_log(used));
    lost_factors_[n] = tables.exp[kGf16Order - add_logs(locator_.log_of(lost), lost_far)];
    used_factors_[n] = tables.exp[add_logs(locator_.log_of(used), kGf16Order - used_far)];
  }
}

bool Gf16Codec::recovers_by_product(const ShardBlock& block) const noexcept {
  const bool below_256 = data_point(lost_.back()) < 256 && parity_point(used_.back()) < 256;
  const std::size_t most = below_256 ? kMaxProductTargets : kMaxGeneralProductTargets;
  return lost_.size() <= most && lost_.size() * block.data_count <= kMaxProductFactors;
}

// Every lost shard from the data that is there and the parity used. With far(p) as in far_log, the
// shards times far, or divided by it where they are parity, are one Cauchy code, so that
//   lost y = SUM over the points p of the shards there of  far(p) F(p) / (far(y) F(y) (p + y)),
// where far divides instead for parity.
void Gf16Codec::recover_product(const ShardBlock& block,
                                std::span<const std::uint8_t> present) noexcept {
  const Gf16Tables& tables = gf16_tables();
  const auto e = static_cast<std::uint32_t>(lost_.size());
  std::array<std::uint32_t, kMaxProductTargets> lost_points{}, lost_logs{};
  targets_.clear();
  for (std::uint32_t t = 0; t < e; ++t) {
    lost_points[t] = data_point(lost_[t]);
    lost_logs[t] = kGf16Order - add_logs(locator_.log_of(lost_points[t]), far_log(lost_points[t]));
    targets_.push_back(block.data_shard(lost_[t]));
  }
  sources_.clear();
  std::uint32_t below_256 = 0;
  const auto add_source = [&](const std::byte* shard, std::uint32_t point, std::uint32_t log) {
    Gf16* const factors = factors_.data() + sources_.size() * e;
    for (std::uint32_t t = 0; t < e; ++t) {
      const std::uint32_t distance_log = tables.log[point ^ lost_points[t]];
      factors[t] = tables.exp[add_logs(add_logs(log, lost_logs[t]), kGf16Order - distance_log)];
    }
    sources_.push_back(shard);
    if (point < 256) ++below_256;
  };
  for (const std::uint32_t j : used_) {
    const std::uint32_t point = parity_point(j);
    add_source(block.parity_shard(j), point,
               add_logs(locator_.log_of(point), kGf16Order - far_log(point)));
  }
  for (std::uint32_t i = 0; i < block.data_count; ++i) {
    if (present[i] == 0) continue;
    const std::uint32_t point = data_point(i);
    add_source(block.data_shard(i), point, add_logs(locator_.log_at(point), far_log(point)));
  }
  // The sources are in the order of their points, except for the parity of the low-rate layout.
  const bool all_below_256 = lost_points[e - 1] < 256 && parity_point(used_.back()) < 256;
  encoding_ = {};
  kernels_.product({.sources = sources_.data(),
                    .source_count = block.data_count,
                    .subfield_count = all_below_256 ? below_256 : 0,
                    .targets = targets_.data(),
                    .target_count = e,
                    .factors = factors_.data(),
                    .bytes = block.shard_bytes});
}

// Few losses out of many shards: the syndromes times the inverse of their Cauchy matrix.
bool Gf16Codec::solves_by_product() const noexcept {
  if (!layout_.high_rate || lost_.size() > kMaxSolveTargets) return false;
  const bool below_256 = data_point(lost_.back()) < 256;
  const std::size_t share = below_256 ? kSolveShareBelow256 : kSolveShare;
  return lost_.size() * lost_.size() <= share * layout_.size() * layout_.log2_size;
}

void Gf16Codec::compute_inverse() noexcept {
  const Gf16Tables& tables = gf16_tables();
  Gf16* factor = factors_.data();
  for (const std::uint32_t j : used_) {
    const std::uint32_t used_log = locator_.log_of(parity_point(j));
    for (const std::uint32_t i : lost_) {
      const std::uint32_t lost = data_point(i);
      const std::uint32_t divisor_log = add_logs(add_logs(locator_.log_of(lost), far_log(lost)),
                                                 tables.log[lost ^ parity_point(j)]);
      *factor++ = tables.exp[add_logs(used_log, kGf16Order - divisor_log)];
    }
  }
  encoding_ = {};
}

void Gf16Codec::solve_product(const Strip& strip) noexcept {
  const StripShards syndromes{.base = strip.work.base,
                              .stride = strip.work.row_bytes,
                              .count = used_.back() + 1,
                              .bytes = strip.data.bytes};
  const auto rows_layers = std::max(static_cast<unsigned>(std::bit_width(used_.back())), 1u);
  transform_.forward_to_shards(strip.sum, rows_layers, 0, strip.sum, syndromes, 0);
  sources_.clear();
  targets_.clear();
  for (std::size_t n = 0; n < lost_.size(); ++n) {
    std::byte* const syndrome = syndromes.shard(used_[n]);
    const std::byte* const both[] = {syndrome, strip.parity.shard(used_[n])};
    kernels_.sum(syndrome, both, 2, syndromes.bytes);
    sources_.push_back(syndrome);
    targets_.push_back(strip.data.shard(lost_[n]));
  }
  const auto count = static_cast<std::uint32_t>(lost_.size());
  const bool below_256 = data_point(lost_.back()) < 256;
  kernels_.product({.sources = sources_.data(),
                    .source_count = count,
                    .subfield_count = below_256 ? count : 0,
                    .targets = targets_.data(),
                    .target_count = count,
                    .factors = factors_.data(),
                    .bytes = syndromes.bytes});
}

void Gf16Codec::solve_high(const Strip& strip) noexcept {
  const std::uint32_t size = layout_.size();
  // At point 0 the first rows depend on as many coefficients alone: what is above is multiplied by
  // twiddles of 0.
  const auto rows_layers = static_cast<unsigned>(std::bit_width(used_.back()));
  if (rows_layers > 0) transform_.forward(strip.sum, rows_layers, 0, strip.sum, used_);
  weigh_syndromes(strip, strip.sum, 0, used_);
  transform_.inverse(strip.sum, used_.back() + 1, layout_.log2_size, 0);

  for (std::span<const std::uint32_t> rest = lost_; !rest.empty();) {
    const std::uint32_t first = rest.front() & ~(size - 1);
    const std::span<const std::uint32_t> lost = below(rest, first + size);
    wanted_.clear();
    for (const std::uint32_t index : lost) wanted_.push_back(index - first);
    transform_.forward(strip.sum, layout_.log2_size, size + first, strip.work, wanted_);
    finish_lost(strip, strip.work, first, lost);
    rest = rest.subspan(lost.size());
  }
}

void Gf16Codec::recover_low(const Strip& strip) noexcept {
  const std::uint32_t size = layout_.size();
  transform_.inverse_of_shards(strip.data, 0, layout_.log2_size, 0, strip.spectrum,
                               {.rows = strip.spectrum});
  std::memset(strip.sum.base, 0, strip.sum.span_bytes(size));
  for (std::span<const std::uint32_t> rest = used_; !rest.empty();) {
    const std::uint32_t first = rest.front() & ~(size - 1);
    const std::span<const std::uint32_t> used = below(rest, first + size);
    wanted_.clear();
    for (const std::uint32_t index : used) wanted_.push_back(index - first);
    transform_.forward(strip.spectrum, layout_.log2_size, size + first, strip.work, wanted_);
    weigh_syndromes(strip, strip.work, first, used);
    transform_.inverse(strip.work, used.back() - first + 1, layout_.log2_size, size + first);
    const std::byte* const both[] = {strip.sum.base, strip.work.base};
    kernels_.sum(strip.sum.base, both, 2, strip.sum.span_bytes(size));
    rest = rest.subspan(used.size());
  }
  transform_.forward(strip.sum, layout_.log2_size, 0, strip.sum, lost_);
  finish_lost(strip, strip.sum, 0, lost_);
}

// Turns the parity rows that the present data gives, from `first` to the last one used, into
// weighted syndromes: adds the parity received and scales where one is used, zero elsewhere.
void Gf16Codec::weigh_syndromes(const Strip& strip, const StripRows& rows, std::uint32_t first,
                                std::span<const std::uint32_t> used) noexcept {
  const Gf16* factor = used_factors_.data() + (used.data() - used_.data());
  std::uint32_t row = 0;
  for (const std::uint32_t index : used) {
    for (; row < index - first; ++row) std::memset(rows.row(row), 0, rows.row_bytes);
    kernels_.weigh(rows.row(row++), strip.parity.shard(index), strip.parity.bytes, *factor++);
  }
}

// Scales the rows of lost shards and puts them where they belong.
void Gf16Codec::finish_lost(const Strip& strip, const StripRows& rows, std::uint32_t first,
                            std::span<const std::uint32_t> lost) noexcept {
  const Gf16* factor = lost_factors_.data() + (lost.data() - lost_.data());
  for (const std::uint32_t index : lost)
    kernels_.finish(strip.data.shard(index), rows.row(index - first), strip.data.bytes, *factor++);
}

// ---- Recovery in steps

std::optional<Absorption> Gf16Codec::absorption(const ShardBlock& block) const noexcept {
  if (!supports(block) || block.data_count < kMinAbsorbedData || block.parity_count < 2)
    return std::nullopt;
  const Gf16Layout layout = gf16_layout(block.data_count, block.parity_count);
  if (!layout.high_rate) return std::nullopt;
  const StripCut cut(block.shard_bytes, best_row_bytes(layout.size()));
  std::size_t bytes = absorbed_map_bytes(block.data_count);
  for (std::size_t i = 0; i < cut.count(); ++i)
    bytes += StripRows::bytes_for(layout.size(), cut.row_bytes(i));
  return Absorption{.group_shards = std::max(layout.size(), kMinGroupShards), .bytes = bytes};
}

void Gf16Codec::begin_absorbing(const ShardBlock& block, std::byte* memory) noexcept {
  std::memset(memory, 0, block.data_count + std::size_t{1});
}

std::uint32_t Gf16Codec::group_shards() const noexcept {
  return std::max(layout_.size(), kMinGroupShards);
}

void Gf16Codec::absorb(const ShardBlock& block, std::span<const std::uint8_t> present,
                       std::uint32_t group, std::byte* memory) noexcept {
  layout_ = gf16_layout(block.data_count, block.parity_count);
  absorb_group(block, present, group, memory);
}

// What is absorbed is a sum, so the shards that come later are simply added; those that never come
// count as zero, as in sum_of_data().
void Gf16Codec::absorb_group(const ShardBlock& block, std::span<const std::uint8_t> present,
                             std::uint32_t group, std::byte* memory) noexcept {
  const std::uint32_t size = layout_.size();
  const std::uint32_t begin = group * group_shards();
  const std::uint32_t end = std::min<std::uint32_t>(begin + group_shards(), block.data_count);
  auto* const absorbed = reinterpret_cast<std::uint8_t*>(memory);
  std::uint8_t any_fresh = 0;
  for (std::uint32_t i = begin; i < end; ++i) {
    fresh_[i] = present[i] != 0 && absorbed[i] == 0 ? 1 : 0;
    absorbed[i] |= fresh_[i];
    any_fresh |= fresh_[i];
  }
  if (any_fresh == 0) return;
  std::uint8_t& any = absorbed[block.data_count];
  for_each_strip(block, memory + absorbed_map_bytes(block.data_count), [&](Strip strip) {
    strip.data.present = fresh_.data();
    for (std::uint32_t first = begin; first < end; first += size) {
      const bool add = any != 0 || first != begin;
      transform_.inverse_of_shards(
          strip.data, static_cast<std::int32_t>(first), layout_.log2_size, size + first,
          add ? strip.work : strip.sum,
          {.rows = strip.sum, .store = add ? PassStore::add : PassStore::replace});
    }
  });
  any = 1;
}

bool Gf16Codec::recover_absorbed(const ShardBlock& block, std::span<const std::uint8_t> present,
                                 std::byte* memory) noexcept {
  const auto* const absorbed = reinterpret_cast<const std::uint8_t*>(memory);
  if (absorbed[block.data_count] == 0) return recover(block, present);
  if (!supports(block)) return false;
  if (present.size() != std::size_t{block.data_count} + block.parity_count) return false;
  if (!choose_erasures(block, present)) return false;
  if (lost_.empty()) return true;
  layout_ = gf16_layout(block.data_count, block.parity_count);
  for (std::uint32_t group = 0; group * group_shards() < block.data_count; ++group)
    absorb_group(block, present, group, memory);
  compute_factors(block);
  if (solves_by_product()) compute_inverse();
  for_each_strip(block, memory + absorbed_map_bytes(block.data_count), [&](const Strip& strip) {
    solves_by_product() ? solve_product(strip) : solve_high(strip);
  });
  return true;
}

}  // namespace pf::fec
