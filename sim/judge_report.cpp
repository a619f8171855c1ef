#include "sim/judge_report.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace pf::sim {
namespace {

double ms(Nanos span) { return static_cast<double>(span.count()) / 1e6; }
double in_seconds(Nanos span) { return static_cast<double>(span.count()) / 1e9; }

// Of all runs on one link.
struct Worst {
  const LinkModel* link = nullptr;
  std::size_t runs = 0, good = 0;
  Nanos settling{0}, queue_p95{0}, queue_worst{0}, frozen{0};
  double utilisation = 1, lost = 0;
  std::uint64_t frames_sent = 0, frames_shown = 0, keyframes = 0;

  void add(const Verdict& verdict) {
    link = verdict.link;
    ++runs;
    if (verdict.good()) ++good;
    settling = std::max(settling, verdict.slowest_settling());
    queue_p95 = std::max(queue_p95, verdict.queue_p95);
    queue_worst = std::max(queue_worst, verdict.queue_worst);
    frozen = std::max(frozen, verdict.frozen);
    utilisation = std::min(utilisation, verdict.utilisation);
    lost = std::max(lost, verdict.packets_lost);
    frames_sent += verdict.frames_sent;
    frames_shown += verdict.frames_shown;
    keyframes += verdict.keyframes;
  }
};

std::string line(const Worst& worst) {
  const std::string settling = worst.settling == Nanos::max()
                                   ? "never"
                                   : fmt::format("{:.2f} s", in_seconds(worst.settling));
  return fmt::format(
      "{:<22} {:>3}/{:<3} {:>8} {:>7.1f} ms {:>7.0f} ms {:>5.0f} % {:>6.2f} % {:>8} {:>8} {:>5} "
      "{:>7.1f} s\n",
      worst.link->name, worst.good, worst.runs, settling, ms(worst.queue_p95),
      ms(worst.queue_worst), 100 * worst.utilisation, 100 * worst.lost, worst.frames_sent,
      worst.frames_sent - std::min(worst.frames_sent, worst.frames_shown), worst.keyframes,
      in_seconds(worst.frozen));
}

std::string complaints_about(const Verdict& verdict) {
  std::string what;
  for (const StepVerdict& step : verdict.steps) {
    if (step.settled_in_time()) continue;
    what += fmt::format(" step at {:.1f} s from {} to {} kbit/s settled {},", in_seconds(step.at),
                        step.from_kbps, step.to_kbps,
                        step.settled_after
                            ? fmt::format("after {:.2f} s", in_seconds(*step.settled_after))
                            : std::string("never"));
  }
  if (verdict.steps.empty()) what += " nothing was sent,";
  if (!verdict.queue_kept()) what += fmt::format(" p95 queue {:.1f} ms,", ms(verdict.queue_p95));
  if (!verdict.violations.empty()) what += " " + verdict.violations + ",";
  what.pop_back();
  return what;
}

nlohmann::json step_json(const StepVerdict& step) {
  nlohmann::json json{{"at_ms", ms(step.at)},
                      {"from_kbps", step.from_kbps},
                      {"to_kbps", step.to_kbps},
                      {"settled_after_ms", nullptr}};
  if (step.settled_after) json["settled_after_ms"] = ms(*step.settled_after);
  return json;
}

nlohmann::json course_json(const CoursePoint& point) {
  return {{"at_ms", ms(point.at)},
          {"target_kbps", point.target_kbps},
          {"sent_kbps", point.sent_kbps},
          {"dropped_kbps", point.dropped_kbps},
          {"available_kbps", point.available_kbps},
          {"queue_p95_ms", ms(point.queue)}};
}

nlohmann::json verdict_json(const Verdict& verdict) {
  nlohmann::json steps = nlohmann::json::array(), course = nlohmann::json::array();
  for (const StepVerdict& step : verdict.steps) steps.push_back(step_json(step));
  for (const CoursePoint& point : verdict.course) course.push_back(course_json(point));
  return {{"link", verdict.link->name},
          {"seed", verdict.seed},
          {"length_ms", ms(verdict.length)},
          {"good", verdict.good()},
          {"steps", std::move(steps)},
          {"queue_p50_ms", ms(verdict.queue_p50)},
          {"queue_p95_ms", ms(verdict.queue_p95)},
          {"queue_p99_ms", ms(verdict.queue_p99)},
          {"queue_worst_ms", ms(verdict.queue_worst)},
          {"utilisation", verdict.utilisation},
          {"packets_lost", verdict.packets_lost},
          {"frames_sent", verdict.frames_sent},
          {"frames_shown", verdict.frames_shown},
          {"keyframes", verdict.keyframes},
          {"frozen_ms", ms(verdict.frozen)},
          {"longest_freeze_ms", ms(verdict.longest_freeze)},
          {"violations", verdict.violations},
          {"course", std::move(course)}};
}

// The picture. One panel above the other over the same seconds.
constexpr double kWidthPx = 900;
constexpr double kHeightPx = 260;
constexpr double kLeftPx = 64;
constexpr double kRightPx = 20;
constexpr double kTopPx = 84;
constexpr double kBetweenPx = 40;
constexpr double kQueueHeightPx = 130;
constexpr double kBottomPx = 44;

struct Panel {
  double top_px;
  double height_px;
  double span_s;
  double most;  // of the vertical axis

