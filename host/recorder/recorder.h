// What every session leaves behind while it runs, and the recordings that were made of it.
//
// The roster tells of sessions; operators look at the last minute, or save some of it. A session
// that is over can still be saved until as many others have ended: what went wrong at its end is
// often why one looks.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "host/recorder/recording.h"
#include "host/recorder/recording_store.h"
#include "host/recorder/session_trace.h"

namespace pf::recorder {

// Any thread.
class Recorder {
 public:
  // What a timeline covers at least, as long as the session has lasted so long.
  static constexpr Nanos kKept = seconds(60);
  // Sessions that are over, whose last minute is kept: a few MB each.
  static constexpr std::size_t kMaxEnded = 4;

  // `clock` outlives it.
  Recorder(std::string state_dir, const Clock& clock)
      : store_(std::move(state_dir)), clock_(clock) {}

  // --- The roster.
  void begin(SessionFacts facts, std::shared_ptr<const SessionTrace> trace, Nanos wire_offset);
  void on_mode(unsigned session, std::string mode);
  void end(unsigned session);

  // --- Operators. `unavailable`: there is no such session, or it has shown nothing yet.

  // The last `length` of what there is; empty: all.
  Result<Recording> look(unsigned session, std::optional<Nanos> length) const;
  // Saves it. Without a session: the only one that runs; `malformed` when there are several.
  Result<SavedRecording> save(std::optional<unsigned> session, std::optional<Nanos> length);
  // From now on until stop(), or until as much has come as a ring holds. `refused`: it does
  // already.
  Result<unsigned> start(std::optional<unsigned> session);
  // Saves what came since. `refused`: nothing was started.
  Result<SavedRecording> stop(std::optional<unsigned> session);

  RecordingStore& store() noexcept { return store_; }

  // Of the sessions that are still known, by their numbers.
  std::vector<std::pair<unsigned, std::shared_ptr<const SessionTrace>>> traces() const;

 private:
  struct Session {
    SessionFacts facts;
    std::shared_ptr<const SessionTrace> trace;
    Nanos wire_offset{0};
    std::optional<LocalTime> started_at;  // of a recording
    bool over = false;
  };

  Result<unsigned> chosen(std::optional<unsigned> session) const;
  Result<Session> known(unsigned session) const;
  Result<SavedRecording> save_since(const Session& session, std::optional<LocalTime> since);
  void forget_the_oldest();

  RecordingStore store_;
  const Clock& clock_;
  mutable std::mutex mutex_;
  std::map<unsigned, Session> sessions_;  // under mutex_
};

// The rows of a trace since then, joined and judged; empty: all that there are.
Recording record(const SessionFacts& facts, const SessionTrace& trace, Nanos wire_offset,
                 std::optional<LocalTime> since);

}  // namespace pf::recorder
