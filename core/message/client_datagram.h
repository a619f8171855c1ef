// What a client sends in QUIC datagrams, each worth nothing late. Source:
// docs/protocol/punktfunk1.md sections 9.1, 9.6, 9.7.
#pragma once

#include <array>
#include <cstdint>
#include <variant>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/time.h"
#include "core/message/input_event.h"

namespace pf::message {

// One Opus packet of the microphone, 48 kHz; empty: silence.
inline constexpr std::size_t kMaxOpusBytes =
    1275;  // RFC 6716 section 3.4: one frame at its largest
struct Microphone {
  std::uint32_t sequence = 0;
  LocalTime pts;  // written as it is: the client's clock, whichever it likes
  Bytes opus;     // borrowed
};

// A finger on a pad's touch surface, 0…65535 over it, y downwards.
struct PadTouch {
  std::uint8_t pad = 0;
  std::uint8_t finger = 0;
  bool active = false;
  std::uint16_t x = 0, y = 0;
};

// The same for pads with several surfaces: 0 the only one, 1 left, 2 right; centred, y downwards.
struct PadTouchEx {
  std::uint8_t pad = 0;
  std::uint8_t surface = 0;
  std::uint8_t finger = 0;
  bool touching = false;
  bool clicked = false;
  std::int16_t x = 0, y = 0;
  std::uint16_t pressure = 0;
};

struct PadMotion {
  std::uint8_t pad = 0;
  std::array<std::int16_t, 3> gyro{};   // pitch, yaw, roll; 20 per degree and second
  std::array<std::int16_t, 3> accel{};  // right, up, backward; 10 000 per g
};

inline constexpr std::size_t kMaxPenSamples = 8;
struct PenSample {
  std::uint8_t state = 0;  // 1 in range, 2 touching, 4 and 8 barrel buttons, 128 predicted
  std::uint8_t tool = 0;   // 0 pen, 1 eraser
  float x = 0, y = 0;      // 0…1 of the picture, finite
  std::uint16_t pressure = 0;
  std::uint16_t distance = 0xFFFF;  // 0xFFFF, also below, and 0xFF for the tilt: unknown
  std::uint8_t tilt_degrees = 0xFF;
  std::uint16_t azimuth_degrees = 0xFFFF;
  std::uint16_t roll_degrees = 0xFFFF;
  std::uint16_t since_previous_us = 0;  // sample of the batch
};
struct PenBatch {
  std::uint16_t sequence = 0;      // +1 for each batch of a connection
  std::vector<PenSample> samples;  // 1…kMaxPenSamples
};

using ClientDatagram =
    std::variant<InputEvent, Microphone, PadTouch, PadTouchEx, PadMotion, PenBatch>;

}  // namespace pf::message