  double x(double at_s) const { return kLeftPx + kWidthPx * at_s / span_s; }
  double y(double value) const { return top_px + height_px * (1 - std::min(value, most) / most); }
};

std::string text(double x, double y, const char* anchor, std::string_view words) {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>\n", x, y, anchor,
                     words);
}

// Four to eight of them.
double tick_step(double most) {
  double step = 1;
  for (const double factor : {2.0, 2.5, 2.0, 2.0, 2.5, 2.0, 2.0, 2.5, 2.0}) {
    if (most / step <= 8) return step;
    step *= factor;
  }
  return step;
}

std::string axes(const Panel& panel, std::string_view unit) {
  std::string svg;
  const double step = tick_step(panel.most);
  for (double tick = 0; tick <= panel.most; tick += step) {
    svg += fmt::format("<path class=\"grid\" d=\"M{:.1f} {:.1f}h{:.1f}\"/>\n", kLeftPx,
                       panel.y(tick), kWidthPx);
    svg += text(kLeftPx - 6, panel.y(tick) + 4, "end", fmt::format("{:g}", tick));
  }
  const double second_step = tick_step(panel.span_s);
  for (double tick = 0; tick <= panel.span_s; tick += second_step) {
    svg += fmt::format("<path class=\"grid\" d=\"M{:.1f} {:.1f}v{:.1f}\"/>\n", panel.x(tick),
                       panel.top_px, panel.height_px);
    svg += text(panel.x(tick), panel.top_px + panel.height_px + 16, "middle",
                fmt::format("{:g}", tick));
  }
  return svg + text(kLeftPx, panel.top_px - 8, "start", unit);
}

template <class Value>
std::string curve(const Panel& panel, std::span<const CoursePoint> course, const char* colour,
                  const Value& value) {
  std::string points;
  for (const CoursePoint& point : course) {
    points += fmt::format("{:.1f},{:.1f} ", panel.x(in_seconds(point.at + kSlice / 2)),
                          panel.y(value(point)));
  }
  return fmt::format("<polyline points=\"{}\" stroke=\"{}\"/>\n", points, colour);
}

// The colours of tools/loss-harness: told apart by people with any colour vision.
constexpr const char* kAvailableColour = "#000000";
constexpr const char* kTargetColour = "#0072B2";
constexpr const char* kSentColour = "#E69F00";
constexpr const char* kQueueColour = "#D55E00";

double highest_mbps(const Verdict& verdict) {
  std::uint32_t most_kbps = 1000;
  for (const CoursePoint& point : verdict.course) {
    // A link with far more than was asked for would press everything else to the floor.
    const std::uint32_t shown = std::min(point.available_kbps, 2 * verdict.most_kbps);
    most_kbps = std::max({most_kbps, point.target_kbps, shown});
  }
  return most_kbps * 1.1 / 1000;
}

std::string excused(const Panel& panel, const Verdict& verdict) {
  std::string svg;
  for (const StepVerdict& step : verdict.steps) {
    const double from = panel.x(in_seconds(step.at));
    const double to = panel.x(std::min(in_seconds(step.at + kSettleTime), panel.span_s));
    svg += fmt::format(
        "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" fill=\"#f0f0f0\"/>\n",
        from, panel.top_px, to - from, panel.height_px);
  }
  return svg;
}

