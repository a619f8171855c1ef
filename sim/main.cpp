// punktfunk-sim: runs of the simulation by hand, one line for each.
#include <cstdio>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "core/runtime/files.h"
#include "sim/batch.h"
#include "sim/judge_report.h"
#include "sim/options.h"
#include "sim/world.h"

namespace {

using namespace pf;
using namespace pf::sim;

constexpr std::uint64_t kLossySeconds = 10;
constexpr std::uint64_t kJudgedSeconds = 30;

std::string summary(const World& world) {
  const Checkers& seen = world.checkers();
  const auto ms = [](Nanos span) { return std::chrono::duration_cast<milliseconds>(span).count(); };
  const ClientVideo* video = world.client().video();
  return fmt::format(
      "frames sent {} shown {}, packets lost {} of {}, shards recovered {}, key frames {}, "
      "parity up to {} %, longest freeze {} ms, trace {:016x}",
      seen.frames_sent(), seen.frames_shown(), world.media_to_client().lost(),
      world.media_to_client().sent(), video ? video->reception().recovered : 0,
      world.host().keyframes(), world.host().most_fec_percent(), ms(seen.longest_freeze()),
      seen.trace_hash());
}

seconds length_of(const Options& options, std::uint64_t usual_seconds) {
  return seconds(static_cast<std::int64_t>(options.seconds.value_or(usual_seconds)));
}

int run_scenario(const Options& options) {
  std::vector<std::string> lines(options.seeds);
  std::vector<char> broken(options.seeds);
  run_batch(options.seeds, options.jobs, [&](std::size_t index) {
    const std::uint64_t seed = options.first_seed + index;
    World world({.seed = seed, .media = {.loss = options.loss}, .control = {.loss = options.loss}});
    world.run_for(length_of(options, kLossySeconds));
    const std::string violations = world.finish();
    broken[index] = !violations.empty();
    lines[index] = fmt::format("{} seed {}: {}\n{}", violations.empty() ? "ok" : "BROKEN", seed,
                               summary(world), violations);
  });
  int exit_code = kExitGood;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    fmt::print("{}", lines[i]);
    if (broken[i]) exit_code = kExitBroken;
  }
  return exit_code;
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
              length_of(options, kJudgedSeconds));
    // A thousand runs of all links would fill the memory with courses nobody asked for.
    if (index > 0 && options.json_path.empty()) verdicts[index].course.clear();
  });
  fmt::print("{}", judge_table(verdicts));
  int exit_code = kExitGood;
  for (const Verdict& verdict : verdicts) {
    fmt::print("{}", verdict.violations);
    if (!verdict.good()) exit_code = kExitBroken;
  }
  const bool saved = save(options.plot_path, judge_plot(verdicts.front())) &&
                     save(options.json_path, judge_json(verdicts));
  return saved ? exit_code : kExitBroken;
}

int list_all() {
  fmt::print("scenarios:\n  {:<22} every twentieth packet is lost (--loss)\n\nlinks:\n", "lossy");
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
