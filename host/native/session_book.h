// What the native door plans and starts: sessions of its clients, at the host's roster.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/rng.h"
#include "core/runtime/health_board.h"
#include "host/apps/catalogue.h"
#include "host/native/path_book.h"
#include "host/native/planned_session.h"
#include "host/plan/admission.h"
#include "host/session/roster.h"

namespace pf::native {

struct BookParams {
  Endpoint media;  // address and port that media sockets are bound to; port 0: the system chooses
  bool marks_traffic = true;  // in private networks
  plan::HostOffer offer;
  apps::Catalogue apps;
  display::CaptureWay capture = display::CaptureWay::best;
};

// Who asks for a session.
struct Applicant {
  Endpoint remote;
  std::optional<crypto::Fingerprint> fingerprint;
  Nanos wire_offset{0};  // of its connection: LocalTime + this = wire time
};

// What a client would get.
struct Intent {
  plan::SessionPlan plan;
  std::optional<apps::App> app;  // that it asked for; none: what every desktop has
  plan::Admission admission;
  std::string device_name;  // fit to be shown
};

// Control thread only.
class SessionBook {
 public:
  // The references outlive the book.
  SessionBook(BookParams params, pipeline::Backends backends, session::Roster& roster,
              NewsBox& news, HealthBoard& board, const Clock& clock, Rng& rng);

  // For sessions that are considered from now on.
  void set_params(BookParams params) { params_ = std::move(params); }

  // `exhausted`: no room now; `refused`: not in this way. The sentence is for the client. The
  // sessions that the admission names are then the caller's to end, before start(). `sound`: where
  // this device's is heard; empty: as the host offers it.
  Result<Intent> consider(const Applicant& applicant, const message::Hello& hello,
                          std::optional<plan::SoundPlace> sound) const;
  // Starts everything the client's session needs; that it works is news, later. `exhausted` with
  // EADDRINUSE: the one port for media is taken; worth another try if ends_a_session().
  Result<std::unique_ptr<PlannedSession>> start(const Applicant& applicant, const Intent& intent,
                                                LocalTime now);
  // A session is over and has not let go of its port yet.
  bool ends_a_session() const { return roster_.ends_a_session(); }
  void on_streaming(unsigned number) { roster_.on_streaming(number); }
  void on_mode(unsigned number, const DisplayMode& mode) { roster_.on_mode(number, mode); }
  void on_bitrate(unsigned number, std::uint32_t bitrate_kbps) {
    roster_.on_bitrate(number, bitrate_kbps);
  }
  // The way to this address carries such UDP payloads: sessions to come begin with fitting shards.
  void on_path(const Endpoint& remote, std::uint32_t udp_bytes) { paths_.learn(remote, udp_bytes); }
  // Its media is to stop at once, and its place is free; end() follows.
  void stop(PlannedSession& planned) { roster_.stop(planned.number, *planned.session); }
  // With `may_return` its desktop lingers, if its device can prove that it is the same. Empty:
  // nothing to end.
  void end(std::unique_ptr<PlannedSession> planned, bool may_return);

 private:
  Result<std::optional<apps::App>> app_for(const message::Hello& hello) const;
  Result<std::unique_ptr<net::UdpPort>> open_media_port(const Endpoint& remote) const;
  plan::ClientPath path_to(const Endpoint& remote) const;

  BookParams params_;
  const pipeline::Backends backends_;
  session::Roster& roster_;
  NewsBox& news_;
  HealthBoard& board_;
  const Clock& clock_;
  Rng& rng_;
  PathBook paths_;
};

}  // namespace pf::native
