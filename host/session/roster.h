// Every session of every front door: who may come in, what each is called, how it is doing and when
// it is over; and the desktops that sessions leave behind.
//
// One for the whole host, so that all doors share the places (session.max_clients), the numbers,
// the desks and the lists that operators see. A door begins its sessions on its own control thread
// and gives them back to be ended; what other doors and operators want of its sessions comes to it
// as news.
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/input/input_gate.h"
#include "core/runtime/health_board.h"
#include "core/runtime/mailbox.h"
#include "core/runtime/supervised_thread.h"
#include "host/blackbox/blackbox.h"
#include "host/plan/admission.h"
#include "host/recorder/recorder.h"
#include "host/session/desk_book.h"
#include "host/session/operator_wish.h"
#include "host/session/session.h"
#include "host/session/session_status.h"
#include "host/session/work_counts.h"

namespace pf::session {

// A session that is over, with its final figures.
struct SessionReport {
  unsigned number = 0;  // 1, 2, …
  Door door = Door::native;
  DisplayMode mode;  // that was planned
  const SessionParts& parts;
  Nanos wire_offset{0};  // LocalTime + this = wire time
  Nanos duration{0};     // since the client was let in
  input::InputCounts input;
};
using OnSessionOver = std::function<void(const SessionReport&)>;

// Who asks for a session, and what was planned for it.
struct Guest {
  Door door = Door::native;
  Endpoint remote;
  std::optional<crypto::Fingerprint> fingerprint;  // none: an anonymous client
  std::string device_name;                         // fit to be shown
  DisplayMode mode;
  message::VideoCodec codec = message::VideoCodec::h264;
  std::uint32_t bitrate_kbps = 0;
  apps::AppId app{};                 // that was asked for, or the desktop
  std::vector<std::string> command;  // that runs on its desk
  std::string run_as;
  std::string mode_locked;  // why its mode cannot be changed while it runs; empty: it can
};

// A session that is to be ended, with all that its workers use but the door's own things.
struct Ending {
  unsigned number = 0;
  std::shared_ptr<Desk> desk;
  std::unique_ptr<Session> session;
  DisplayMode mode;
  Nanos wire_offset{0};
  LocalTime began_at;
  input::InputCounts input;
  std::optional<Nanos> linger{};  // how long its desktop may; empty: the rules say
};

class Roster {
 public:
  struct Rules {
    plan::AdmissionRules admission;
    Nanos linger{0};  // how long a desktop waits for its device to come back; 0: it ends
  };
  struct Params {
    Rules rules;
    Desk::OpenDisplay open_display;
    restore::UndoJournal* journal = nullptr;  // where preparations are noted; null: nowhere
    recorder::Recorder* recorder = nullptr;   // outlives the roster; null: nothing is recorded
    blackbox::BlackBox* blackbox = nullptr;   // likewise
  };
  // `on_session_over` is called on a thread of the roster. The references outlive it.
  Roster(Params params, HealthBoard& board, const Clock& clock, OnSessionOver on_session_over);
  ~Roster();  // ends what was given to end(), and waits for it

  // --- Any thread.

  // For who comes and for what is left behind from now on; nobody who is here has to go.
  void set_rules(const Rules& rules);
  // Whether a device may come in now, and whose sessions that ends; `exhausted` with a sentence for
  // its user. Those that the admission names are then the door's to end, before sit_down().
  Result<plan::Admission> admit(const std::optional<crypto::Fingerprint>& device) const;
  std::vector<SessionStatus> sessions() const;  // in the order of their numbers
  std::uint32_t over_count() const noexcept { return over_; }
  WorkCounts work_counts() const;
  // As an operator wishes, and its desktop with it, also one that lingers; returns before it is
  // over. `refused`: there is none of this number.
  Result<void> end_session(unsigned number);
  // An operator's wish, on its way when this returns; sessions() tells what came of it.
  // `unavailable`: there is none of this number; `malformed`: nobody could do that; `refused`: this
  // session cannot, with the reason.
  Result<void> steer(unsigned number, const OperatorWish& wish);
  // What shows its desktop, for who looks at it beside the session; also one that lingers. May wait
  // while the desktop is being opened. `unavailable`: there is none of this number; `lost`: its
  // desktop is not open.
  Result<display::CaptureTarget> capture_target(unsigned number) const;
  // A desktop that lingers is not to wait any longer; false: none of this number does.
  bool give_up(unsigned number) { return desks_.give_up(number); }

