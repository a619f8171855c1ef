#include "core/video/pacer.h"

#include <algorithm>

namespace pf::video {
namespace {

constexpr std::uint64_t kNsPerSecond = 1'000'000'000;

}  // namespace

void Pacer::begin_frame(std::uint64_t wire_bytes, std::uint32_t bitrate_kbps,
                        LocalTime now) noexcept {
  began_at_ = now;
  sent_bytes_ = 0;
  frame_bytes_ = 0;
  live_bytes_per_s_ = std::uint64_t{bitrate_kbps} * 125 * kSpeedup;
  extend_frame(wire_bytes);
}

void Pacer::extend_frame(std::uint64_t wire_bytes) noexcept {
  frame_bytes_ += wire_bytes;
  burst_bytes_ = std::max(kLeastBurstBytes, frame_bytes_ / 4);
  if (frame_bytes_ <= burst_bytes_) {
    bytes_per_s_ = 0;
    return;
  }
  const std::uint64_t spread = frame_bytes_ - burst_bytes_;
  const std::uint64_t in_time =
      spread * kNsPerSecond / static_cast<std::uint64_t>(kLongestFrame.count()) + 1;
  bytes_per_s_ = std::max(live_bytes_per_s_, in_time);
}

LocalTime Pacer::due(LocalTime now) const noexcept {
  if (bytes_per_s_ == 0 || sent_bytes_ < burst_bytes_) return now;
  const std::uint64_t late_ns = (sent_bytes_ - burst_bytes_) * kNsPerSecond / bytes_per_s_;
  const LocalTime at = began_at_ + Nanos(static_cast<std::int64_t>(late_ns));
  return at - now < kShortestWait ? now : at;
}

}  // namespace pf::video
