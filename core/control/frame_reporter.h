// What the client tells a host that records: when each access unit arrived, was decoded and shown.
//
// Nothing is told unless the host asked. A frame waits for what the presenter has to say about it,
// but not longer than kPatience. Pure. Source: docs/protocol/punktfunk1.md section 6.8.
#pragma once

#include <deque>
#include <optional>

#include "core/base/time.h"
#include "core/control/clock_map.h"
#include "core/message/control_message.h"

namespace pf::control {

struct FrameDecoded {  // an access unit has been through the decoder
  WireTime pts;
  LocalTime first_received;
  LocalTime received;
  std::optional<LocalTime> decoded;  // none: no picture came of it
};
struct FramePresented {
  WireTime pts;
  LocalTime at;
};

class FrameReporter {
 public:
  // More would flood the host, less would come too late to look at.
  static constexpr Nanos kShortestInterval = milliseconds(50);
  static constexpr Nanos kLongestInterval = seconds(10);
  // The glass shows a picture within a refresh or two.
  static constexpr Nanos kPatience = milliseconds(150);
  // Ten seconds of 100 Hz while the clocks are not known yet; of more the oldest goes.
  static constexpr std::size_t kMaxWaiting = 1024;

  void on_wanted(const message::FrameReportsWanted& wanted, LocalTime now);
  void on_clock(const ClockMap& map) { clock_ = map; }
  void on_frame(const FrameDecoded& frame);
  void on_presented(const FramePresented& presented);

  // None while nothing was asked for.
  std::optional<LocalTime> next_timeout() const noexcept { return next_at_; }
  // A report that is due; several while much waits.
  std::optional<message::FrameReport> poll(LocalTime now);

 private:
  struct Waiting {
    FrameDecoded frame;
    std::optional<LocalTime> presented;
  };

  bool ripe(const Waiting& waiting, LocalTime now) const noexcept;
  message::FrameReport::Frame told(const Waiting& waiting) const noexcept;

  Nanos interval_{0};
  std::optional<LocalTime> next_at_;
  std::optional<ClockMap> clock_;
  std::deque<Waiting> waiting_;
  bool presents_ = false;  // somebody tells of presenting
};

}  // namespace pf::control
