#include "host/session/desk_book.h"

#include <gtest/gtest.h>

namespace pf::session {
namespace {

constexpr DisplayMode kSmall{{640, 360}, {30, 1}};
constexpr DisplayMode kLarge{{1280, 720}, {60, 1}};
constexpr LocalTime kStart{seconds(5)};
constexpr Nanos kLinger = seconds(30);

// Displays that count themselves, and die when told to.
struct World {
  int opened = 0, alive = 0;
  bool dead = false;
  bool refuses_modes = false;
};

class FakeDisplay final : public display::VirtualDisplay {
 public:
  FakeDisplay(World& world, const DisplayMode& mode) : world_(world), mode_(mode) {
    ++world_.opened;
    ++world_.alive;
    world_.dead = false;
  }
  ~FakeDisplay() override { --world_.alive; }
  Result<void> set_mode(const DisplayMode& mode) override {
    if (world_.refuses_modes) return fail(ErrorKind::refused, "it cannot have that mode");
    mode_ = mode;
    return {};
  }
  DisplayMode mode() const noexcept override { return mode_; }
  Result<display::CaptureTarget> capture_target(display::CaptureWay) override {
    return display::SyntheticOutput{mode_};
  }
  Result<void> check() override {
    if (world_.dead) return fail(ErrorKind::lost, "the compositor is gone");
    return {};
  }

 private:
  World& world_;
  DisplayMode mode_;
};

DeskBook::Owner owner(unsigned char device) {
  crypto::Fingerprint fingerprint{};
  fingerprint[0] = std::byte{device};
  return {.fingerprint = fingerprint, .command = {"game"}, .run_as = ""};
}

class Desks : public testing::Test {
 protected:
  World world;
  DeskBook book{{.open_display = [this](const display::DisplayRequest& request)
                     -> Result<std::unique_ptr<display::VirtualDisplay>> {
                   return std::make_unique<FakeDisplay>(world, request.mode);
                 },
                 .max_waiting = 2}};

