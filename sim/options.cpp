#include "sim/options.h"

#include <CLI/CLI.hpp>

#include "sim/link_models.h"
#include "sim/play.h"

namespace pf::sim {
namespace {

constexpr const char* kPurpose =
    "punktfunk-sim runs a host and a client over a made-up network, in simulated time.\n"
    "\n"
    "Everything of the protocol is real: packets, parity, encryption, reassembly, session "
    "machines.\n"
    "Network, encoder and decoder follow from a seed, so the same arguments give the same run, to\n"
    "the last bit: the hash at the end of a line shows it. While it runs, checkers look on; what\n"
    "they find is printed with the simulated time.";

constexpr const char* kFooter =
    "Scenarios (--scenario) ask whether every promise is kept; links (--link) ask how well the "
    "bit\n"
    "rate follows the network. A test that fails prints the command that repeats it.\n"
    "\n"
    "Columns of --link: runs that were good; the slowest settling after a step; queueing delay at\n"
    "the bottleneck that 95 of 100 packets kept outside the 2 s after steps (15 ms are allowed), "
    "and\n"
    "the worst at any time; the share used of what was there; packets lost; frames sent, and of\n"
    "them never shown; key frames; how long the picture stood for more than 100 ms. Of several\n"
    "seeds: the worst value, and the sum of frames.\n"
    "\n"
    "Examples:\n"
    "  punktfunk-sim --list                              every scenario and link\n"
    "  punktfunk-sim --scenario mixed --seed 7           one run, one line\n"
    "  punktfunk-sim --scenario mixed --seeds 1000 --jobs 2 --quiet\n"
    "  punktfunk-sim --link bufferbloat --bitrate 40000  why somebody has to decide about the "
    "rate\n"
    "  punktfunk-sim --link 4g --plot 4g.svg             the rate against the link over time\n"
    "  punktfunk-sim --link all --seeds 20 --jobs 2 --json all.json\n"
    "\n"
    "Exit codes: 0 all is well, 1 a promise was broken or a rate was not good, 2 the command line "
    "is\n"
    "wrong.";

std::vector<std::string> scenario_names() {
  std::vector<std::string> names;
  for (const PlayKind& kind : play_kinds()) names.emplace_back(kind.name);
  return names;
}

std::vector<std::string> link_names() {
  std::vector<std::string> names{"all"};
  for (const LinkModel& model : link_models()) names.emplace_back(model.name);
  return names;
}

}  // namespace

std::optional<Options> parse_options(int argc, const char* const* argv, int& exit_code) {
  constexpr std::uint64_t kMaxSeconds = 3600, kMaxSeeds = 1'000'000;
  constexpr unsigned kMaxJobs = 256;
  CLI::App app{kPurpose, "punktfunk-sim"};
  app.footer(kFooter);
  Options options;
  app.add_flag("--list", options.list, "name every scenario and link, with a sentence");
  auto* scenario = app.add_option("--scenario", options.scenario, "what happens to the session")
                       ->check(CLI::IsMember(scenario_names()))
                       ->capture_default_str();
  app.add_option("--link", options.link, "judge the bit rate on this link, or on all")
      ->check(CLI::IsMember(link_names()))
      ->excludes(scenario);
  app.add_option("--bitrate", options.bitrate_kbps,
                 "with --link: a fixed one, instead of the client's choice")
      ->type_name("KBPS")
      ->check(CLI::Range(500u, 500'000u));
  app.add_option("--seed", options.first_seed, "everything random follows from it")
      ->capture_default_str();
  app.add_option("--seeds", options.seeds, "so many runs, one seed after the other")
      ->check(CLI::Range(std::uint64_t{1}, kMaxSeeds))
      ->capture_default_str();
  app.add_option("--seconds", options.seconds, "simulated ones, of each run on a link (30)")
      ->check(CLI::Range(std::uint64_t{1}, kMaxSeconds));
  app.add_flag("--quiet", options.quiet, "only the runs that are broken, and how many there were");
  app.add_option("--jobs", options.jobs, "runs at the same time")
      ->check(CLI::Range(1u, kMaxJobs))
      ->capture_default_str();
  app.add_option("--plot", options.plot_path, "with --link: draws the first run as SVG")
      ->type_name("FILE");
  app.add_option("--json", options.json_path, "with --link: every run, with its course")
      ->type_name("FILE");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    exit_code = app.exit(error) == 0 ? kExitGood : kExitUsage;
    return std::nullopt;
  }
  return options;
}

}  // namespace pf::sim
