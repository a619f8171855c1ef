// Streams as a client does, and looks at what comes.
#pragma once

#include "client/probe/options.h"
#include "client/probe/report.h"

namespace pf::probe {

struct Outcome {
  int exit_code = kExitDone;
  std::string sentence;  // why, unless done
  Report report;
};

// Blocks until the stream has lasted as long as asked, or ended. Progress goes to standard error.
Outcome run_probe(const Options& options);

}  // namespace pf::probe
