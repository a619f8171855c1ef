// A host, a client and the network between them in simulated time, on one thread. Everything that
// is random follows from the seed, so a run is repeated exactly by its scenario.
//
//   World world({.seed = 7, .media = {.loss = 0.05}});
//   world.run_for(seconds(10));
//   EXPECT_EQ(world.finish(), "");
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/base/display_mode.h"
#include "core/base/rng.h"
#include "core/base/time.h"
#include "sim/checkers.h"
#include "sim/client_end.h"
#include "sim/clocks.h"
#include "sim/host_end.h"
#include "sim/link.h"
#include "sim/link_models.h"
#include "sim/sabotage.h"
#include "sim/stream_link.h"

namespace pf::sim {

struct Scenario {
  std::uint64_t seed = 1;
  DisplayMode mode{{1280, 720}, {60, 1}};
  std::uint32_t bitrate_kbps = 20'000;
  LinkFaults media;                    // in both directions
  std::optional<LinkFaults> media_up;  // client → host, if that way differs
  StreamFaults control;                // in both directions
  Sabotage sabotage = Sabotage::none;
};

// A session at the rate that the model names, over its link. Its control stream has the link's
// delay and loss, but does not wait in its queue.
Scenario scenario_on(const LinkModel& model, std::uint64_t seed);

class World {
 public:
  explicit World(const Scenario& scenario);
  World(const World&) = delete;  // the ends refer to its links
  World& operator=(const World&) = delete;

  void run_for(Nanos length);
  // Nothing passes for so long, in either direction.
  void cut_for(Nanos length);
  // The host's screen stops moving, or moves again.
  void set_still(bool still) { host_.set_still(still); }
  void leave(control::Leave how) { client_.leave(how, to_client(now_)); }
  void end_by_host(message::CloseCode code) { host_.end_session(code, "the host says so", now_); }
  void say_as_client(const message::ControlMessage& message) {
    client_.say(message, to_client(now_));
  }

  // What was violated, a sentence for each with the seed in front; empty: nothing.
  std::string finish();

  LocalTime now() const noexcept { return now_; }
  const Checkers& checkers() const noexcept { return checkers_; }
  const HostEnd& host() const noexcept { return host_; }
  const ClientEnd& client() const noexcept { return client_; }
  const Link& media_to_client() const noexcept { return media_down_; }
  Link& media_to_client() noexcept { return media_down_; }

  // From a lost picture to the next good one, at most. The host spaces key frames by 750 ms, and
  // the one that answers may be lost like any other; then it asks again.
  static Nanos heal_bound(const Scenario& scenario);

 private:
  LocalTime next_event(LocalTime end) const;
  void deliver();

  const Scenario scenario_;
  LocalTime now_ = kWorldStart;
  SeededRng network_rng_;
  SeededRng key_rng_;
  Checkers checkers_;
  Link media_down_, media_up_;
  StreamLink control_down_, control_up_;
  HostEnd host_;
  ClientEnd client_;
};

}  // namespace pf::sim
