// What a probe saw, as a value, as JSON and as a table.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "client/probe/input_player.h"
#include "client/probe/panel.h"
#include "client/probe/sound_report.h"
#include "core/base/display_mode.h"
#include "core/endpoint/client_endpoint.h"
#include "core/message/media.h"
#include "pattern/judge.h"

namespace pf::probe {

// One access unit on this end, every instant on the host's wire time line. 0: not known.
struct FrameRow {
  std::int64_t pts_ns = 0;  // captured
  std::int64_t first_received_ns = 0;
  std::int64_t received_ns = 0;  // complete
  std::int64_t decoded_ns = 0;
  std::int64_t drawn_ns = 0;  // as the coded picture says
};

// The pictures of one size, from the first of them to the next change.
struct Stretch {
  SizePx decoded_px;
  std::uint64_t pictures = 0;
  pattern::PictureJudge judge;
};

// Of a host that sends no pictures but known bytes.
struct TestStream {
  std::uint64_t frames = 0;   // whole and right
  std::uint64_t damaged = 0;  // with a wrong byte
  std::uint64_t missing = 0;  // by their numbers
};

struct Report {
  std::string host;
  std::string fingerprint;
  message::Cipher cipher = message::Cipher::aes128_gcm;
  DisplayMode mode;                // as the host granted it
  DisplayMode mode_at_end;         // as the host said last
  std::vector<Stretch> stretches;  // oldest first
  double first_picture_ms = 0;     // dialling → first decoded picture, or test frame
  double duration_s = 0;           // that the decoded pictures cover, by their time of capture
  endpoint::ReceiveStats received;
  endpoint::Interruptions interruptions;
  std::uint64_t mic_packets_sent = 0;
  endpoint::ClockReading clock;
  std::uint64_t decoded = 0;
  std::uint64_t record_errors = 0;
  pattern::PictureJudge::Counts picture;  // of all stretches
  std::optional<double>
      colour_card_error;  // worst channel of the last picture; none without a colour card
  std::optional<TestStream> test_stream;  // instead of pictures
  Nanos decode_cpu{0};
  std::optional<SoundReport> sound;  // if it was wanted
  std::vector<PhaseNote> phase;      // of a screen that was made up, one a second
  endpoint::Ending ending;
  std::vector<FrameRow> rows;       // oldest first
  std::vector<PlayedInput> played;  // of the input script, oldest first

  double bitrate_kbps() const;
  SizePx decoded_px() const { return stretches.empty() ? SizePx{} : stretches.back().decoded_px; }
};

struct Percentiles {
  double p50 = 0, p95 = 0, p99 = 0;
};
std::optional<Percentiles> percentiles(std::vector<std::int64_t> values_ns);  // in microseconds

// Spans between two stages, over the rows that know both.
std::vector<std::int64_t> spans(const Report& report, std::int64_t FrameRow::*begin,
                                std::int64_t FrameRow::*end);

std::string to_json(const Report& report);
std::string to_table(const Report& report);

}  // namespace pf::probe
