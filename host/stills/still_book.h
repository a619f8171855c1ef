// Which sessions somebody wants to see, when each is due to be looked at again, and the newest
// still of each.
//
// Nothing is made that nobody asks for: an answer is the still of before, and the question is what
// makes the next one. So the first question gets none, and whoever asks every two seconds sees what
// was there two to four seconds ago. Pure; its owner locks it.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "core/base/result.h"
#include "host/stills/still.h"

namespace pf::stills {

class StillBook {
 public:
  // Of one session at most so often: a glance, not a film.
  static constexpr Nanos kEvery = seconds(2);
  // An older one is not shown: it would be taken for what is there now. Nor is anything kept of
  // what nobody has asked for so long.
  static constexpr Nanos kOldest = seconds(10);
  // More than a host has sessions; questions for others are answered before they come here.
  static constexpr std::size_t kMaxSessions = 64;

  // The newest still of the session; notes that one is wanted, if it is time. `unavailable` with
  // the reason while there is none.
  Result<std::shared_ptr<const Still>> ask(unsigned session, LocalTime now);

  // The session that waits longest to be looked at; it is the caller's to put() then.
  std::optional<unsigned> take_due();

  void put(unsigned session, Result<Still> made, LocalTime now);

 private:
  struct Entry {
    std::shared_ptr<const Still> still;  // empty: none was made
    std::string trouble;                 // why the last try came to nothing; empty: it did not
    std::optional<LocalTime> wanted_at;  // and nobody has begun with it
    std::optional<LocalTime> tried_at;   // last
    LocalTime asked_at;                  // last
    bool at_work = false;                // taken, and not put yet
  };

  void forget_the_unasked(LocalTime now);

  std::map<unsigned, Entry> entries_;
};

}  // namespace pf::stills
