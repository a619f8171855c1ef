// Figures as Prometheus reads them: the text format, version 0.0.4
// (https://prometheus.io/docs/instrumenting/exposition_formats). Pure.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/time.h"

namespace pf::management {

// How long something took, in classes. Never shrinks.
class Histogram {
 public:
  // From what no stage can be faster than to what everybody calls broken; finer around the 2 to 17
  // ms that decide whether a stage fits into a frame.
  static constexpr std::array<std::uint32_t, 14> kBounds_us{
      100,   250,    500,    1'000,  2'000,  4'000,   6'000,
      8'000, 12'000, 16'700, 33'400, 66'700, 250'000, 1'000'000};

  void add(Nanos took);  // below 0 is none: clocks of two ends may disagree

  const std::array<std::uint64_t, kBounds_us.size() + 1>& counts() const noexcept {
    return counts_;
  }
  std::uint64_t count() const noexcept;
  double sum_s() const noexcept { return sum_s_; }

 private:
  std::array<std::uint64_t, kBounds_us.size() + 1> counts_{};  // of each class; the last: above all
  double sum_s_ = 0;
};

// Writes one family after the other; each is begun once, and its samples follow.
class MetricText {
 public:
  using Labels = std::vector<std::pair<std::string_view, std::string>>;
  enum class Type : std::uint8_t { counter, gauge, histogram };

  void family(std::string_view name, Type type, std::string_view help);
  void sample(double value, const Labels& labels = {});
  void sample(const Histogram& histogram, const Labels& labels = {});

  const std::string& text() const noexcept { return text_; }

 private:
  void line(std::string_view suffix, const Labels& labels, double value);

  std::string name_;  // of the family
  std::string text_;
};

}  // namespace pf::management
