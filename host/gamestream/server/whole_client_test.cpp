// A whole client at a whole door: RTSP, pings and the control connection at once. What its pads do
// reaches the host's devices and back; what it does wrong reaches nobody.
#include <gtest/gtest.h>

#include <algorithm>

#include "host/gamestream/server/door_testing.h"
#include "host/gamestream/server/enet_client_testing.h"

namespace pf::gamestream {
namespace {

using testing::unhex;

constexpr std::uint16_t kInput = 0x0206;

class WholeClientTest : public GameStreamDoorTest {
 protected:
  // Streams, with its control connection up.
  std::unique_ptr<EnetClient> start(Device& device) {
    EXPECT_TRUE(launch(device, LaunchVerb::launch));
    const Endpoint video = video_port(), control = control_port();
    EXPECT_TRUE(announce_and_play());
    auto client = std::make_unique<EnetClient>(control, device.tokens.connect_data, device.key,
                                               ControlIv::legacy);  // as the ANNOUNCE says
    EXPECT_TRUE(turn_until(*client, [&] { return client->connected; }));
    client->send(client->seal.seal(0x0302, {0, 0}));
    client->send(client->seal.seal(0x0307, {0}));
    ping(device, device.tokens.ping_payload, video);
    EXPECT_TRUE(turn_until(*client, [&] { return !client->heard.empty(); }));
    EXPECT_TRUE(streams(device));
    client->heard.clear();
    return client;
  }
  template <class Condition>
  bool turn_until(EnetClient& client, Condition condition) {
    return wait_for([&] {
      client.turn();
      return condition();
    });
  }
  // As the library of stock clients wrote it (testing/vectors/gamestream.json).
  std::vector<std::byte> input(std::size_t index) const {
    return unhex(packets_.at(index).at("bytes").get<std::string>());
  }
  void say_input(EnetClient& client, std::size_t index) {
    const auto channel =
        std::stoi(packets_.at(index).at("channel").get<std::string>(), nullptr, 16);
    client.send(client.seal.seal(kInput, input(index)), static_cast<enet_uint8>(channel));
  }
  // What a message of the host says to a pad; empty: not heard yet.
  std::string heard(const EnetClient& client, std::uint16_t type) const {
    const auto found = std::find_if(client.heard.rbegin(), client.heard.rend(),
                                    [&](const auto& message) { return message.first == type; });
    return found == client.heard.rend() ? "" : to_hex(found->second);
  }

