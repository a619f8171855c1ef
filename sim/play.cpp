#include "sim/play.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "sim/clocks.h"
#include "sim/knock.h"

namespace pf::sim {
namespace {

// Of the blocks that RFC 5737 keeps for documents.
const Endpoint kStranger = Endpoint::ipv4({203, 0, 113, 66}, 4242);
constexpr std::uint16_t kNeighboursPort = 7777;

void apply(const CutPath& cut, World& world) { world.cut_for(cut.length); }
void apply(ScreenStops, World& world) { world.set_still(true); }
void apply(ScreenMoves, World& world) { world.set_still(false); }
void apply(ClientRebinds, World& world) { world.rebind_client(); }
void apply(ClientRedials, World& world) { world.reconnect(); }
void apply(const ClientLeaves& leaves, World& world) { world.leave(leaves.how); }
void apply(const HostEnds& ends, World& world) { world.end_by_host(ends.code); }
void apply(const ClientSays& says, World& world) {
  for (int i = 0; i < says.times; ++i) world.say_as_client(says.message);
}
void apply(const StrangerSends& sends, World& world) {
  const Endpoint source =
      sends.as_neighbour ? world.client_address().with_port(kNeighboursPort) : kStranger;
  for (int i = 0; i < sends.times; ++i) world.stranger_sends(sends.datagram, source);
}

std::string text_of(const CutPath& cut) {
  return fmt::format("cut for {} ms", whole_ms(cut.length));
}
std::string text_of(ScreenStops) { return "screen stops"; }
std::string text_of(ScreenMoves) { return "screen moves"; }
std::string text_of(ClientRebinds) { return "client's address changes"; }
std::string text_of(ClientRedials) { return "client dials again"; }
std::string text_of(const ClientLeaves& leaves) {
  return leaves.how == control::Leave::quit ? "client quits" : "client detaches";
}
std::string text_of(const HostEnds& ends) {
  return fmt::format("host ends with 0x{:x}", static_cast<std::uint64_t>(ends.code));
}
std::string text_of(const ClientSays& says) {
  return fmt::format("client says message {} {} times", says.message.index(), says.times);
}
std::string text_of(const StrangerSends& sends) {
  return fmt::format("{} sends {} bytes {} times", sends.as_neighbour ? "neighbour" : "stranger",
                     sends.datagram.size(), sends.times);
}

std::string summary(const World& world) {
  const Checkers& seen = world.checkers();
  const ClientVideo* video = world.client().video();
  return fmt::format(
      "frames sent {} shown {}, packets lost {} of {}, shards recovered {}, key frames {}, "
      "parity up to {} %, longest freeze {} ms, sessions {}, trace {:016x}",
      seen.frames_sent(), seen.frames_shown(), world.media_to_client().lost(),
      world.media_to_client().sent(), video ? video->reception().recovered : 0,
      world.host().keyframes(), world.host().most_fec_percent(), whole_ms(seen.longest_freeze()),
      world.sessions(), seen.trace_hash());
}

}  // namespace

Outcome run(const Play& play) {
  World world(play.scenario);
  const MtuHole& hole = play.scenario.media.hole;
  // Nobody makes smaller packets in mid-stream, so a hole is waited out.
  if (hole.largest_bytes > 0) world.excuse_until(kWorldStart + hole.until);
  for (const TimedEvent& timed : play.events) {
    world.run_for(kWorldStart + timed.at - world.now());
    std::visit([&](const auto& event) { apply(event, world); }, timed.event);
  }
  world.run_for(kWorldStart + play.length - world.now());
  Outcome outcome{.violations = world.finish()};
  outcome.description = describe(play);
  outcome.summary = summary(world);
  outcome.trace_hash = world.checkers().trace_hash();
  outcome.frames_shown = world.checkers().frames_shown();
  outcome.sessions = world.sessions();
  return outcome;
}

std::string describe(const Play& play) {
  const Scenario& scenario = play.scenario;
  const LinkFaults& media = scenario.media;
  std::string text = fmt::format(
      "{} at {} kbit/s, shards of {} bytes in {}{}; delay {} ms, jitter {} ms, loss {:.1f} %, "
      "twice "
      "{:.1f} %, held back {:.1f} %",
      to_string(scenario.mode), scenario.bitrate_kbps, scenario.shape.shard_bytes,
      scenario.shape.scheme == message::FecScheme::gf8 ? "GF(2^8)" : "GF(2^16)",
      scenario.behind_nat ? ", behind a NAT" : "", whole_ms(media.delay), whole_ms(media.jitter),
      100 * media.loss, 100 * media.duplication, 100 * media.reordering);
  if (media.bursts.mean_gap > Nanos(0)) {
    text += fmt::format(", bursts of {} ms every {} ms", whole_ms(media.bursts.mean_length),
                        whole_ms(media.bursts.mean_gap));
  }
  if (media.hole.largest_bytes > 0) {
    text += fmt::format(", nothing above {} bytes from {} to {} ms", media.hole.largest_bytes,
                        whole_ms(media.hole.from), whole_ms(media.hole.until));
  }
  if (media.bottleneck.there()) {
    text += fmt::format(", bottleneck of {} kbit/s with {} ms of queue",
                        media.bottleneck.rate.steps.front().rate_kbps,
                        whole_ms(media.bottleneck.queue));
  }
  for (const TimedEvent& timed : play.events) {
    text += fmt::format("; at {} ms {}", whole_ms(timed.at),
                        std::visit([](const auto& event) { return text_of(event); }, timed.event));
  }
  return text;
}

Play draw_lossy(std::uint64_t seed) {
  return {.scenario = {.seed = seed, .media = {.loss = 0.05}, .control = {.loss = 0.05}},
          .events = {},
          .length = seconds(10)};
}

std::span<const PlayKind> play_kinds() {
  static constexpr std::array kKinds = {
      PlayKind{"lossy", "720p60 at 20 Mbit/s, every twentieth packet is lost",
               [](std::uint64_t seed) { return run(draw_lossy(seed)); }},
      PlayKind{"mixed", "any fault of the network and any event of a session, by chance",
               [](std::uint64_t seed) { return run(draw_mixed(seed)); }},
      PlayKind{"knocks", "a client that comes back, to every row of the table of close codes",
               play_knocks}};
  return kKinds;
}

}  // namespace pf::sim
