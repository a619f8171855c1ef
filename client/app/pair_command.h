// `punktfunk pair` and `punktfunk forget`: which hosts this machine trusts.
#pragma once

#include <string>

namespace pf::client_app {

struct PairOptions {
  std::string host;
  std::string pin;   // empty: ask
  std::string name;  // as the host shall call this machine; empty: its own name
};
int run_pair(const PairOptions& options);

struct ForgetOptions {
  std::string host;  // name, id, address or fingerprint
};
int run_forget(const ForgetOptions& options);

}  // namespace pf::client_app
