// The command line of punktfunk-sim.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/base/time.h"

namespace pf::sim {

inline constexpr int kExitGood = 0;
inline constexpr int kExitBroken = 1;  // a promise, or the rate was judged not good
inline constexpr int kExitUsage = 2;

struct Options {
  bool list = false;
  std::string scenario = "lossy";
  std::string link;                           // or "all": judge the rate instead
  std::optional<std::uint32_t> bitrate_kbps;  // with a link; none: the client adapts
  std::uint64_t first_seed = 1;
  std::uint64_t seeds = 1;
  bool quiet = false;                    // only what is broken, and a last line
  std::optional<std::uint64_t> seconds;  // of each run on a link
  unsigned jobs = 1;
  std::string plot_path;  // of the first run
  std::string json_path;
};

// nullopt: leave with `exit_code`; what is to be said has been said.
std::optional<Options> parse_options(int argc, const char* const* argv, int& exit_code);

}  // namespace pf::sim
