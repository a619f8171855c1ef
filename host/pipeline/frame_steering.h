// What flows back to the encoder and to the screen: wishes left in a box, which the video thread
// reads when it next turns around.
#pragma once

#include <atomic>
#include <cmath>
#include <cstdint>
#include <optional>

#include "core/base/time.h"
#include "core/runtime/doorbell.h"
#include "host/encode/encoder.h"

namespace pf::pipeline {

class FrameSteering {
 public:
  FrameSteering(Doorbell& video_bell, std::uint32_t bitrate_kbps)
      : video_bell_(video_bell), bitrate_kbps_(bitrate_kbps) {}

  // Any thread.
  void want_idr() noexcept {
    idr_wanted_ = true;
    video_bell_.ring();
  }
  // The picture that comes next is to be one; unlike the client, nobody waits for it, so none is
  // made for this alone.
  void want_idr_with_next() noexcept { idr_with_next_ = true; }
  // The client lost frames, both ends included, low 32 bits of FrameId. Only for encoders that drop
  // references. One thread. Of two losses between two pictures the older begins the range: what
  // came after it is lost as well.
  void want_forgotten(std::uint32_t first_frame, std::uint32_t last_frame) noexcept {
    const auto waiting_first = static_cast<std::uint32_t>(lost_ >> 32);
    if (loss_waits_ && static_cast<std::int32_t>(first_frame - waiting_first) > 0)
      first_frame = waiting_first;
    lost_ = std::uint64_t{first_frame} << 32 | last_frame;
    loss_waits_ = true;
    video_bell_.ring();
  }
  void set_bitrate(std::uint32_t kbps) noexcept { bitrate_kbps_ = kbps; }
  std::uint32_t bitrate_kbps() const noexcept { return bitrate_kbps_; }
  // Pictures are to come so much later; negative: earlier. What waits adds up.
  void shift_phase(Nanos later) noexcept { phase_wish_ns_ += later.count(); }
  // By how much they do, within half a period of the screen either way.
  Nanos applied_phase() const noexcept { return Nanos(applied_phase_ns_); }

  // Video thread.
  bool refresh_wanted() const noexcept { return idr_wanted_ || loss_waits_; }
  void begin_epoch() noexcept { idr_wanted_ = true; }
  Nanos take_phase_shift() noexcept { return Nanos(phase_wish_ns_.exchange(0)); }
  void on_phase_shifted(Nanos later, Nanos period) noexcept {
    const double whole = static_cast<double>(applied_phase_ns_ + later.count());
    applied_phase_ns_ = std::llround(std::remainder(whole, static_cast<double>(period.count())));
  }
  // Numbers the next picture and takes the wishes.
  encode::FrameDirective next_directive() noexcept {
    const FrameId id = next_id_;
    next_id_ = next(id);
    const bool with_next = idr_with_next_.exchange(false);
    const bool idr = idr_wanted_.exchange(false) || with_next;
    return {.id = id, .idr = idr, .lost = take_lost(id), .bitrate_kbps = bitrate_kbps_};
  }

 private:
  std::optional<encode::LostFrames> take_lost(FrameId now) noexcept {
    if (!loss_waits_.exchange(false)) return std::nullopt;
    const std::uint64_t lost = lost_;
    const auto back = [&](std::uint32_t low) {
      return std::uint32_t(value(now)) - low;  // wraps as the numbers do
    };
    const std::uint32_t first = back(static_cast<std::uint32_t>(lost >> 32));
    const std::uint32_t last = back(static_cast<std::uint32_t>(lost));
    const bool made = last > 0 && last <= first && first <= value(now);
    if (!made) return std::nullopt;  // of pictures that never were
    return encode::LostFrames{FrameId{value(now) - first}, FrameId{value(now) - last}};
  }

  Doorbell& video_bell_;
  std::atomic<bool> idr_wanted_{true};
  std::atomic<bool> idr_with_next_{false};
  std::atomic<std::uint64_t> lost_{0};  // first and last
  std::atomic<bool> loss_waits_{false};
  std::atomic<std::uint32_t> bitrate_kbps_;
  std::atomic<std::int64_t> phase_wish_ns_{0}, applied_phase_ns_{0};
  FrameId next_id_{};  // runs on across epochs: a gap would look like loss to the client
};

}  // namespace pf::pipeline
