#include "sim/fake_encoder.h"

#include <algorithm>

namespace pf::sim {
namespace {

constexpr Nanos kShortestEncode = milliseconds(2);
constexpr Nanos kLongestEncode = milliseconds(6);

std::uint32_t mean_bytes(std::uint32_t bitrate_kbps, double refresh_hz) {
  constexpr double kBytesPerKilobit = 125;
  return std::max(kFakeHeaderBytes,
                  static_cast<std::uint32_t>(bitrate_kbps * kBytesPerKilobit / refresh_hz));
}

}  // namespace

std::vector<std::byte> FakeEncoder::encode(FrameId id, bool idr, Content content,
                                           std::uint32_t bitrate_kbps) {
  const bool key = idr || !reference_;
  const std::uint32_t mean = mean_bytes(bitrate_kbps, refresh_hz_) * (key ? kKeyFrameFactor : 1);
  // From half of the mean to one and a half.
  auto size = static_cast<std::uint32_t>(mean / 2 + rng_.below(mean + 1));
  if (content == Content::repeated && !key) size = std::min(size, kRepeatBytes);
  const FakePicture picture{.id = id,
                            .reference = key ? id : *reference_,
                            .size_bytes = std::max(kFakeHeaderBytes, size)};
  reference_ = id;
  return write_access_unit(seed_, picture);
}

Nanos FakeEncoder::draw_duration() {
  const auto span = static_cast<std::uint64_t>((kLongestEncode - kShortestEncode).count());
  return kShortestEncode + Nanos(static_cast<std::int64_t>(rng_.below(span)));
}

std::uint32_t FakeEncoder::largest_bytes(std::uint32_t bitrate_kbps, double refresh_hz) {
  return 2 * kKeyFrameFactor * mean_bytes(bitrate_kbps, refresh_hz);
}

}  // namespace pf::sim
