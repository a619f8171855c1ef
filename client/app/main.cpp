#include "client/app/options.h"

int main(int argc, char** argv) {
  using namespace pf::client_app;
  int exit_code = kExitDone;
  const auto command = parse_options(argc, argv, exit_code);
  if (!command) return exit_code;
  return run_hosts(std::get<HostsOptions>(*command));
}
