// `punktfunk connect`: streams from a host that this machine knows.
#pragma once

#include "client/probe/options.h"

namespace pf::client_app {

struct ConnectOptions {
  probe::Options stream;  // its host is what a person typed
  bool trust = false;     // take an unknown host's word for who it is, and pin it
};

int run_connect(const ConnectOptions& options);

}  // namespace pf::client_app
