#include "tools/loss-harness/report.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace pf::loss_harness {
namespace {

std::string heading(const Curve& curve) {
  std::string line =
      fmt::format("{:<6}{:<8}{:>8} {:>10} {:>5} |", "field", "losses", "frame", "packets", "FEC");
  for (const Point& point : curve.points) line += fmt::format("{:>6}", point.loss_percent);
  return line + " |   off\n";
}

std::string row(const Curve& curve) {
  std::string line = fmt::format(
      "{:<6}{:<8}{:>8} {:>10} {:>4}% |", curve.field, curve.pattern, human_bytes(curve.frame_bytes),
      fmt::format("{}+{}", curve.data_count, curve.parity_count), curve.fec_percent);
  for (const Point& point : curve.points)
    line += fmt::format("{:>6.1f}", 100 * curve.delivered(point));
  return line + fmt::format(" |{:>6.1f}\n", farthest_from_bound(curve));
}

nlohmann::ordered_json json_of(const Curve& curve) {
  nlohmann::ordered_json points = nlohmann::ordered_json::array();
  for (const Point& point : curve.points) {
    points.push_back({{"loss_percent", point.loss_percent},
                      {"packets_sent", point.packets_sent},
                      {"packets_lost", point.packets_lost},
                      {"frames_survivable", point.frames_survivable},
                      {"frames_delivered", point.frames_delivered},
                      {"frames_damaged", point.frames_damaged},
                      {"delivered", curve.delivered(point)},
                      {"bound", point.bound}});
  }
  return {{"field", curve.field},
          {"pattern", curve.pattern},
          {"fec_percent", curve.fec_percent},
          {"frame_bytes", curve.frame_bytes},
          {"data_packets", curve.data_count},
          {"parity_packets", curve.parity_count},
          {"blocks", curve.block_count},
          {"points", std::move(points)}};
}

}  // namespace

std::string table(const std::vector<Curve>& curves) {
  if (curves.empty()) return {};
  const std::size_t columns = curves.front().points.size();
  std::string text = fmt::format("{:>40} | {:^{}}|\n", "", "frames delivered (%) at a loss (%) of",
                                 std::max<std::size_t>(columns * 6, 38) - 1);
  text += heading(curves.front());
  const std::string rule =
      std::string(text.size() - text.rfind('\n', text.size() - 2) - 2, '-') + "\n";
  const Curve* above = nullptr;
  for (const Curve& curve : curves) {
    if (!above || above->pattern != curve.pattern || above->frame_bytes != curve.frame_bytes)
      text += rule;
    text += row(curve);
    above = &curve;
  }
  return text;
}

std::string json(const SweepPlan& plan, const std::vector<Curve>& curves) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const Curve& curve : curves) list.push_back(json_of(curve));
  const nlohmann::ordered_json whole = {{"schema", 1},
                                        {"seed", plan.seed},
                                        {"frames", plan.frames},
                                        {"shard_bytes", plan.shard_bytes},
                                        {"mean_burst_packets", plan.mean_burst_packets},
                                        {"curves", std::move(list)}};
  return whole.dump(1) + "\n";
}

double farthest_from_bound(const Curve& curve) noexcept {
  double farthest = 0;
  for (const Point& point : curve.points)
    farthest = std::max(farthest, std::abs(curve.delivered(point) - point.bound));
  return 100 * farthest;
}

std::string human_bytes(std::uint32_t bytes) {
  return bytes < 1000 ? fmt::format("{} B", bytes) : fmt::format("{} kB", (bytes + 500) / 1000);
}

}  // namespace pf::loss_harness
