// What flows back to the encoder: wishes left in a box, which the video thread reads when it next
// turns around.
#pragma once

#include <atomic>
#include <cstdint>

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
  void set_bitrate(std::uint32_t kbps) noexcept { bitrate_kbps_ = kbps; }
  std::uint32_t bitrate_kbps() const noexcept { return bitrate_kbps_; }

  // Video thread.
  bool refresh_wanted() const noexcept { return idr_wanted_; }
  void begin_epoch() noexcept { idr_wanted_ = true; }
  // Numbers the next picture and takes the wishes.
  encode::FrameDirective next_directive() noexcept {
    const FrameId id = next_id_;
    next_id_ = next(id);
    return {.id = id, .idr = idr_wanted_.exchange(false), .bitrate_kbps = bitrate_kbps_};
  }

 private:
  Doorbell& video_bell_;
  std::atomic<bool> idr_wanted_{true};
  std::atomic<std::uint32_t> bitrate_kbps_;
  FrameId next_id_{};  // runs on across epochs: a gap would look like loss to the client
};

}  // namespace pf::pipeline
