#include "tools/latency-probe/histogram.h"

#include <numeric>
#include <regex>

#include <gtest/gtest.h>

namespace pf::latency_probe {
namespace {

// The counts of all rows.
std::vector<std::size_t> counts_in(const std::string& text) {
  std::vector<std::size_t> counts;
  const std::regex row(R"((?:ms|more) +(\d+))");
  for (std::sregex_iterator at(text.begin(), text.end(), row), end; at != end; ++at) {
    counts.push_back(std::stoul((*at)[1]));
  }
  return counts;
}

TEST(Histogram, CountsEveryValueOnce) {
  std::vector<std::int64_t> values;
  for (int i = 0; i < 1000; ++i) values.push_back(5'000'000 + i * 7'919);
  values.push_back(900'000'000);  // an outlier does not squeeze the rest into one row
  const auto counts = counts_in(histogram(values));
  EXPECT_EQ(std::accumulate(counts.begin(), counts.end(), std::size_t{0}), 1001u);
  EXPECT_GT(counts.size(), 5u);
  EXPECT_LE(counts.size(), 26u);
}

TEST(Histogram, ShowsASingleValueAndValuesBelowZero) {
  EXPECT_EQ(counts_in(histogram({4'200'000})), (std::vector<std::size_t>{1}));
  const auto counts =
      counts_in(histogram({-1'500'000, 300'000}));  // clocks agree only within their error
  EXPECT_EQ(std::accumulate(counts.begin(), counts.end(), std::size_t{0}), 2u);
  EXPECT_EQ(histogram({}), "");
}

}  // namespace
}  // namespace pf::latency_probe
