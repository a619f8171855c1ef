#include "host/recorder/figures.h"

#include <algorithm>
#include <limits>
#include <span>

#include <nlohmann/json.hpp>

namespace pf::recorder {
namespace {

using Json = nlohmann::ordered_json;

struct Passage {
  Stage stage;
  LocalTime TimelineRow::*from;
  LocalTime TimelineRow::*to;
};
constexpr std::array<Passage, 7> kPassages{
    {{Stage::compositor, &TimelineRow::drawn, &TimelineRow::captured},
     {Stage::capture, &TimelineRow::captured, &TimelineRow::delivered},
     {Stage::encoder, &TimelineRow::delivered, &TimelineRow::encoded},
     {Stage::send, &TimelineRow::encoded, &TimelineRow::last_sent},
     {Stage::network, &TimelineRow::last_sent, &TimelineRow::received},
     {Stage::decode, &TimelineRow::received, &TimelineRow::decoded},
     {Stage::present, &TimelineRow::decoded, &TimelineRow::presented}}};

std::uint32_t micros(Nanos span) noexcept {
  const auto us = std::chrono::duration_cast<microseconds>(span).count();
  return static_cast<std::uint32_t>(
      std::clamp<std::int64_t>(us, 0, std::numeric_limits<std::uint32_t>::max()));
}

// Nearest rank.
std::optional<Spread> spread(std::vector<Nanos> spans) {
  if (spans.empty()) return std::nullopt;
  std::sort(spans.begin(), spans.end());
  const auto at = [&](std::size_t percent) {
    return micros(spans[(spans.size() * percent + 99) / 100 - 1]);
  };
  return Spread{.p50_us = at(50), .p95_us = at(95), .p99_us = at(99)};
}

LocalTime furthest(const TimelineRow& row) noexcept {
  for (const LocalTime at : {row.presented, row.decoded, row.received, row.last_sent})
    if (at != LocalTime{}) return at;
  return {};
}

Figures figures_of(std::span<const TimelineRow> rows) {
  Figures figures;
  std::vector<Nanos> spans, totals;
  std::uint64_t bytes = 0;
  for (const TimelineRow& row : rows) {
    figures.frames += row.last_sent != LocalTime{} ? 1 : 0;
    figures.lost += row.fate == Fate::lost ? 1 : 0;
    figures.asked_kbps = row.bitrate_kbps;
    bytes += row.bytes;
    // A repeat of a still screen was drawn long ago.
    if (const LocalTime end = furthest(row); end != LocalTime{} && !row.repeat)
      totals.push_back(end - row.began());
  }
  for (const Passage& passage : kPassages) {
    spans.clear();
    for (const TimelineRow& row : rows)
      if (row.*passage.from != LocalTime{} && row.*passage.to != LocalTime{})
        spans.push_back(row.*passage.to - row.*passage.from);
    figures.stages[static_cast<std::size_t>(passage.stage)] = spread(spans);
  }
  figures.total = spread(std::move(totals));
  figures.rate_kbps = static_cast<std::uint32_t>(
      std::min<std::uint64_t>(bytes * 8 / 1000, std::numeric_limits<std::uint32_t>::max()));
  return figures;
}

Json to_json(const std::optional<Spread>& spread) {
  if (!spread) return {};
  return {{"p50", spread->p50_us}, {"p95", spread->p95_us}, {"p99", spread->p99_us}};
}

Json to_json(const Figures& figures, Nanos wire_offset) {
  Json latency = Json::object();
  for (const Passage& passage : kPassages)
    latency[name_of(passage.stage)] =
        to_json(figures.stages[static_cast<std::size_t>(passage.stage)]);
  latency["total"] = to_json(figures.total);
  const Nanos from = figures.from.since_epoch() + wire_offset;
  return {{"at_us", std::chrono::duration_cast<microseconds>(from).count()},
          {"span_s", std::chrono::duration_cast<seconds>(figures.span).count()},
          {"frames", figures.frames},
          {"lost_frames", figures.lost},
          {"hitches", figures.hitches},
          {"rate_kbps", figures.rate_kbps},
          {"asked_kbps", figures.asked_kbps},
          {"loss_ppm", figures.loss_ppm ? Json(*figures.loss_ppm) : Json()},
          {"latency_us", std::move(latency)}};
}

}  // namespace

std::vector<Figures> figures_of(const Recording& recording, std::size_t most) {
  std::vector<Figures> all;
  if (recording.rows.empty() || most == 0) return all;
  const auto whole_s = span_of(recording) / seconds(1) + 1;
  const auto wanted = static_cast<std::int64_t>(most);
  const Nanos step = seconds((whole_s + wanted - 1) / wanted);
  const std::span<const TimelineRow> rows(recording.rows);
  std::size_t begin = 0;
  for (LocalTime from = rows.front().captured; begin < rows.size() && all.size() < most;
       from += step) {
    std::size_t end = begin;
    while (end < rows.size() && rows[end].captured < from + step) ++end;
    Figures figures = figures_of(rows.subspan(begin, end - begin));
    figures.from = from;
    figures.span = step;
    figures.rate_kbps = static_cast<std::uint32_t>(figures.rate_kbps / (step / seconds(1)));
    for (const Hitch& hitch : recording.hitches)
      figures.hitches += hitch.at >= from && hitch.at < from + step ? 1 : 0;
    for (const LossPoint& point : recording.losses)
      if (point.at >= from && point.at < from + step)
        figures.loss_ppm = std::max(figures.loss_ppm.value_or(0), point.loss_ppm);
    all.push_back(figures);
    begin = end;
  }
  return all;
}

Json figures_json(const Recording& recording, std::size_t most) {
  Json samples = Json::array();
  for (const Figures& figures : figures_of(recording, most))
    samples.push_back(to_json(figures, recording.wire_offset));
  return {{"session", recording.session.number},
          {"client_tells", recording.client_tells},
          {"samples", std::move(samples)}};
}

}  // namespace pf::recorder
