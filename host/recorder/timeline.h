// Both ends of every picture on one time line: the rows of a session's threads and what its client
// told, joined.
//
// Pure. Pictures are joined with access units by their number, and with what the client told by the
// instant of capture, which is what the wire carries of it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "host/recorder/rows.h"

namespace pf::recorder {

// What became of a picture, as far as anybody knows.
enum class Fate : std::uint8_t {
  sent,       // and the client has told nothing of it: it never does, or has not yet
  unsent,     // encoded, and given up before it was sent
  lost,       // the client never got it whole
  undecoded,  // the client got it, and no picture came of it
  shown,      // decoded at least; `presented` says whether the client told more
};

struct TimelineRow {
  FrameId id{};
  LocalTime drawn, captured, delivered, submitted, encoded, first_sent, last_sent;  // the host's
  LocalTime first_received, received, decoded, presented;                           // the client's
  std::uint32_t bytes = 0, packets = 0;
  std::uint32_t bitrate_kbps = 0;  // asked of the encoder
  std::uint32_t compositor_late_us = 0;
  std::uint8_t reopened = kStageCount;
  bool idr = false;
  bool repeat = false;
  Fate fate = Fate::sent;

  // Where the picture began, for us.
  LocalTime began() const noexcept { return drawn == LocalTime{} ? captured : drawn; }
  bool operator==(const TimelineRow&) const = default;
};

struct TimelineParts {
  std::span<const PictureRow> pictures;  // each in the order of their making
  std::span<const FrameRow> frames;
  std::span<const ClientRow> clients;
  std::span<const LossRow> losses;
};

// In the order of their numbers. Pictures that the client told nothing of count as lost once it has
// told of a later one.
std::vector<TimelineRow> join(const TimelineParts& parts);

}  // namespace pf::recorder
