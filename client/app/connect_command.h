// `punktfunk connect` and `punktfunk speed-test`: stream from a host that this machine knows, or
// measure the way to it.
#pragma once

#include "client/probe/options.h"

namespace pf::client_app {

struct ConnectOptions {
  probe::Options stream;  // its host is what a person typed
  bool trust = false;     // take an unknown host's word for who it is, and pin it
};

int run_connect(const ConnectOptions& options);
// With the options of a stream that matter to it.
int run_speed_test(const ConnectOptions& options, bool json);

}  // namespace pf::client_app
