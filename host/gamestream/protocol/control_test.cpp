#include <gtest/gtest.h>

#include "host/gamestream/protocol/control_messages.h"
#include "host/gamestream/protocol/control_packets.h"
#include "host/gamestream/protocol/input_packets.h"
#include "testing/vectors.h"

namespace pf::gamestream {
namespace {

using testing::unhex;

class ControlTest : public ::testing::Test {
 protected:
  const nlohmann::json all = testing::load_vectors("gamestream.json");
  const nlohmann::json vectors = all.at("control");
  Secret<16> key() const {
    const auto bytes = unhex(vectors.at("rikey"));
    return Secret<16>(std::span<const std::byte, 16>(bytes.data(), 16));
  }
  static std::uint16_t type_of(const nlohmann::json& vector) {
    return static_cast<std::uint16_t>(
        std::stoul(vector.at("type").get<std::string>(), nullptr, 16));
  }
  void opens(const nlohmann::json& list, ControlIv iv) {
    ControlPackets packets(key(), iv);
    for (const auto& vector : list) {
      auto wire = unhex(vector.at("wire"));
      const auto opened = packets.open(wire);
      ASSERT_EQ(opened.fault, ControlPackets::Fault::none) << vector;
      EXPECT_EQ(opened.text.type, type_of(vector));
      EXPECT_EQ(to_hex(opened.text.payload), vector.at("payload"));
      EXPECT_TRUE(parse_client_control(opened.text)) << vector;
      auto again = unhex(vector.at("wire"));
      EXPECT_EQ(packets.open(again).fault, ControlPackets::Fault::replayed);
    }
  }
  // Vectors say their number; those between are filled in.
  void seals(const nlohmann::json& list, ControlIv iv) {
    ControlPackets packets(key(), iv);
    std::uint32_t next = 0;
    for (const auto& vector : list) {
      for (; next < vector.at("seq").get<std::uint32_t>(); ++next) packets.seal(0, {});
      EXPECT_EQ(to_hex(packets.seal(type_of(vector), unhex(vector.at("payload")))),
                vector.at("wire"));
      ++next;
    }
  }
};

TEST_F(ControlTest, OpensWhatClientsSeal) { opens(vectors.at("v2_client_to_host"), ControlIv::v2); }
TEST_F(ControlTest, OpensWhatOldClientsSeal) {
  opens(vectors.at("legacy_client_to_host"), ControlIv::legacy);
}
TEST_F(ControlTest, SealsWhatClientsOpen) { seals(vectors.at("v2_host_to_client"), ControlIv::v2); }
TEST_F(ControlTest, SealsWhatOldClientsOpen) {
  seals(vectors.at("legacy_host_to_client"), ControlIv::legacy);
}

TEST_F(ControlTest, RefusesEveryDamagedPacket) {
  const auto wire = unhex(vectors.at("v2_client_to_host").at(3).at("wire"));
  for (std::size_t i = 0; i < wire.size(); ++i) {
    auto damaged = wire;
    damaged[i] ^= std::byte{1};
    ControlPackets packets(key(), ControlIv::v2);
    EXPECT_NE(packets.open(damaged).fault, ControlPackets::Fault::none) << i;
    auto shortened = wire;
    shortened.resize(i);
    EXPECT_EQ(packets.open(shortened).fault, ControlPackets::Fault::malformed);
  }
}

TEST_F(ControlTest, WritesTheMessagesOfTheVectors) {
  std::array<std::byte, 10> left{}, right{};
  for (unsigned i = 0; i < 10; ++i) {
    left[i] = std::byte(1 + i);
    right[i] = std::byte(0x11 + i);
  }
  HdrMode hdr{.enabled = true};
  const auto& values = all.at("hdr_metadata").at("values");
  for (std::size_t i = 0; i < hdr.metadata.size(); ++i) hdr.metadata[i] = values.at(i);
  const std::vector<HostControl> messages{
      PadRumble{.pad = 1, .low_frequency = 0x1234, .high_frequency = 0xabcd},
      PadTriggerRumble{.pad = 0, .left = 0x8000, .right = 0x4000},
      PadMotionRequest{.pad = 0, .rate_hz = 100, .kind = 2},
      PadLed{.pad = 0, .red = 0xff, .green = 0x80, .blue = 0},
      PadTriggerEffects{.pad = 0,
                        .which = 12,
                        .left_kind = 0x21,
                        .right_kind = 0x25,
                        .left = left,
                        .right = right},
      hdr,
      Termination{}};
  const auto& list = vectors.at("v2_host_to_client");
  ASSERT_EQ(list.size(), messages.size());
  for (std::size_t i = 0; i < messages.size(); ++i) {
    ControlRoom room;
    const ControlText text = write_host_control(messages[i], room);
    EXPECT_EQ(text.type, type_of(list.at(i)));
    EXPECT_EQ(to_hex(text.payload), list.at(i).at("payload")) << list.at(i);
  }
}

TEST_F(ControlTest, ReadsWhatAClientLost) {
  const auto payload = unhex(vectors.at("v2_client_to_host").at(5).at("payload"));
  const auto message = parse_client_control({.type = 0x5502, .payload = payload});
  ASSERT_TRUE(message);
  const auto& status = std::get<FecStatus>(*message);
  EXPECT_EQ(status.frame_index, 9u);
  EXPECT_EQ(status.missing_before_highest, 1);
  EXPECT_EQ(status.data_count, 5);
  EXPECT_EQ(status.parity_count, 2);
  EXPECT_EQ(status.received_data, 4);
  EXPECT_FALSE(status.recovered());
  EXPECT_FALSE(parse_client_control({.type = 0x5502, .payload = Bytes(payload).first(20)}));
  EXPECT_FALSE(parse_client_control({.type = 0x0999, .payload = {}}));
}

class InputPacketsTest : public ::testing::Test {
 protected:
  const nlohmann::json vectors = testing::load_vectors("gamestream.json").at("input").at("packets");
  template <class T>
  T at(std::size_t index) const {
    const auto packet = parse_input_packet(unhex(vectors.at(index).at("bytes")));
    EXPECT_TRUE(packet) << vectors.at(index);
    return std::get<T>(*packet);
  }
};

TEST_F(InputPacketsTest, SayWhatClientsMeant) {
  EXPECT_EQ(at<MouseMotion>(1).dx, -1);
  EXPECT_EQ(at<MouseMotion>(1).dy, 2);
  EXPECT_EQ(at<MousePosition>(2).x, 1464);
  EXPECT_EQ(at<MousePosition>(2).last_y, 1079);
  EXPECT_TRUE(at<MouseButton>(3).down);
  EXPECT_FALSE(at<MouseButton>(4).down);
  EXPECT_EQ(at<Scroll>(5).amount, -120);
  EXPECT_TRUE(at<Scroll>(6).horizontal);
  EXPECT_EQ(at<KeyInput>(7).key, 0x41);
  EXPECT_EQ(at<KeyInput>(7).modifiers, 1);
  EXPECT_TRUE(at<KeyInput>(8).by_host_layout);
  EXPECT_EQ(at<TextInput>(10).utf8, "\xc3\xa9");
  EXPECT_EQ(at<PadArrival>(11).kind, 2);
  EXPECT_EQ(at<PadState>(12).active_mask, 3);
  EXPECT_EQ(at<PadState>(13).buttons, 0x211001u);
  EXPECT_EQ(at<PadState>(13).left_y, 32767);
  EXPECT_EQ(at<TouchInput>(14).pointer_id, 7u);
  EXPECT_FLOAT_EQ(at<TouchInput>(14).y, 0.25f);
  EXPECT_EQ(at<PenInput>(15).tilt, 45);
  EXPECT_EQ(at<PenInput>(15).rotation, 180);
  EXPECT_FLOAT_EQ(at<PenInput>(15).pressure, 0.75f);
  EXPECT_EQ(at<PadTouchpad>(16).pointer_id, 3u);
  EXPECT_FLOAT_EQ(at<PadSensor>(17).value[1], -2.0f);
  EXPECT_EQ(at<PadBattery>(18).percent, 85);
}

TEST_F(InputPacketsTest, AreRefusedAtEveryOtherLength) {
  for (const auto& vector : vectors) {
    auto bytes = unhex(vector.at("bytes"));
    const bool text = bytes[4] == std::byte{0x17};
    for (std::size_t size = 0; size < bytes.size() + 8; ++size) {
      auto other = bytes;
      other.resize(size);
      if (size >= 4) detail::store(other.data(), static_cast<std::uint32_t>(size - 4), true);
      const bool right = size == bytes.size() || (text && size > 8 && size <= 12);
      EXPECT_EQ(parse_input_packet(other).has_value(), right) << vector << size;
    }
  }
}

TEST_F(InputPacketsTest, NeverCarryWhatIsNoNumber) {
  auto touch = unhex(vectors.at(14).at("bytes"));
  detail::store(touch.data() + 16, 0x7fc00000u, false);  // x
  EXPECT_FALSE(parse_input_packet(touch));
  touch = unhex(vectors.at(14).at("bytes"));
  detail::store(touch.data() + 24, 0x7fc00000u, false);  // pressure: some clients do
  const auto packet = parse_input_packet(touch);
  ASSERT_TRUE(packet);
  EXPECT_EQ(std::get<TouchInput>(*packet).pressure, 0.0f);
}

}  // namespace
}  // namespace pf::gamestream
