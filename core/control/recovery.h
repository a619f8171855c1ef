// The client's way out of a loss: one open question to the host at a time, repeated until it is
// answered, and the verdict whether the decoded picture may be shown meanwhile.
//
// A gap is first asked for by its range, which is cheap for the host; when no answer comes, or
// references are missing anyway, by a key frame. Source: docs/protocol/punktfunk1.md section 12.3.
#pragma once

#include <cstdint>
#include <optional>
#include <variant>

#include "core/base/time.h"
#include "core/message/control_message.h"

namespace pf::control {

// A frame went to the decoder.
struct FrameArrived {
  std::uint32_t frame = 0;
  bool keyframe = false;
  bool recovery_anchor = false;  // refers only to frames that are known good
  bool recovery_point = false;   // an intra-refresh wave ended here
};

class Recovery {
 public:
  static constexpr Nanos kRangeSpacing = milliseconds(100);   // between two range requests
  static constexpr std::uint32_t kMaxRange = 256;             // beyond it a key frame is cheaper
  static constexpr Nanos kRangePatience = milliseconds(500);  // then a key frame is asked for
  // The host makes at most one key frame in 750 ms; asking faster only costs it work.
  static constexpr Nanos kKeyframeSpacing = milliseconds(1000);
  // No answer after this time: it was lost. The host's spacing and two ways over a satellite are
  // less.
  static constexpr Nanos kAnswerTime = milliseconds(1500);
  static constexpr Nanos kFreeze = milliseconds(500);  // the picture is held at most so long
  static constexpr Nanos kFreezeWithMarks = milliseconds(1500);  // while refresh marks come in

  using Request = std::variant<message::RfiRequest, message::RequestKeyframe>;

  void on_gap(std::uint32_t first_frame, std::uint32_t last_frame, LocalTime now) noexcept;
  // The picture is broken beyond a range: a frame was given up, a reference is missing, the decoder
  // is silent.
  void on_broken(LocalTime now) noexcept;
  void on_frame(const FrameArrived& frame, LocalTime now) noexcept;
  void handle_timeout(LocalTime now) noexcept;
  std::optional<LocalTime> next_timeout() const noexcept;

  // To be sent at once.
  std::optional<Request> poll_request(LocalTime now) noexcept;

  bool recovering() const noexcept { return since_.has_value(); }
  bool frozen() const noexcept { return frozen_; }  // show the last good picture
  // Answers that did not come in their time.
  std::uint64_t missed_answers() const noexcept { return missed_answers_; }
  std::uint64_t keyframe_requests() const noexcept { return keyframe_requests_; }
  std::uint64_t range_requests() const noexcept { return range_requests_; }

 private:
  void begin(LocalTime now) noexcept;
  void finish() noexcept;
  bool range_due(LocalTime now) const noexcept;
  bool keyframe_due(LocalTime now) const noexcept;
  LocalTime thaw_at() const noexcept;

  std::optional<LocalTime> since_;
  bool frozen_ = false;
  std::optional<message::RfiRequest> range_;  // not asked for yet
  bool want_keyframe_ = false;
  int marks_ = 0;  // recovery points since the loss
  std::optional<LocalTime> range_sent_at_;
  std::optional<LocalTime> keyframe_sent_at_;
  std::uint64_t keyframe_requests_ = 0;
  std::uint64_t range_requests_ = 0;
  LocalTime unanswered_since_;
  std::uint64_t missed_answers_ = 0;
};

}  // namespace pf::control
