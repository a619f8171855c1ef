// Whether the media still come while the control connection lives, and what the client does when
// they do not.
//
// A screen that stands still sends nothing for hours, so silence alone means little. After a while
// the client asks for a key frame, which a host that is well gives of a still screen as well; the
// next question then comes after twice the time. When no answer comes, or the host says that it has
// no pictures (PipelineGap), the user is told, and the questions go on. The connection is never
// given up for it: the host that answers on the control stream is the one that heals. Pure; time is
// an argument. Source: docs/protocol/punktfunk1.md sections 6.2, 12.3; the times are ours.
#pragma once

#include <cstdint>
#include <optional>

#include "core/base/time.h"

namespace pf::control {

struct MediaSilent {     // what the user should know now
  Nanos length{0};       // since the last packet
  bool healing = false;  // the host knows, and says that it is at it
};
struct MediaBack {  // after MediaSilent
  Nanos length{0};  // it lasted
};

class MediaWatch {
 public:
  static constexpr Nanos kQuiet = seconds(2);          // then the first question
  static constexpr Nanos kLongestQuiet = seconds(32);  // for a screen that stands still
  static constexpr Nanos kAskSpacing = seconds(2);     // of questions without an answer
  // A host spaces its key frames by 750 ms; two ways over a satellite come on top.
  static constexpr Nanos kAnswerTime = milliseconds(1500);
  // Healing for so long is worth a word. Most heals sooner, and is over before anybody reads it.
  static constexpr Nanos kHealingTime = milliseconds(1000);
  // A host that heals says so once a second; one that has stopped saying it is like any other.
  static constexpr Nanos kHostSaidFor = seconds(3);

  // The media may come from now on.
  void start(LocalTime now) noexcept { last_packet_at_ = now; }
  // `packets`: that have come since the session began.
  void on_packets(std::uint64_t packets, LocalTime now) noexcept;
  void on_host_gap(LocalTime now) noexcept { host_said_at_ = now; }

  // True: a key frame is to be asked for now.
  bool poll_question(LocalTime now) noexcept;
  std::optional<MediaSilent> poll_silent(LocalTime now) noexcept;
  std::optional<MediaBack> poll_back() noexcept;
  std::optional<LocalTime> next_timeout() const noexcept;

 private:
  bool host_heals(LocalTime now) const noexcept;
  LocalTime question_due() const noexcept;
  std::optional<LocalTime> silent_due() const noexcept;

  std::uint64_t packets_ = 0;
  std::optional<LocalTime> last_packet_at_;  // or the start; empty: not started
  Nanos quiet_ = kQuiet;
  std::optional<LocalTime> asked_first_at_, asked_last_at_;  // since the last packet
  std::optional<LocalTime> answered_at_;
  std::optional<LocalTime> host_said_at_;
  bool silent_ = false;  // the user was told
  std::optional<MediaBack> back_;
};

}  // namespace pf::control
