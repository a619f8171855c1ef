#include <gtest/gtest.h>

#include <vector>

#include "core/message/capabilities.h"
#include "core/message/close_code.h"
#include "core/message/control_message.h"
#include "core/message/text.h"
#include "testing/vectors.h"

namespace pf::message {
namespace {

TEST(ChooseCodec, AgreesWithTheReference) {
  const auto rows = testing::load_vectors("rules.json")["codec_resolution"]["rows"];
  ASSERT_FALSE(rows.empty());
  for (const auto& row : rows) {
    const auto set = [&](const char* key) {
      return CodecSet::from_bits(row[key].get<std::uint8_t>());
    };
    const auto chosen = choose_codec(set("client"), set("host"), set("preferred"));
    if (row["result"].is_null()) {
      EXPECT_FALSE(chosen) << row;
    } else {
      ASSERT_TRUE(chosen) << row;
      EXPECT_EQ(CodecSet{*chosen}.bits(), row["result"].get<std::uint8_t>()) << row;
    }
  }
}

TEST(Capabilities, KeepsEachBitApart) {
  Capabilities client;
  client.add(Capability::draws_cursor).add(Capability::wants_host_timing);
  EXPECT_EQ(client.byte(0), 0x08);
  EXPECT_EQ(client.byte(1), 0x01);
  Capabilities host;
  host.set_byte(2, 0x08);
  EXPECT_TRUE(both_have(client, Capability::draws_cursor, host, Capability::sends_cursor));
  EXPECT_FALSE(both_have(client, Capability::hears_pcm, host, Capability::sends_pcm));
}

TEST(WholeHz, RefusesFractions) {
  EXPECT_EQ(whole_hz({60, 1}), 60u);
  EXPECT_EQ(whole_hz({120'000, 1000}), 120u);
  EXPECT_FALSE(whole_hz({60'000, 1001}));
  EXPECT_FALSE(whole_hz({60, 0}));
}

TEST(CloseCode, HasASentenceForEveryCodeAndForUnknownOnes) {
  for (std::uint64_t code = 0; code < 0x100; ++code) {
    const std::string text = sentence(CloseCode{code}, "");
    EXPECT_GT(text.size(), 10u) << code;
    EXPECT_EQ(text.back(), '.') << text;
  }
  EXPECT_EQ(kind_of(CloseCode{0x99}), CloseKind::failed);
}

TEST(CloseCode, ShowsThePeersTextWithoutControls) {
  EXPECT_EQ(sentence(CloseCode::setup_failed, "no encoder\x1b[2J\n for AV1"),
            "The host could not set up the session: no encoder [2J  for AV1. "
            "Ask for something else, or look into the host's log.");
  EXPECT_EQ(sentence(CloseCode::superseded, "not for people"),
            "A newer connection attempt of this device replaced this one. "
            "Go on with the newer one.");
}

TEST(CloseCode, EveryRefusalSaysWhatToDo) {
  std::vector<std::uint64_t> refusals{0x42};
  for (std::uint64_t code = 0x60; code <= 0x6A; ++code) refusals.push_back(code);
  for (const std::uint64_t code : refusals) {
    const std::string text = sentence(CloseCode{code}, "");
    const std::size_t end = text.find(". ");
    ASSERT_NE(end, std::string::npos) << text;
    EXPECT_GT(text.size() - end, 15u) << "no advice: " << text;
    EXPECT_NE(kind_of(CloseCode{code}), CloseKind::ended) << text;
  }
}

TEST(Text, KnowsUtf8) {
  EXPECT_TRUE(is_utf8("Salon \xC3\xA9 \xF0\x9F\x98\x80"));
  for (const char* bad : {"\xC3", "\xC0\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\x80", "\xFF"}) {
    EXPECT_FALSE(is_utf8(bad));
  }
}

TEST(Text, IsCutBetweenCharacters) {
  EXPECT_EQ(cut_utf8("a\xC3\xA9", 2), "a");
  EXPECT_EQ(cut_utf8("a\xC3\xA9", 3), "a\xC3\xA9");
  EXPECT_EQ(printable("ab\xFF\x07 ", 10), "ab");
  EXPECT_EQ(printable("\xF0\x9F\x98\x80\xF0\x9F\x98\x80", 6), "\xF0\x9F\x98\x80");
}

}  // namespace
}  // namespace pf::message
