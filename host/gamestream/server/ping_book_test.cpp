#include "host/gamestream/server/ping_book.h"

#include <gtest/gtest.h>

#include <vector>

namespace pf::gamestream {
namespace {

const std::string kPayload = "0123456789ABCDEF", kOther = "FEDCBA9876543210";
constexpr LaunchId kOne{1}, kTwo{2};
const Endpoint kHome = Endpoint::ipv4({192, 168, 1, 20}, 50'000);
const Endpoint kSameRouter = Endpoint::ipv4({192, 168, 1, 20}, 50'001);

std::vector<std::byte> ping(const std::string& payload, std::uint32_t counter) {
  std::vector<std::byte> bytes(as_bytes(payload).begin(), as_bytes(payload).end());
  for (int shift = 24; shift >= 0; shift -= 8) bytes.push_back(std::byte(counter >> shift));
  return bytes;
}

class PingBookTest : public ::testing::Test {
 protected:
  PingBookTest() {
    book_.add(kOne, kPayload);
    book_.add(kTwo, kOther);
  }
  PingBook book_;
  LocalTime now_{seconds(10)};
};

TEST_F(PingBookTest, LearnsTwoClientsBehindOneAddress) {
  EXPECT_EQ(book_.on_datagram(ping(kPayload, 1), kHome, now_), kOne);
  EXPECT_EQ(book_.on_datagram(ping(kOther, 1), kSameRouter, now_), kTwo);
  EXPECT_FALSE(book_.on_datagram(ping(kPayload, 2), kHome, now_)) << "nothing new";
}

TEST_F(PingBookTest, HearsNoStranger) {
  EXPECT_EQ(book_.on_datagram(ping(kPayload, 1), kHome, now_), kOne);
  now_ += seconds(60);
  EXPECT_FALSE(book_.on_datagram(ping("AAAAAAAAAAAAAAAA", 9), kSameRouter, now_));
  EXPECT_FALSE(book_.on_datagram(as_bytes("PING"), kSameRouter, now_));
  EXPECT_FALSE(book_.on_datagram({}, kSameRouter, now_));
  EXPECT_FALSE(book_.on_datagram(std::vector<std::byte>(1400), kSameRouter, now_));
  EXPECT_EQ(book_.strangers(), 4u);
}

TEST_F(PingBookTest, FollowsAClientOnlyWhenItsOldAddressIsSilent) {
  EXPECT_EQ(book_.on_datagram(ping(kPayload, 7), kHome, now_), kOne);
  now_ += milliseconds(500);
  EXPECT_FALSE(book_.on_datagram(ping(kPayload, 8), kSameRouter, now_)) << "both cannot be it";
  now_ += PingBook::kSilence;
  EXPECT_FALSE(book_.on_datagram(ping(kPayload, 7), kSameRouter, now_)) << "an old one, again";
  EXPECT_EQ(book_.on_datagram(ping(kPayload, 9), kSameRouter, now_), kOne);
}

TEST_F(PingBookTest, ForgetsASession) {
  book_.remove(kOne);
  EXPECT_FALSE(book_.on_datagram(ping(kPayload, 1), kHome, now_));
}

}  // namespace
}  // namespace pf::gamestream
