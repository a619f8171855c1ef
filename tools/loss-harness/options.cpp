#include "tools/loss-harness/options.h"

#include <algorithm>
#include <cmath>
#include <string_view>

#include <CLI/CLI.hpp>

#include "core/video/frame_geometry.h"
#include "tools/loss-harness/loss_channel.h"

namespace pf::loss_harness {
namespace {

constexpr const char* kPurpose =
    "loss-harness measures how many frames arrive when packets are lost.\n"
    "\n"
    "It cuts frames into packets, adds parity, drops packets at random and in bursts, and puts "
    "the\n"
    "frames together again, all with the code that streams. Beside every figure stands the bound\n"
    "that theory sets: a block of k data and m parity packets survives if at most m are lost.";

constexpr const char* kFooter =
    "Reading the result:\n"
    "  The table shows the share of frames delivered, in per cent, one row for each frame size "
    "and\n"
    "  amount of parity, one column for each loss. \"off\" is the largest distance to the bound "
    "in\n"
    "  percentage points; with N frames a distance of 100/sqrt(N) is chance. The plot has the "
    "same\n"
    "  figures as dots, the bound as lines.\n"
    "\n"
    "Examples:\n"
    "  loss-harness                                  the whole sweep, a few seconds\n"
    "  loss-harness --loss 2,5 --fec 10,15,20 --frame-bytes 104000\n"
    "                                                which parity does 50 Mbit/s at 60 Hz need?\n"
    "  loss-harness --burst 12 --seed 7              Wi-Fi that drops a dozen packets in a row\n"
    "\n"
    "Exit codes: 0 every frame that could be put together was, 1 one was not, or was damaged, or "
    "a\n"
    "file could not be written, 2 the command line is wrong.";

const std::vector<std::string>& field_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const Field& field : all_fields()) all.emplace_back(field.name);
    return all;
  }();
  return names;
}

template <class List>
CLI::Option* add_list(CLI::App& app, const char* name, List& list, const char* help) {
  return app.add_option(name, list, help)
      ->delimiter(',')
      ->expected(1, static_cast<int>(kMaxSteps))
      ->capture_default_str();
}

// CLI::Range takes "nan" for a number in any range.
const CLI::Validator kNumber(
    [](const std::string& word) {
      double value = 0;
      return CLI::detail::lexical_cast(word, value) && std::isfinite(value)
                 ? std::string()
                 : word + " is not a number";
    },
    "");

// Small enough for a test under sanitizers.
void make_quick(SweepPlan& plan) {
  plan.frames = 40;
  plan.loss_percents = {0, 5, 10, 20};
  plan.fec_percents = {20};
  plan.frame_bytes = {10'000, 60'000};
}

}  // namespace

std::optional<Options> parse_options(int argc, const char* const* argv, int& exit_code) {
  CLI::App app{kPurpose, "loss-harness"};
  app.set_version_flag("--version", PF_VERSION);
  app.footer(kFooter);
  Options options;
  // --quick changes the defaults, so it is looked for before the others are read.
  if (std::any_of(argv, argv + argc, [](std::string_view word) { return word == "--quick"; }))
    make_quick(options.plan);
  SweepPlan& plan = options.plan;
  std::vector<std::string> fields = field_names();
  bool quick = false;

  add_list(app, "--loss", plan.loss_percents, "packets lost, in per cent")
      ->type_name("PERCENT")
      ->check(kNumber)
      ->check(CLI::Range(0.0, kMaxLoss * 100));
  add_list(app, "--fec", plan.fec_percents, "parity packets per 100 data packets")
      ->type_name("PERCENT")
      ->check(CLI::Range(0u, std::uint32_t{video::kMaxFecPercent}));
  add_list(app, "--frame-bytes", plan.frame_bytes, "size of frames")
      ->type_name("BYTES")
      ->check(CLI::Range(1u, kMaxFrameBytes));
  add_list(app, "--fields", fields, "erasure codes, by field")
      ->type_name("NAME")
      ->check(CLI::IsMember(field_names()));
  app.add_option("--burst", plan.mean_burst_packets, "mean length of a burst of losses")
      ->type_name("PACKETS")
      ->check(kNumber)
      ->check(CLI::Range(1.0, 1000.0))
      ->capture_default_str();
  app.add_option("--frames", plan.frames, "frames sent for every figure")
      ->check(CLI::Range(1u, kMaxFrames))
      ->capture_default_str();
  app.add_option("--seed", plan.seed, "same seed, same figures")->capture_default_str();
  app.add_option("--out", options.out, "writes PREFIX.json and PREFIX.svg")
      ->type_name("PREFIX")
      ->capture_default_str();
  app.add_flag("--quick", quick, "few frames and steps, for tests; other options still count");
  app.add_flag("--quiet", options.quiet, "no table and no progress bar");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    exit_code = app.exit(error) == 0 ? kExitDone : kExitUsage;
    return std::nullopt;
  }
  for (const Field& field : all_fields()) {
    if (std::find(fields.begin(), fields.end(), field.name) != fields.end())
      plan.fields.push_back(&field);
  }
  std::sort(plan.loss_percents.begin(), plan.loss_percents.end());
  return options;
}

}  // namespace pf::loss_harness
