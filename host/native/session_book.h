// Every session of a door: lets them in while there is room, tells what they are, and ends them;
// and the desktops that they leave behind.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "core/base/rng.h"
#include "core/runtime/health_board.h"
#include "core/runtime/mailbox.h"
#include "core/runtime/supervised_thread.h"
#include "host/native/path_book.h"
#include "host/native/planned_session.h"
#include "host/native/session_status.h"
#include "host/plan/admission.h"
#include "host/session/desk_book.h"

namespace pf::native {

// A session that is over, with its final figures.
struct SessionReport {
  unsigned number = 0;  // 1, 2, …
  const plan::SessionPlan& plan;
  const session::SessionParts& parts;
  Nanos wire_offset{0};
  Nanos duration{0};  // since the client was let in
  input::InputCounts input;
};
using OnSessionOver = std::function<void(const SessionReport&)>;

struct BookParams {
  Endpoint media;  // address and port that media sockets are bound to; port 0: the system chooses
  plan::AdmissionRules admission;
  Nanos linger{0};  // how long a desktop waits for its device to come back
  plan::HostOffer offer;
  display::CaptureWay capture = display::CaptureWay::best;
  pipeline::Backends backends;
};

// Who asks for a session.
struct Applicant {
  Endpoint remote;
  std::optional<quic::Fingerprint> fingerprint;
  Nanos wire_offset{0};  // of its connection: LocalTime + this = wire time
};

// What a client would get.
struct Intent {
  plan::SessionPlan plan;
  plan::Admission admission;
  std::string device_name;  // fit to be shown
};

class SessionBook {
 public:
  // `on_session_over` is called on a thread of the book. The references outlive the book.
  SessionBook(BookParams params, NewsBox& news, HealthBoard& board, const Clock& clock, Rng& rng,
              OnSessionOver on_session_over);
  ~SessionBook();  // ends what was given to end(), and waits for it

  // Control thread.
  // `exhausted`: no room now; `refused`: not in this way. The sentence is for the client. The
  // sessions that the admission names are then the caller's to end, before start().
  Result<Intent> consider(const Applicant& applicant, const message::Hello& hello) const;
  // Starts everything the client's session needs; that it works is news, later. `exhausted` with
  // EADDRINUSE: the one port for media is taken; worth another try if ends_a_session().
  Result<std::unique_ptr<PlannedSession>> start(const Applicant& applicant, const Intent& intent,
                                                LocalTime now);
  // A session is over and has not let go of its port yet.
  bool ends_a_session() const;
  void on_streaming(unsigned number);
  void on_mode(unsigned number, const DisplayMode& mode);
  void on_bitrate(unsigned number, std::uint32_t bitrate_kbps);
  // The way to this address carries such UDP payloads: sessions to come begin with fitting shards.
  void on_path(const Endpoint& remote, std::uint32_t udp_bytes) { paths_.learn(remote, udp_bytes); }
  // Its media is to stop at once, and its place is free; end() follows.
  void stop(PlannedSession& planned);
  // Joining a session's threads takes too long for the control thread: the reaper does it. With
  // `may_return` its desktop lingers, if its device can prove that it is the same. Empty: nothing
  // to end.
  void end(std::unique_ptr<PlannedSession> planned, bool may_return);

  // Any thread. A desktop that lingers is not to wait any longer; false: none of this number does.
  bool give_up(unsigned number) { return desks_.give_up(number); }
  std::vector<SessionStatus> sessions() const;  // in the order of their numbers
  std::uint32_t over_count() const noexcept { return over_; }

 private:
  // Sessions that are being ended; each takes a second or two at most, and max_clients bounds how
  // many there are.
  static constexpr std::size_t kMaxEnding = 256;

  Result<std::unique_ptr<net::UdpPort>> open_media_port() const;
  plan::ClientPath path_to(const Endpoint& remote) const;
  std::vector<plan::PresentSession> present(const Applicant& applicant) const;
  unsigned desk_owner(unsigned number) const;
  void sit_down(PlannedSession& planned, const Applicant& applicant, const Intent& intent);
  void note(const PlannedSession& planned, const Applicant& applicant, const Intent& intent);
  template <class Change>
  void change(unsigned number, Change change);
  Result<void> reap(Shift& shift);
  void bury(PlannedSession& planned);
  void close_desks();

  const BookParams params_;
  NewsBox& news_;
  HealthBoard& board_;
  const Clock& clock_;
  Rng& rng_;
  const OnSessionOver on_session_over_;
  unsigned last_number_ = 0;  // control thread
  PathBook paths_;            // control thread
  session::DeskBook desks_;

  mutable std::mutex mutex_;
  std::map<unsigned, SessionStatus> statuses_;  // under mutex_; until burial and linger are over
  Mailbox<std::unique_ptr<PlannedSession>> ending_{kMaxEnding};  // control → reaper
  std::atomic<std::uint32_t> over_{0};
  Doorbell reaper_bell_;
  SupervisedThread reaper_;  // last: it uses all of the above
};

}  // namespace pf::native