std::string legend() {
  double x = kLeftPx;
  std::string svg;
  for (const auto& [colour, words] : {std::pair(kAvailableColour, "what the link has"),
                                      std::pair(kTargetColour, "encoder's rate"),
                                      std::pair(kSentColour, "sent, with parity and headers")}) {
    svg += fmt::format("<polyline points=\"{:.1f},52 {:.1f},52\" stroke=\"{}\"/>\n", x, x + 28,
                       colour);
    svg += text(x + 34, 56, "start", words);
    x += 190;
  }
  return svg + text(x + 50, 56, "start", "grey: two seconds after a step");
}

std::string summary(const Verdict& verdict) {
  const Nanos settling = verdict.slowest_settling();
  return fmt::format(
      "{}, seed {}: {}. Settled {}, p95 queue {:.1f} ms, used {:.0f} %, frozen {:.1f} s",
      verdict.link->name, verdict.seed, verdict.good() ? "good" : "not good",
      settling == Nanos::max() ? "never" : fmt::format("within {:.2f} s", in_seconds(settling)),
      ms(verdict.queue_p95), 100 * verdict.utilisation, in_seconds(verdict.frozen));
}

}  // namespace

std::string judge_table(std::span<const Verdict> verdicts) {
  std::vector<Worst> rows;
  for (const Verdict& verdict : verdicts) {
    auto row = std::find_if(rows.begin(), rows.end(),
                            [&](const Worst& one) { return one.link == verdict.link; });
    if (row == rows.end()) row = rows.insert(rows.end(), Worst{});
    row->add(verdict);
  }
  std::string table = fmt::format(
      "{:<22} {:>7} {:>8} {:>10} {:>10} {:>7} {:>8} {:>8} {:>8} {:>5} {:>9}\n", "link", "good",
      "settled", "queue p95", "worst", "used", "lost", "frames", "missing", "keys", "frozen");
  for (const Worst& row : rows) table += line(row);
  return table;
}

std::string judge_complaints(std::span<const Verdict> verdicts) {
  std::string lines;
  for (const Verdict& verdict : verdicts) {
    if (verdict.good()) continue;
    lines +=
        fmt::format("{} seed {}:{}\n  again: punktfunk-sim --link {} --seed {} --plot {}.svg\n",
                    verdict.link->name, verdict.seed, complaints_about(verdict), verdict.link->name,
                    verdict.seed, verdict.link->name);
  }
  return lines;
}

std::string judge_json(std::span<const Verdict> verdicts) {
  nlohmann::json all = nlohmann::json::array();
  for (const Verdict& verdict : verdicts) all.push_back(verdict_json(verdict));
  return all.dump(1) + "\n";
}

std::string judge_plot(const Verdict& verdict) {
  const double span_s = in_seconds(verdict.length);
  const Panel rates{kTopPx, kHeightPx, span_s, highest_mbps(verdict)};
  const Panel queue{kTopPx + kHeightPx + kBetweenPx, kQueueHeightPx, span_s, 60};
  const double width = kLeftPx + kWidthPx + kRightPx;
  const double height = queue.top_px + kQueueHeightPx + kBottomPx;
  std::string svg = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0:.0f}\" height=\"{1:.0f}\" "
      "viewBox=\"0 0 {0:.0f} {1:.0f}\" font-family=\"sans-serif\" font-size=\"12\" fill=\"#222\">\n"
      "<style>polyline{{fill:none;stroke-width:1.5}}.grid{{stroke:#ddd;fill:none}}</style>\n"
      "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n",
      width, height);
  svg += text(kLeftPx, 28, "start", summary(verdict)) + legend();
  const std::span<const CoursePoint> course = verdict.course;
  svg += excused(rates, verdict) + axes(rates, "Mbit/s");
  svg += curve(rates, course, kSentColour, [](const auto& point) { return point.sent_kbps / 1e3; });
  svg += curve(rates, course, kAvailableColour,
               [](const auto& point) { return point.available_kbps / 1e3; });
  svg += curve(rates, course, kTargetColour,
               [](const auto& point) { return point.target_kbps / 1e3; });
  svg += excused(queue, verdict) +
         axes(queue, "waited at the bottleneck, 95 of 100 packets of each 50 ms (ms)");
  svg += fmt::format(
      "<path d=\"M{:.1f} {:.1f}h{:.1f}\" stroke=\"#009E73\" stroke-dasharray=\"6 4\"/>\n", kLeftPx,
      queue.y(ms(kMostQueue)), kWidthPx);
  svg += curve(queue, course, kQueueColour, [](const auto& point) { return ms(point.queue); });
  svg += text(kLeftPx + kWidthPx / 2, height - 8, "middle", "seconds");
  return svg + "</svg>\n";
}

}  // namespace pf::sim
