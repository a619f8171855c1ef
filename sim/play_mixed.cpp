// The dice of draw_mixed(). Frames are small, so that a run costs little; what is in them does not
// depend on it.
#include <algorithm>
#include <array>

#include "core/base/rng.h"
#include "sim/play.h"

namespace pf::sim {
namespace {

constexpr std::uint64_t kDiceSeed = 0x64696365;  // apart from the run's own sources

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : rng_(seed ^ kDiceSeed) {}

  bool chance(double share) { return rng_.unit() < share; }
  double share(double most) { return rng_.unit() * most; }
  std::uint64_t between(std::uint64_t least, std::uint64_t most) {
    return least + rng_.below(most - least + 1);
  }
  Nanos ms(std::uint64_t least, std::uint64_t most) {
    return microseconds(static_cast<std::int64_t>(between(1000 * least, 1000 * most)));
  }
  template <class T, std::size_t N>
  T one_of(const std::array<T, N>& choices) {
    return choices[rng_.below(N)];
  }
  std::vector<std::byte> bytes(std::size_t size) {
    std::vector<std::byte> made(size);
    rng_.fill(made);
    return made;
  }

 private:
  SeededRng rng_;
};

Bottleneck draw_bottleneck(Dice& dice, std::uint32_t bitrate_kbps) {
  // Wide enough for a key frame, parity and others on top: who decides about the rate is judged
  // elsewhere.
  const auto rate = static_cast<std::uint32_t>(bitrate_kbps * dice.between(6, 12));
  Bottleneck made{.rate = {.steps = {{Nanos(0), rate}}}, .queue = dice.ms(100, 400)};
  if (dice.chance(0.5)) made.rate.steps.push_back({dice.ms(500, 4000), rate * 3 / 4});
  if (dice.chance(0.5)) made.rate.wander = dice.share(0.3);
  if (dice.chance(0.3)) {
    made.rate.mean_stall_gap = dice.ms(300, 2000);
    made.rate.mean_stall = dice.ms(2, 30);
  }
  if (dice.chance(0.3))
    made.cross = {.rate_kbps = rate / 4, .off = dice.ms(100, 1000), .on = dice.ms(100, 1000)};
  return made;
}

LinkFaults draw_faults(Dice& dice, std::uint32_t bitrate_kbps) {
  LinkFaults faults{.delay = dice.ms(1, 40)};
  if (dice.chance(0.6)) faults.jitter = dice.ms(0, 4);
  if (dice.chance(0.7)) faults.loss = dice.share(0.05);
  if (dice.chance(0.4)) faults.duplication = dice.share(0.05);
  if (dice.chance(0.4)) {
    faults.reordering = dice.share(0.05);
    faults.held_back = dice.ms(1, 20);
  }
  faults.jitter_reorders = dice.chance(0.5);
  if (dice.chance(0.3)) {
    faults.bursts = {.mean_gap = dice.ms(300, 3000),
                     .mean_length = dice.ms(1, 30),
                     .loss = 0.5 + dice.share(0.5)};
  }
  if (dice.chance(0.2)) {
    const Nanos from = dice.ms(200, 2500);
    faults.hole = {.largest_bytes = static_cast<std::uint32_t>(dice.between(200, 1400)),
                   .from = from,
                   .until = from + dice.ms(100, 1000)};
  }
  if (dice.chance(0.5)) faults.bottleneck = draw_bottleneck(dice, bitrate_kbps);
  return faults;
}

Scenario draw_scenario(Dice& dice, std::uint64_t seed) {
  constexpr std::array<std::uint32_t, 3> kRefreshHz{30, 60, 120};
  constexpr std::array<std::uint16_t, 4> kShardBytes{512, 700, 1024, 1408};
  Scenario scenario{.seed = seed};
  scenario.mode = {{320, 180}, {dice.one_of(kRefreshHz), 1}};
  scenario.bitrate_kbps = static_cast<std::uint32_t>(dice.between(500, 5000));
  scenario.media = draw_faults(dice, scenario.bitrate_kbps);
  scenario.media_up = scenario.media;
  scenario.media_up->bottleneck = {};
  scenario.media_up->hole = {};
  scenario.control = {.delay = scenario.media.delay,
                      .jitter = scenario.media.jitter,
                      .loss = scenario.media.loss,
                      .retransmission = 2 * scenario.media.delay + milliseconds(20)};
  scenario.shape = {
      .shard_bytes = dice.one_of(kShardBytes),
      .scheme = dice.chance(0.5) ? message::FecScheme::gf8 : message::FecScheme::gf16};
  scenario.behind_nat = dice.chance(0.3);
  // Bursts may take one key frame after the other.
  scenario.heal_tries = 6;
  return scenario;
}

StrangerSends draw_stranger(Dice& dice, bool neighbour) {
  StrangerSends sends{.as_neighbour = neighbour, .times = static_cast<int>(dice.between(1, 20))};
  if (dice.chance(0.5)) {
    const Bytes punch = as_bytes("PFpunch1");
    sends.datagram.assign(punch.begin(), punch.end());
  } else {
    sends.datagram = dice.bytes(dice.between(0, 1500));
  }
  return sends;
}

message::ControlMessage draw_message(Dice& dice, std::uint32_t bitrate_kbps) {
  switch (dice.between(0, 3)) {
    case 0:
      return message::RequestKeyframe{};
    case 1: {
      const auto first = static_cast<std::uint32_t>(dice.between(0, 300));
      return message::RfiRequest{first, first + static_cast<std::uint32_t>(dice.between(0, 40))};
    }
    case 2:
      return message::SetBitrate{static_cast<std::uint32_t>(dice.between(1, bitrate_kbps))};
    default:
      return message::Reconfigure{{{640, 360}, {60, 1}}};
  }
}

// The things that may happen while a session runs, and go by.
void add_incident(Dice& dice, Play& play, Nanos at) {
  switch (dice.between(0, 4)) {
    case 0:
      play.events.push_back({at, CutPath{dice.ms(20, 700)}});
      break;
    case 1:
      play.events.push_back({at, ScreenStops{}});
      play.events.push_back({at + dice.ms(100, 1500), ScreenMoves{}});
      break;
    case 2:
      play.events.push_back({at, ClientSays{draw_message(dice, play.scenario.bitrate_kbps),
                                            static_cast<int>(dice.between(1, 30))}});
      break;
    case 3:
      play.events.push_back({at, draw_stranger(dice, false)});
      break;
    default:
      // Before the stream runs nobody could tell a neighbour behind the same NAT from the client.
      play.events.push_back({std::max<Nanos>(at, seconds(3)), draw_stranger(dice, true)});
      break;
  }
}

void add_ending(Dice& dice, Play& play) {
  constexpr std::array kCodes = {message::CloseCode::done, message::CloseCode::game_exited,
                                 message::CloseCode::superseded,
                                 message::CloseCode::internal_error};
  const Nanos at = play.length;
  if (dice.chance(0.4)) {
    play.events.push_back(
        {at, ClientLeaves{dice.chance(0.5) ? control::Leave::quit : control::Leave::detach}});
  } else if (dice.chance(0.5)) {
    play.events.push_back({at, HostEnds{dice.one_of(kCodes)}});
  } else {
    return;
  }
  play.length += milliseconds(2500);
}

}  // namespace

Play draw_mixed(std::uint64_t seed) {
  Dice dice(seed);
  Play play{.scenario = draw_scenario(dice, seed), .events = {}, .length = dice.ms(3000, 6500)};
  const std::uint64_t incidents = dice.between(0, 5);
  for (std::uint64_t i = 0; i < incidents; ++i) add_incident(dice, play, dice.ms(0, 3000));
  if (dice.chance(0.15)) {
    // Until both ends know, and then enough to show that the new session runs.
    play.events.push_back({play.length, ClientRebinds{}});
    play.length += World::kIdleTimeout + World::kRedial + milliseconds(2500);
  } else if (dice.chance(0.2)) {
    play.events.push_back({play.length, ClientRedials{}});
    play.length += milliseconds(2500);
  }
  add_ending(dice, play);
  std::stable_sort(play.events.begin(), play.events.end(),
                   [](const TimedEvent& a, const TimedEvent& b) { return a.at < b.at; });
  return play;
}

}  // namespace pf::sim
