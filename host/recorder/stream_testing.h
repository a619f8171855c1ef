// Streams that are made up, for tests: smooth, but for what the test does to them.
#pragma once

#include <vector>

#include "host/recorder/timeline.h"

namespace pf::recorder::testing_streams {

inline constexpr Nanos kPeriod{16'666'667};
inline constexpr LocalTime kBegan{seconds(1000)};

// Each stage takes a millisecond, but for present, which takes two.
inline std::vector<TimelineRow> smooth(std::size_t count, Nanos period = kPeriod) {
  std::vector<TimelineRow> rows;
  for (std::size_t i = 0; i < count; ++i) {
    const LocalTime drawn = kBegan + period * static_cast<std::int64_t>(i);
    const auto after = [&](int ms) { return drawn + milliseconds(ms); };
    rows.push_back({.id = FrameId{i},
                    .drawn = drawn,
                    .captured = after(1),
                    .delivered = after(2),
                    .submitted = after(2),
                    .encoded = after(3),
                    .first_sent = after(3),
                    .last_sent = after(4),
                    .first_received = after(5),
                    .received = after(5),
                    .decoded = after(6),
                    .presented = after(8),
                    .bytes = 20'000,
                    .packets = 15,
                    .bitrate_kbps = 10'000,
                    .fate = Fate::shown});
  }
  return rows;
}

// As it comes from a client that tells nothing.
inline void forget_client(std::vector<TimelineRow>& rows) {
  for (TimelineRow& row : rows) {
    row.first_received = row.received = row.decoded = row.presented = LocalTime{};
    if (row.fate == Fate::shown) row.fate = Fate::sent;
  }
}

// Everything of this row from `stage` on, and so long that the row after it is not touched in its
// beginning, comes later. What waits behind it comes as soon as it can: a line does not overtake.
inline void delay(std::vector<TimelineRow>& rows, std::size_t at, Stage stage, Nanos by) {
  using Field = LocalTime TimelineRow::*;
  const std::vector<Field> fields{&TimelineRow::drawn,     &TimelineRow::captured,
                                  &TimelineRow::delivered, &TimelineRow::encoded,
                                  &TimelineRow::last_sent, &TimelineRow::received,
                                  &TimelineRow::decoded,   &TimelineRow::presented};
  const auto first = static_cast<std::size_t>(stage);
  for (std::size_t i = first; i < fields.size(); ++i) rows[at].*fields[i] += by;
  for (std::size_t row = at + 1; row < rows.size(); ++row)
    for (std::size_t i = first; i < fields.size(); ++i)
      rows[row].*fields[i] = std::max(rows[row].*fields[i], rows[row - 1].*fields[i] + Nanos(1000));
}

}  // namespace pf::recorder::testing_streams
