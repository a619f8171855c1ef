// punktfunk-sim: runs of the simulation by hand, one line for each.
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "core/runtime/files.h"
#include "sim/batch.h"
#include "sim/judge_report.h"
#include "sim/options.h"
#include "sim/play.h"

namespace {

using namespace pf;
using namespace pf::sim;

constexpr std::uint64_t kJudgedSeconds = 30;

const PlayKind& kind_of(const Options& options) {
  const auto kinds = play_kinds();
  return *std::find_if(kinds.begin(), kinds.end(),
                       [&](const PlayKind& kind) { return kind.name == options.scenario; });
}

std::string line(const Options& options, std::uint64_t seed, const Outcome& outcome) {
  const bool good = outcome.violations.empty();
  std::string text = fmt::format("{} seed {}: {}\n", good ? "ok" : "BROKEN", seed, outcome.summary);
  if (good) return options.quiet ? "" : text;
  text += fmt::format("{}  {}\n  again: punktfunk-sim --scenario {} --seed {}\n",
                      outcome.violations, outcome.description, options.scenario, seed);
  return text;
}

int run_scenario(const Options& options) {
  const PlayKind& kind = kind_of(options);
  std::vector<std::string> lines(options.seeds);
  std::atomic<std::uint64_t> broken{0};
  run_batch(options.seeds, options.jobs, [&](std::size_t index) {
    const std::uint64_t seed = options.first_seed + index;
    const Outcome outcome = kind.play(seed);
    if (!outcome.violations.empty()) ++broken;
    lines[index] = line(options, seed, outcome);
  });
  for (const std::string& one : lines) fmt::print("{}", one);
  if (options.quiet) {
    fmt::print("{}: {} of {} seeds kept every promise\n", kind.name, options.seeds - broken,
               options.seeds);
  }
  return broken == 0 ? kExitGood : kExitBroken;
}

bool save(const std::string& path, const std::string& content) {
  if (path.empty()) return true;
  const auto saved = replace_file(path, content, FileMode::shared);
  if (!saved) fmt::print(stderr, "punktfunk-sim: {}\n", saved.error().what);
  return saved.has_value();
}

int judge_links(const Options& options) {
  std::vector<const LinkModel*> links;
  for (const LinkModel& model : link_models()) {
    if (options.link == "all" || options.link == model.name) links.push_back(&model);
  }
  std::vector<Verdict> verdicts(links.size() * options.seeds);
  run_batch(verdicts.size(), options.jobs, [&](std::size_t index) {
    verdicts[index] =
        judge(*links[index / options.seeds], options.first_seed + index % options.seeds,
              seconds(static_cast<std::int64_t>(options.seconds.value_or(kJudgedSeconds))),
              options.bitrate_kbps);
    // A thousand runs of all links would fill the memory with courses nobody asked for.
    if (index > 0 && options.json_path.empty()) verdicts[index].course.clear();
  });
  fmt::print("{}", judge_table(verdicts));
  const std::string complaints = judge_complaints(verdicts);
  fmt::print("{}", complaints);
  const bool saved = save(options.plot_path, judge_plot(verdicts.front())) &&
                     save(options.json_path, judge_json(verdicts));
  return saved && complaints.empty() ? kExitGood : kExitBroken;
}

int list_all() {
  fmt::print("scenarios (--scenario):\n");
  for (const PlayKind& kind : play_kinds()) fmt::print("  {:<22} {}\n", kind.name, kind.what);
  fmt::print("\nlinks (--link):\n");
  for (const LinkModel& model : link_models()) fmt::print("  {:<22} {}\n", model.name, model.what);
  return kExitGood;
}

}  // namespace

int main(int argc, char** argv) {
  int exit_code = kExitGood;
  const auto options = parse_options(argc, argv, exit_code);
  if (!options) return exit_code;
  if (options->list) return list_all();
  return options->link.empty() ? run_scenario(*options) : judge_links(*options);
}
