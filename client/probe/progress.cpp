#include "client/probe/progress.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <string>

namespace pf::probe {

Progress::Progress(bool quiet, double seconds) noexcept
    : quiet_(quiet), terminal_(isatty(STDERR_FILENO) == 1), seconds_(seconds) {}

void Progress::show(const Report& report, double elapsed_s) {
  if (quiet_ || elapsed_s < next_s_ || elapsed_s <= 0) return;
  next_s_ = elapsed_s + (terminal_ ? kEvery_s : 4 * kEvery_s);
  constexpr int kWidth = 30;
  const int filled = std::min(kWidth, static_cast<int>(kWidth * elapsed_s / seconds_));
  const std::string bar = std::string(filled, '#') + std::string(kWidth - filled, '.');
  const char* const trouble = !report.interruptions.silent   ? ""
                              : report.interruptions.healing ? ", the host mends something"
                                                             : ", none comes";
  std::fprintf(stderr, "%s[%s] %.1f of %.0f s, %llu pictures%s%s", terminal_ ? "\r" : "",
               bar.c_str(), elapsed_s, seconds_, static_cast<unsigned long long>(report.decoded),
               trouble, terminal_ ? "" : "\n");
  shown_ = true;
}

void Progress::done() {
  if (shown_ && terminal_) std::fputc('\n', stderr);
}

}  // namespace pf::probe
