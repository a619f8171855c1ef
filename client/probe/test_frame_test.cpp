#include "client/probe/test_frame.h"

#include <gtest/gtest.h>

#include <vector>

namespace pf::probe {
namespace {

// As the Rust host makes it.
std::vector<std::byte> frame(std::uint32_t number, std::size_t size) {
  std::vector<std::byte> bytes(size);
  for (std::size_t i = 0; i < size; ++i) {
    bytes[i] = i < 4 ? static_cast<std::byte>(number >> 8 * i) : static_cast<std::byte>(number + i);
  }
  return bytes;
}

TEST(TestFrame, SaysItsNumber) {
  EXPECT_EQ(read_test_frame(frame(0, 65'536)), 0u);
  EXPECT_EQ(read_test_frame(frame(70'001, 65'536)), 70'001u);
  EXPECT_EQ(read_test_frame(frame(7, 4)), 7u);
}

TEST(TestFrame, IsNotReadWithAWrongByteOrTooFew) {
  for (const std::size_t at : {std::size_t{0}, std::size_t{4}, std::size_t{999}}) {
    auto bytes = frame(7, 1000);
    bytes[at] ^= std::byte{1};
    EXPECT_EQ(read_test_frame(bytes), std::nullopt);
  }
  EXPECT_EQ(read_test_frame(frame(7, 3)), std::nullopt);
  EXPECT_EQ(read_test_frame({}), std::nullopt);
}

}  // namespace
}  // namespace pf::probe
