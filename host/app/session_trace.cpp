#include "host/app/session_trace.h"

#include <nlohmann/json.hpp>

namespace pf::app {

std::string trace_json(const session::SessionReport& report) {
  using Json = nlohmann::ordered_json;
  const session::SessionParts& parts = report.parts;
  const auto seconds_of = [](std::int64_t ns) { return static_cast<double>(ns) / 1e9; };
  Json json{
      {"session", report.number},
      {"mode", pf::to_string(report.mode)},
      {"duration_s", seconds_of(report.duration.count())},
      {"epochs", parts.counts.epochs.load()},
      {"frames", {{"captured", parts.counts.captured.load()}, {"sent", parts.counts.sent.load()}}},
      {"sound",
       {{"epochs", parts.sound.epochs.load()},
        {"frames", parts.sound.frames.load()},
        {"silent_frames", parts.sound.silent_frames.load()},
        {"dropped", parts.sound.dropped.load()}}},
      {"input",
       {{"passed", report.input.passed},
        {"meaningless", report.input.meaningless},
        {"not_granted", report.input.not_granted},
        {"stale", report.input.stale},
        {"too_many", report.input.too_many},
        {"injected", parts.input.injected.load()},
        {"merged", parts.input.merged.load()},
        {"repeated", parts.input.repeated.load()},
        {"unsupported", parts.input.unsupported.load()},
        {"released", parts.input.released.load()},
        {"dropped", parts.input.dropped.load() + parts.input.refused.load()},
        {"opened", parts.input.opened.load()}}},
      {"cpu_s",
       {{"desktop", seconds_of(parts.cpu.desktop_ns)},
        {"capture", seconds_of(parts.cpu.capture_ns)},
        {"convert", seconds_of(parts.cpu.convert_ns)},
        {"encode", seconds_of(parts.cpu.encode_ns - parts.cpu.packetise_ns)},
        {"sound", seconds_of(parts.sound.cpu_ns)},
        {"input", seconds_of(parts.input.cpu_ns)},
        {"transport", seconds_of(parts.cpu.packetise_ns + parts.cpu.send_ns)}}},
      {"row_fields",
       {"pts_ns", "captured_ns", "delivered_ns", "submitted_ns", "encoded_ns", "first_sent_ns",
        "last_sent_ns", "bytes", "packets", "idr"}}};
  const auto wire_ns = [&](LocalTime at) { return at.ns() + report.wire_offset.count(); };
  Json rows = Json::array();
  for (const pipeline::FrameRow& row : parts.trace->frames().rows()) {
    rows.push_back({wire_ns(row.captured), wire_ns(row.captured), wire_ns(row.delivered),
                    wire_ns(row.submitted), wire_ns(row.encoded), wire_ns(row.first_sent),
                    wire_ns(row.last_sent), row.bytes, row.packets, row.idr ? 1 : 0});
  }
  json["rows"] = std::move(rows);
  return json.dump() + "\n";
}

}  // namespace pf::app
