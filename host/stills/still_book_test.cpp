#include "host/stills/still_book.h"

#include <gtest/gtest.h>

namespace pf::stills {
namespace {

constexpr LocalTime kStart{seconds(100)};

Still still_at(LocalTime at) { return {.jpeg = "picture", .size_px = {4, 3}, .taken_at = at}; }

TEST(StillBook, MakesWhatIsAskedForAndNothingElse) {
  StillBook book;
  EXPECT_FALSE(book.take_due());
  const auto first = book.ask(3, kStart);
  ASSERT_FALSE(first);
  EXPECT_EQ(first.error().kind, ErrorKind::unavailable);
  EXPECT_NE(first.error().what.find("ask again"), std::string::npos);
  EXPECT_EQ(book.take_due(), 3u);
  EXPECT_FALSE(book.take_due());
  book.put(3, still_at(kStart), kStart);
  EXPECT_FALSE(book.take_due()) << "nobody has asked since";
  EXPECT_EQ((*book.ask(3, kStart))->jpeg, "picture");
}

TEST(StillBook, LooksAtASessionNoMoreThanEveryTwoSeconds) {
  StillBook book;
  (void)book.ask(1, kStart);
  EXPECT_EQ(book.take_due(), 1u);
  (void)book.ask(1, kStart + seconds(5));
  EXPECT_FALSE(book.take_due()) << "it is being made";
  book.put(1, still_at(kStart), kStart);
  (void)book.ask(1, kStart + StillBook::kEvery - Nanos(1));
  EXPECT_FALSE(book.take_due());
  (void)book.ask(1, kStart + StillBook::kEvery);
  EXPECT_EQ(book.take_due(), 1u);
}

TEST(StillBook, TakesThemInTheOrderOfTheQuestions) {
  StillBook book;
  for (const unsigned session : {7u, 2u, 5u})
    (void)book.ask(session, kStart + seconds(session == 2));
  EXPECT_EQ(book.take_due(), 5u) << "of equals the smallest number";
  EXPECT_EQ(book.take_due(), 7u);
  EXPECT_EQ(book.take_due(), 2u);
}

TEST(StillBook, ShowsNothingOldAsIfItWereNew) {
  StillBook book;
  (void)book.ask(1, kStart);
  (void)book.take_due();
  book.put(1, still_at(kStart), kStart);
  EXPECT_TRUE(book.ask(1, kStart + StillBook::kOldest));
  EXPECT_FALSE(book.ask(1, kStart + StillBook::kOldest + Nanos(1)));
}

TEST(StillBook, SaysWhyThereIsNone) {
  StillBook book;
  (void)book.ask(1, kStart);
  (void)book.take_due();
  book.put(1, fail(ErrorKind::lost, "the desktop has gone"), kStart);
  const auto told = book.ask(1, kStart);
  ASSERT_FALSE(told);
  EXPECT_EQ(told.error().kind, ErrorKind::unavailable);
  EXPECT_EQ(told.error().what, "there is no picture of session 1: the desktop has gone");
  (void)book.ask(1, kStart + StillBook::kEvery);
  EXPECT_EQ(book.take_due(), 1u) << "it is tried again";
}

TEST(StillBook, KeepsNoMoreThanItsBound) {
  StillBook book;
  for (unsigned session = 0; session < StillBook::kMaxSessions; ++session)
    (void)book.ask(session, kStart);
  const auto refused = book.ask(9999, kStart);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::exhausted);
  const auto later = book.ask(9999, kStart + StillBook::kOldest + Nanos(1));
  EXPECT_EQ(later.error().kind, ErrorKind::unavailable) << "the others are forgotten";
  book.put(1, still_at(kStart), kStart);  // of one that is forgotten
}

}  // namespace
}  // namespace pf::stills
