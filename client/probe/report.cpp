#include "client/probe/report.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/message/media.h"

namespace pf::probe {
namespace {

using Json = nlohmann::ordered_json;

Json to_json(const std::optional<Percentiles>& figures) {
  if (!figures) return nullptr;
  return {{"p50", figures->p50}, {"p95", figures->p95}, {"p99", figures->p99}};
}

Json latency(const Report& report, std::int64_t FrameRow::*begin, std::int64_t FrameRow::*end) {
  return to_json(percentiles(spans(report, begin, end)));
}

Json to_json(SizePx size) { return {{"width_px", size.width}, {"height_px", size.height}}; }

Json to_json(const DisplayMode& mode) {
  return {{"width_px", mode.size_px.width},
          {"height_px", mode.size_px.height},
          {"refresh_hz", message::whole_hz(mode.refresh).value_or(0)}};
}

Json to_json(const Stretch& stretch) {
  const auto& counts = stretch.judge.counts();
  Json json = to_json(stretch.decoded_px);
  json["pictures"] = stretch.pictures;
  json["distinct"] = counts.distinct;
  json["lost"] = counts.lost;
  json["reordered"] = counts.reordered;
  json["torn"] = counts.torn;
  json["unreadable"] = counts.unreadable;
  return json;
}

Json to_json(const PhaseNote& note) {
  return {{"lead_us", note.lead_us},
          {"coherence_permille", note.coherence_permille},
          {"applied_us", note.applied_us ? Json(*note.applied_us) : Json(nullptr)}};
}

Json to_json(const endpoint::Interruptions& interruptions) {
  Json gaps = Json::array();
  for (const Nanos gap : interruptions.host_gaps) gaps.push_back(in_ms(gap));
  return {{"host_gaps_ms", std::move(gaps)},
          {"silences", interruptions.silences},
          {"longest_silence_ms", in_ms(interruptions.longest_silence)},
          {"silent_at_end", interruptions.silent}};
}

// Empty: there were none.
std::string line_of(const endpoint::Interruptions& interruptions) {
  Nanos all{0}, longest = interruptions.longest_silence;
  for (const Nanos gap : interruptions.host_gaps) {
    all += gap;
    longest = std::max(longest, gap);
  }
  if (interruptions.host_gaps.empty() && interruptions.silences == 0) return "";
  return fmt::format(
      "  interruptions {} of the host's own, {:.0f} ms in all; {} times nothing came; the longest "
      "{:.0f} ms\n",
      interruptions.host_gaps.size(), in_ms(all), interruptions.silences, in_ms(longest));
}

const char* name_of(endpoint::Ending::Cause cause) {
  switch (cause) {
    case endpoint::Ending::Cause::ours:
      return "done";
    case endpoint::Ending::Cause::host:
      return "host";
    case endpoint::Ending::Cause::unreachable:
      return "unreachable";
    case endpoint::Ending::Cause::wrong_fingerprint:
      return "wrong_fingerprint";
    case endpoint::Ending::Cause::lost:
      return "lost";
    case endpoint::Ending::Cause::failed:
      return "failed";
  }
  return "failed";
}

}  // namespace

double Report::bitrate_kbps() const {
  return duration_s > 0 ? static_cast<double>(received.bytes) * 8 / 1000 / duration_s : 0;
}

std::optional<Percentiles> percentiles(std::vector<std::int64_t> values_ns) {
  if (values_ns.empty()) return std::nullopt;
  std::sort(values_ns.begin(), values_ns.end());
  const auto pick = [&](double share) {
    const auto at = static_cast<std::size_t>(share * static_cast<double>(values_ns.size()));
    return static_cast<double>(values_ns[std::min(at, values_ns.size() - 1)]) / 1000;
  };
  return Percentiles{pick(0.50), pick(0.95), pick(0.99)};
}

std::vector<std::int64_t> spans(const Report& report, std::int64_t FrameRow::*begin,
                                std::int64_t FrameRow::*end) {
  std::vector<std::int64_t> lengths;
  lengths.reserve(report.rows.size());
  for (const FrameRow& row : report.rows) {
    if (row.*begin != 0 && row.*end != 0) lengths.push_back(row.*end - row.*begin);
  }
  return lengths;
}

std::string to_json(const Report& report) {
  const auto& picture = report.picture;
  Json json{
      {"host", report.host},
      {"fingerprint", report.fingerprint},
      {"cipher",
       report.cipher == message::Cipher::chacha20_poly1305 ? "chacha20-poly1305" : "aes-128-gcm"},
      {"mode", to_json(report.mode)},
      {"mode_at_end", to_json(report.mode_at_end)},
      {"decoded_size", to_json(report.decoded_px())},
      {"first_picture_ms", report.first_picture_ms},
      {"duration_s", report.duration_s},
      {"close", name_of(report.ending.cause)},
      {"frames",
       {{"drawn", picture.shown == 0 ? 0 : picture.last_number - picture.first_number + 1},
        {"received", report.received.frames},
        {"decoded", report.decoded},
        {"distinct_decoded", picture.distinct},
        {"repeated", picture.repeated},
        {"lost", picture.lost},
        {"reordered", picture.reordered},
        {"torn", picture.torn},
        {"unreadable", picture.unreadable},
        {"dropped_incomplete", report.received.frames_dropped},
        {"recovered", report.received.recovered_shards}}},
      {"interruptions", to_json(report.interruptions)},
      {"mic_packets_sent", report.mic_packets_sent},
      {"packets",
       {{"received", report.received.packets}, {"rejected", report.received.rejected_packets}}},
      {"bitrate_kbps", static_cast<std::uint64_t>(report.bitrate_kbps())},
      {"colour_card_error",
       report.colour_card_error ? Json(*report.colour_card_error) : Json(nullptr)},
      {"clock",
       {{"synchronised", report.clock.synchronised},
        {"offset_ns", report.clock.host_minus_local.count()},
        {"error_bound_ns", report.clock.error_bound.count()}}},
      {"latency_us",
       {{"captured_to_received", latency(report, &FrameRow::pts_ns, &FrameRow::received_ns)},
        {"captured_to_decoded", latency(report, &FrameRow::pts_ns, &FrameRow::decoded_ns)},
        {"received_to_decoded", latency(report, &FrameRow::received_ns, &FrameRow::decoded_ns)},
        {"drawn_to_decoded", latency(report, &FrameRow::drawn_ns, &FrameRow::decoded_ns)}}},
      {"cpu_s",
       {{"transport", std::chrono::duration<double>(report.received.receive_cpu).count()},
        {"decode", std::chrono::duration<double>(report.decode_cpu).count()}}},
      {"row_fields", {"pts_ns", "first_received_ns", "received_ns", "decoded_ns", "drawn_ns"}}};
  if (report.sound) json["audio"] = to_json(*report.sound);
  json["phase"] = Json::array();
  for (const PhaseNote& note : report.phase) json["phase"].push_back(to_json(note));
  if (const auto& test = report.test_stream) {
    json["test_stream"] = {
        {"frames", test->frames}, {"damaged", test->damaged}, {"missing", test->missing}};
  }
  json["sizes"] = Json::array();
  for (const Stretch& stretch : report.stretches) json["sizes"].push_back(to_json(stretch));
  Json rows = Json::array();
  for (const FrameRow& row : report.rows) {
    rows.push_back(
        {row.pts_ns, row.first_received_ns, row.received_ns, row.decoded_ns, row.drawn_ns});
  }
  json["rows"] = std::move(rows);
  for (const PlayedInput& input : report.played)
    json["input"].push_back({{"line", input.line}, {"kind", input.kind}, {"at_ns", input.at.ns()}});
  return json.dump() + "\n";
}

std::string to_table(const Report& report) {
  const auto& picture = report.picture;
  std::string table = fmt::format("{} from {}, {:.1f} s, {:.0f} kbit/s\n", to_string(report.mode),
                                  report.host, report.duration_s, report.bitrate_kbps());
  table += fmt::format("  first picture {:.0f} ms after dialling\n", report.first_picture_ms);
  if (report.stretches.size() > 1) {
    table += "  sizes        ";
    for (const Stretch& stretch : report.stretches) {
      table += fmt::format(" {}x{}", stretch.decoded_px.width, stretch.decoded_px.height);
    }
    table += '\n';
  }
  table +=
      fmt::format("  access units  {} received, {} decoded, {} given up, {} shards recovered\n",
                  report.received.frames, report.decoded, report.received.frames_dropped,
                  report.received.recovered_shards);
  table += line_of(report.interruptions);
  if (report.test_stream) {
    table += fmt::format("  test stream   {} frames whole and right, {} damaged, {} missing\n",
                         report.test_stream->frames, report.test_stream->damaged,
                         report.test_stream->missing);
  } else if (picture.shown > picture.unreadable) {
    table += fmt::format(
        "  picture       {} distinct, {} lost, {} repeated, {} reordered, {} torn\n",
        picture.distinct, picture.lost, picture.repeated, picture.reordered, picture.torn);
  } else {
    table += "  picture       carries no code: run punktfunk-pattern on the host to judge it\n";
  }
  if (report.sound) table += to_table(*report.sound);
  const auto line = [&](const char* name, std::int64_t FrameRow::*begin,
                        std::int64_t FrameRow::*end) {
    if (const auto figures = percentiles(spans(report, begin, end))) {
      table += fmt::format("  {:<22}{:>9.0f}{:>9.0f}{:>9.0f}\n", name, figures->p50, figures->p95,
                           figures->p99);
    }
  };
  table += fmt::format("  {:<22}{:>8}{:>9}{:>9}\n", "latency, µs", "p50", "p95", "p99");
  line("captured to received", &FrameRow::pts_ns, &FrameRow::received_ns);
  line("captured to decoded", &FrameRow::pts_ns, &FrameRow::decoded_ns);
  line("drawn to decoded", &FrameRow::drawn_ns, &FrameRow::decoded_ns);
  return table;
}

}  // namespace pf::probe
