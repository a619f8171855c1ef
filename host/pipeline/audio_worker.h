// The body of a session's audio thread: source → frames → Opus or plain samples → outlet, opened,
// turned, and opened again when the sound server dies.
//
// The encoder, the clock of the stream and the outlet's numbers outlive the source, so to the
// client a healed source is some silence in one stream. A source that gives nothing is silence as
// well, at the speed of our clock.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "core/audio/audio_framer.h"
#include "core/audio/opus_encoder.h"
#include "core/audio/sound_timeline.h"
#include "core/message/media.h"
#include "core/runtime/supervised_thread.h"
#include "host/pipeline/audio_outlet.h"
#include "host/pipeline/backends.h"

namespace pf::pipeline {

struct AudioWork {
  audio::SourceRequest source;
  message::AudioCodec codec = message::AudioCodec::opus;
  std::uint32_t bitrate_kbps = 128;  // Opus
  // Opus: every frame has so many bytes, the rate's share of its period; 0: as many as it needs.
  std::size_t constant_frame_bytes = 0;
  std::uint8_t bits = 16;  // PCM
  Nanos frame_period = milliseconds(5);
};

struct SoundCounts {
  std::atomic<std::uint64_t> epochs{0};         // the source was opened
  std::atomic<std::uint64_t> frames{0};         // given to the outlet
  std::atomic<std::uint64_t> silent_frames{0};  // of these, because nothing came
  std::atomic<std::uint64_t> dropped{0};        // given, but never handed to the network
  std::atomic<std::int64_t> cpu_ns{0};          // of the audio thread
};

class AudioWorker {
 public:
  using OpenSource = decltype(Backends::open_sound);

  // The references outlive the worker.
  AudioWorker(const AudioWork& work, OpenSource open_source, AudioOutlet& outlet,
              SoundCounts& counts, const Clock& clock);

  Result<void> run(Shift& shift);

 private:
  enum class Kind : std::uint8_t { sound, silence };

  Result<void> keep_encoder();
  void take_in(const audio::SoundRead& read) noexcept;
  void stand_in(LocalTime heard_until) noexcept;
  void send(std::span<const float> frame, Kind kind) noexcept;
  Bytes encode(std::span<const float> frame) noexcept;
  Nanos patience(const audio::AudioSource& source) const noexcept;

  const AudioWork work_;
  const OpenSource open_source_;
  AudioOutlet& outlet_;
  SoundCounts& counts_;
  const Clock& clock_;
  std::optional<audio::OpusEncoder> encoder_;
  audio::SoundTimeline timeline_;
  std::vector<float> frame_;          // being filled; as long as a frame
  const std::vector<float> silence_;  // likewise
  std::size_t filled_ = 0;            // values of frame_
  LocalTime frame_captured_at_;       // of its first sample
  std::vector<std::byte> encoded_;    // room for one frame
};

}  // namespace pf::pipeline
