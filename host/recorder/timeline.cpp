#include "host/recorder/timeline.h"

#include <algorithm>

namespace pf::recorder {
namespace {

TimelineRow from(const PictureRow& picture) {
  return {.id = picture.id,
          .drawn = picture.drawn,
          .captured = picture.captured,
          .delivered = picture.delivered,
          .bitrate_kbps = picture.bitrate_kbps,
          .compositor_late_us = picture.compositor_late_us,
          .reopened = picture.reopened,
          .repeat = picture.repeat,
          .fate = Fate::unsent};
}

void note(const FrameRow& frame, TimelineRow& row) {
  row.id = frame.id;
  row.captured = frame.captured;
  row.delivered = frame.delivered;
  row.submitted = frame.submitted;
  row.encoded = frame.encoded;
  row.first_sent = frame.first_sent;
  row.last_sent = frame.last_sent;
  row.bytes = frame.bytes;
  row.packets = frame.packets;
  row.idr = frame.idr;
  row.fate = Fate::sent;
}

// Two sorted lists become one. What was taken by the video thread and is still on its way at the
// end of the list is left out: it is not given up.
std::vector<TimelineRow> host_rows(const TimelineParts& parts) {
  std::vector<TimelineRow> rows;
  rows.reserve(std::max(parts.pictures.size(), parts.frames.size()));
  auto picture = parts.pictures.begin();
  for (const FrameRow& frame : parts.frames) {
    for (; picture != parts.pictures.end() && picture->id < frame.id; ++picture)
      rows.push_back(from(*picture));
    TimelineRow row;
    if (picture != parts.pictures.end() && picture->id == frame.id) row = from(*picture++);
    note(frame, row);
    rows.push_back(row);
  }
  return rows;
}

// A client that names more at once has lost everything, and any of them will do.
constexpr std::uint64_t kMaxLostFrames = 1024;

// The numbers on the wire wrap: of all frames with these low bits, the newest is meant.
void note_loss(const LossRow& loss, std::vector<TimelineRow>& rows) {
  const std::uint64_t newest = value(rows.back().id);
  const std::uint32_t back = static_cast<std::uint32_t>(newest) - loss.first_frame;
  const bool none = loss.last_frame - loss.first_frame > UINT32_MAX / 2;
  if (none || back > newest || back > UINT32_MAX / 2) return;  // or of frames that never were
  const std::uint64_t first = newest - back;
  const std::uint64_t last =
      first + std::min<std::uint64_t>(loss.last_frame - loss.first_frame, kMaxLostFrames);
  auto row =
      std::lower_bound(rows.begin(), rows.end(), first,
                       [](const TimelineRow& at, std::uint64_t id) { return value(at.id) < id; });
  for (; row != rows.end() && value(row->id) <= last; ++row)
    if (row->fate == Fate::sent && row->last_sent < loss.at) row->fate = Fate::lost;
}

void note_losses(std::span<const LossRow> losses, std::vector<TimelineRow>& rows) {
  if (rows.empty()) return;
  for (const LossRow& loss : losses)
    if (!loss.is_rate) note_loss(loss, rows);
}

void note(const ClientRow& client, TimelineRow& row) {
  row.first_received = client.first_received;
  row.received = client.received;
  row.decoded = client.decoded;
  row.presented = client.presented;
  row.fate = client.decoded == LocalTime{} ? Fate::undecoded : Fate::shown;
}

void join_client(std::vector<ClientRow> clients, std::vector<TimelineRow>& rows) {
  if (clients.empty()) return;
  const auto by_capture = [](const ClientRow& a, const ClientRow& b) {
    return a.captured < b.captured;
  };
  std::sort(clients.begin(), clients.end(), by_capture);
  const LocalTime oldest = clients.front().captured, newest = clients.back().captured;
  for (TimelineRow& row : rows) {
    const auto at = std::lower_bound(clients.begin(), clients.end(),
                                     ClientRow{.captured = row.captured}, by_capture);
    if (at != clients.end() && at->captured == row.captured && row.fate != Fate::unsent) {
      note(*at, row);
    } else if (row.captured >= oldest && row.captured < newest && row.fate == Fate::sent) {
      row.fate = Fate::lost;
    }
  }
}

}  // namespace

std::vector<TimelineRow> join(const TimelineParts& parts) {
  std::vector<TimelineRow> rows = host_rows(parts);
  note_losses(parts.losses, rows);
  join_client({parts.clients.begin(), parts.clients.end()}, rows);
  return rows;
}

}  // namespace pf::recorder
