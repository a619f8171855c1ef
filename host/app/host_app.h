// The host as a whole: settings, identity, backends, the native door, and the wait for the end.
#pragma once

#include "host/app/log_sink.h"
#include "host/app/options.h"

namespace pf::app {

// Runs until SIGTERM or SIGINT, or until the asked number of sessions is over. Prints one line to
// standard output when clients may come: "ready: address=127.0.0.1:9777 fingerprint=…". Gives the
// exit code.
int run_host(const Options& options, LogSink& logs);

}  // namespace pf::app
