// A stream from its first frame to its end, watched: decodes, reads the coded picture, plays the
// input script. One thread.
#pragma once

#include <optional>
#include <string>

#include "client/decode/decoder.h"
#include "client/gamestream/probe/options.h"
#include "client/gamestream/probe/report.h"
#include "client/gamestream/stream_link.h"
#include "client/record/mkv_recorder.h"
#include "core/input/held_tracker.h"
#include "pattern/judge.h"

namespace pf::gamestream_probe {

class Watch {
 public:
  // All outlive it. `launched_at`: when the host was asked for the stream.
  Watch(const Options& options, gamestream_client::StreamLink& link, decode::Decoder& decoder,
        const Clock& clock, LocalTime launched_at, Report& report);

  // Until the stream has lasted as long as asked, and the script is done, or it ended.
  void run();

  // The first thing that went wrong on this end's disk; empty: nothing.
  const std::string& trouble() const noexcept { return trouble_; }

 private:
  static constexpr std::size_t kMaxRows = 1 << 20;  // hours

  bool over() const;
  double elapsed_s() const;
  Nanos patience() const;
  void take(const gamestream_client::VideoFrame& frame);
  void look_at(const decode::DecodedPicture& picture, FrameRow& row);
  void play_script();
  void play(const message::InputEvent& event);
  void note(const Result<void>& done);

  const Options& options_;
  gamestream_client::StreamLink& link_;
  decode::Decoder& decoder_;
  const Clock& clock_;
  const Nanos wire_offset_;
  const LocalTime launched_at_;
  Report& report_;
  pattern::PictureJudge judge_;
  std::optional<record::MkvRecorder> recorder_;
  bool snapshot_taken_ = false;
  gamestream_client::InputTranslator translator_;
  input::HeldTracker held_;
  std::size_t next_step_ = 0;
  std::optional<LocalTime> first_decoded_;
  std::optional<LocalTime> last_decoded_;
  std::optional<std::uint32_t> last_timestamp_;
  std::string trouble_;
};

}  // namespace pf::gamestream_probe
