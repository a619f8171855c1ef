// What each thread of a session knows about one picture. Three threads know one part each and write
// it into a ring of their own; timeline.h joins them.
//
// Instants are on the host's monotonic clock; LocalTime{} means: not known.
#pragma once

#include <cstdint>

#include "core/base/frame_id.h"
#include "core/base/time.h"

namespace pf::recorder {

// The eight places where a picture can be held up, from the program to the eye.
enum class Stage : std::uint8_t {
  game,        // the program had not drawn anything new
  compositor,  // it had, and the desktop was late to put it together
  capture,     // the desktop was done, and the picture was late in our hands
  encoder,     // conversion and encoding
  send,        // waiting for the pacer and the socket, or given up as too late
  network,     // from the last packet sent to the whole frame received, or lost on the way
  decode,      // waiting for the client's decoder, and in it
  present,     // from the decoder to the glass
};
inline constexpr std::size_t kStageCount = 8;

// Video thread: a picture that was handed to the encoder, which made an access unit of it.
struct PictureRow {
  FrameId id{};
  LocalTime drawn;     // a program gave the newest part of it to the desktop; only ours tells
  LocalTime captured;  // the compositor committed it; of a repeat: when it was repeated
  LocalTime delivered;
  std::uint32_t compositor_late_us = 0;  // than it had meant to look, at most, since the one before
  std::uint32_t bitrate_kbps = 0;        // asked of the encoder
  bool repeat = false;                   // of a screen that stands still
  // The first after something was opened anew: which stage that was; kStageCount: nothing was.
  std::uint8_t reopened = kStageCount;
  std::uint8_t padding[6] = {};
};

// Send thread: an access unit whose last packet was handed to the socket.
struct FrameRow {
  FrameId id{};
  LocalTime captured;    // the compositor committed the picture
  LocalTime delivered;   // it was in our hands
  LocalTime submitted;   // converted, handed to the codec
  LocalTime encoded;     // its last part left the codec
  LocalTime first_sent;  // the first batch was handed to the socket
  LocalTime last_sent;   // and the last
  std::uint32_t bytes = 0;
  std::uint32_t packets = 0;
  bool idr = false;
  std::uint8_t padding[7] = {};
};

// Control thread: what the client said became of an access unit, on the host's time line.
struct ClientRow {
  LocalTime captured;  // by which it is known: FrameRow::captured, as the wire's pts carries it
  LocalTime first_received;
  LocalTime received;
  LocalTime decoded;                 // LocalTime{}: nothing came of it
  LocalTime presented;               // LocalTime{}: not, or the client does not say
  std::uint32_t clock_error_us = 0;  // either way, of all instants of the client
  std::uint8_t padding[4] = {};
};

// Control thread: frames of which a client said that they never came, by the low 32 bits of their
// numbers; and how much is lost. Both ends are included; none: first_frame is after last_frame.
struct LossRow {
  LocalTime at;
  std::uint32_t first_frame = 1, last_frame = 0;
  std::uint32_t loss_ppm = 0;
  bool is_rate = false;  // a report of the loss rate, else one of lost frames
  std::uint8_t padding[3] = {};
};

}  // namespace pf::recorder
