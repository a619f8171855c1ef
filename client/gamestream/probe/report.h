// What the GameStream probe saw, as JSON and as a table. The names are those of the native probe's
// report where they mean the same.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "client/gamestream/stream_link.h"
#include "client/probe/sound_report.h"
#include "core/base/display_mode.h"
#include "pattern/judge.h"

namespace pf::gamestream_probe {

// One frame on this end, in CLOCK_REALTIME. 0: not known.
struct FrameRow {
  std::uint32_t index = 0;
  std::uint32_t timestamp_90khz = 0;
  std::int64_t first_received_ns = 0, received_ns = 0;
  std::int64_t decoded_ns = 0;
  std::int64_t drawn_ns = 0;  // as the coded picture says
  std::int64_t host_latency_ns = 0;
  std::uint8_t kind = 0;
  bool key = false;
};

struct Report {
  std::string host;
  DisplayMode mode;
  bool encrypted_rtsp = false;
  gamestream_client::StreamGrant grant;
  gamestream_client::StreamFigures figures;
  gamestream_client::StreamEnding ending;
  double first_picture_ms = 0;  // /launch → first decoded picture
  double duration_s = 0;        // first decoded picture → last
  SizePx decoded_px;
  std::uint64_t decoded = 0;
  std::uint64_t undecodable = 0;  // whole frames that gave no picture
  std::uint64_t backward_timestamps = 0;
  pattern::PictureJudge::Counts picture;
  std::optional<double> colour_card_error;
  std::optional<probe::SoundReport> sound;
  std::uint64_t inputs_played = 0;
  std::vector<FrameRow> rows;
};

std::string to_json(const Report& report);
std::string to_table(const Report& report);

}  // namespace pf::gamestream_probe
