#include "core/fec/gf16_codec.h"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <cstring>

#include "core/base/check.h"

namespace pf::fec {
namespace {

constexpr std::size_t kCacheLineBytes = 64;

// A column as wide as keeps all rows of a transform near the core. Best of 64 … 512 in
// docs/performance.md.
std::size_t strip_bytes(std::uint32_t rows) noexcept {
  if (rows <= 16) return 512;
  if (rows <= 64) return 256;
  return 128;
}

std::size_t whole_blocks(std::size_t bytes) noexcept {
  return (bytes + kGf16BlockBytes - 1) / kGf16BlockBytes * kGf16BlockBytes;
}

std::uint32_t largest_transform(const Gf16Codec::Limits& limits) noexcept {
  return std::min(std::bit_ceil(limits.data_count), std::bit_ceil(limits.parity_count));
}

std::uint32_t largest_range(const Gf16Codec::Limits& limits) noexcept {
  const std::uint32_t points =
      largest_transform(limits) + std::max(limits.data_count, limits.parity_count);
  return std::bit_ceil(std::min(points, 65536u));
}

// Those with an index below `end`; the list is ascending.
template <class Erasure>
std::span<const Erasure> within(std::span<const Erasure> erasures, std::uint32_t end) noexcept {
  std::size_t count = 0;
  while (count < erasures.size() && erasures[count].index < end) ++count;
  return erasures.first(count);
}

}  // namespace

Gf16Codec::Gf16Codec(const Limits& limits, const Gf16Kernels& kernels)
    : limits_(limits),
      kernels_(kernels),
      scratch_(nullptr, std::free),
      locator_(largest_range(limits)) {
  PF_CHECK(limits.data_count >= 1 && limits.data_count <= kGf16Order);
  PF_CHECK(limits.parity_count >= 1 && limits.parity_count <= kGf16Order);
  // The widest rows times the rows they serve, for every size of transform up to the largest.
  std::size_t rows_bytes = 0;
  for (std::uint32_t rows = 1; rows <= largest_transform(limits); rows *= 2) {
    rows_bytes = std::max(rows_bytes, rows * strip_bytes(rows));
  }
  const std::size_t total = whole_blocks(3 * rows_bytes + strip_bytes(1));
  scratch_.reset(static_cast<std::byte*>(std::aligned_alloc(kCacheLineBytes, total)));
  PF_CHECK(scratch_ != nullptr);
  sum_ = scratch_.get();
  work_ = sum_ + rows_bytes;
  spectrum_ = work_ + rows_bytes;
  spare_row_ = spectrum_ + rows_bytes;
  lost_.reserve(std::min(limits.data_count, limits.parity_count));
  used_.reserve(lost_.capacity());
}

bool Gf16Codec::supports(const ShardBlock& block) const noexcept {
  return block.data_count <= limits_.data_count && block.parity_count <= limits_.parity_count &&
         block.shard_bytes > 0 && block.shard_bytes % 2 == 0 && block.stride >= block.shard_bytes &&
         gf16_exists(block.data_count, block.parity_count);
}

template <class Work>
void Gf16Codec::for_each_strip(const ShardBlock& block, Work work) noexcept {
  const std::size_t width = strip_bytes(layout_.size());
  for (std::size_t offset = 0; offset < block.shard_bytes; offset += width) {
    const std::size_t bytes = std::min(width, block.shard_bytes - offset);
    work(Strip{.offset = offset, .shard_bytes = bytes, .row_bytes = whole_blocks(bytes)});
  }
}

void Gf16Codec::encode(const ShardBlock& block) noexcept {
  PF_DCHECK(supports(block));
  layout_ = gf16_layout(block.data_count, block.parity_count);
  if (block.parity_count == 1) {  // the only coefficient of every shard is 1
    std::memcpy(block.parity, block.data, block.shard_bytes);
    for (std::uint32_t i = 1; i < block.data_count; ++i) {
      kernels_.add(block.parity, block.data_shard(i), block.shard_bytes);
    }
    return;
  }
  for_each_strip(block, [&](const Strip& strip) {
    layout_.high_rate ? encode_high(block, strip) : encode_low(block, strip);
  });
}

// One chunk of size() rows, from shard `first` on; rows beyond the last shard are not written.
void Gf16Codec::load_rows(std::byte* rows, const Strip& strip, const Shards& shards,
                          std::uint32_t first) noexcept {
  const std::uint32_t count = std::min(layout_.size(), shards.count - first);
  for (std::uint32_t i = 0; i < count; ++i) {
    std::byte* const row = rows + i * strip.row_bytes;
    if (shards.present != nullptr && shards.present[first + i] == 0) {
      std::memset(row, 0, strip.row_bytes);
    } else {
      kernels_.load(row, shards.base + (first + i) * shards.stride + strip.offset,
                    strip.shard_bytes);
    }
  }
}

// From values at `point` … to coefficients. Only the first `used` rows hold values, the others
// count as zero.
void Gf16Codec::inverse_transform(std::byte* rows, std::size_t row_bytes, std::uint32_t point,
                                  std::uint32_t used) noexcept {
  const std::uint32_t size = layout_.size();
  std::memset(rows + used * row_bytes, 0, (size - used) * row_bytes);
  std::uint32_t distance = 1;
  std::uint32_t depth = 0;
  for (; distance * 4 <= size; distance *= 4, depth += 2) {
    for (std::uint32_t block = 0; block < used; block += 4 * distance) {
      kernels_.inverse4(rows + block * row_bytes, distance * row_bytes,
                        static_cast<Gf16>((point + block) >> depth));
    }
  }
  if (distance < size)
    kernels_.inverse2(rows, distance * row_bytes, static_cast<Gf16>(point >> depth));
}

// From coefficients to values at `point` …, of which only the first `wanted` are needed.
void Gf16Codec::forward_transform(std::byte* rows, std::size_t row_bytes, std::uint32_t point,
                                  std::uint32_t wanted) noexcept {
  std::uint32_t depth = layout_.log2_size;
  if (depth % 2 != 0) {
    --depth;
    kernels_.forward2(rows, (std::size_t{1} << depth) * row_bytes,
                      static_cast<Gf16>(point >> depth));
  }
  while (depth > 0) {
    depth -= 2;
    const std::uint32_t distance = 1u << depth;
    for (std::uint32_t block = 0; block < wanted; block += 4 * distance) {
      kernels_.forward4(rows + block * row_bytes, distance * row_bytes,
                        static_cast<Gf16>((point + block) >> depth));
    }
  }
}

// The coefficients of all shards that sit at the points from size() on, added up in sum_.
void Gf16Codec::combine_far_side(const Strip& strip, const Shards& shards) noexcept {
  const std::uint32_t size = layout_.size();
  for (std::uint32_t first = 0; first < shards.count; first += size) {
    std::byte* const rows = first == 0 ? sum_ : work_;
    load_rows(rows, strip, shards, first);
    inverse_transform(rows, strip.row_bytes, size + first, std::min(size, shards.count - first));
    if (first != 0) kernels_.add(sum_, work_, size * strip.row_bytes);
  }
}

void Gf16Codec::encode_high(const ShardBlock& block, const Strip& strip) noexcept {
  combine_far_side(strip, {block.data, block.stride, block.data_count, nullptr});
  forward_transform(sum_, strip.row_bytes, 0, block.parity_count);
  for (std::uint32_t j = 0; j < block.parity_count; ++j) {
    kernels_.store(block.parity_shard(j) + strip.offset, sum_ + j * strip.row_bytes,
                   strip.shard_bytes);
  }
}

void Gf16Codec::encode_low(const ShardBlock& block, const Strip& strip) noexcept {
  const std::uint32_t size = layout_.size();
  load_rows(sum_, strip, {block.data, block.stride, block.data_count, nullptr}, 0);
  inverse_transform(sum_, strip.row_bytes, 0, block.data_count);
  for (std::uint32_t first = 0; first < block.parity_count; first += size) {
    const std::uint32_t count = std::min<std::uint32_t>(size, block.parity_count - first);
    std::memcpy(work_, sum_, size * strip.row_bytes);
    forward_transform(work_, strip.row_bytes, size + first, count);
    for (std::uint32_t j = 0; j < count; ++j) {
      kernels_.store(block.parity_shard(first + j) + strip.offset, work_ + j * strip.row_bytes,
                     strip.shard_bytes);
    }
  }
}

bool Gf16Codec::recover(const ShardBlock& block, std::span<const std::uint8_t> present) noexcept {
  if (!supports(block)) return false;
  if (present.size() != std::size_t{block.data_count} + block.parity_count) return false;
  if (!choose_erasures(block, present)) return false;
  if (lost_.empty()) return true;
  if (block.parity_count == 1) {
    recover_single(block, lost_.front().index);
    return true;
  }
  layout_ = gf16_layout(block.data_count, block.parity_count);
  compute_factors(block);
  for_each_strip(block, [&](const Strip& strip) {
    layout_.high_rate ? recover_high(block, strip, present) : recover_low(block, strip, present);
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
    lost_.push_back({.index = i, .factor = 0});
  }
  for (std::uint32_t j = 0; j < block.parity_count && used_.size() < lost_.size(); ++j) {
    if (present[block.data_count + j] != 0) used_.push_back({.index = j, .factor = 0});
  }
  return used_.size() == lost_.size();
}

// The inverse of the Cauchy matrix 1 / (x + y) over the points x of used_ and y of lost_ is
//   1 / (F(y) * (x + y)) * F(x)   with F of gf16_locator.h.
// The transforms multiply what they compute for, or take from, a point p of the far side by p >>
// log2_size; the syndrome has that factor once more.
void Gf16Codec::compute_factors(const ShardBlock& block) noexcept {
  const Gf16Tables& tables = gf16_tables();
  const std::uint32_t size = layout_.size();
  const std::uint32_t lost_base = layout_.high_rate ? size : 0;
  const std::uint32_t used_base = layout_.high_rate ? 0 : size;
  const auto far_log = [&](std::uint32_t point) {
    const std::uint32_t log = tables.log[point >> layout_.log2_size];
    return point < size ? 0 : add_logs(log, log);
  };

  locator_.begin(
      std::bit_ceil(size + std::max<std::uint32_t>(block.data_count, block.parity_count)));
  for (const Erasure& lost : lost_) locator_.multiply_by_distance_to(lost_base + lost.index);
  for (const Erasure& used : used_) locator_.divide_by_distance_to(used_base + used.index);
  locator_.finish();

  for (Erasure& lost : lost_) {
    const std::uint32_t point = lost_base + lost.index;
    lost.factor = tables.exp[kGf16Order - add_logs(locator_.log_of(point), far_log(point))];
  }
  for (Erasure& used : used_) {
    const std::uint32_t point = used_base + used.index;
    used.factor = tables.exp[add_logs(locator_.log_of(point), kGf16Order - far_log(point))];
  }
}

void Gf16Codec::recover_single(const ShardBlock& block, std::uint32_t lost) noexcept {
  std::memcpy(block.data_shard(lost), block.parity, block.shard_bytes);
  for (std::uint32_t i = 0; i < block.data_count; ++i) {
    if (i != lost) kernels_.add(block.data_shard(lost), block.data_shard(i), block.shard_bytes);
  }
}

// Scales the rows of lost shards `first` … and puts them where they belong.
void Gf16Codec::write_lost(const ShardBlock& block, const Strip& strip, std::byte* rows,
                           std::uint32_t first, std::span<const Erasure> lost) noexcept {
  for (const Erasure& erasure : lost) {
    std::byte* const row = rows + (erasure.index - first) * strip.row_bytes;
    kernels_.scale(row, strip.row_bytes, erasure.factor);
    kernels_.store(block.data_shard(erasure.index) + strip.offset, row, strip.shard_bytes);
  }
}

// Turns the parity rows that the present data gives, first … first + count, into weighted
// syndromes: adds the parity received and scales where one is used, zero elsewhere.
void Gf16Codec::weigh_syndromes(const ShardBlock& block, const Strip& strip, std::byte* rows,
                                std::uint32_t first, std::uint32_t count,
                                std::span<const Erasure> used) noexcept {
  const Erasure* next = used.data();
  const Erasure* const end = next + used.size();
  for (std::uint32_t j = 0; j < count; ++j) {
    std::byte* const row = rows + j * strip.row_bytes;
    if (next == end || next->index != first + j) {
      std::memset(row, 0, strip.row_bytes);
      continue;
    }
    kernels_.load(spare_row_, block.parity_shard(first + j) + strip.offset, strip.shard_bytes);
    kernels_.add(row, spare_row_, strip.row_bytes);
    kernels_.scale(row, strip.row_bytes, next->factor);
    ++next;
  }
}

void Gf16Codec::recover_high(const ShardBlock& block, const Strip& strip,
                             std::span<const std::uint8_t> present) noexcept {
  const std::uint32_t size = layout_.size();
  const std::uint32_t rows_used = used_.back().index + 1;
  combine_far_side(strip, {block.data, block.stride, block.data_count, present.data()});
  forward_transform(sum_, strip.row_bytes, 0, rows_used);
  weigh_syndromes(block, strip, sum_, 0, rows_used, used_);
  inverse_transform(sum_, strip.row_bytes, 0, rows_used);

  for (std::span<const Erasure> rest = lost_; !rest.empty();) {
    const std::uint32_t first = rest.front().index & ~(size - 1);
    const std::span<const Erasure> lost = within(rest, first + size);
    std::memcpy(work_, sum_, size * strip.row_bytes);
    forward_transform(work_, strip.row_bytes, size + first, lost.back().index - first + 1);
    write_lost(block, strip, work_, first, lost);
    rest = rest.subspan(lost.size());
  }
}

void Gf16Codec::recover_low(const ShardBlock& block, const Strip& strip,
                            std::span<const std::uint8_t> present) noexcept {
  const std::uint32_t size = layout_.size();
  load_rows(spectrum_, strip, {block.data, block.stride, block.data_count, present.data()}, 0);
  inverse_transform(spectrum_, strip.row_bytes, 0, block.data_count);

  std::memset(sum_, 0, size * strip.row_bytes);
  for (std::span<const Erasure> rest = used_; !rest.empty();) {
    const std::uint32_t first = rest.front().index & ~(size - 1);
    const std::span<const Erasure> used = within(rest, first + size);
    const std::uint32_t count = used.back().index - first + 1;
    std::memcpy(work_, spectrum_, size * strip.row_bytes);
    forward_transform(work_, strip.row_bytes, size + first, count);
    weigh_syndromes(block, strip, work_, first, count, used);
    inverse_transform(work_, strip.row_bytes, size + first, count);
    kernels_.add(sum_, work_, size * strip.row_bytes);
    rest = rest.subspan(used.size());
  }
  forward_transform(sum_, strip.row_bytes, 0, lost_.back().index + 1);
  write_lost(block, strip, sum_, 0, lost_);
}

}  // namespace pf::fec
