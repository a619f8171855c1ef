// The client's view of the host's clock: four stamps for each round trip, the quickest round trip
// wins, because the error of an offset is at most half its round trip (RFC 5905 section 8 uses the
// same arithmetic).
//
// Eight rounds one after the other when a session starts; afterwards a batch of eight, 7 ms apart,
// once a minute, against drift. A batch whose best round trip is much worse than the best ever seen
// is set aside; after three such batches the best of them counts. Source:
// docs/protocol/punktfunk1.md sections 14.2, 14.3.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "core/base/time.h"
#include "core/message/control_message.h"

namespace pf::control {

// Nanoseconds on two clocks: the client's at sending and receiving, the host's in between.
struct ClockStamps {
  std::uint64_t client_sent_ns = 0;
  std::uint64_t host_received_ns = 0;
  std::uint64_t host_sent_ns = 0;
  std::uint64_t client_received_ns = 0;
};

struct ClockReading {
  std::int64_t round_trip_ns = 0;
  std::int64_t offset_ns = 0;  // host minus client
  bool operator==(const ClockReading&) const = default;
};

// Exact for all stamps whose results fit; saturated otherwise, which only a lying host brings
// about.
ClockReading read_clock(const ClockStamps& stamps) noexcept;

// Converts between the ends' times and says how wrong it may be.
class ClockMap {
 public:
  ClockMap(const ClockReading& reading, LocalTime read_at) noexcept
      : reading_(reading), read_at_(read_at) {}

  WireTime to_wire(LocalTime at) const noexcept;
  LocalTime to_local(WireTime at) const noexcept;

  // Half the round trip, and what two ordinary quartz clocks may have drifted apart since (50 ppm).
  Nanos error_bound(LocalTime now) const noexcept;
  Nanos round_trip() const noexcept { return Nanos(reading_.round_trip_ns); }

 private:
  ClockReading reading_;
  LocalTime read_at_;
};

// Sends probes when told, takes echoes. Owned by ClientSession.
class ClockSync {
 public:
  static constexpr int kRounds = 8;
  static constexpr Nanos kRoundTimeout = seconds(2);
  static constexpr Nanos kBatchSpacing = milliseconds(7);
  static constexpr Nanos kResyncInterval = seconds(60);
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
    std::optional<ClockReading> best;
  };

  void begin_batch(bool initial, LocalTime now);
  bool probe_due(LocalTime now) const noexcept;
  void finish_batch(LocalTime now);
  void judge(const ClockReading& reading, LocalTime now);
  void publish(const ClockReading& reading, LocalTime now);

  std::optional<Batch> batch_;
  std::optional<LocalTime> next_probe_at_;
  std::optional<LocalTime> answer_by_;
  std::optional<LocalTime> next_batch_at_;
  std::optional<std::int64_t> best_round_trip_ns_;
  std::optional<ClockReading> best_rejected_;
  int rejected_batches_ = 0;
  std::optional<ClockMap> map_;
};

}  // namespace pf::control
