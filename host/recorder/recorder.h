// What every session leaves behind while it runs, and the recordings that were made of it.
//
// The roster tells of sessions; operators look at the last minute, or save some of it. A session
// that is over can still be saved until as many others have ended: what went wrong at its end is
// often why one looks.
//
// A recording that is started goes on for longer than the rings hold: a thread of the recorder's
// own saves it in parts as it goes, while the threads of the session go on writing into their
// rings and know nothing of it. A part is a recording like any other, and the next begins where it
// ends. While the disk is full the rings hold what comes, and the part is saved when it can be.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "core/runtime/supervised_thread.h"
#include "host/recorder/recording.h"
#include "host/recorder/recording_store.h"
#include "host/recorder/session_trace.h"

namespace pf::recorder {

struct RunningRecording {
  unsigned session = 0;
  WireTime started_at;  // the wall clock's
  Nanos elapsed{0};
  std::uint64_t pictures = 0;         // since it was started
  std::vector<SavedRecording> parts;  // that are on the disk, the oldest first
  std::uint64_t missed = 0;           // pictures that no ring held any more when there was room
  std::string problem;                // why a part cannot be saved; empty: all is well
};

// Any thread; calls that save wait for the disk.
class Recorder {
 public:
  // What a timeline covers at least, as long as the session has lasted so long.
  static constexpr Nanos kKept = seconds(60);
  // Sessions that are over, whose last minute is kept: a few MB each.
  static constexpr std::size_t kMaxEnded = 4;
  // A part is half of what a ring holds, four and a half minutes at 60 Hz: the other half is the
  // time that a full disk has to get room again before anything is lost.
  static constexpr std::uint64_t kPartPictures = RowRing<FrameRow>::kMaxRows / 2;
  // Then the recording ends by itself, so that what others have saved stays (RecordingStore): two
  // hours at 60 Hz.
  static constexpr std::size_t kMaxParts = 28;
  // Recordings under way: more than anybody watches.
  static constexpr std::size_t kMaxRunning = 8;

  // `board` and `clock` outlive it.
  Recorder(std::string state_dir, HealthBoard& board, const Clock& clock)
      : store_(std::move(state_dir)), board_(board), clock_(clock) {}
  // Saves what runs.
  ~Recorder();

  // --- The roster. Never waits for the disk.
  void begin(SessionFacts facts, std::shared_ptr<const SessionTrace> trace, Nanos wire_offset);
  void on_mode(unsigned session, std::string mode);
  void end(unsigned session);

  // --- Operators. `unavailable`: there is no such session, or it has shown nothing yet. An os_code
  // of a full disk: nothing is lost, try again when there is room.

  // The last `length` of what there is; empty: all.
  Result<Recording> look(unsigned session, std::optional<Nanos> length) const;
  // Saves it. Without a session: the only one that runs; `malformed` when there are several.
  Result<SavedRecording> save(std::optional<unsigned> session, std::optional<Nanos> length);
  // From now on until stop(), the end of the session or kMaxParts. `refused`: it does already.
  Result<unsigned> start(std::optional<unsigned> session);
  // Saves what came since, and gives all parts, the oldest first, also of a recording that has
  // ended by itself. Without a session: the only one that is recorded. `refused`: nothing was
  // started. When the disk is full it goes on.
  Result<std::vector<SavedRecording>> stop(std::optional<unsigned> session);
  std::vector<RunningRecording> running() const;
  std::optional<RunningRecording> running(unsigned session) const;

  RecordingStore& store() noexcept { return store_; }

  // Of the sessions that are still known, by their numbers.
  std::vector<std::pair<unsigned, std::shared_ptr<const SessionTrace>>> traces() const;

 private:
  struct Running {
    LocalTime started_at, saved_until;
    std::uint64_t began_with = 0;   // pictures of the session when it was started
    std::uint64_t saved_count = 0;  // and before `saved_until`
    std::vector<SavedRecording> parts;
    std::uint64_t missed = 0;
    std::string problem;
  };
  struct Session {
    SessionFacts facts;
    std::shared_ptr<const SessionTrace> trace;
    Nanos wire_offset{0};
    std::optional<Running> running;
    std::vector<SavedRecording> parts;  // of a recording that has ended by itself
    bool over = false;
  };
  enum class Extent : std::uint8_t { settled, all };

  Result<unsigned> chosen(std::optional<unsigned> session) const;
  Result<unsigned> chosen_to_stop(std::optional<unsigned> session) const;
  Result<Session> known(unsigned session) const;
  Result<SavedRecording> save_since(const Session& session, std::optional<LocalTime> since);
  void forget_the_oldest();
  RunningRecording described(const Session& session) const;
  WireTime wire_now(const Session& session) const;

  Result<void> write_along(Shift& shift);
  Result<void> save_what_is_due();
  bool is_due(const Session& session) const;
  Result<void> save_part(unsigned session, Extent extent);
  std::vector<SavedRecording> finish(unsigned session);

  RecordingStore store_;
  HealthBoard& board_;
  const Clock& clock_;
  std::mutex turn_;  // one part after the other; taken before mutex_, never while it is held
  mutable std::mutex mutex_;
  std::map<unsigned, Session> sessions_;  // under mutex_
  Doorbell bell_;
  std::optional<SupervisedThread> scribe_;  // from the first start() on; last: it uses the above
};

// The rows of a trace since then, joined and judged; empty: all that there are. `until` is left
// out.
Recording record(const SessionFacts& facts, const SessionTrace& trace, Nanos wire_offset,
                 std::optional<LocalTime> since, std::optional<LocalTime> until = {});

}  // namespace pf::recorder
