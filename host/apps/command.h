// A command of the operator's that is run to its end, such as one that prepares the machine for an
// application.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/time.h"

namespace pf::apps {

struct Command {
  std::vector<std::string> words;  // the program, found along PATH, and its arguments
  std::string folder;              // it starts there; empty: where its user's home is, or we are
  std::string run_as;              // user name; empty: ours. Another one needs root
};

// The name and arguments as one line for people, cut when long.
std::string line_of(const Command& command);

// Any thread; blocks until it has ended, at most `patience`: then it is killed, as all that it left
// running in its process group is in any case. It reads nothing and writes to our standard error.
// `refused` when it cannot be started or its status is not 0, `timed_out`.
Result<void> run_to_end(const Command& command, Nanos patience);

}  // namespace pf::apps
