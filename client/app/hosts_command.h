// `punktfunk hosts`: which hosts there are.
#pragma once

namespace pf::client_app {

struct HostsOptions {
  bool json = false;
  bool watch = false;       // go on until interrupted, one line for each change
  bool known_only = false;  // do not look around
  double seconds = 2;       // how long to look, without `watch`
};

int run_hosts(const HostsOptions& options);

}  // namespace pf::client_app
