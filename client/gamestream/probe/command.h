// `punktfunk-probe gamestream …`: our own client of GameStream hosts, for tests.
#pragma once

namespace pf::gamestream_probe {

// `argv` begins with the word "gamestream". The exit code.
int run_command(int argc, char** argv);

}  // namespace pf::gamestream_probe
