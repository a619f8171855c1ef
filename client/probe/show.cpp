#include "client/probe/show.h"

#include <cstdio>

namespace pf::probe {

bool write_file(const char* program, const std::string& path, const std::string& content) {
  std::FILE* file = std::fopen(path.c_str(), "w");
  const bool written =
      file != nullptr && std::fwrite(content.data(), 1, content.size(), file) == content.size();
  if ((file != nullptr && std::fclose(file) == 0) && written) return true;
  std::fprintf(stderr, "%s: cannot write %s\n", program, path.c_str());
  return false;
}

int show_outcome(const char* program, const Options& options, const Outcome& outcome) {
  int exit_code = outcome.exit_code;
  if (outcome.report.decoded > 0 || outcome.report.test_stream) {
    if (!options.quiet) std::fputs(to_table(outcome.report).c_str(), stdout);
    if (!options.json.empty() && !write_file(program, options.json, to_json(outcome.report)) &&
        exit_code == kExitDone) {
      exit_code = kExitFailed;
    }
  }
  if (!outcome.sentence.empty())
    std::fprintf(stderr, "%s: %s\n", program, outcome.sentence.c_str());
  return exit_code;
}

}  // namespace pf::probe
