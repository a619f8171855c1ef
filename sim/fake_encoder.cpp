#include "sim/fake_encoder.h"

#include <algorithm>

namespace pf::sim {
namespace {

constexpr Nanos kShortestEncode = milliseconds(2);
constexpr Nanos kLongestEncode = milliseconds(6);

// How fast a scene becomes ordinary again, and how much it changes with each picture.
constexpr double kSceneReturn = 0.05;
constexpr double kSceneStep = 0.12;
constexpr double kPictureNoise = 0.25;
// Debt is saved at by so much with each picture, but never more than this share of it.
constexpr double kPaybackPictures = 8;
constexpr double kMostSaved = 0.5;
constexpr double kMostCredit = 2;  // pictures

std::uint32_t mean_bytes(std::uint32_t bitrate_kbps, double refresh_hz) {
  constexpr double kBytesPerKilobit = 125;
  return std::max(kFakeHeaderBytes,
                  static_cast<std::uint32_t>(bitrate_kbps * kBytesPerKilobit / refresh_hz));
}

}  // namespace

Bytes FakeEncoder::encode(FrameId id, bool idr, Content content, std::uint32_t bitrate_kbps) {
  const bool key = idr || !reference_;
  const std::uint32_t mean = mean_bytes(bitrate_kbps, refresh_hz_);
  std::uint32_t size = draw_size(key, mean);
  if (content == Content::repeated && !key) size = std::min(size, kRepeatBytes);
  size = std::max(size, kFakeHeaderBytes);
  // Of what an idle screen saves little may be spent later.
  debt_bytes_ = std::max(-kMostCredit * mean, debt_bytes_ + size - mean);
  const FakePicture picture{.id = id, .reference = key ? id : *reference_, .size_bytes = size};
  reference_ = id;
  write_access_unit(seed_, picture, access_unit_);
  return access_unit_;
}

std::uint32_t FakeEncoder::draw_size(bool key, std::uint32_t mean_bytes) {
  richness_ = std::clamp(
      richness_ + kSceneReturn * (1 - richness_) + kSceneStep * (2 * rng_.unit() - 1), 0.6, 1.5);
  const double noise = 1 + kPictureNoise * (2 * rng_.unit() - 1);
  const double saving = std::min(debt_bytes_ / kPaybackPictures, kMostSaved * mean_bytes);
  const double size = mean_bytes * (key ? kKeyFrameFactor : 1) * richness_ * noise - saving;
  return static_cast<std::uint32_t>(std::max(size, 0.0));
}

Nanos FakeEncoder::draw_duration() {
  const auto span = static_cast<std::uint64_t>((kLongestEncode - kShortestEncode).count());
  return kShortestEncode + Nanos(static_cast<std::int64_t>(rng_.below(span)));
}

std::uint32_t FakeEncoder::largest_bytes(std::uint32_t bitrate_kbps, double refresh_hz) {
  return 2 * kKeyFrameFactor * mean_bytes(bitrate_kbps, refresh_hz);
}

}  // namespace pf::sim
