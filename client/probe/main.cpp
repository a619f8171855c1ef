#include <cstdio>

#include "client/probe/options.h"
#include "client/probe/probe.h"

namespace {

// To a file, whole or not at all as far as anybody can tell: an error names the file.
bool write_file(const std::string& path, const std::string& content) {
  std::FILE* file = std::fopen(path.c_str(), "w");
  const bool written =
      file != nullptr && std::fwrite(content.data(), 1, content.size(), file) == content.size();
  if ((file != nullptr && std::fclose(file) == 0) && written) return true;
  std::fprintf(stderr, "punktfunk-probe: cannot write %s\n", path.c_str());
  return false;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace pf::probe;
  int exit_code = kExitDone;
  const auto options = parse_options(
      "punktfunk-probe streams from a punktfunk host without a window, and tells how well it went.",
      argc, argv, exit_code);
  if (!options) return exit_code;

  Outcome outcome = run_probe(*options);
  if (outcome.report.decoded > 0) {
    if (!options->quiet) std::fputs(to_table(outcome.report).c_str(), stdout);
    if (!options->json.empty() && !write_file(options->json, to_json(outcome.report)) &&
        outcome.exit_code == kExitDone) {
      outcome.exit_code = kExitFailed;
    }
  }
  if (!outcome.sentence.empty())
    std::fprintf(stderr, "punktfunk-probe: %s\n", outcome.sentence.c_str());
  return outcome.exit_code;
}