  // A session that opened its display and is over. True: its desk waits.
  bool visit(const DeskBook::Owner& who, unsigned session, Nanos linger = kLinger,
             LocalTime now = kStart) {
    const auto claim = book.claim(who, session);
    EXPECT_TRUE(claim.desk->lease({.mode = kSmall}, Desk::Use::own));
    return book.leave(claim.desk, session, linger, now);
  }
};

TEST_F(Desks, TheOwnerFindsHisDisplayAgainInTheModeHeAsksFor) {
  EXPECT_TRUE(visit(owner(1), 1));
  EXPECT_TRUE(book.waits(1));
  const auto again = book.claim(owner(1), 2);
  EXPECT_EQ(again.before, 1u);
  const auto lease = again.desk->lease({.mode = kLarge}, Desk::Use::own);
  ASSERT_TRUE(lease);
  EXPECT_EQ((*lease)->mode(), kLarge);
  EXPECT_EQ(world.opened, 1);
  EXPECT_TRUE(book.sweep(kStart + seconds(60)).empty()) << "it is in use";
}

TEST_F(Desks, NobodyElseGetsIt) {
  EXPECT_TRUE(visit(owner(1), 1));
  EXPECT_FALSE(book.claim(owner(2), 2).before);
  DeskBook::Owner other_game = owner(1);
  other_game.command = {"another"};
  EXPECT_FALSE(book.claim(other_game, 3).before);
  // Prepared in another way, say.
  DeskBook::Owner same_command = owner(1);
  same_command.app = apps::AppId{7};
  EXPECT_FALSE(book.claim(same_command, 4).before);
}

TEST_F(Desks, AnAnonymousClientLeavesNothing) {
  EXPECT_FALSE(visit({}, 1));
  EXPECT_FALSE(visit({}, 2));
  EXPECT_EQ(book.sweep(kStart), (std::vector<unsigned>{1, 2}));
  EXPECT_EQ(world.alive, 0);
}

TEST_F(Desks, WhoQuitsLeavesNothing) {
  EXPECT_FALSE(visit(owner(1), 1, Nanos(0)));
  EXPECT_EQ(book.sweep(kStart), (std::vector<unsigned>{1}));
  EXPECT_EQ(world.alive, 0);
  EXPECT_FALSE(book.claim(owner(1), 2).before);
}

TEST_F(Desks, ItWaitsAsLongAsItWasToldAndNoLonger) {
  EXPECT_TRUE(visit(owner(1), 1));
  EXPECT_TRUE(book.sweep(kStart + seconds(30) - Nanos(1)).empty());
  EXPECT_EQ(book.sweep(kStart + seconds(30)), (std::vector<unsigned>{1}));
  EXPECT_EQ(world.alive, 0);
}

TEST_F(Desks, EachWaitsAsLongAsItsOwnSessionWished) {
  EXPECT_TRUE(visit(owner(1), 1, seconds(3'600)));
  EXPECT_TRUE(visit(owner(2), 2));
  EXPECT_EQ(book.sweep(kStart + seconds(30)), (std::vector<unsigned>{2}));
  EXPECT_EQ(book.sweep(kStart + seconds(3'600)), (std::vector<unsigned>{1}));
}

TEST_F(Desks, ADisplayThatDiesWhileItWaitsIsClosed) {
  EXPECT_TRUE(visit(owner(1), 1));
  world.dead = true;
  EXPECT_EQ(book.sweep(kStart), (std::vector<unsigned>{1}));
  EXPECT_EQ(world.alive, 0);
}

TEST_F(Desks, ADeadDisplayIsOpenedAnewForWhoSitsAtIt) {
  const auto claim = book.claim(owner(1), 1);
  const auto lease = claim.desk->lease({.mode = kSmall}, Desk::Use::own);
  world.dead = true;
  EXPECT_FALSE((*lease)->check());
  EXPECT_TRUE(claim.desk->lease({.mode = kSmall}, Desk::Use::own));
  EXPECT_TRUE((*lease)->check());
  EXPECT_EQ(world.opened, 2);
  EXPECT_EQ(world.alive, 1);
}

TEST_F(Desks, AReturnThatIsQuickerThanTheLossIsNoticedTakesTheDeskOver) {
  const auto lost = book.claim(owner(1), 1);
  const auto old_lease = lost.desk->lease({.mode = kSmall}, Desk::Use::own);
  const auto back = book.claim(owner(1), 2);
  EXPECT_EQ(back.desk, lost.desk);
  EXPECT_EQ(back.before, 1u);
  EXPECT_FALSE(book.leave(lost.desk, 1, kLinger, kStart));
  EXPECT_TRUE(book.leave(back.desk, 2, kLinger, kStart));
  EXPECT_TRUE(book.waits(2));
}

TEST_F(Desks, WhoJoinsKeepsTheModeAndTheDeskAlive) {
  const auto first = book.claim(owner(1), 1);
  const auto first_lease = first.desk->lease({.mode = kSmall}, Desk::Use::own);
  const auto joined = book.join(1);
  ASSERT_EQ(joined, first.desk);
  const auto lease = joined->lease({.mode = kLarge}, Desk::Use::join);
  EXPECT_EQ((*lease)->mode(), kSmall);
  EXPECT_FALSE(book.leave(first.desk, 1, Nanos(0), kStart)) << "the owner quits";
  EXPECT_TRUE(book.sweep(kStart).empty());
  EXPECT_FALSE(book.leave(joined, 2, kLinger, kStart)) << "and who joined does not own it";
  EXPECT_EQ(book.sweep(kStart), (std::vector<unsigned>{1}));
  EXPECT_FALSE(book.join(1));
}

TEST_F(Desks, AModeThatTheDisplayRefusesLeavesItsOwn) {
  EXPECT_TRUE(visit(owner(1), 1));
  world.refuses_modes = true;
  const auto again = book.claim(owner(1), 2);
  const auto lease = again.desk->lease({.mode = kLarge}, Desk::Use::own);
  ASSERT_TRUE(lease);
  EXPECT_EQ((*lease)->mode(), kSmall);
}

TEST_F(Desks, OfTooManyThatWaitTheOneThatWaitsLongestGoes) {
  for (unsigned char device = 1; device <= 3; ++device)
    EXPECT_TRUE(visit(owner(device), device, kLinger, kStart + seconds(device)));
  EXPECT_FALSE(book.waits(1));
  EXPECT_EQ(book.sweep(kStart + seconds(3)), (std::vector<unsigned>{1}));
  EXPECT_EQ(world.alive, 2);
}

TEST_F(Desks, WhoLooksOnClaimsNothing) {
  EXPECT_EQ(book.desk_of(1), nullptr);
  const auto desk = book.claim(owner(1), 1).desk;
  ASSERT_EQ(book.desk_of(1), desk);
  EXPECT_FALSE(desk->capture_target()) << "it is not open yet";
  auto lease = desk->lease({.mode = kSmall}, Desk::Use::own);
  EXPECT_TRUE(desk->capture_target());
  EXPECT_TRUE(book.leave(desk, 1, kLinger, kStart));
  EXPECT_EQ(book.desk_of(1), desk) << "it waits";
  EXPECT_TRUE(book.give_up(1));
  EXPECT_EQ(book.desk_of(1), nullptr);
  world.dead = true;
  EXPECT_FALSE(desk->capture_target());
}

TEST_F(Desks, AnOperatorEndsTheWait) {
  EXPECT_TRUE(visit(owner(1), 1));
  EXPECT_FALSE(book.give_up(2));
  EXPECT_TRUE(book.give_up(1));
  EXPECT_EQ(book.sweep(kStart), (std::vector<unsigned>{1}));
}

TEST_F(Desks, ADisplayThatGivesNoPicturesIsOpenedAnewUnlessSomebodyElseSeesIt) {
  const auto desk = book.claim(owner(1), 1).desk;
  auto first = desk->lease({.mode = kSmall}, Desk::Use::own);
  auto second = desk->lease({.mode = kSmall}, Desk::Use::join);
  first = fail(ErrorKind::lost, "");  // gives it back
  first = desk->lease({.mode = kSmall, .anew = true}, Desk::Use::own);
  EXPECT_EQ(world.opened, 1);
  second = fail(ErrorKind::lost, "");
  first = fail(ErrorKind::lost, "");
  first = desk->lease({.mode = kSmall, .anew = true}, Desk::Use::own);
  EXPECT_EQ(world.opened, 2);
  EXPECT_EQ(world.alive, 1);
}

}  // namespace
}  // namespace pf::session
