// The last minute of every session, as it was encoded, to be saved when something went wrong.
//
// The roster tells of sessions; operators save what is kept, or the black box does so by itself
// when a picture hitched. Off, nothing is kept of anybody. A session that is over is forgotten, and
// its memory is the system's again.
//
// Two threads: one takes from the sessions' queues a few times a second (session_tap.h) and looks
// for hitches, the other writes clips. Neither is waited for by a session.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/runtime/doorbell.h"
#include "core/runtime/health_board.h"
#include "core/runtime/mailbox.h"
#include "core/runtime/supervised_thread.h"
#include "host/blackbox/clip_store.h"
#include "host/blackbox/session_tap.h"
#include "host/blackbox/unit_archive.h"
#include "host/recorder/session_trace.h"

namespace pf::blackbox {

struct Rules {
  bool enabled = false;
  Nanos span = seconds(60);        // that is kept of each session
  std::size_t bytes = 256u << 20;  // of memory for each session, at most
  bool save_on_hitch = false;
};

// What is kept of one session now.
struct BoxStatus {
  enum class State : std::uint8_t {
    off,
    waiting,  // for a key frame, which the next pictures bring
    recording,
    unsupported,  // its codec is none that a clip can be made of
  };
  unsigned session = 0;
  State state = State::off;
  std::string reason;  // of unsupported
  Nanos span{0};
  std::uint64_t bytes = 0;  // of memory
  std::size_t frames = 0;
  SessionTap::Counts cost;
};

// Any thread, but for its end.
class BlackBox {
 public:
  // The references outlive it.
  BlackBox(const std::string& state_dir, const Rules& rules, HealthBoard& board,
           const Clock& clock);
  ~BlackBox();  // what is being saved is saved

  // --- The roster.
  void begin(recorder::SessionFacts facts, std::shared_ptr<SessionTap> tap,
             std::shared_ptr<const recorder::SessionTrace> trace, Nanos wire_offset);
  void end(unsigned session);

  // --- Operators.

  // At once, for sessions that run as well.
  void set_rules(const Rules& rules);
  Rules rules() const;
  std::vector<BoxStatus> sessions() const;
  // Begins to save what is kept of a session; the clip is in the store from now on, and ready a
  // moment later. Of several modes the newest is given, the others are in the store as well.
  // `unavailable`: there is no such session, or nothing is kept of it; `refused`: the black box is
  // off; `exhausted`: one of this session is being saved. With os_code ENOSPC: the disk is full.
  Result<Clip> save(unsigned session);
  ClipStore& clips() noexcept { return clips_; }

 private:
  struct Box {
    recorder::SessionFacts facts;
    std::shared_ptr<SessionTap> tap;
    std::shared_ptr<const recorder::SessionTrace> trace;
    Nanos wire_offset{0};
    UnitArchive archive;
    std::string unsupported;               // why; empty: it is not
    std::weak_ptr<const Snapshot> saving;  // gone: nothing is being saved
    // Of saving by itself.
    std::optional<FrameId> judged;         // the newest picture that hitched, as far as was looked
    std::optional<LocalTime> save_due;     // a hitch waits to be saved with what followed it
    std::optional<LocalTime> saved_until;  // hitches before are in a clip
  };
  // What is to be saved of a session, which may be over before it is done.
  struct Order {
    recorder::SessionFacts facts;
    Clip::Why why = Clip::Why::asked;
    std::shared_ptr<const Snapshot> snapshot;
    SoundFormat sound;
    std::shared_ptr<const recorder::SessionTrace> trace;
    Nanos wire_offset{0};
  };
  struct Job {
    ClipStore::Begun clip;
    Order order;
    std::size_t cut = 0;  // which of the snapshot's
  };

  Result<void> collect(Shift& shift);
  Result<void> write(Shift& shift);
  Result<void> write(Job& job);
  void follow(Box& box) const;
  void take_in(Box& box);
  void look_for_hitch(Box& box, LocalTime now);
  bool is_due(const Box& box, LocalTime now) const;
  Result<Order> order(Box& box, Clip::Why why);
  void save_by_itself(const Result<Order>& order, unsigned session);
  Result<Clip> begin_to_save(const Order& order);
  Result<Clip> begin_job(const Order& order, std::size_t cut);

  ClipStore clips_;
  const Clock& clock_;
  mutable std::mutex mutex_;
  Rules rules_;                    // under mutex_
  std::map<unsigned, Box> boxes_;  // under mutex_
  LocalTime hitches_looked_at_;    // the collecting thread's
  Mailbox<Job> jobs_;
  Doorbell collect_bell_, write_bell_;
  SupervisedThread writer_;  // these two last: they use all of the above
  SupervisedThread collector_;
};

}  // namespace pf::blackbox
