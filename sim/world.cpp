#include "sim/world.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/control/refresh_policy.h"
#include "core/video/frame_window.h"

namespace pf::sim {
namespace {

// Seeds of sources that must not run in step.
constexpr std::uint64_t kKeySeed = 0x6B657973;

Nanos round_trip(const Scenario& scenario) {
  return 2 * (scenario.control.delay + scenario.control.jitter);
}

// Frames that may be under way at once: what the window waits for and what the gate holds, each
// with its parity and the growth of its buffer.
std::size_t memory_bound(const Scenario& scenario) {
  const RefreshRate refresh = scenario.mode.refresh;
  const auto frames = static_cast<std::size_t>(video::FrameWindow::kPatience / refresh.period()) +
                      video::FrameGate::kMaxHeld + 2;
  return 2 * frames * FakeEncoder::largest_bytes(scenario.bitrate_kbps, refresh.hz());
}

Checkers::Bounds bounds_of(const Scenario& scenario) {
  constexpr Nanos kMargin = milliseconds(50);
  return {.heal = World::heal_bound(scenario),
          .memory_bytes = memory_bound(scenario),
          .queued_frames = HostVideo::kMaxJobs,
          .agree = round_trip(scenario) + 4 * scenario.control.retransmission +
                   control::HostSession::kStopGrace + kMargin};
}

message::Hello hello_for(const Scenario& scenario) {
  return {.mode = scenario.mode,
          .bitrate_kbps = scenario.bitrate_kbps,
          .codecs = message::CodecSet{message::VideoCodec::h264}};
}

}  // namespace

Scenario scenario_on(const LinkModel& model, std::uint64_t seed) {
  const LinkFaults& down = model.down;
  constexpr Nanos kMargin = milliseconds(20);  // QUIC notices a loss a little after a round trip
  return {.seed = seed,
          .bitrate_kbps = model.bitrate_kbps,
          .media = down,
          .media_up = model.up,
          .control = {.delay = std::max(down.delay, model.up.delay),
                      .jitter = std::max(down.jitter, model.up.jitter),
                      .loss = std::max(down.loss, model.up.loss),
                      .retransmission = down.delay + model.up.delay + kMargin}};
}

Nanos World::heal_bound(const Scenario& scenario) {
  constexpr Nanos kEncodeAndSend = milliseconds(150);
  const Nanos once = control::RefreshPolicy::kKeyframeSpacing + round_trip(scenario) +
                     scenario.control.retransmission + kEncodeAndSend;
  return 2 * once;
}

World::World(const Scenario& scenario)
    : scenario_(scenario),
      network_rng_(scenario.seed),
      key_rng_(scenario.seed ^ kKeySeed),
      checkers_(bounds_of(scenario)),
      media_down_(scenario.media, network_rng_),
      media_up_(scenario.media_up.value_or(scenario.media), network_rng_),
      control_down_(scenario.control, network_rng_),
      control_up_(scenario.control, network_rng_),
      host_({.seed = scenario.seed, .offer = {}, .sabotage = scenario.sabotage},
            {control_down_, media_down_}, key_rng_, checkers_, now_),
      client_({.seed = scenario.seed, .hello = hello_for(scenario), .sabotage = scenario.sabotage},
              {control_up_, media_up_}, checkers_, to_client(now_)) {
  checkers_.set_time(now_);
}

void World::run_for(Nanos length) {
  const LocalTime end = now_ + length;
  for (;;) {
    const LocalTime next = next_event(end);
    if (next >= end) break;
    now_ = std::max(now_, next);
    checkers_.set_time(now_);
    deliver();
    host_.handle_timeout(now_);
    client_.handle_timeout(to_client(now_));
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
  consider(control_down_.next_arrival());
  consider(control_up_.next_arrival());
  consider(host_.next_timeout(now_));
  if (const auto due = client_.next_timeout()) consider(to_world(*due));
  return next;
}

void World::deliver() {
  while (auto bytes = media_down_.arrive(now_)) client_.take_datagram(*bytes, to_client(now_));
  while (auto bytes = media_up_.arrive(now_)) host_.take_datagram(*bytes, now_);
  while (auto what = control_down_.arrive(now_)) {
    client_.take_control(*std::move(what), to_client(now_));
  }
  while (auto what = control_up_.arrive(now_)) host_.take_control(*std::move(what), now_);
}

void World::cut_for(Nanos length) {
  const LocalTime end = now_ + length;
  media_down_.cut_until(end);
  media_up_.cut_until(end);
  control_down_.cut_until(end);
  control_up_.cut_until(end);
  checkers_.excuse_until(end);
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
