#include "client/gamestream/protocol/control.h"

#include <gtest/gtest.h>

#include "client/gamestream/protocol/input.h"
#include "testing/vectors.h"

namespace pf::gamestream_client {
namespace {

using testing::unhex;
using Fault = ControlSeal::Opened::Fault;

class ControlClientTest : public ::testing::Test {
 protected:
  const nlohmann::json all = testing::load_vectors("gamestream.json");
  const nlohmann::json& vectors = all.at("control");

  Secret<16> key() const {
    const auto bytes = unhex(vectors.at("rikey"));
    return Secret<16>(std::span(bytes).first<16>());
  }
  static std::uint16_t type_of(const nlohmann::json& one) {
    return static_cast<std::uint16_t>(std::stoul(one.at("type").get<std::string>(), nullptr, 16));
  }
  // What the client's packets of one mode must look like, number by number.
  void check_seal(const char* name, ControlSeal::Iv iv) {
    ControlSeal seal(key(), iv);
    std::uint32_t next = 0;
    for (const auto& one : vectors.at(name)) {
      for (; next < one.at("seq").get<std::uint32_t>(); ++next) seal.seal(periodic_ping());
      ++next;
      EXPECT_EQ(to_hex(seal.seal({type_of(one), unhex(one.at("payload"))})), one.at("wire"));
    }
  }
  void check_open(const char* name, ControlSeal::Iv iv) {
    ControlSeal seal(key(), iv);
    std::uint32_t next = 0;
    for (const auto& one : vectors.at(name)) {
      auto wire = unhex(one.at("wire"));
      const auto opened = seal.open(wire);
      if (one.at("seq") != next++) {  // the vectors leave some out
        EXPECT_EQ(opened.fault, Fault::wrong_number) << one.at("name");
        continue;
      }
      ASSERT_EQ(opened.fault, Fault::none) << one.at("name");
      EXPECT_EQ(opened.type, type_of(one));
      EXPECT_EQ(to_hex(opened.payload), one.at("payload"));
      EXPECT_TRUE(parse_host_message(opened.type, opened.payload)) << one.at("name");
    }
  }
};

TEST_F(ControlClientTest, SealsAsTheVectorsSay) {
  check_seal("v2_client_to_host", ControlSeal::Iv::v2);
  check_seal("legacy_client_to_host", ControlSeal::Iv::legacy);
}

TEST_F(ControlClientTest, OpensAsTheVectorsSay) {
  check_open("v2_host_to_client", ControlSeal::Iv::v2);
  check_open("legacy_host_to_client", ControlSeal::Iv::legacy);
}

TEST_F(ControlClientTest, TakesNothingForgedOrOutOfOrder) {
  const auto& one = vectors.at("v2_host_to_client").at(0);
  ControlSeal seal(key(), ControlSeal::Iv::v2);
  for (std::size_t size = 0; size < unhex(one.at("wire")).size(); ++size) {
    auto wire = unhex(one.at("wire"));
    EXPECT_EQ(seal.open(std::span(wire).first(size)).fault, Fault::malformed);
    wire[size] ^= std::byte{0x10};
    EXPECT_NE(seal.open(wire).fault, Fault::none);
  }
  auto wire = unhex(one.at("wire"));
  auto again = wire;
  EXPECT_EQ(seal.open(wire).fault, Fault::none);
  EXPECT_EQ(seal.open(again).fault, Fault::wrong_number);
}

TEST_F(ControlClientTest, SaysItsMessagesAsStockClientsDo) {
  const std::vector<ControlMessage> said{request_idr(),
                                         start_b(),
                                         periodic_ping(),
                                         invalidate_references(10, 12),
                                         {0x0350, unhex("4d00000000000000")},
                                         fec_status({.frame_index = 9,
                                                     .highest_received = 0x78,
                                                     .next_contiguous = 0x76,
                                                     .missing_before_highest = 1,
                                                     .data_count = 5,
                                                     .parity_count = 2,
                                                     .received_data = 4,
                                                     .received_parity = 0,
                                                     .fec_percent = 40,
                                                     .block_index = 0,
                                                     .block_count = 1})};
  for (std::size_t i = 0; i < said.size(); ++i) {
    const auto& one = vectors.at("v2_client_to_host").at(i);
    EXPECT_EQ(said[i].type, type_of(one)) << one.at("name");
    EXPECT_EQ(to_hex(said[i].payload), one.at("payload")) << one.at("name");
  }
}

TEST_F(ControlClientTest, ReadsWhyTheHostEnds) {
  const auto ended = parse_host_message(0x0109, unhex("80030023"));
  ASSERT_TRUE(ended && std::holds_alternative<Termination>(*ended));
  EXPECT_EQ(std::get<Termination>(*ended).reason, Termination::kGraceful);
  EXPECT_FALSE(parse_host_message(0x0109, unhex("8003")));
  EXPECT_FALSE(parse_host_message(0x0777, unhex("80030023")));
}

TEST_F(ControlClientTest, PacksInputAsStockClientsDo) {
  std::map<std::string, InputPacket> packed{
      {"haptics enable", haptics_enable()},
      {"mouse relative -1,+2", mouse_move(-1, 2)},
      {"mouse absolute 1464,528 in 1920x1080 (wire carries 1919x1079)",
       mouse_position(1464, 528, 1920, 1080)},
      {"mouse left down", mouse_button(true, 1)},
      {"mouse left up", mouse_button(false, 1)},
      {"scroll -120", scroll(-120)},
      {"horizontal scroll +30", scroll_horizontally(30)},
      {"key down VK 0x41 shift", key_packet(true, 0x41, 1)},
      {"key up VK 0x41, non-normalised flag", key_packet(false, 0x41, 0, 1)},
      {"utf8 'a'", text_packet(U'a')},
      {"utf8 U+00E9", text_packet(U'\u00E9')},
      {"touch down id 7 at .5,.25", touch(TouchEvent::down, 7, 0.5F, 0.25F, 1)}};
  for (const auto& one : all.at("input").at("packets")) {
    const auto found = packed.find(one.at("name"));
    if (found == packed.end()) continue;
    EXPECT_EQ(to_hex(found->second.bytes), one.at("bytes")) << one.at("name");
    EXPECT_EQ(found->second.channel, std::stoul(one.at("channel").get<std::string>(), nullptr, 16));
    packed.erase(found);
  }
  EXPECT_TRUE(packed.empty()) << packed.begin()->first;
  EXPECT_EQ(to_hex(text_packet(U'\u20AC').bytes), "0000000717000000e282ac");
  EXPECT_EQ(to_hex(text_packet(U'\U0001F600').bytes), "0000000817000000f09f9880");
}

TEST_F(ControlClientTest, NamesTheModifiersThatAreHeld) {
  InputTranslator translator;
  using Kind = message::InputKind;
  const auto modifiers = [&](Kind kind, std::uint32_t code) {
    return std::to_integer<int>(translator.translate({.kind = kind, .code = code})->bytes[11]);
  };
  EXPECT_EQ(modifiers(Kind::key_down, 0xA0), 1);
  EXPECT_EQ(modifiers(Kind::key_down, 0xA2), 3);
  EXPECT_EQ(modifiers(Kind::key_down, 0x41), 3);
  EXPECT_EQ(modifiers(Kind::key_up, 0xA0), 2);
  EXPECT_FALSE(translator.translate({.kind = Kind::gamepad_state}));
}

}  // namespace
}  // namespace pf::gamestream_client
