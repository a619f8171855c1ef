#include "client/gamestream/probe/report.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "client/probe/report.h"

namespace pf::gamestream_probe {
namespace {

using Json = nlohmann::ordered_json;

std::optional<probe::Percentiles> span_figures(const Report& report, std::int64_t FrameRow::*begin,
                                               std::int64_t FrameRow::*end) {
  std::vector<std::int64_t> lengths;
  for (const FrameRow& row : report.rows) {
    if (row.*begin != 0 && row.*end != 0) lengths.push_back(row.*end - row.*begin);
  }
  return probe::percentiles(std::move(lengths));
}

std::optional<probe::Percentiles> host_figures(const Report& report) {
  std::vector<std::int64_t> lengths;
  for (const FrameRow& row : report.rows) {
    if (row.host_latency_ns != 0) lengths.push_back(row.host_latency_ns);
  }
  return probe::percentiles(std::move(lengths));
}

Json to_json(const std::optional<probe::Percentiles>& figures) {
  if (!figures) return nullptr;
  return {{"p50", figures->p50}, {"p95", figures->p95}, {"p99", figures->p99}};
}

const char* name_of(gamestream_client::StreamEnding::Cause cause) {
  using Cause = gamestream_client::StreamEnding::Cause;
  switch (cause) {
    case Cause::ours:
      return "done";
    case Cause::host:
      return "host";
    case Cause::lost:
      return "lost";
    case Cause::silent:
      return "silent";
  }
  return "lost";
}

double bitrate_kbps(const Report& report) {
  return report.duration_s > 0
             ? static_cast<double>(report.figures.video_bytes) * 8 / 1000 / report.duration_s
             : 0;
}

Json frames_json(const Report& report) {
  const auto& picture = report.picture;
  const auto& video = report.figures.video;
  return {{"drawn", picture.shown == 0 ? 0 : picture.last_number - picture.first_number + 1},
          {"received", video.frames},
          {"decoded", report.decoded},
          {"undecodable", report.undecodable},
          {"distinct_decoded", picture.distinct},
          {"repeated", picture.repeated},
          {"lost", picture.lost},
          {"reordered", picture.reordered},
          {"torn", picture.torn},
          {"unreadable", picture.unreadable},
          {"dropped_incomplete", video.lost_frames},
          {"corrupt", video.corrupt_frames},
          {"withheld", video.withheld_frames},
          {"key", video.key_frames},
          {"multi_block", video.multi_block_frames},
          {"repaired", video.repaired_frames},
          {"recovered", video.recovered},
          {"overruns", report.figures.overruns}};
}

Json packets_json(const Report& report) {
  const auto& video = report.figures.video;
  return {{"received", video.packets},
          {"parity", video.parity},
          {"rejected", video.rejected},
          {"forged", report.figures.forged_video},
          {"late", video.late},
          {"duplicates", video.duplicates},
          {"strangers", report.figures.stranger_packets}};
}

Json audio_json(const Report& report) {
  Json json = probe::to_json(*report.sound);
  const auto& counts = report.figures.audio;
  json["parity_packets"] = counts.parity;
  json["recovered"] = counts.recovered;
  json["undecryptable"] = counts.undecryptable;
  json["wrong_timestamps"] = counts.wrong_timestamps;
  json["wrong_sizes"] = counts.wrong_sizes;
  return json;
}

Json rows_json(const Report& report) {
  Json rows = Json::array();
  for (const FrameRow& row : report.rows) {
    rows.push_back({row.index, row.timestamp_90khz, row.first_received_ns, row.received_ns,
                    row.decoded_ns, row.drawn_ns, row.host_latency_ns, row.kind, row.key});
  }
  return rows;
}

}  // namespace

std::string to_json(const Report& report) {
  const auto& figures = report.figures;
  Json json{{"host", report.host},
            {"mode",
             {{"width_px", report.mode.size_px.width},
              {"height_px", report.mode.size_px.height},
              {"refresh_hz", report.mode.refresh.hz()}}},
            {"decoded_size",
             {{"width_px", report.decoded_px.width}, {"height_px", report.decoded_px.height}}},
            {"encryption",
             {{"rtsp", report.encrypted_rtsp},
              {"control_v2", (report.grant.encryption & gamestream_client::kEncryptControlV2) != 0},
              {"video", (report.grant.encryption & gamestream_client::kEncryptVideo) != 0},
              {"audio", (report.grant.encryption & gamestream_client::kEncryptAudio) != 0}}},
            {"packet_size", report.grant.packet_size},
            {"invalidates_references", report.grant.invalidates_references},
            {"first_picture_ms", report.first_picture_ms},
            {"duration_s", report.duration_s},
            {"close", name_of(report.ending.cause)},
            {"close_reason", report.ending.reason},
            {"frames", frames_json(report)},
            {"packets", packets_json(report)},
            {"asked",
             {{"idr", figures.video.idr_requests}, {"invalidation", figures.video.invalidations}}},
            {"control",
             {{"faults", figures.control_faults},
              {"hdr_told", figures.hdr_told},
              {"round_trip_ms", figures.round_trip_ms}}},
            {"bitrate_kbps", static_cast<std::uint64_t>(bitrate_kbps(report))},
            {"backward_timestamps", report.backward_timestamps},
            {"colour_card_error",
             report.colour_card_error ? Json(*report.colour_card_error) : Json(nullptr)},
            {"latency_us",
             {{"host", to_json(host_figures(report))},
              {"first_received_to_received",
               to_json(span_figures(report, &FrameRow::first_received_ns, &FrameRow::received_ns))},
              {"received_to_decoded",
               to_json(span_figures(report, &FrameRow::received_ns, &FrameRow::decoded_ns))},
              {"drawn_to_received",
               to_json(span_figures(report, &FrameRow::drawn_ns, &FrameRow::received_ns))},
              {"drawn_to_decoded",
               to_json(span_figures(report, &FrameRow::drawn_ns, &FrameRow::decoded_ns))}}},
            {"inputs_played", report.inputs_played}};
  if (report.sound) json["audio"] = audio_json(report);
  json["row_fields"] = {"index",      "timestamp_90khz", "first_received_ns", "received_ns",
                        "decoded_ns", "drawn_ns",        "host_latency_ns",   "kind",
                        "key"};
  json["rows"] = rows_json(report);
  return json.dump() + "\n";
}

std::string to_table(const Report& report) {
  const auto& video = report.figures.video;
  const auto& picture = report.picture;
  std::string table =
      fmt::format("{} from {}, {:.1f} s, {:.0f} kbit/s with parity\n", to_string(report.mode),
                  report.host, report.duration_s, bitrate_kbps(report));
  table += fmt::format("  first picture {:.0f} ms after launching\n", report.first_picture_ms);
  table += fmt::format("  frames        {} whole, {} decoded, {} lost, {} withheld, {} repaired\n",
                       video.frames, report.decoded, video.lost_frames, video.withheld_frames,
                       video.repaired_frames);
  if (picture.shown > picture.unreadable) {
    table += fmt::format(
        "  picture       {} distinct, {} lost, {} repeated, {} reordered, {} torn\n",
        picture.distinct, picture.lost, picture.repeated, picture.reordered, picture.torn);
  } else {
    table += "  picture       carries no code: run punktfunk-pattern on the host to judge it\n";
  }
  if (report.sound) table += probe::to_table(*report.sound);
  const auto line = [&table](const char* name, const std::optional<probe::Percentiles>& figures) {
    if (!figures) return;
    table += fmt::format("  {:<22}{:>9.0f}{:>9.0f}{:>9.0f}\n", name, figures->p50, figures->p95,
                         figures->p99);
  };
  table += fmt::format("  {:<22}{:>8}{:>9}{:>9}\n", "latency, µs", "p50", "p95", "p99");
  line("in the host, it says", host_figures(report));
  line("received to decoded", span_figures(report, &FrameRow::received_ns, &FrameRow::decoded_ns));
  line("drawn to decoded", span_figures(report, &FrameRow::drawn_ns, &FrameRow::decoded_ns));
  return table;
}

}  // namespace pf::gamestream_probe
