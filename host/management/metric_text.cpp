#include "host/management/metric_text.h"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

namespace pf::management {
namespace {

std::string escaped(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    if (c == '\n') {
      safe += "\\n";
      continue;
    }
    if (c == '\\' || c == '"') safe += '\\';
    safe += c;
  }
  return safe;
}

const char* name_of(MetricText::Type type) {
  switch (type) {
    case MetricText::Type::counter:
      return "counter";
    case MetricText::Type::gauge:
      return "gauge";
    case MetricText::Type::histogram:
      return "histogram";
  }
  return "untyped";
}

}  // namespace

void Histogram::add(Nanos took) {
  if (took < Nanos(0)) return;
  const auto at = std::find_if(kBounds_us.begin(), kBounds_us.end(), [&](std::uint32_t bound_us) {
    return took <= microseconds(bound_us);
  });
  ++counts_[static_cast<std::size_t>(at - kBounds_us.begin())];
  sum_s_ += std::chrono::duration<double>(took).count();
}

std::uint64_t Histogram::count() const noexcept {
  return std::accumulate(counts_.begin(), counts_.end(), std::uint64_t{0});
}

void MetricText::family(std::string_view name, Type type, std::string_view help) {
  name_ = name;
  text_ += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, help, name, name_of(type));
}

void MetricText::sample(double value, const Labels& labels) { line("", labels, value); }

void MetricText::sample(const Histogram& histogram, const Labels& labels) {
  std::uint64_t below = 0;
  for (std::size_t i = 0; i < histogram.counts().size(); ++i) {
    below += histogram.counts()[i];
    Labels all = labels;
    all.emplace_back("le", i < Histogram::kBounds_us.size()
                               ? fmt::format("{}", Histogram::kBounds_us[i] / 1e6)
                               : "+Inf");
    line("_bucket", all, static_cast<double>(below));
  }
  line("_sum", labels, histogram.sum_s());
  line("_count", labels, static_cast<double>(below));
}

void MetricText::line(std::string_view suffix, const Labels& labels, double value) {
  text_ += name_;
  text_ += suffix;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    text_ +=
        fmt::format("{}{}=\"{}\"", i == 0 ? "{" : ",", labels[i].first, escaped(labels[i].second));
  }
  text_ += fmt::format("{} {}\n", labels.empty() ? "" : "}", value);
}

}  // namespace pf::management
