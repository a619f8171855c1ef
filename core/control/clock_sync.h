// Keeps the client's view of the host's clock (clock_map.h) true for the whole session.
//
// Eight rounds one after the other when a session starts; afterwards batches of eight, 7 ms apart,
// against drift: once a minute, and more often while so little is known about the drift that it may
// cost as much as the round trip does, but not below a millisecond. A batch whose best round trip
// is much worse than the best ever seen is set aside; after three such batches the best of them
// counts. Source: docs/protocol/punktfunk1.md sections 14.2, 14.3.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "core/base/time.h"
#include "core/control/clock_map.h"
#include "core/message/control_message.h"

namespace pf::control {

// Sends probes when told, takes echoes. Owned by ClientSession.
class ClockSync {
 public:
  static constexpr int kRounds = 8;
  static constexpr Nanos kRoundTimeout = seconds(2);
  static constexpr Nanos kBatchSpacing = milliseconds(7);
  static constexpr Nanos kResyncInterval = seconds(60);
  static constexpr Nanos kSoonestResync = seconds(1);
  static constexpr Nanos kDriftBudget = milliseconds(1);  // or half the round trip
  static constexpr int kMaxRejectedBatches = 3;

  void start(LocalTime now);
  void on_echo(const message::ClockEcho& echo, LocalTime now);
  void handle_timeout(LocalTime now);
  std::optional<LocalTime> next_timeout() const noexcept;

  // A probe to send at once.
  std::optional<message::ClockProbe> poll_probe(LocalTime now);
  // A new estimate, once for each.
  std::optional<ClockMap> poll_map();

 private:
  struct Batch {
    bool initial = true;
    int sent = 0;
    int answered = 0;
    std::array<std::uint64_t, kRounds> sent_ns{};
    std::array<bool, kRounds> open{};
    std::optional<TimedReading> best;
  };

  void begin_batch(bool initial, LocalTime now);
  bool probe_due(LocalTime now) const noexcept;
  void finish_batch(LocalTime now);
  void judge(const TimedReading& read);
  void publish(const TimedReading& read);
  Nanos until_resync() const noexcept;

  std::optional<Batch> batch_;
  std::optional<LocalTime> next_probe_at_;
  std::optional<LocalTime> answer_by_;
  std::optional<LocalTime> next_batch_at_;
  std::optional<std::int64_t> best_round_trip_ns_;
  std::optional<TimedReading> best_rejected_;
  int rejected_batches_ = 0;
  ClockDrift drift_;
  std::optional<ClockMap> map_;  // not yet told
  std::optional<ClockMap> believed_;
};

}  // namespace pf::control
