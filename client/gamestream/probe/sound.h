// Hears the sound of a stream, packet by packet as it comes: decodes it, judges it, writes it down.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "client/audio/wav_file.h"
#include "client/gamestream/protocol/audio_depacketiser.h"
#include "client/gamestream/protocol/stream_wish.h"
#include "client/probe/options.h"
#include "client/probe/sound_report.h"
#include "core/audio/opus_decoder.h"
#include "core/audio/tone_check.h"

namespace pf::gamestream_probe {

class Sound {
 public:
  explicit Sound(const probe::SoundOptions& options, std::uint32_t packet_ms);

  // The layout that the host granted; before the first packet is decoded. What came until then is
  // kept.
  void begin(const gamestream_client::StreamGrant& grant);

  // The stream's thread.
  void hear(const gamestream_client::AudioPacket& packet);

  // When no more comes.
  probe::SoundReport finish(const gamestream_client::AudioCounts& counts);

 private:
  void play(std::span<const float> interleaved);

  const probe::SoundOptions& options_;
  const std::size_t packet_samples_;
  std::optional<audio::OpusDecoder> decoder_;
  std::optional<audio::ToneCheck> check_;
  std::optional<client_audio::WavFile> wav_;
  std::vector<float> samples_;
  std::uint64_t garbage_ = 0;  // packets that are no Opus, or of another length than agreed
  Nanos made_up_{0};
  std::string trouble_;
};

}  // namespace pf::gamestream_probe
