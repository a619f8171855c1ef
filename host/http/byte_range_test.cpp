#include "host/http/byte_range.h"

#include <gtest/gtest.h>

namespace pf::http {
namespace {

std::optional<ByteRange> range(std::string_view header, std::uint64_t bytes = 1000) {
  const auto parsed = parse_range(header, bytes);
  const auto* found = std::get_if<ByteRange>(&parsed);
  return found == nullptr ? std::nullopt : std::optional(*found);
}
bool refused(std::string_view header, std::uint64_t bytes = 1000) {
  return std::holds_alternative<NoSuchRange>(parse_range(header, bytes));
}

TEST(ByteRange, GivesWhatThereIsOfWhatIsWanted) {
  EXPECT_EQ(range("bytes=0-499"), (ByteRange{0, 499}));
  EXPECT_EQ(range("bytes=500-"), (ByteRange{500, 999}));
  EXPECT_EQ(range("bytes=-300"), (ByteRange{700, 999}));
  EXPECT_EQ(range("bytes=-3000"), (ByteRange{0, 999}));
  EXPECT_EQ(range("bytes=999-5000"), (ByteRange{999, 999}));
}

TEST(ByteRange, OutsideOfTheBodyThereIsNone) {
  EXPECT_TRUE(refused("bytes=1000-"));
  EXPECT_TRUE(refused("bytes=-0"));
  EXPECT_TRUE(refused("bytes=0-", 0));
}

TEST(ByteRange, WhatIsNotUnderstoodIsAnsweredWithAll) {
  for (const char* header :
       {"", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=5-4", "lines=1-2", "bytes=0-1,5-6",
        "bytes=99999999999999999999-", "bytes=--1"}) {
    EXPECT_FALSE(range(header)) << header;
    EXPECT_FALSE(refused(header)) << header;
  }
}

}  // namespace
}  // namespace pf::http
