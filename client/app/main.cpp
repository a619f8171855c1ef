#include "client/app/options.h"

int main(int argc, char** argv) {
  using namespace pf::client_app;
  int exit_code = kExitDone;
  const auto command = parse_options(argc, argv, exit_code);
  if (!command) return exit_code;
  struct Runner {
    int operator()(const HostsOptions& options) const { return run_hosts(options); }
    int operator()(const PairOptions& options) const { return run_pair(options); }
    int operator()(const ForgetOptions& options) const { return run_forget(options); }
    int operator()(const ConnectOptions& options) const { return run_connect(options); }
    int operator()(const SpeedTestOptions& options) const {
      return run_speed_test(options.connect, options.json);
    }
  };
  return std::visit(Runner{}, *command);
}
