#include "tools/loss-harness/plot.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "tools/loss-harness/report.h"

namespace pf::loss_harness {
namespace {

// Of one panel's coordinate system, and of the space around it for labels.
constexpr double kWidthPx = 380;
constexpr double kHeightPx = 200;
constexpr double kLeftPx = 56;
constexpr double kRightPx = 20;
constexpr double kAbovePx = 34;
constexpr double kBelowPx = 48;
constexpr double kTitlePx = 74;

// Told apart by people with any colour vision: Okabe and Ito, "Color Universal Design", 2008.
constexpr std::array kColours = {"#0072B2", "#D55E00", "#009E73", "#CC79A7",
                                 "#E69F00", "#56B4E9", "#000000"};

const char* colour_of(const SweepPlan& plan, std::uint32_t fec_percent) {
  const auto at = std::find(plan.fec_percents.begin(), plan.fec_percents.end(), fec_percent);
  return kColours[static_cast<std::size_t>(at - plan.fec_percents.begin()) % kColours.size()];
}

// Where a panel lies and what its horizontal axis spans.
struct Panel {
  double left_px;
  double top_px;
  double max_loss_percent;

  double x(double loss_percent) const {
    return left_px + kWidthPx * loss_percent / max_loss_percent;
  }
  double y(double delivered) const { return top_px + kHeightPx * (1 - delivered); }
};

std::string text(double x, double y, const char* anchor, const std::string& words,
                 const char* more = "") {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\"{}>{}</text>\n", x, y,
                     anchor, more, words);
}

// A round step that gives at most six ticks.
double tick_step(double span) {
  for (const double step : {0.1, 0.2, 0.5, 1.0, 2.0, 5.0}) {
    if (span / step <= 6) return step;
  }
  return 10;
}

std::string axes(const Panel& panel, const std::string& title) {
  std::string svg = text(panel.left_px, panel.top_px - 10, "start", title, " class=\"panel\"");
  for (int percent = 0; percent <= 100; percent += 25) {
    const double y = panel.y(percent / 100.0);
    svg += fmt::format("<path class=\"grid\" d=\"M{:.1f} {:.1f}h{:.1f}\"/>\n", panel.left_px, y,
                       kWidthPx);
    svg += text(panel.left_px - 6, y + 4, "end", fmt::format("{}", percent));
  }
  const double step = tick_step(panel.max_loss_percent);
  for (int tick = 0; tick * step <= panel.max_loss_percent; ++tick) {
    const double x = panel.x(tick * step);
    svg += fmt::format("<path class=\"grid\" d=\"M{:.1f} {:.1f}v{:.1f}\"/>\n", x, panel.top_px,
                       kHeightPx);
    svg += text(x, panel.top_px + kHeightPx + 16, "middle", fmt::format("{:g}", tick * step));
  }
  svg += text(panel.left_px + kWidthPx / 2, panel.top_px + kHeightPx + 34, "middle",
              "packets lost (%)");
  const double middle = panel.top_px + kHeightPx / 2;
  const double axis = panel.left_px - 40;
  svg += text(axis, middle, "middle", "frames delivered (%)",
              fmt::format(" transform=\"rotate(-90 {:.1f} {:.1f})\"", axis, middle).c_str());
  return svg;
}

std::string draw(const Panel& panel, const Curve& curve, const char* colour) {
  std::string line;
  std::string dots;
  for (const Point& point : curve.points) {
    const double x = panel.x(point.loss_percent);
    line += fmt::format("{:.1f},{:.1f} ", x, panel.y(point.bound));
    dots += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3.5\" fill=\"{}\"/>\n", x,
                        panel.y(curve.delivered(point)), colour);
  }
  return fmt::format("<polyline points=\"{}\" stroke=\"{}\"/>\n", line, colour) + dots;
}

std::string legend(const SweepPlan& plan) {
  double x = kLeftPx;
  const double y = 56;
  std::string svg;
  for (const std::uint32_t percent : plan.fec_percents) {
    const char* colour = colour_of(plan, percent);
    svg += fmt::format(
        "<polyline points=\"{:.1f},{:.1f} {:.1f},{:.1f}\" stroke=\"{}\"/>\n"
        "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3.5\" fill=\"{}\"/>\n",
        x, y - 4, x + 28, y - 4, colour, x + 14, y - 4, colour);
    svg += text(x + 34, y, "start", fmt::format("{} % FEC", percent));
    x += 110;
  }
  return svg + text(x + 6, y, "start", "line: theoretical bound, dot: measured");
}

std::string panel_key(const Curve& curve) {
  return fmt::format("{} {}", curve.field, curve.pattern);
}

std::string panel_title(const SweepPlan& plan, const Curve& curve) {
  const std::string losses = curve.pattern == "random"
                                 ? "random loss"
                                 : fmt::format("bursts of {:g}", plan.mean_burst_packets);
  return fmt::format("{}, {}, {} in {} packets", curve.field, losses,
                     human_bytes(curve.frame_bytes), curve.data_count);
}

}  // namespace

std::string svg_plot(const SweepPlan& plan, const std::vector<Curve>& curves) {
  std::vector<std::string> columns;
  for (const Curve& curve : curves) {
    if (std::find(columns.begin(), columns.end(), panel_key(curve)) == columns.end())
      columns.push_back(panel_key(curve));
  }
  const double across = kLeftPx + kWidthPx + kRightPx;
  const double down = kAbovePx + kHeightPx + kBelowPx;
  const double width = across * static_cast<double>(columns.size());
  const double height = kTitlePx + down * static_cast<double>(plan.frame_bytes.size());
  std::string svg = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0:.0f}\" height=\"{1:.0f}\" "
      "viewBox=\"0 0 {0:.0f} {1:.0f}\" font-family=\"sans-serif\" font-size=\"12\" fill=\"#222\">\n"
      "<style>.grid{{stroke:#ddd;fill:none}} .panel{{font-weight:bold}} "
      "polyline{{fill:none;stroke-width:1.8}}</style>\n"
      "<rect width=\"{0:.0f}\" height=\"{1:.0f}\" fill=\"#fff\"/>\n",
      width, height);
  svg += text(kLeftPx, 30, "start", "Frames delivered when packets are lost",
              " font-size=\"18\" font-weight=\"bold\"");
  svg += legend(plan);

  const double max_loss = std::max(plan.loss_percents.back(), 0.1);
  std::vector<std::string> framed;  // panels that have axes already
  for (const Curve& curve : curves) {
    const auto column = std::find(columns.begin(), columns.end(), panel_key(curve));
    const auto row = std::find(plan.frame_bytes.begin(), plan.frame_bytes.end(), curve.frame_bytes);
    const Panel panel{
        .left_px = across * static_cast<double>(column - columns.begin()) + kLeftPx,
        .top_px = kTitlePx + down * static_cast<double>(row - plan.frame_bytes.begin()) + kAbovePx,
        .max_loss_percent = max_loss};
    const std::string title = panel_title(plan, curve);
    if (std::find(framed.begin(), framed.end(), title) == framed.end()) {
      framed.push_back(title);
      svg += axes(panel, title);
    }
    svg += draw(panel, curve, colour_of(plan, curve.fec_percent));
  }
  return svg + "</svg>\n";
}

}  // namespace pf::loss_harness
