// The bit rate that a client asks its host for: as much as the way carries without a queue.
//
// The receiving end decides, because it sees what arrives when; the host follows SetBitrate
// (docs/protocol/punktfunk1.md sections 6.3 and 13, whose thresholds are policy and not ours).
// Three looks at the same stream make the decision:
//
//   capacity   what the narrowest link carries, from the spread of each frame (rate_capacity.h)
//   delay      the queue that stands between frames, and how long a frame's last packet takes
//              (rate_delay.h)
//   loss       as far as sending less helps (rate_loss.h)
//
// The rate is a share of the capacity, so that the queue empties between frames. The share gets
// smaller while more than a few frames arrive late, as over a radio that falls silent again and
// again; a standing queue takes from it until it is gone. A decoder that is behind, and the pixel
// rate, are ceilings. Because capacity is measured and not probed for, the rate may rise as fast as
// it is proven. Pure; it needs no timer: without frames there is nothing to decide.
#pragma once

#include <cstdint>
#include <optional>

#include "core/base/display_mode.h"
#include "core/base/time.h"
#include "core/control/loss_window.h"
#include "core/control/rate_capacity.h"
#include "core/control/rate_delay.h"
#include "core/control/rate_loss.h"
#include "core/control/rate_part.h"
#include "core/message/datagram.h"

namespace pf::control {

// A whole access unit came out of reassembly.
struct FrameReceived {
  WireTime pts;
  LocalTime first_received;
  LocalTime received;              // of the packet that completed it
  std::uint32_t frame_bytes = 0;   // of the access unit
  std::uint32_t packet_count = 0;  // that it took
  bool from_slices = false;        // its packets left while the rest was still being encoded
};

struct RateBounds {
  std::uint32_t floor_kbps = 0;
  std::uint32_t ceiling_kbps = 0;
};
// A user who names a rate gets at most that one. Else the pixel rate decides: half a bit for a
// pixel is beyond what H.264 needs for any screen. Below a twentieth of that pictures cannot be
// read.
RateBounds rate_bounds(const DisplayMode& mode, std::uint32_t named_kbps) noexcept;

class RateController {
 public:
  struct Params {
    std::uint32_t start_kbps = 20'000;
    std::uint32_t named_kbps = 0;  // by the user; 0: none
    DisplayMode mode;
    std::uint16_t shard_bytes = 1408;
  };
  // Of the capacity. The rest is for frames above the mean and for what the estimate is wrong by.
  static constexpr double kShare = 0.75;
  static constexpr double kLeastShare = 0.15;  // while a queue is emptied
  // A frame should be across in this time, which is queueing to the packets at its end.
  static constexpr Nanos kCrossing = milliseconds(13);
  // Later than this is late. Few of the packets of a late frame are: while a tenth of the frames
  // come late, less than a twentieth of the packets wait for more than 15 ms.
  static constexpr Nanos kLate = milliseconds(18);
  static constexpr double kMostLate = 0.1;
  static constexpr Nanos kToleratedQueue = PathDelay::kStanding;
  // Somebody else's packets share the link when a queue stands though we send less than its
  // capacity. What arrives meanwhile is our part of it (a queue that is never empty serves all
  // senders in proportion): the share falls below that, stays there for a while, and grows again
  // slowly.
  static constexpr Nanos kCautionSpacing = milliseconds(300);
  static constexpr Nanos kSharedQueue = milliseconds(8);  // a smaller one may be a radio's jitter
  static constexpr double kBelowPart = 0.72;
  static constexpr Nanos kPartHold = seconds(5);
  // A standing queue is to be gone after this time.
  static constexpr Nanos kDrainTime = milliseconds(250);
  // After a queue of kDrained the estimate is young and a frame's own queue close to its bound: for
  // a while the share is smaller.
  static constexpr Nanos kDrained = milliseconds(15);
  static constexpr double kShareAfterDrain = 0.9;
  static constexpr Nanos kAfterDrain = seconds(2);
  // Not less after this time: it is no queue (PathDelay::rebase).
  static constexpr Nanos kDrainPatience = seconds(4);
  // Between two wishes. A host may have to work for each.
  static constexpr Nanos kFallSpacing = milliseconds(100);  // and up to what is surely right
  static constexpr Nanos kRiseSpacing = milliseconds(250);
  static constexpr double kLeastChange = 0.1;
  static constexpr double kMostRise = 1.5;
  static constexpr double kSafeRise = 0.5;  // of what is right: at once, from however far below
  static constexpr int kMaxUnanswered = 3;
  static constexpr Nanos kAnswerPatience = seconds(2);
  // Access units waiting for the decoder, all the time for so long: it is too slow.
  static constexpr std::uint32_t kBacklogFrames = 4;
  static constexpr Nanos kBacklogSpacing = milliseconds(500);
  static constexpr Nanos kBacklogHold = seconds(5);