  const nlohmann::json packets_ =
      testing::load_vectors("gamestream.json").at("input").at("packets");
};

constexpr std::size_t kArrival = 11, kNeutral = 12, kState = 13, kTouchpad = 16, kGyro = 17,
                      kBattery = 18;

TEST_F(WholeClientTest, WhatAPadDoesReachesTheDevice) {
  Device tablet = pair(1);
  const auto client = start(tablet);
  for (const std::size_t index : {kArrival, kBattery, kNeutral}) say_input(*client, index);
  ASSERT_TRUE(turn_until(*client, [&] { return pads_->pad(1).plugged == 1; }));
  for (const std::size_t index : {kState, kTouchpad}) say_input(*client, index);
  // Of the pad that there is; the vector's is the first.
  auto gyro = input(kGyro);
  gyro[8] = std::byte{1};
  client->send(client->seal.seal(kInput, gyro), 0x21);
  ASSERT_TRUE(turn_until(*client, [&] {
    const auto pad = pads_->pad(1);
    return !pad.states.empty() && !pad.contacts.empty() && !pad.motions.empty() &&
           !pad.batteries.empty();
  }));
  const auto pad = pads_->pad(1);
  EXPECT_EQ(pad.plugged, 1u);
  EXPECT_EQ(pad.kind, message::GamepadKind::dualsense);
  EXPECT_TRUE(pad.abilities.rumble && pad.abilities.gyroscope && pad.abilities.touchpad);
  EXPECT_FALSE(pad.abilities.light);
  EXPECT_EQ(pad.states.back().buttons, 0x211001u);
  EXPECT_EQ(pad.states.back().left_trigger, 0x80);
  EXPECT_EQ(pad.states.back().right_trigger, 0xFF);
  EXPECT_EQ(pad.states.back().left_y, 32'767);
  EXPECT_EQ(pad.contacts[0].finger, 3u);
  EXPECT_EQ(pad.motions[0].sensor, input::PadSensor::gyroscope);
  EXPECT_FLOAT_EQ(pad.motions[0].value[1], -2);
  EXPECT_EQ(pad.batteries[0].state, input::PadBattery::State::charging);
  EXPECT_EQ(pad.batteries[0].percent, 85);

  client->leave();
  ASSERT_TRUE(turn_until(*client, [&] { return pads_->pad(1).unplugged == 1; }));
}

TEST_F(WholeClientTest, WhatAGameDoesReachesThePad) {
  Device tablet = pair(1);
  const auto client = start(tablet);
  say_input(*client, kArrival);
  ASSERT_TRUE(turn_until(*client, [&] { return pads_->pad(1).plugged == 1; }));
  const auto tell = [&](auto wish) { pads_->tell({.pad = 1, .wish = wish}); };
  tell(input::PadRumbleWish{.low_frequency = 0x1234, .high_frequency = 0xABCD});
  tell(input::PadTriggerRumbleWish{.left = 0x8000, .right = 0x4000});
  tell(input::PadMotionWish{.sensor = input::PadSensor::gyroscope, .rate_hz = 100});
  tell(input::PadLightWish{.red = 0xFF, .green = 0x80, .blue = 0});
  tell(input::PadTriggerEffectWish{.left = true, .kind = 0x21, .parameters = {std::byte{9}}});
  ASSERT_TRUE(turn_until(*client, [&] { return client->heard.size() >= 5; }));
  EXPECT_EQ(heard(*client, 0x010b), "0000000001003412cdab");
  EXPECT_EQ(heard(*client, 0x5500), "010000800040");
  EXPECT_EQ(heard(*client, 0x5501), "0100640002");
  EXPECT_EQ(heard(*client, 0x5502), "0100ff8000");
  EXPECT_EQ(heard(*client, 0x5503).substr(0, 10), "0100082100");
  // Motors that run are stopped, however fast a game changes its mind.
  for (std::uint16_t i = 1; i <= 1'000; ++i) tell(input::PadRumbleWish{.low_frequency = i});
  tell(input::PadRumbleWish{});
  EXPECT_TRUE(
      turn_until(*client, [&] { return heard(*client, 0x010b) == "00000000010000000000"; }));
}

TEST_F(WholeClientTest, WhatAPairedClientDoesWrongReachesNobody) {
  Device tablet = pair(1), rogue = pair(2);
  const auto client = start(tablet);
  const auto bad = start(rogue);
  const auto known = bad->seal.seal(kInput, input(1));  // the mouse moves
  bad->send(known);
  ASSERT_TRUE(turn_until(*bad, [&] { return hands_->events().size() == 1; }));

  SeededRng rng(3);
  for (int i = 0; i < 300; ++i) {
    bad->send(known);  // a number that was
    auto forged = bad->seal.seal(kInput, input(1));
    forged[8 + rng.below(forged.size() - 8)] ^= std::byte{1};
    bad->send(forged);
    std::vector<std::byte> noise(rng.below(200));
    rng.fill(noise);
    bad->send(noise, static_cast<enet_uint8>(rng.below(48)));
    bad->send(bad->seal.seal(static_cast<std::uint16_t>(rng.below(0x6000)), noise));
  }
  for (std::size_t index = 0; index < packets_.size(); ++index) {
    const auto whole = input(index);
    for (std::size_t size = 0; size < whole.size() + 4; ++size) {
      if (size == whole.size() || whole[4] == std::byte{0x17}) continue;  // text has many lengths
      auto other = whole;
      other.resize(size);
      bad->send(bad->seal.seal(kInput, other));
    }
  }
  // Its last word, which arrives behind all of it.
  bad->send(bad->seal.seal(kInput, input(3)));
  ASSERT_TRUE(turn_until(*bad, [&] {
    client->turn();
    return hands_->events().size() >= 2;
  }));
  const auto events = hands_->events();
  EXPECT_EQ(events.size(), 2u);
  EXPECT_EQ(events.back().kind, message::InputKind::mouse_button_down);
  EXPECT_FALSE(bad->gone);
  EXPECT_FALSE(client->gone);
  EXPECT_TRUE(streams(tablet));
  EXPECT_TRUE(streams(rogue));
  EXPECT_EQ(pads_->opened(), 0u);
}

}  // namespace
}  // namespace pf::gamestream
