// A host whose clock runs faster or slower than the client's, over the ways of some link models,
// for ten minutes: what the client believes is never further off than it says, and it learns the
// drift.
#include <cstring>
#include <type_traits>
#include <variant>

#include <gtest/gtest.h>

#include "core/control/clock_sync.h"
#include "sim/clocks.h"
#include "sim/link_models.h"
#include "sim/stream_link.h"

namespace pf::sim {
namespace {

// What travels is of no interest here, only when: core/wire tests the bytes.
template <class Message>
std::vector<std::byte> as_bytes(const Message& message) {
  static_assert(std::is_trivially_copyable_v<Message>);
  std::vector<std::byte> bytes(sizeof message);
  std::memcpy(bytes.data(), &message, sizeof message);
  return bytes;
}
template <class Message>
Message from_bytes(const StreamLink::Delivery& delivery) {
  Message message;
  std::memcpy(&message, std::get<std::vector<std::byte>>(delivery).data(), sizeof message);
  return message;
}

// What a clock shows that runs `ppm` faster than the world, and another rate from `turn` on.
struct DriftingClock {
  std::int64_t ppm = 0;
  std::int64_t ppm_after = 0;
  LocalTime turn = kWorldStart + std::chrono::hours(1);

  WireTime at(LocalTime world) const {
    const Nanos before = std::min(world, turn) - kWorldStart;
    const Nanos after = std::max(world, turn) - turn;
    return to_wire(world) + before * ppm / 1'000'000 + after * ppm_after / 1'000'000;
  }
};

// A client's clock machine and a host that answers it, over the control stream.
class ClockWorld {
 public:
  ClockWorld(const LinkModel& link, const DriftingClock& clock, std::uint64_t seed)
      : clock_(clock), rng_(seed), up_(ways(link.up), rng_), down_(ways(link.down), rng_) {
    sync_.start(now_);
  }

  void run_until(LocalTime end) {
    while (now_ < end) {
      for (auto what = up_.arrive(now_); what; what = up_.arrive(now_)) answer(*what);
      for (auto what = down_.arrive(now_); what; what = down_.arrive(now_)) hear(*what);
      sync_.handle_timeout(now_);
      while (const auto probe = sync_.poll_probe(now_)) up_.send(as_bytes(*probe), now_);
      if (const auto map = sync_.poll_map()) map_ = *map;
      if (map_) look();
      now_ = std::min({end, now_ + milliseconds(100), next_event()});
    }
  }

  bool read() const { return map_.has_value(); }
  Nanos error_bound() const { return map_->error_bound(now_); }
  Nanos round_trip() const { return map_->round_trip(); }
  // What was beyond the bound, at the worst moment.
  Nanos worst_excess() const { return worst_excess_; }
  std::uint64_t probes() const { return probes_; }

 private:
  static StreamFaults ways(const LinkFaults& way) {
    return {.delay = way.delay,
            .jitter = way.jitter,
            .loss = way.loss,
            .retransmission = 2 * way.delay + milliseconds(25)};
  }

  void answer(const StreamLink::Delivery& delivery) {
    ++probes_;
    const auto probe = from_bytes<message::ClockProbe>(delivery);
    const WireTime host = clock_.at(now_);
    down_.send(as_bytes(message::ClockEcho{probe.client_sent_ns, host, host}), now_);
  }
  void hear(const StreamLink::Delivery& delivery) {
    sync_.on_echo(from_bytes<message::ClockEcho>(delivery), now_);
  }
  void look() {
    const Nanos error = std::chrono::abs(map_->to_wire(now_) - clock_.at(now_));
    worst_excess_ = std::max(worst_excess_, error - map_->error_bound(now_));
  }
  LocalTime next_event() const {
    LocalTime next = now_ + seconds(1);
    for (const auto& due : {up_.next_arrival(), down_.next_arrival(), sync_.next_timeout()})
      if (due) next = std::min(next, *due);
    return std::max(next, now_ + Nanos(1));
  }

  const DriftingClock clock_;
  SeededRng rng_;
  StreamLink up_, down_;
  control::ClockSync sync_;
  LocalTime now_ = kWorldStart;
  std::optional<control::ClockMap> map_;
  Nanos worst_excess_ = -std::chrono::hours(1);
  std::uint64_t probes_ = 0;
};

constexpr const char* kLinks[] = {"steady-lan", "wifi-walk", "4g", "lossy-dsl", "satellite"};

TEST(DriftingClock, IsFollowedForTenMinutesWithinTheBoundThatIsSaid) {
  for (const char* link : kLinks) {
    for (const std::int64_t ppm : {-500, -50, 0, 50, 500}) {
      for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        SCOPED_TRACE(testing::Message() << link << ", " << ppm << " ppm, seed " << seed);
        ClockWorld world(*find_link_model(link), {.ppm = ppm}, seed);
        world.run_until(kWorldStart + seconds(30));
        ASSERT_TRUE(world.read());
        world.run_until(kWorldStart + std::chrono::minutes(10));
        EXPECT_LE(world.worst_excess(), Nanos(0));
        // 500 ppm are 30 ms a minute; what is left of them is of the order of the round trip.
        EXPECT_LE(world.error_bound(), 2 * world.round_trip() + milliseconds(2));
      }
    }
  }
}

// The host's time daemon changes its mind: until the next batch nobody can know.
TEST(DriftingClock, ThatChangesItsRateIsBelievedAnewWithinTwoMinutes) {
  constexpr Nanos kTurn = std::chrono::minutes(5);
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const DriftingClock clock{.ppm = 40, .ppm_after = -460, .turn = kWorldStart + kTurn};
    ClockWorld world(*find_link_model("steady-lan"), clock, seed);
    world.run_until(kWorldStart + kTurn);
    EXPECT_LE(world.worst_excess(), Nanos(0));
    world.run_until(kWorldStart + kTurn + std::chrono::minutes(2));
    EXPECT_LE(world.error_bound(), milliseconds(3));
  }
}

TEST(DriftingClock, CostsAFewProbesAMinute) {
  for (const char* link : kLinks) {
    ClockWorld world(*find_link_model(link), {.ppm = 500}, 1);
    world.run_until(kWorldStart + std::chrono::minutes(10));
    EXPECT_LE(world.probes(), 8u * 60) << link;
  }
}

}  // namespace
}  // namespace pf::sim
