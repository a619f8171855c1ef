#include "sim/world.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "core/control/rate_controller.h"
#include "core/control/refresh_policy.h"
#include "core/message/shard_size.h"
#include "core/video/frame_window.h"

namespace pf::sim {
namespace {

// Seeds of sources that must not run in step.
constexpr std::uint64_t kKeySeed = 0x6B657973;

// Of the block that RFC 5737 keeps for documents.
constexpr std::array<std::uint8_t, 4> kClientNet{192, 0, 2, 10};
constexpr std::uint16_t kClientPort = 42'000;
constexpr std::uint16_t kNatPort = 61'000;

Nanos round_trip(const Scenario& scenario) {
  return 2 * (scenario.control.delay + scenario.control.jitter);
}

// Frames that may be under way at once: what the window waits for and what the gate holds, each
// with its parity and the growth of its buffer.
std::size_t memory_bound(const Scenario& scenario) {
  const RefreshRate refresh = scenario.mode.refresh;
  const auto frames = static_cast<std::size_t>(video::FrameWindow::kPatience / refresh.period()) +
                      video::FrameGate::kMaxHeld + 2;
  const std::size_t filler = scenario.speed_tests ? std::size_t{video::FrameWindow::kFrames} *
                                                        control::SpeedTestHost::kMostUnitBytes
                                                  : 0;
  return 2 * (frames * FakeEncoder::largest_bytes(scenario.bitrate_kbps, refresh.hz()) + filler);
}

Checkers::Bounds bounds_of(const Scenario& scenario) {
  constexpr Nanos kMargin = milliseconds(50);
  return {.heal = World::heal_bound(scenario),
          .memory_bytes = memory_bound(scenario),
          .queued_frames = HostVideo::kMaxJobs,
          .agree = round_trip(scenario) + 4 * scenario.control.retransmission +
                   control::HostSession::kStopGrace + kMargin};
}

// Where QUIC's search ends: the largest of ngtcp2's probes that passes.
std::uint32_t proven_udp_bytes(const MtuHole& hole) {
  constexpr std::array<std::uint32_t, 4> kProbes{message::kMostProvenUdpBytes, 1406, 1342, 1232};
  if (hole.largest_bytes == 0) return kProbes.front();
  for (const std::uint32_t probe : kProbes) {
    if (probe <= hole.largest_bytes) return probe;
  }
  return message::kLeastPathUdpBytes;
}

message::Hello hello_for(const Scenario& scenario) {
  message::Hello hello{.mode = scenario.mode,
                       .bitrate_kbps = scenario.adaptive ? 0 : scenario.bitrate_kbps,
                       .codecs = message::CodecSet{message::VideoCodec::h264},
                       .max_shard_bytes = message::kMaxShardBytes};
  if (scenario.speed_tests) hello.capabilities.add(message::Capability::separates_probe_frames);
  return hello;
}

}  // namespace

Scenario scenario_on(const LinkModel& model, std::uint64_t seed,
                     std::optional<std::uint32_t> bitrate_kbps) {
  const DisplayMode mode{{1280, 720}, {60, 1}};
  const LinkFaults& down = model.down;
  // A key frame may meet a burst or a stall, and the next one too. A queue that is too short for
  // any at the rate of now takes one more, until the rate has come down to it.
  const bool short_queue =
      down.bottleneck.queue > Nanos(0) && down.bottleneck.queue <= milliseconds(20);
  const int heal_tries = short_queue ? 4 : 3;
  constexpr Nanos kMargin = milliseconds(20);  // QUIC notices a loss a little after a round trip
  return {.seed = seed,
          .mode = mode,
          .bitrate_kbps = bitrate_kbps.value_or(control::rate_bounds(mode, 0).ceiling_kbps),
          .adaptive = !bitrate_kbps,
          .media = down,
          .media_up = model.up,
          .control = {.delay = std::max(down.delay, model.up.delay),
                      .jitter = std::max(down.jitter, model.up.jitter),
                      .loss = std::max(down.loss, model.up.loss),
                      .retransmission = down.delay + model.up.delay + kMargin},
          .heal_tries = heal_tries};
}

Nanos World::heal_bound(const Scenario& scenario) {
  constexpr Nanos kEncodeAndSend = milliseconds(150);
  const Nanos once = control::RefreshPolicy::kKeyframeSpacing + round_trip(scenario) +
                     scenario.control.retransmission + kEncodeAndSend;
  return scenario.heal_tries * once;
}

World::Session::Session(const World& world, Rng& network, Rng& keys, Link& media_down,
                        Link& media_up, Checkers& checkers)
    : down(world.scenario_.control, network),
      up(world.scenario_.control, network),
      host({.seed = world.scenario_.seed,
            .offer = {},
            .client = world.client_address_,
            .proven_udp_bytes = proven_udp_bytes(world.scenario_.media.hole),
            .shape = world.scenario_.shape,
            .sabotage = world.scenario_.sabotage},
           {down, media_down}, keys, checkers, world.now_),
      client({.seed = world.scenario_.seed,
              .hello = hello_for(world.scenario_),
              .adaptive = world.scenario_.adaptive,
              .media_port = kClientPort,
              .sabotage = world.scenario_.sabotage},
             {up, media_up}, checkers, to_client(world.now_)) {}

World::World(const Scenario& scenario)
    : scenario_(scenario),
      network_rng_(scenario.seed),
      key_rng_(scenario.seed ^ kKeySeed),
      checkers_(bounds_of(scenario)),
      media_down_(scenario.media, network_rng_),
      media_up_(scenario.media_up.value_or(scenario.media), network_rng_),
      client_address_(Endpoint::ipv4(kClientNet, scenario.behind_nat ? kNatPort : kClientPort)) {
  checkers_.set_time(now_);
  reconnect();
}

void World::reconnect() {
  redial_at_.reset();
  idle_at_.reset();
  media_up_.set_client(client_address_);
  checkers_.begin_session(client_address_);
  ++sessions_;
  session_.reset();  // the keys of the old one are gone before there are new ones
  session_ =
      std::make_unique<Session>(*this, network_rng_, key_rng_, media_down_, media_up_, checkers_);
  session_->down.cut_until(cut_until_);
  session_->up.cut_until(cut_until_);
  session_->host.set_still(still_);
}

void World::rebind_client() {
  // The next address of the same carrier, or another port of the same one.
  std::array<std::uint8_t, 4> octets = kClientNet;
  octets[3] = static_cast<std::uint8_t>(octets[3] + sessions_ / 2 % 100);
  client_address_ =
      Endpoint::ipv4(octets, static_cast<std::uint16_t>(kNatPort + 2 * sessions_ + 1));
  media_up_.set_client(client_address_);
  session_->down.break_off();
  session_->up.break_off();
  idle_at_ = now_ + kIdleTimeout;
  checkers_.excuse_until(*idle_at_ + kRedial);
  redial_at_.reset();
}

void World::handle_idle() {
  if (idle_at_ && *idle_at_ <= now_) {
    idle_at_.reset();
    session_->host.take_control(control::PeerClosed{.code = {}, .reason = ""}, now_);
    session_->client.take_control(control::PeerClosed{.code = {}, .reason = ""}, to_client(now_));
    redial_at_ = now_ + kRedial;
  }
  if (redial_at_ && *redial_at_ <= now_) reconnect();
}

void World::set_still(bool still) {
  still_ = still;
  session_->host.set_still(still);
}

void World::stranger_sends(Bytes datagram, const Endpoint& source) {
  session_->host.take_datagram(datagram, source, now_);
  std::vector<std::byte> bytes(datagram.begin(), datagram.end());
  session_->client.take_datagram(bytes, to_client(now_));
}

void World::run_for(Nanos length) {
  const LocalTime end = now_ + length;
  for (;;) {
    const LocalTime next = next_event(end);
    if (next >= end) break;
    now_ = std::max(now_, next);
    checkers_.set_time(now_);
    deliver();
    session_->host.handle_timeout(now_);
    session_->client.handle_timeout(to_client(now_));
    handle_idle();
  }
  now_ = end;
  checkers_.set_time(now_);
}

LocalTime World::next_event(LocalTime end) const {
  LocalTime next = end;
  const auto consider = [&](const std::optional<LocalTime>& due) {
    if (due) next = std::min(next, *due);
  };
  consider(media_down_.next_arrival());
  consider(media_up_.next_arrival());
  consider(session_->down.next_arrival());
  consider(session_->up.next_arrival());
  consider(session_->host.next_timeout(now_));
  if (const auto due = session_->client.next_timeout()) consider(to_world(*due));
  consider(idle_at_);
  consider(redial_at_);
  return next;
}

void World::deliver() {
  Session& session = *session_;
  while (auto arrival = media_down_.arrive(now_)) {
    if (arrival->client == client_address_) {
      session.client.take_datagram(arrival->bytes, to_client(now_));
    } else {
      ++astray_;
    }
  }
  while (auto arrival = media_up_.arrive(now_))
    session.host.take_datagram(arrival->bytes, arrival->client, now_);
  while (auto what = session.down.arrive(now_)) {
    session.client.take_control(*std::move(what), to_client(now_));
  }
  while (auto what = session.up.arrive(now_)) session.host.take_control(*std::move(what), now_);
}

void World::cut_for(Nanos length) {
  cut_until_ = now_ + length;
  media_down_.cut_until(cut_until_);
  media_up_.cut_until(cut_until_);
  session_->down.cut_until(cut_until_);
  session_->up.cut_until(cut_until_);
  checkers_.excuse_until(cut_until_);
}

std::string World::finish() {
  checkers_.finish();
  std::string report;
  for (const Violation& violation : checkers_.violations()) {
    report +=
        fmt::format("seed {}, at {} ms: {}\n", scenario_.seed,
                    std::chrono::duration_cast<milliseconds>(violation.at - kWorldStart).count(),
                    violation.sentence);
  }
  return report;
}

}  // namespace pf::sim
