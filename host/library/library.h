// The library of a running host: what its sources have, kept up to date by a thread that never
// touches their files itself (helper_job.h). Whoever asks gets what is known at once.
//
// Nothing is looked at before the first scan(). All sources are read at the same time, each by a
// process of its own; one that has not answered when its patience is over is "not answering", keeps
// what it had, and holds up nobody.
#pragma once

#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/base/time.h"
#include "core/runtime/doorbell.h"
#include "core/runtime/health_board.h"
#include "core/runtime/supervised_thread.h"
#include "host/library/art_cache.h"
#include "host/library/helper_job.h"
#include "host/library/helper_words.h"
#include "host/library/source.h"

namespace pf::library {

struct SourceState {
  enum class State : std::uint8_t {
    off,       // the settings leave it out
    scanning,  // for the first time
    ready,
    absent,         // this machine has no such launcher
    not_answering,  // its files do not answer: a mount that is gone, a disk that sleeps
    failed,         // it is there, and cannot be read
  };
  std::string name, title;
  State state = State::off;
  std::string problem;             // of not_answering and failed: a sentence
  std::vector<std::string> notes;  // what was left out of it, and why
  std::size_t entry_count = 0;     // in the list
  std::optional<WireTime> scanned_at;
  Nanos took{0};
};
const char* to_string(SourceState::State state) noexcept;

// What is known at one instant; never changes.
struct Shelf {
  std::vector<Entry> entries;  // by title
  std::vector<SourceState> sources;
  bool scanning = false;

  const Entry* find(std::string_view id) const noexcept;  // nullptr: there is none
  // Every source that is wanted has been read once, or was given up.
  bool complete() const noexcept;
};

// What the settings say of it.
struct LibraryRules {
  std::vector<std::string> sources;  // names of kSources
  bool all_desktop_entries = false;
  std::vector<CustomApp> custom;
  std::string user;  // whose library it is; empty: the host's own user
};

class Library {
 public:
  struct Params {
    std::string helper;  // path of the program
    Places places;       // of the host's own user
    // A disk that slept is awake by then; a mount that is gone is not.
    Nanos scan_patience = seconds(15);
    Nanos art_patience = seconds(5);
    // What is left of a source that did not answer is not asked for pictures so long.
    Nanos art_pause = seconds(30);
  };
  // On the library's thread, after the entries have changed.
  using OnChange = std::function<void()>;

  // The references outlive it.
  Library(Params params, LibraryRules rules, OnChange on_change, HealthBoard& board,
          const Clock& clock);
  ~Library();
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;

  // Any thread, all of these; nobody waits.
  std::shared_ptr<const Shelf> now() const;
  void set_rules(LibraryRules rules);  // reads anew what they change, once scan() was called
  void scan();
  void scan_if_older(Nanos age);  // than the last scan's beginning

  using Answer = std::function<void(Result<std::shared_ptr<const Picture>>)>;
  struct ArtAsk {
    std::string entry;  // its id
    ArtKind kind = ArtKind::poster;
    bool as_png = false;
    Answer answer;  // called once, on the library's thread; not if the library goes first
  };
  // `unavailable`: no such entry or picture; `timed_out`: its source does not answer; `exhausted`:
  // too many ask.
  void ask_art(ArtAsk ask);

 private:
  struct Scanning {
    HelperJob job;
    LocalTime began;
  };
  struct Drawing {
    HelperJob job;
    std::string source;
    ArtKey key;
    std::vector<Answer> answers;
  };
  struct Source {
    SourceState state;
    std::vector<Entry> entries;
    std::optional<Scanning> scanning;
    pid_t stuck = 0;  // was killed, and has not gone
    std::optional<LocalTime> no_art_until;
    bool wanted = false;  // to be read
  };

  Result<void> work(Shift& shift);
  void take_orders();
  void begin_scans();
  void begin_scan(Source& source);
  static void switch_off(Source& source);
  void begin_art();
  bool begin_art(ArtAsk& ask);
  void wait(Shift& shift);
  void look_at_scans();
  void look_at_art();
  void conclude(Source& source, const Result<Found>& found);
  void give_up(Source& source);
  bool is_stuck(Source& source);
  void publish(bool changed);

  const Params params_;
  const OnChange on_change_;
  const Clock& clock_;
  Doorbell bell_;

  mutable std::mutex mutex_;
  std::shared_ptr<const Shelf> shelf_;     // under mutex_
  std::optional<LibraryRules> new_rules_;  // under mutex_
  bool scan_asked_ = false;                // under mutex_
  std::optional<LocalTime> asked_at_;      // under mutex_: of the last scan
  std::vector<ArtAsk> asks_;               // under mutex_

  // The thread's.
  Dying dying_;  // before the jobs that leave their processes to it
  LibraryRules rules_;
  bool scanned_ = false;  // scan() was called
  std::vector<Source> sources_;
  std::vector<ArtAsk> waiting_;
  std::list<Drawing> drawings_;
  ArtCache cache_;

  std::optional<SupervisedThread> thread_;  // last: it uses the above
};

}  // namespace pf::library
