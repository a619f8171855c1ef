// One run of the simulation: prints a line about it, and with the same arguments the same line.
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "sim/world.h"

namespace {

constexpr std::string_view kHelp =
    "punktfunk-sim: a host and a client in simulated time over a bad network\n"
    "\n"
    "  --seed N       repeats a run exactly (1)\n"
    "  --loss SHARE   of the datagrams, 0 to 1 (0.05)\n"
    "  --seconds N    simulated ones (10)\n"
    "\n"
    "Prints one line. Exit code 1: a promise was broken, and the line says which.\n";

struct Options {
  std::uint64_t seed = 1;
  double loss = 0.05;
  std::uint64_t seconds = 10;
};

// False: not understood.
bool parse(int argc, char** argv, Options& options) {
  if (argc % 2 == 0) return false;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    char* end = nullptr;
    if (name == "--loss") {
      options.loss = std::strtod(argv[i + 1], &end);
    } else if (name == "--seed" || name == "--seconds") {
      (name == "--seed" ? options.seed : options.seconds) = std::strtoull(argv[i + 1], &end, 10);
    } else {
      return false;
    }
    if (end == argv[i + 1] || *end != '\0') return false;
  }
  constexpr std::uint64_t kMaxSeconds = 3600;
  return options.loss >= 0 && options.loss <= 1 && options.seconds <= kMaxSeconds;
}

std::string summary(const pf::sim::World& world) {
  const pf::sim::Checkers& seen = world.checkers();
  const auto ms = [](pf::Nanos span) {
    return std::chrono::duration_cast<pf::milliseconds>(span).count();
  };
  const pf::sim::ClientVideo* video = world.client().video();
  return fmt::format(
      "frames sent {} shown {}, packets lost {} of {}, shards recovered {}, key frames {}, "
      "parity up to {} %, longest freeze {} ms, trace {:016x}",
      seen.frames_sent(), seen.frames_shown(), world.media_to_client().lost(),
      world.media_to_client().sent(), video ? video->reception().recovered : 0,
      world.host().keyframes(), world.host().most_fec_percent(), ms(seen.longest_freeze()),
      seen.trace_hash());
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  if (!parse(argc, argv, options)) {
    const bool asked = argc == 2 && std::string_view(argv[1]) == "--help";
    std::fputs(kHelp.data(), asked ? stdout : stderr);
    return asked ? 0 : 2;
  }
  pf::sim::World world(
      {.seed = options.seed, .media = {.loss = options.loss}, .control = {.loss = options.loss}});
  world.run_for(pf::seconds(static_cast<std::int64_t>(options.seconds)));
  const std::string violations = world.finish();
  fmt::print("{} seed {}: {}\n{}", violations.empty() ? "ok" : "BROKEN", options.seed,
             summary(world), violations);
  return violations.empty() ? 0 : 1;
}
