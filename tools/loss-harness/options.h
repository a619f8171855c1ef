// The command line of loss-harness.
#pragma once

#include <optional>
#include <string>

#include "tools/loss-harness/sweep.h"

namespace pf::loss_harness {

// Bounds on one run's work and memory.
inline constexpr std::uint32_t kMaxFrames = 1'000'000;
inline constexpr std::uint32_t kMaxFrameBytes = 8 << 20;  // what a client without a bit rate plans
inline constexpr std::size_t kMaxSteps = 64;              // of each of the lists

inline constexpr int kExitDone = 0;
inline constexpr int kExitFailed = 1;
inline constexpr int kExitUsage = 2;

struct Options {
  SweepPlan plan;
  std::string out = "loss-harness";  // .json and .svg are appended
  bool quiet = false;
};

// Empty: help was printed or the line is wrong; `exit_code` says which.
std::optional<Options> parse_options(int argc, const char* const* argv, int& exit_code);

}  // namespace pf::loss_harness