  explicit RateController(const Params& params) noexcept;

  void on_frame(const FrameReceived& frame, LocalTime now) noexcept;
  void on_host_timing(const message::HostTiming& timing, LocalTime now) noexcept;
  void on_totals(const ReceptionTotals& totals, LocalTime now) noexcept;
  void on_keyframe_missed(LocalTime now) noexcept { loss_.on_keyframe_missed(rate_kbps_, now); }
  void on_decoder_backlog(std::uint32_t waiting_frames, LocalTime now) noexcept;
  // The host's answer, or its own decision.
  void on_rate_changed(std::uint32_t bitrate_kbps) noexcept;
  // Larger or smaller pictures, or more or fewer of them.
  void on_mode(const DisplayMode& mode) noexcept;
  // The host fills the way on purpose until then: nothing that is seen meanwhile counts.
  void ignore_until(LocalTime end) noexcept { ignore_until_ = end; }

  // A rate to ask the host for, at once.
  std::optional<std::uint32_t> poll_wish(LocalTime now) noexcept;

  std::uint32_t rate_kbps() const noexcept { return rate_kbps_; }
  std::optional<std::uint32_t> capacity_kbps() const noexcept { return capacity_.kbps(false); }
  Nanos standing_queue() const noexcept { return delay_.standing(); }

 private:
  Nanos spread_by_network(const FrameReceived& frame) const noexcept;
  std::optional<double> right_kbps(LocalTime now) noexcept;
  double share_of_capacity() const noexcept;
  void watch_drain(LocalTime now) noexcept;
  void end_drain(LocalTime now) noexcept;
  void watch_part(LocalTime now) noexcept;
  void make_room_for_others(LocalTime now) noexcept;
  void adjust_caution(LocalTime now) noexcept;
  bool due(double wanted_kbps, Nanos spacing, LocalTime now) const noexcept;

  Params params_;
  RateBounds bounds_;
  double packet_wire_bytes_;
  TrainCapacity capacity_;
  PathDelay delay_;
  Nanos encoding_{0};  // what the host takes for a frame lately
  LossCeiling loss_;
  std::uint32_t rate_kbps_;  // asked for, or as the host says
  // Bytes on the wire for a byte of video: headers, padding, parity.
  double wire_ratio_ = 1.2;
  std::uint64_t window_video_bytes_ = 0;
  std::uint64_t window_packets_ = 0;  // the host's count when the window began
  std::optional<LocalTime> window_end_;
  LocalTime changed_at_;
  std::optional<LocalTime> asked_at_;
  int unanswered_ = 0;
  std::optional<LocalTime> drain_since_;
  Nanos drain_from_{0}, drain_peak_{0};
  double caution_ = 1;  // takes from the share while frames come late or a queue stays
  LocalTime caution_at_;
  LocalTime hold_caution_until_;
  std::optional<LocalTime> drained_at_;
  PartOfLink part_;  // while a queue stands
  Nanos queue_at_part_{0};
  std::optional<std::uint32_t> decoder_ceiling_kbps_;
  LocalTime decoder_cut_at_;
  std::optional<LocalTime> behind_since_;  // the decoder
  std::optional<LocalTime> ignore_until_;
};

}  // namespace pf::control
