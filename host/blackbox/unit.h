// What a black box keeps: access units of a picture or of sound, as their encoders made them.
#pragma once

#include <cstdint>

#include "core/audio/speaker_layout.h"
#include "core/base/bytes.h"
#include "core/base/frame_id.h"
#include "core/base/time.h"
#include "host/encode/encoder.h"

namespace pf::blackbox {

struct UnitFacts {
  LocalTime captured_at;    // of sound: its first sample
  FrameId id{};             // of a picture
  std::uint32_t bytes = 0;  // of its payload
  bool key = false;         // a decoder may begin with it
  bool after_gap = false;   // what came just before could not be kept
  bool epoch = false;       // no unit: its payload is the StreamParameters of those that follow
};

// What the session's sound is encoded as; the same for all of its life.
struct SoundFormat {
  enum class Codec : std::uint8_t { none, opus, pcm };
  Codec codec = Codec::none;
  audio::SpeakerLayout layout;
  std::uint8_t bits = 16;  // of a sample, PCM
};

}  // namespace pf::blackbox
