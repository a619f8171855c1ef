#include "host/management/metrics.h"

#include <map>
#include <regex>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

#include "host/admin/admin_testing.h"

namespace pf::management {
namespace {

// What a scraper refuses, in a sentence; empty: it takes the text. The rules that matter of the
// format: each family announced once, before its samples, which stay together; names, labels and
// numbers well formed; no sample twice; a histogram that adds up.
std::string complaint(const std::string& text) {
  const std::regex sample(
      R"re(([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{((?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\["\\n])*",?)*)\})? (-?\d+(?:\.\d+)?(?:e[+-]\d+)?))re");
  std::map<std::string, std::string> types;
  std::set<std::string> samples;
  std::map<std::string, double> buckets, counts;
  std::string family, line;
  std::istringstream lines(text);
  while (std::getline(lines, line)) {
    if (line.starts_with("# HELP ")) continue;
    if (line.starts_with("# TYPE ")) {
      std::istringstream words(line.substr(7));
      std::string type;
      words >> family >> type;
      if (!types.emplace(family, type).second) return "announced twice: " + line;
      continue;
    }
    std::smatch found;
    if (!std::regex_match(line, found, sample)) return "no sample: " + line;
    const std::string name = found[1], labels = found[2];
    if (!name.starts_with(family) || family.empty()) return "of another family: " + line;
    if (types[family] != "histogram" && name != family) return "of another family: " + line;
    if (!samples.insert(name + "{" + labels).second) return "twice: " + line;
    if (types[family] == "counter" && !name.ends_with("_total")) return "a counter called " + name;
    const double value = std::stod(found[3]);
    if (name.ends_with("_bucket")) {
      const std::string rest = labels.substr(0, labels.find("le="));
      if (value < buckets[rest]) return "fewer than in the class below: " + line;
      buckets[rest] = value;
    }
    if (name.ends_with("_count")) counts[labels.empty() ? labels : labels + ","] = value;
  }
  for (const auto& [labels, count] : counts)
    if (buckets[labels] != count) return "a histogram that does not add up: " + labels;
  return text.ends_with("\n") ? "" : "no line feed at the end";
}

TEST(Histogram, CountsIntoTheFirstClassThatHasRoom) {
  Histogram histogram;
  for (const auto took : {microseconds(100), microseconds(101), microseconds(2'000'000)})
    histogram.add(took);
  histogram.add(Nanos(-1));
  EXPECT_EQ(histogram.counts()[0], 1u);
  EXPECT_EQ(histogram.counts()[1], 1u);
  EXPECT_EQ(histogram.counts().back(), 1u);
  EXPECT_EQ(histogram.count(), 3u);
  EXPECT_DOUBLE_EQ(histogram.sum_s(), 2.000201);
}

TEST(MetricText, WritesWhatAScraperTakes) {
  MetricText out;
  out.family("a_total", MetricText::Type::counter, "A.");
  out.sample(3, {{"name", "with \"quotes\", a \\ and\na line"}});
  Histogram histogram;
  histogram.add(microseconds(300));
  out.family("took_seconds", MetricText::Type::histogram, "B.");
  out.sample(histogram, {{"stage", "send"}});
  EXPECT_EQ(complaint(out.text()), "") << out.text();
  EXPECT_NE(out.text().find(R"(a_total{name="with \"quotes\", a \\ and\na line"} 3)"),
            std::string::npos);
  EXPECT_NE(out.text().find(R"(took_seconds_bucket{stage="send",le="0.0005"} 1)"),
            std::string::npos);
  EXPECT_NE(complaint("a 1\n"), "") << "the check checks";
  EXPECT_NE(complaint("# TYPE a gauge\na{x=y} 1\n"), "");
}

TEST(Metrics, OfAHostAreTakenByAScraper) {
  admin::TestingHost host;
  host.sessions = {{.number = 4,
                    .device_name = "tv",
                    .bitrate_kbps = 20'000,
                    .state = session::SessionStatus::State::streaming}};
  host.board.healing("video", Error{ErrorKind::lost, "gone"}, host.clock.now());
  Metrics metrics;
  const std::string text = metrics.text(host.administration);
  EXPECT_EQ(complaint(text), "") << text;
  for (const char* line :
       {"punktfunk_sessions{state=\"streaming\",kind=\"native\"} 1\n",
        "punktfunk_session_bitrate_bits_per_second{session=\"4\",kind=\"native\"} 20000000\n",
        "punktfunk_worker_reopened_total{worker=\"video\"} 1\n",
        "punktfunk_worker_working{worker=\"video\"} 0\n", "punktfunk_frames_sent_total 0\n"})
    EXPECT_NE(text.find(line), std::string::npos) << line << text;
  EXPECT_EQ(complaint(metrics.text(host.administration)), "") << "again";
}

}  // namespace
}  // namespace pf::management
