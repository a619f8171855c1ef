#include <cstdio>

#include "host/app/host_app.h"
#include "host/app/log_sink.h"
#include "host/app/options.h"

int main(int argc, char** argv) {
  int exit_code = pf::app::kExitDone;
  const auto options = pf::app::parse_options(argc, argv, exit_code);
  if (!options) return exit_code;
  pf::app::log_to_stderr(options->log_level);
  return pf::app::run_host(*options);
}
