#include "tools/latency-probe/histogram.h"

#include <algorithm>

#include <fmt/format.h>

namespace pf::latency_probe {
namespace {

constexpr int kMostRows = 24;
constexpr std::size_t kBarWidth = 50;

// The smallest round bucket with which `span_us` fits the page.
std::int64_t bucket_us(std::int64_t span_us) {
  for (std::int64_t decade = 1;; decade *= 10) {
    for (const std::int64_t step : {decade, 2 * decade, 5 * decade}) {
      if (span_us / step < kMostRows) return step;
    }
  }
}

std::string row(const std::string& label, std::size_t count, std::size_t most) {
  const std::size_t width = count == 0 ? 0 : std::max<std::size_t>(1, kBarWidth * count / most);
  return fmt::format("  {:>17} {:>7}  {}\n", label, count, std::string(width, '#'));
}

}  // namespace

std::string histogram(std::vector<std::int64_t> values_ns) {
  if (values_ns.empty()) return {};
  std::sort(values_ns.begin(), values_ns.end());
  const std::int64_t low_us = values_ns.front() / 1000;
  const std::int64_t high_us = values_ns[(values_ns.size() - 1) * 995 / 1000] / 1000;
  const std::int64_t step_us = bucket_us(high_us - low_us);
  const std::int64_t first_us =
      low_us >= 0 ? low_us / step_us * step_us : (low_us / step_us - 1) * step_us;

  std::vector<std::size_t> counts(static_cast<std::size_t>((high_us - first_us) / step_us) + 1);
  std::size_t beyond = 0;
  for (const std::int64_t value : values_ns) {
    const auto at = static_cast<std::size_t>((value / 1000 - first_us) / step_us);
    ++(at < counts.size() ? counts[at] : beyond);
  }
  const std::size_t most = std::max(*std::max_element(counts.begin(), counts.end()), beyond);
  std::string text;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const std::int64_t from_us = first_us + static_cast<std::int64_t>(i) * step_us;
    text += row(fmt::format("{:.2f} ms", static_cast<double>(from_us) / 1000), counts[i], most);
  }
  if (beyond > 0) text += row("more", beyond, most);
  return text;
}

}  // namespace pf::latency_probe