  // --- A door, on its control thread.

  struct Seat {
    unsigned number = 0;
    std::shared_ptr<Desk> desk;
    Desk::Use use = Desk::Use::own;
  };
  // Gives a number and a desk: the one that the device has left behind, if there is one.
  Seat sit_down(const Guest& guest, const plan::Admission& admission, LocalTime now);

  // The workers of a session that has sat down are made.
  void on_workers(unsigned number, const Session& session, Nanos wire_offset);
  void on_streaming(unsigned number);
  void on_mode(unsigned number, const DisplayMode& mode);
  void on_bitrate(unsigned number, std::uint32_t bitrate_kbps);

  // Its media is to stop at once, and its place is free; end() follows.
  void stop(unsigned number, Session& session);
  enum class Desktop : std::uint8_t { lingers, ends };
  // Joining a session's threads takes too long for a control thread: the reaper does it. Its
  // desktop may linger: true if it does, which takes a device that can prove to be the same.
  bool end(Ending ending, Desktop desktop);
  // A session is over and its threads are not joined yet.
  bool ends_a_session() const;

  // Another client's session, of any door, which hears of it soon; its place is free at once.
  void wish_end(unsigned number, std::string why);

  struct EndWish {
    unsigned number = 0;
    std::string why;  // a sentence for the client's user
    Desktop desktop = Desktop::lingers;
  };
  struct SteerWish {
    unsigned number = 0;
    OperatorWish wish;
  };
  struct DeskClosed {  // nobody can return to it any more
    unsigned number = 0;
  };
  using News = std::variant<EndWish, SteerWish, DeskClosed>;
  std::optional<News> poll(Door door);

 private:
  friend class DoorLink;
  // Sessions that are being ended; each takes a second or two at most, and max_clients bounds how
  // many there are.
  static constexpr std::size_t kMaxEnding = 256;
  // Of operators and other doors, that a control thread has not looked at yet; it does so within
  // milliseconds.
  static constexpr std::size_t kMaxNews = 256;

  struct DoorEntry {
    Doorbell* bell = nullptr;  // under mutex_; null: the door is closed
    Mailbox<News> news{kMaxNews};
  };

  bool tell(Door door, News news);
  DoorEntry& entry(Door door) noexcept { return doors_[static_cast<std::size_t>(door)]; }
  Nanos linger() const;
  unsigned desk_owner(unsigned number) const;
  void note(unsigned number, const Guest& guest, LocalTime now);
  template <class Change>
  void change(unsigned number, Change change);
  bool has_unburied(Door door) const;
  Result<void> reap(Shift& shift);
  void bury(Ending& ending);
  void close_desks();

  const Clock& clock_;
  const OnSessionOver on_session_over_;
  recorder::Recorder* const recorder_;  // null: nothing is recorded
  blackbox::BlackBox* const blackbox_;  // likewise
  DeskBook desks_;

  mutable std::mutex mutex_;
  Rules rules_;                                 // under mutex_
  unsigned last_number_ = 0;                    // under mutex_
  std::map<unsigned, SessionStatus> statuses_;  // under mutex_; until burial and linger are over
  std::map<unsigned, Door> unburied_;           // under mutex_; from sit_down() to burial
  // Under mutex_; from on_workers() to burial, so that they are there for whoever has the lock.
  std::map<unsigned, const SessionParts*> working_;
  WorkCounts buried_work_;  // under mutex_
  std::array<DoorEntry, 2> doors_;
  Mailbox<Ending> ending_{kMaxEnding};  // doors → reaper
  std::atomic<std::uint32_t> over_{0};
  Doorbell reaper_bell_;
  SupervisedThread reaper_;  // last: it uses all of the above
};

// A door's place at the roster: its bell rings when there is news for it. Destroyed when its
// control thread has ended and has given all of its sessions back; waits until they are buried, so
// that what they used of the door may go.
class DoorLink {
 public:
  DoorLink(Roster& roster, Door door, Doorbell& bell);
  ~DoorLink();
  DoorLink(const DoorLink&) = delete;
  DoorLink& operator=(const DoorLink&) = delete;

 private:
  Roster& roster_;
  const Door door_;
  Doorbell& bell_;
};

}  // namespace pf::session
