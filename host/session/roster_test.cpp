#include "host/session/roster.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "core/runtime/system_clock.h"

namespace pf::session {
namespace {

// A session whose display cannot be opened: it is there, and costs nothing.
class RosterTest : public ::testing::Test {
 protected:
  static crypto::Fingerprint device(unsigned char which) { return {std::byte{which}}; }
  Result<Roster::Seat> come(Door door, unsigned char which) {
    PF_TRY(const auto admission, roster_.admit(device(which)));
    for (const unsigned number : admission.replaced) roster_.wish_end(number, "again");
    for (const unsigned number : admission.stolen) roster_.wish_end(number, "another");
    return roster_.sit_down({.door = door, .fingerprint = device(which)}, admission, clock_.now());
  }
  void leave(Roster::Seat seat) {
    roster_.end(
        {.number = seat.number,
         .desk = std::move(seat.desk),
         .session = std::make_unique<Session>(
             fmt::format("session {}", seat.number), pipeline::VideoWork{}, std::nullopt,
             pipeline::Backends{.open_display = [](const display::DisplayRequest&)
                                    -> Result<std::unique_ptr<display::VirtualDisplay>> {
               return fail(ErrorKind::unavailable, "none here");
             }},
             1'000, [](SessionParts&) { return std::make_unique<NoOutlet>(); }, board_, clock_,
             SessionEvents{.opened = [](const auto&) {},
                           .healing = [](const auto&) {},
                           .over = [](const auto&) {}})},
        Roster::Desktop::ends);
  }
  struct NoOutlet final : pipeline::FrameOutlet {
    void begin_epoch(const encode::StreamParameters&) override {}
    bool has_room() noexcept override { return false; }
    void on_part(const encode::AccessUnitPart&) noexcept override {}
    Result<void> run(Shift&) override { return {}; }
  };

  const SystemClock clock_;
  HealthBoard board_;
  std::atomic<int> buried_{0};
  Roster roster_{
      {.rules = {.admission = {.max_clients = 2}}}, board_, clock_, [this](const SessionReport&) {
        ++buried_;
      }};
};

TEST_F(RosterTest, PlacesAndNumbersAreSharedByTheDoors) {
  Doorbell native_bell, gamestream_bell;
  const auto native = std::make_unique<DoorLink>(roster_, Door::native, native_bell);
  const auto gamestream = std::make_unique<DoorLink>(roster_, Door::gamestream, gamestream_bell);
  auto first = come(Door::native, 1), second = come(Door::gamestream, 2);
  ASSERT_TRUE(first && second);
  EXPECT_EQ(second->number, first->number + 1);
  EXPECT_FALSE(come(Door::gamestream, 3)) << "the host is full";
  const auto sessions = roster_.sessions();
  ASSERT_EQ(sessions.size(), 2u);
  EXPECT_EQ(sessions[1].door, Door::gamestream);
  leave(*std::move(first));
  auto third = come(Door::gamestream, 3);
  ASSERT_TRUE(third) << "a session that ends holds no place";
  leave(*std::move(second));
  leave(*std::move(third));
}

TEST_F(RosterTest, NewRulesCountForWhoComesNext) {
  Doorbell bell;
  const auto link = std::make_unique<DoorLink>(roster_, Door::native, bell);
  auto first = come(Door::native, 1), second = come(Door::native, 2);
  ASSERT_TRUE(first && second);
  EXPECT_FALSE(come(Door::native, 3));
  roster_.set_rules({.admission = {.max_clients = 3}});
  auto third = come(Door::native, 3);
  ASSERT_TRUE(third) << "there is more room";
  roster_.set_rules({.admission = {.max_clients = 1}});
  EXPECT_FALSE(come(Door::native, 4));
  EXPECT_EQ(roster_.sessions().size(), 3u) << "nobody has to go";
  roster_.set_rules({.admission = {.max_clients = 4, .conflict = plan::Conflict::reject}});
  EXPECT_FALSE(come(Door::native, 4));
  leave(*std::move(first));
  leave(*std::move(second));
  leave(*std::move(third));
}

TEST_F(RosterTest, WishesGoToTheDoorThatHasTheSession) {
  Doorbell native_bell, gamestream_bell;
  const DoorLink native(roster_, Door::native, native_bell);
  const DoorLink gamestream(roster_, Door::gamestream, gamestream_bell);
  auto theirs = come(Door::gamestream, 2);
  ASSERT_TRUE(theirs);
  ASSERT_TRUE(roster_.end_session(theirs->number));
  EXPECT_FALSE(roster_.end_session(99));
  EXPECT_FALSE(roster_.poll(Door::native));
  const auto news = roster_.poll(Door::gamestream);
  ASSERT_TRUE(news);
  const auto* wish = std::get_if<Roster::EndWish>(&*news);
  ASSERT_NE(wish, nullptr);
  EXPECT_EQ(wish->number, theirs->number);
  EXPECT_EQ(wish->desktop, Roster::Desktop::ends);
  leave(*std::move(theirs));
}

TEST_F(RosterTest, WhatASessionCannotDoIsRefusedWithTheReason) {
  Doorbell bell;
  const DoorLink door(roster_, Door::native, bell);
  auto seat = come(Door::native, 1);
  ASSERT_TRUE(seat);
  const DisplayMode mode{{800, 600}, {30, 1}};
  const auto kind = [&](unsigned number, const OperatorWish& wish) {
    const auto steered = roster_.steer(number, wish);
    return steered ? std::optional<ErrorKind>() : steered.error().kind;
  };
  EXPECT_EQ(kind(99, mode), ErrorKind::unavailable);
  EXPECT_EQ(kind(seat->number, mode), ErrorKind::refused) << "it does not stream yet";
  roster_.on_streaming(seat->number);
  EXPECT_EQ(kind(seat->number, DisplayMode{{8, 8}, {30, 1}}), ErrorKind::malformed);
  EXPECT_EQ(kind(seat->number, DisplayMode{{800, 600}, {0, 1}}), ErrorKind::malformed);
  EXPECT_EQ(kind(seat->number, BitrateCap{1}), ErrorKind::malformed);
  EXPECT_EQ(kind(seat->number, mode), std::nullopt);
  EXPECT_EQ(kind(seat->number, ForceKeyframe{}), std::nullopt);
  const auto first = roster_.poll(Door::native);
  ASSERT_TRUE(first);
  const auto* wish = std::get_if<Roster::SteerWish>(&*first);
  ASSERT_NE(wish, nullptr);
  EXPECT_EQ(wish->number, seat->number);
  EXPECT_EQ(std::get<DisplayMode>(wish->wish), mode);
  leave(*std::move(seat));
}

TEST_F(RosterTest, ADoorClosesOnlyWhenItsSessionsAreBuried) {
  Doorbell bell;
  auto link = std::make_unique<DoorLink>(roster_, Door::native, bell);
  auto seat = come(Door::native, 1);
  ASSERT_TRUE(seat);
  leave(*std::move(seat));
  link.reset();
  EXPECT_EQ(buried_, 1);
  EXPECT_TRUE(roster_.sessions().empty());
}

}  // namespace
}  // namespace pf::session
