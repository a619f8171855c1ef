#include "core/fec/gf8_codec.h"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <cstring>

#include "core/base/check.h"

namespace pf::fec {
namespace {

constexpr std::size_t kCacheLineBytes = 64;

// Fewer rows than this are a product whatever the shape; with fewer factors, all of it is.
constexpr std::uint32_t kMinTransformRows = 8;
constexpr std::uint32_t kMaxProductFactors = 420;
// Up to so many lost shards are a product with all that is there.
constexpr std::uint32_t kMaxProductLost = 12;

// The largest factor matrix: lost * k with lost + k at most kMaxGf8Shards.
constexpr std::size_t kMaxFactors = 128 * 128;

// Rows of one strip: the sums of all digits and the parity of a recovery, either less than twice as
// many as the largest digit has, and a chunk of that size.
std::size_t scratch_bytes() noexcept {
  std::size_t most = 0;
  for (std::uint32_t rows = kMinTransformRows; rows <= 128; rows *= 2)
    most = std::max(most, 5 * StripRows::bytes_for(rows, best_row_bytes(rows)));
  return most + 8 * StripRows::kGapBytes;  // every part ends with one
}

// The product of all elements of {1 … 2^layers - 1}, over s_layers(point).
Gf8 chunk_scale(unsigned layers, std::uint32_t point) noexcept {
  const Gf8Tables& tables = gf8_tables();
  std::uint32_t log = kGf8Order - tables.log[tables.vanishing[layers][point]];
  for (std::uint32_t element = 1; element < 1u << layers; ++element) log += tables.log[element];
  return tables.exp[log % kGf8Order];
}

}  // namespace

Gf8Codec::Gf8Codec(const FecKernels& kernels)
    : kernels_(kernels),
      transform_(kernels),
      scratch_bytes_(scratch_bytes()),
      scratch_(static_cast<std::byte*>(std::aligned_alloc(kCacheLineBytes, scratch_bytes_)),
               std::free),
      factors_(kMaxFactors),
      inverse_factors_(kMaxFactors),
      encoding_factors_(kMaxFactors) {
  PF_CHECK(scratch_ != nullptr);
  lost_.reserve(kMaxGf8Shards);
  used_.reserve(kMaxGf8Shards);
  sources_.reserve(kMaxGf8Shards);
  targets_.reserve(kMaxGf8Shards);
}

bool Gf8Codec::supports(const ShardBlock& block) const noexcept {
  return block.data_count >= 1 && block.parity_count >= 1 &&
         std::uint32_t{block.data_count} + block.parity_count <= kMaxGf8Shards &&
         block.shard_bytes > 0 && block.stride >= block.shard_bytes;
}

// How the parity rows of this shape come about.
void Gf8Codec::begin(const ShardBlock& block) noexcept {
  shape_ = {.data_count = block.data_count, .parity_count = block.parity_count};
  const std::uint32_t k = block.data_count, m = block.parity_count;
  digit_count_ = 0;
  product_first_ = 0;
  if (k * m > kMaxProductFactors) {
    for (std::uint32_t rows = std::bit_floor(m); rows >= kMinTransformRows; rows /= 2) {
      if ((m & rows) == 0) continue;
      digits_[digit_count_++] = {.layers = static_cast<unsigned>(std::countr_zero(rows)),
                                 .first = product_first_};
      product_first_ += rows;
    }
  }
  if (encoding_shape_ == shape_) return;
  const std::uint32_t rows = m - product_first_;
  for (std::uint32_t i = 0; i < k; ++i) {
    for (std::uint32_t row = 0; row < rows; ++row) {
      encoding_factors_[i * rows + row] =
          inverse_gf8(static_cast<Gf8>((m + i) ^ (product_first_ + row)));
    }
  }
  encoding_shape_ = shape_;
}

StripRows Gf8Codec::take_rows(std::uint32_t rows, std::size_t row_bytes) noexcept {
  const StripRows taken{.base = scratch_.get() + scratch_taken_, .row_bytes = row_bytes};
  scratch_taken_ += StripRows::bytes_for(rows, row_bytes);
  PF_DCHECK(scratch_taken_ <= scratch_bytes_);
  return taken;
}

// ---- Encoding

void Gf8Codec::encode(const ShardBlock& block) noexcept {
  PF_DCHECK(supports(block));
  begin(block);
  const auto data = [&](std::size_t offset, std::size_t bytes) {
    return StripShards{.base = block.data + offset,
                       .stride = block.stride,
                       .count = block.data_count,
                       .bytes = bytes,
                       .last = block.last_data == nullptr ? nullptr : block.last_data + offset};
  };
  const auto parity = [&](std::size_t offset, std::size_t bytes) {
    return StripShards{.base = block.parity + offset,
                       .stride = block.stride,
                       .count = block.parity_count,
                       .bytes = bytes};
  };
  encode_product(data(0, block.shard_bytes), parity(0, block.shard_bytes));
  if (digit_count_ == 0) return;
  const StripCut cut(block.shard_bytes, best_row_bytes(1u << digits_[0].layers));
  for (std::size_t i = 0; i < cut.count(); ++i) {
    scratch_taken_ = 0;
    encode_strip(data(cut.offset(i), cut.bytes(i)), parity(cut.offset(i), cut.bytes(i)),
                 cut.row_bytes(i));
  }
}

// The parity rows that are a product with a matrix.
void Gf8Codec::encode_product(const StripShards& data, const StripShards& parity) noexcept {
  if (product_first_ == shape_.parity_count) return;
  const std::uint32_t rows = shape_.parity_count - product_first_;
  sources_.clear();
  targets_.clear();
  std::uint16_t* factors = encoding_factors_.data();
  for (std::uint32_t i = 0; i < data.count; ++i) {
    if (data.present != nullptr && data.present[i] == 0) continue;
    if (data.present != nullptr) {
      std::copy_n(encoding_factors_.data() + std::size_t{i} * rows, rows,
                  factors_.data() + sources_.size() * rows);
      factors = factors_.data();
    }
    sources_.push_back(data.shard(i));
  }
  for (std::uint32_t row = 0; row < rows; ++row)
    targets_.push_back(parity.shard(product_first_ + row));
  kernels_.product({.sources = sources_.data(),
                    .source_count = static_cast<std::uint32_t>(sources_.size()),
                    .subfield_count = static_cast<std::uint32_t>(sources_.size()),
                    .targets = targets_.data(),
                    .target_count = rows,
                    .factors = factors,
                    .bytes = data.bytes});
}

// The others: the data in chunks as large as the largest digit, to coefficients; then each digit's
// sum of them to its rows.
void Gf8Codec::encode_strip(const StripShards& data, const StripShards& parity,
                            std::size_t row_bytes) noexcept {
  for (std::size_t d = 0; d < digit_count_; ++d) {
    Digit& digit = digits_[d];
    digit.sum = take_rows(1u << digit.layers, row_bytes);
    std::memset(digit.sum.base, 0, digit.sum.span_bytes(1u << digit.layers));
  }
  const std::uint32_t chunk = 1u << digits_[0].layers;
  const StripRows work = take_rows(chunk, row_bytes);
  // The first data shard is at the point m, less than a chunk past the first chunk's beginning.
  const std::uint32_t end = shape_.parity_count + shape_.data_count;
  for (std::uint32_t point = chunk; point < end; point += chunk) add_chunk(data, point, work);
  for (std::size_t d = 0; d < digit_count_; ++d) {
    const Digit& digit = digits_[d];
    StripShards rows = parity;
    rows.count = digit.first + (1u << digit.layers);
    transform_.forward_to_shards(digit.sum, digit.layers, digit.first, digit.sum, rows,
                                 digit.first);
  }
}

// The chunk of data at `point` …. The coefficients that a smaller digit needs, of its own smaller
// chunks, are what the largest one's transform goes through.
void Gf8Codec::add_chunk(const StripShards& data, std::uint32_t point,
                         const StripRows& work) noexcept {
  const std::uint32_t chunk = 1u << digits_[0].layers;
  unsigned done = 0;
  for (std::size_t d = digit_count_; d-- > 0;) {
    const Digit& digit = digits_[d];
    const std::uint32_t size = 1u << digit.layers;
    for (std::uint32_t row = 0; row < chunk; row += size) {
      const StripRows rows{.base = work.row(row), .row_bytes = work.row_bytes};
      const std::uint32_t here = point + row;
      const bool empty =
          here + size <= shape_.parity_count || here >= shape_.parity_count + shape_.data_count;
      if (empty && done > 0) continue;  // zeros already
      if (empty && d > 0) std::memset(rows.base, 0, rows.span_bytes(size));
      if (empty) continue;
      const Gf8 scale = chunk_scale(digit.layers, here ^ digit.first);
      const StripTransform::Target onto{
          .rows = digit.sum, .store = PassStore::add_scaled, .scale = scale};
      const StripTransform::Target target = d == 0 ? onto : StripTransform::Target{.rows = rows};
      if (done == 0) {
        const auto first =
            static_cast<std::int32_t>(here) - static_cast<std::int32_t>(shape_.parity_count);
        transform_.inverse_of_shards(data, first, digit.layers, here, rows, target);
      } else {
        transform_.inverse_from(done, rows, size, digit.layers, here, target);
      }
      if (d > 0) kernels_.add_scaled(digit.sum.base, rows.base, rows.span_bytes(size), scale);
    }
    done = digit.layers;
  }
}

// ---- Recovery

bool Gf8Codec::recover(const ShardBlock& block, std::span<const std::uint8_t> present) noexcept {
  if (!supports(block)) return false;
  if (present.size() != std::size_t{block.data_count} + block.parity_count) return false;
  begin(block);
  if (!choose_erasures(present)) return false;
  if (lost_.empty()) return true;
  if (lost_.size() <= kMaxProductLost || digit_count_ == 0) {
    recover_product(block, present);
  } else {
    recover_strips(block, present);
  }
  return true;
}

// What is lost, and as many parity shards, the lowest that are there. False: too few.
bool Gf8Codec::choose_erasures(std::span<const std::uint8_t> present) noexcept {
  lost_.clear();
  used_.clear();
  for (std::uint32_t i = 0; i < shape_.data_count; ++i) {
    if (present[i] == 0) lost_.push_back(i);
  }
  for (std::uint32_t j = 0; j < shape_.parity_count && used_.size() < lost_.size(); ++j) {
    if (present[shape_.data_count + j] != 0) used_.push_back(j);
  }
  return used_.size() == lost_.size();
}

// The logarithm of F of gf16_locator.h at a point, over the points of lost_ and used_.
std::uint32_t Gf8Codec::erased_log(std::uint32_t point) const noexcept {
  const Gf8Tables& tables = gf8_tables();
  std::uint32_t log = 0;
  for (const std::uint32_t i : lost_) log += tables.log[point ^ (shape_.parity_count + i)];
  for (const std::uint32_t j : used_) log += kGf8Order - tables.log[point ^ j];
  return log % kGf8Order;
}

// lost y = SUM over the points p of all that is there of F(p) / (F(y) (p + y)).
void Gf8Codec::recover_product(const ShardBlock& block,
                               std::span<const std::uint8_t> present) noexcept {
  const Gf8Tables& tables = gf8_tables();
  const std::uint32_t m = shape_.parity_count;
  const std::size_t lost_count = lost_.size();
  std::array<std::uint32_t, kMaxGf8Shards> lost_logs;
  sources_.clear();
  targets_.clear();
  for (std::size_t t = 0; t < lost_count; ++t) {
    lost_logs[t] = 2 * kGf8Order - erased_log(m + lost_[t]);
    targets_.push_back(block.data_shard(lost_[t]));
  }
  const auto add_source = [&](const std::byte* shard, std::uint32_t point) {
    const std::uint32_t log = erased_log(point);
    std::uint16_t* const factors = factors_.data() + sources_.size() * lost_count;
    for (std::size_t t = 0; t < lost_count; ++t) {
      const std::uint32_t distance_log = tables.log[point ^ (m + lost_[t])];
      factors[t] = tables.exp[(log + lost_logs[t] - distance_log) % kGf8Order];
    }
    sources_.push_back(shard);
  };
  for (const std::uint32_t j : used_) add_source(block.parity_shard(j), j);
  for (std::uint32_t i = 0; i < shape_.data_count; ++i) {
    if (present[i] != 0) add_source(block.data_shard(i), m + i);
  }
  kernels_.product({.sources = sources_.data(),
                    .source_count = shape_.data_count,
                    .subfield_count = shape_.data_count,
                    .targets = targets_.data(),
                    .target_count = static_cast<std::uint32_t>(lost_count),
                    .factors = factors_.data(),
                    .bytes = block.shard_bytes});
}

// Many lost: the parity of what is there, plus the parity received, depends on the lost shards
// alone; its product with the inverse of their Cauchy matrix, F(x) / (F(y) (x + y)), is them.
void Gf8Codec::recover_strips(const ShardBlock& block,
                              std::span<const std::uint8_t> present) noexcept {
  compute_inverse();
  const auto lost_count = static_cast<std::uint32_t>(lost_.size());
  const StripCut cut(block.shard_bytes, best_row_bytes(1u << digits_[0].layers));
  for (std::size_t i = 0; i < cut.count(); ++i) {
    scratch_taken_ = 0;
    const std::size_t row_bytes = cut.row_bytes(i), bytes = cut.bytes(i);
    const StripRows syndromes = take_rows(shape_.parity_count, row_bytes);
    const StripShards parity{
        .base = syndromes.base, .stride = row_bytes, .count = shape_.parity_count, .bytes = bytes};
    const StripShards data{.base = block.data + cut.offset(i),
                           .stride = block.stride,
                           .count = block.data_count,
                           .bytes = bytes,
                           .present = present.data()};
    encode_product(data, parity);
    encode_strip(data, parity, row_bytes);
    sources_.clear();
    targets_.clear();
    for (std::uint32_t n = 0; n < lost_count; ++n) {
      std::byte* const syndrome = parity.shard(used_[n]);
      const std::byte* const both[] = {syndrome, block.parity_shard(used_[n]) + cut.offset(i)};
      kernels_.sum(syndrome, both, 2, bytes);
      sources_.push_back(syndrome);
      targets_.push_back(data.shard(lost_[n]));
    }
    kernels_.product({.sources = sources_.data(),
                      .source_count = lost_count,
                      .subfield_count = lost_count,
                      .targets = targets_.data(),
                      .target_count = lost_count,
                      .factors = inverse_factors_.data(),
                      .bytes = bytes});
  }
}

void Gf8Codec::compute_inverse() noexcept {
  const Gf8Tables& tables = gf8_tables();
  const std::uint32_t m = shape_.parity_count;
  std::array<std::uint32_t, kMaxGf8Shards> lost_logs;
  for (std::size_t t = 0; t < lost_.size(); ++t)
    lost_logs[t] = 2 * kGf8Order - erased_log(m + lost_[t]);
  for (std::size_t s = 0; s < used_.size(); ++s) {
    const std::uint32_t used_log = erased_log(used_[s]);
    for (std::size_t t = 0; t < lost_.size(); ++t) {
      const std::uint32_t distance_log = tables.log[(m + lost_[t]) ^ used_[s]];
      inverse_factors_[s * lost_.size() + t] =
          tables.exp[(used_log + lost_logs[t] - distance_log) % kGf8Order];
    }
  }
}

}  // namespace pf::fec
