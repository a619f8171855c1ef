#include "host/recorder/timeline.h"

#include <gtest/gtest.h>

namespace pf::recorder {
namespace {

LocalTime at(int ms) { return LocalTime(milliseconds(1000 + ms)); }

PictureRow picture(std::uint64_t id) {
  return {.id = FrameId{id},
          .drawn = at(static_cast<int>(id) * 10 - 1),
          .captured = at(static_cast<int>(id) * 10),
          .delivered = at(static_cast<int>(id) * 10 + 1),
          .bitrate_kbps = 5000};
}
FrameRow frame(std::uint64_t id) {
  return {.id = FrameId{id},
          .captured = at(static_cast<int>(id) * 10),
          .delivered = at(static_cast<int>(id) * 10 + 1),
          .submitted = at(static_cast<int>(id) * 10 + 2),
          .encoded = at(static_cast<int>(id) * 10 + 3),
          .first_sent = at(static_cast<int>(id) * 10 + 3),
          .last_sent = at(static_cast<int>(id) * 10 + 4),
          .bytes = 100,
          .packets = 2};
}
ClientRow client(std::uint64_t id, bool decoded = true) {
  return {.captured = at(static_cast<int>(id) * 10),
          .first_received = at(static_cast<int>(id) * 10 + 5),
          .received = at(static_cast<int>(id) * 10 + 6),
          .decoded = decoded ? at(static_cast<int>(id) * 10 + 7) : LocalTime{}};
}

TEST(Timeline, JoinsAllThreeByNumberAndCapture) {
  const std::vector<PictureRow> pictures{picture(4)};
  const std::vector<FrameRow> frames{frame(4)};
  const std::vector<ClientRow> clients{client(4)};
  const auto rows =
      join({.pictures = pictures, .frames = frames, .clients = clients, .losses = {}});
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].drawn, at(39));
  EXPECT_EQ(rows[0].last_sent, at(44));
  EXPECT_EQ(rows[0].decoded, at(47));
  EXPECT_EQ(rows[0].bitrate_kbps, 5000u);
  EXPECT_EQ(rows[0].fate, Fate::shown);
}

TEST(Timeline, AClientThatTellsNothingLeavesItsColumnsEmpty) {
  const std::vector<FrameRow> frames{frame(1), frame(2)};
  for (const TimelineRow& row :
       join({.pictures = {}, .frames = frames, .clients = {}, .losses = {}})) {
    EXPECT_EQ(row.fate, Fate::sent);
    EXPECT_EQ(row.received, LocalTime{});
  }
}

TEST(Timeline, WhatTheClientPassesOverIsLost) {
  const std::vector<FrameRow> frames{frame(1), frame(2), frame(3), frame(4)};
  const std::vector<ClientRow> clients{client(1), client(3, false)};
  const auto rows = join({.pictures = {}, .frames = frames, .clients = clients, .losses = {}});
  ASSERT_EQ(rows.size(), 4u);
  EXPECT_EQ(rows[0].fate, Fate::shown);
  EXPECT_EQ(rows[1].fate, Fate::lost);
  EXPECT_EQ(rows[2].fate, Fate::undecoded);
  EXPECT_EQ(rows[3].fate, Fate::sent) << "nothing was told of it yet";
}

TEST(Timeline, WhatAStockClientComplainsOfIsLost) {
  const std::vector<FrameRow> frames{frame(1), frame(2), frame(3), frame(4)};
  const std::vector<LossRow> losses{{.at = at(45), .first_frame = 2, .last_frame = 4},
                                    {.at = at(45), .loss_ppm = 9, .is_rate = true}};
  const auto rows = join({.pictures = {}, .frames = frames, .clients = {}, .losses = losses});
  EXPECT_EQ(rows[0].fate, Fate::sent);
  EXPECT_EQ(rows[1].fate, Fate::lost);
  EXPECT_EQ(rows[2].fate, Fate::lost);
  EXPECT_EQ(rows[3].fate, Fate::lost) << "sent a millisecond before";
}

TEST(Timeline, APictureThatWasNeverSentIsUnsent) {
  const std::vector<PictureRow> pictures{picture(1), picture(2), picture(3), picture(4)};
  const std::vector<FrameRow> frames{frame(1), frame(3)};
  const auto rows = join({.pictures = pictures, .frames = frames, .clients = {}, .losses = {}});
  ASSERT_EQ(rows.size(), 3u) << "the fourth is still on its way";
  EXPECT_EQ(rows[1].id, FrameId{2});
  EXPECT_EQ(rows[1].fate, Fate::unsent);
  EXPECT_EQ(rows[1].captured, at(20));
}

}  // namespace
}  // namespace pf::recorder
