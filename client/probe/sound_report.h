// What a probe heard, as a value, as JSON, as lines of the table and as a verdict.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "client/audio/session_sound.h"
#include "core/audio/tone_check.h"
#include "core/message/media.h"

namespace pf::probe {

// As reports give a time.
inline double in_ms(Nanos span) { return std::chrono::duration<double, std::milli>(span).count(); }

struct SoundReport {
  message::AudioCodec codec = message::AudioCodec::opus;
  std::uint32_t rate_hz = 48'000;
  std::uint8_t bits = 16;  // lossless only
  std::uint8_t channel_count = 2;
  client_audio::SoundFigures figures;
  std::optional<audio::ToneReport> tone;  // with --audio-check
  // When a gap began, less than a block ago; the first of them.
  std::vector<LocalTime> gaps_at;
  std::string trouble;  // a file that could not be written; empty: none
  // For each picture that was shown while there was sound: how much later the sound of the same
  // instant is heard. Below 0: earlier.
  std::vector<std::int64_t> behind_picture_ns;
};

nlohmann::ordered_json to_json(const SoundReport& report);
std::string to_table(const SoundReport& report);

// Why the sound is not the tone that was expected, in a sentence; empty: it is, or nobody asked.
std::string complaint(const SoundReport& report);

}  // namespace pf::probe
