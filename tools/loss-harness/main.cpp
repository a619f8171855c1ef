// loss-harness: how many frames arrive when packets are lost, and how many could.
#include <algorithm>
#include <cstdio>

#include <unistd.h>

#include "core/runtime/files.h"
#include "tools/loss-harness/options.h"
#include "tools/loss-harness/plot.h"
#include "tools/loss-harness/report.h"

namespace {

using namespace pf::loss_harness;

class ProgressBar {
 public:
  explicit ProgressBar(bool shown) : shown_(shown) {}
  ~ProgressBar() {
    if (shown_) std::fprintf(stderr, "\r%*s\r", kWidth + 8, "");
  }
  void show(double fraction) {
    const int percent = static_cast<int>(100 * fraction);
    if (!shown_ || percent == percent_) return;
    percent_ = percent;
    std::fprintf(stderr, "\r[%-*.*s] %3d %%", kWidth, percent * kWidth / 100, kFull, percent);
  }

 private:
  static constexpr int kWidth = 40;
  static constexpr const char* kFull = "########################################";
  const bool shown_;
  int percent_ = -1;
};

bool save(const std::string& path, const std::string& text) {
  const auto saved = pf::replace_file(path, text, pf::FileMode::shared);
  if (!saved) std::fprintf(stderr, "loss-harness: %s\n", saved.error().what.c_str());
  return saved.has_value();
}

}  // namespace

int main(int argc, char** argv) {
  int exit_code = kExitDone;
  const auto options = parse_options(argc, argv, exit_code);
  if (!options) return exit_code;

  std::vector<Curve> curves;
  {
    ProgressBar bar(!options->quiet && isatty(STDERR_FILENO));
    curves = run_sweep(options->plan, [&](double fraction) { bar.show(fraction); });
  }
  if (!options->quiet) std::fputs(table(curves).c_str(), stdout);
  const std::string json_path = options->out + ".json", svg_path = options->out + ".svg";
  if (!save(json_path, json(options->plan, curves)) ||
      !save(svg_path, svg_plot(options->plan, curves)))
    return kExitFailed;
  if (!options->quiet) std::printf("wrote %s and %s\n", json_path.c_str(), svg_path.c_str());
  if (!std::all_of(curves.begin(), curves.end(), faithful)) {
    std::fprintf(stderr,
                 "loss-harness: frames that could be put together were not, or came out damaged; "
                 "%s says where\n",
                 json_path.c_str());
    return kExitFailed;
  }
  return kExitDone;
}
