#include "host/native/path_book.h"

#include <gtest/gtest.h>

namespace pf::native {
namespace {

TEST(PathBook, RemembersWhatIsSmallerThanAnEthernet) {
  PathBook book;
  const Endpoint client = Endpoint::ipv4({10, 0, 0, 2}, 4000);
  EXPECT_EQ(book.known(client), std::nullopt);
  book.learn(client, 1232);
  EXPECT_EQ(book.known(client.with_port(5000)), 1232u);  // it dials from another port each time
  EXPECT_EQ(book.known(Endpoint::ipv4({10, 0, 0, 3}, 4000)), std::nullopt);
  book.learn(client, 1342);
  EXPECT_EQ(book.known(client), 1342u);
  book.learn(client, 1444);  // it left the tunnel
  EXPECT_EQ(book.known(client), std::nullopt);
}

TEST(PathBook, ForgetsTheOldestWhenItIsFull) {
  PathBook book;
  const auto client = [](std::size_t number) {
    return Endpoint::ipv4(
        {10, 0, static_cast<std::uint8_t>(number >> 8), static_cast<std::uint8_t>(number)}, 1);
  };
  for (std::size_t i = 0; i <= PathBook::kMaxPaths; ++i) book.learn(client(i), 1232);
  EXPECT_EQ(book.known(client(0)), std::nullopt);
  EXPECT_EQ(book.known(client(1)), 1232u);
  EXPECT_EQ(book.known(client(PathBook::kMaxPaths)), 1232u);
}

}  // namespace
}  // namespace pf::native
