// A host, a client and the network between them in simulated time, on one thread. Everything that
// is random follows from the seed, so a run is repeated exactly by its scenario.
//
//   World world({.seed = 7, .media = {.loss = 0.05}});
//   world.run_for(seconds(10));
//   EXPECT_EQ(world.finish(), "");
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "core/base/display_mode.h"
#include "core/base/endpoint.h"
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
  std::uint32_t bitrate_kbps = 20'000;  // adaptive: the most that it comes to
  bool adaptive = false;  // the user names no rate: the client finds one; else it keeps its own
  LinkFaults media;       // in both directions
  std::optional<LinkFaults> media_up;  // client → host, if that way differs
  StreamFaults control;                // in both directions
  VideoShape shape;
  int heal_tries = 2;        // so many key frames in a row may be lost before it is a fault
  bool speed_tests = false;  // the client may ask for them: filler takes memory too
  bool behind_nat = false;   // the host sees another port than the client's socket has
  Sabotage sabotage = Sabotage::none;
};

// A session at this rate over that link. Its control stream has the link's
// delay and loss, but does not wait in its queue.
// Without a rate the client adapts it.
Scenario scenario_on(const LinkModel& model, std::uint64_t seed,
                     std::optional<std::uint32_t> bitrate_kbps = std::nullopt);

class World {
 public:
  explicit World(const Scenario& scenario);
  World(const World&) = delete;  // the ends refer to its links
  World& operator=(const World&) = delete;

  void run_for(Nanos length);
  // Nothing passes for so long, in either direction.
  void cut_for(Nanos length);
  // What happens until then nobody can heal.
  void excuse_until(LocalTime end) { checkers_.excuse_until(end); }
  // The host's screen stops moving, or moves again.
  void set_still(bool still);
  void leave(control::Leave how) { session_->client.leave(how, to_client(now_)); }
  void end_by_host(message::CloseCode code) {
    session_->host.end_session(code, "the host says so", now_);
  }
  void test_speed(const control::SpeedTestWanted& wanted) {
    session_->client.test_speed(wanted, to_client(now_));
  }
  void say_as_client(const message::ControlMessage& message) {
    session_->client.say(message, to_client(now_));
  }

  // The client's NAT forgets it, or it moves to another network: from now on it has another
  // address, and nothing passes of what was agreed with the old one. After kIdleTimeout both ends
  // know, and the client dials again.
  void rebind_client();
  // The client dials at once, whatever became of its session before.
  void reconnect();
  // Somebody else's datagram at the host's media port, and at the client's.
  void stranger_sends(Bytes datagram, const Endpoint& source);

  // What was violated, a sentence for each with the seed in front; empty: nothing.
  std::string finish();

  LocalTime now() const noexcept { return now_; }
  const Checkers& checkers() const noexcept { return checkers_; }
  // Of the newest session.
  const HostEnd& host() const noexcept { return session_->host; }
  const ClientEnd& client() const noexcept { return session_->client; }
  int sessions() const noexcept { return sessions_; }
  const Endpoint& client_address() const noexcept { return client_address_; }
  std::uint64_t astray() const noexcept { return astray_; }  // datagrams to an address left behind
  const Link& media_to_client() const noexcept { return media_down_; }
  Link& media_to_client() noexcept { return media_down_; }

  // From a lost picture to the next good one, at most. The host spaces key frames by 750 ms, and
  // the one that answers may be lost like any other; then the client asks again.
  static Nanos heal_bound(const Scenario& scenario);

  // As core/quic's. The simulated connection does not migrate.
  static constexpr Nanos kIdleTimeout = seconds(8);
  static constexpr Nanos kRedial = milliseconds(300);  // and a handshake, from being lost to Hello

 private:
  struct Session {
    StreamLink down, up;
    HostEnd host;
    ClientEnd client;
    Session(const World& world, Rng& network, Rng& keys, Link& media_down, Link& media_up,
            Checkers& checkers);
  };

  void handle_idle();
  LocalTime next_event(LocalTime end) const;
  void deliver();

  const Scenario scenario_;
  LocalTime now_ = kWorldStart;
  SeededRng network_rng_;
  SeededRng key_rng_;
  Checkers checkers_;
  Link media_down_, media_up_;
  Endpoint client_address_;
  int sessions_ = 0;
  bool still_ = false;
  LocalTime cut_until_;
  std::optional<LocalTime> idle_at_;    // both ends notice that they lost each other
  std::optional<LocalTime> redial_at_;  // the client tries again
  std::uint64_t astray_ = 0;
  std::unique_ptr<Session> session_;  // always one
};

}  // namespace pf::sim
