// latency-probe: how old is the picture when the client has it? Measured from the picture itself.
#include <cstdio>

#include "client/probe/options.h"
#include "client/probe/probe.h"
#include "tools/latency-probe/histogram.h"

namespace {

using pf::probe::FrameRow;

void print(const char* title, const pf::probe::Report& report, std::int64_t FrameRow::*begin,
           std::int64_t FrameRow::*end) {
  const auto values = spans(report, begin, end);
  if (const auto figures = pf::probe::percentiles(values)) {
    std::printf("\n%s: p50 %.2f ms, p95 %.2f ms, p99 %.2f ms, %zu pictures\n\n%s", title,
                figures->p50 / 1000, figures->p95 / 1000, figures->p99 / 1000, values.size(),
                pf::latency_probe::histogram(values).c_str());
  }
}

}  // namespace

int main(int argc, char** argv) {
  using namespace pf::probe;
  int exit_code = kExitDone;
  const auto options = parse_options(
      "latency-probe measures how old the picture of a punktfunk host is when a client has it.",
      argc, argv, exit_code);
  if (!options) return exit_code;
  const Outcome outcome = run_probe(*options);
  if (!outcome.sentence.empty())
    std::fprintf(stderr, "latency-probe: %s\n", outcome.sentence.c_str());
  if (outcome.report.decoded == 0) return outcome.exit_code;

  if (spans(outcome.report, &FrameRow::drawn_ns, &FrameRow::decoded_ns).empty()) {
    std::printf(
        "The picture carries no code: run punktfunk-pattern on the host to measure from drawing "
        "on.\n");
  }
  print("drawn to decoded", outcome.report, &FrameRow::drawn_ns, &FrameRow::decoded_ns);
  print("captured to decoded", outcome.report, &FrameRow::pts_ns, &FrameRow::decoded_ns);
  if (outcome.report.clock.synchronised) {
    std::printf(
        "\nThe two clocks agree within %.3f ms.\n",
        std::chrono::duration<double, std::milli>(outcome.report.clock.error_bound).count());
  }
  return outcome.exit_code;
}
