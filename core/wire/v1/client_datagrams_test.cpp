#include "core/wire/v1/client_datagrams.h"

#include <gtest/gtest.h>

#include "core/wire/v1/input_event.h"
#include "testing/vectors.h"

namespace pf::wire::v1 {
namespace {

using nlohmann::json;

json vector_named(const std::string& name) {
  const json all = testing::load_vectors("datagrams.json")["vectors"];
  for (const auto& vector : all) {
    if (vector["name"] == name) return vector;
  }
  ADD_FAILURE() << "no vector " << name;
  return {};
}

template <class T>
T number_of(const json& fields, const char* name) {
  return fields[name].get<T>();
}

TEST(ClientDatagram, WritesTheMicrophoneLikeTheVector) {
  const json vector = vector_named("mic");
  const json& f = vector["fields"];
  const auto opus = testing::unhex(f["opus"]);
  const message::Microphone mic{.sequence = number_of<std::uint32_t>(f, "seq"),
                                .pts = LocalTime(Nanos(number_of<std::int64_t>(f, "pts_ns"))),
                                .opus = opus};
  EXPECT_EQ(to_hex(write_client_datagram(mic)), vector["hex"]);
  const auto datagram = testing::unhex(vector["hex"]);
  const auto read = parse_microphone(datagram);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->sequence, mic.sequence);
  EXPECT_EQ(read->pts, mic.pts);
  EXPECT_EQ(to_hex(read->opus), to_hex(mic.opus));
  const std::vector<std::byte> largest(message::kMaxOpusBytes);
  EXPECT_EQ(write_client_datagram(message::Microphone{.opus = largest}).size(),
            13 + message::kMaxOpusBytes);
}

TEST(ClientDatagram, ReadsAMicrophoneWithoutSoundAndNothingShorter) {
  const auto silence = write_client_datagram(message::Microphone{.sequence = 7});
  ASSERT_TRUE(parse_microphone(silence));
  EXPECT_TRUE(parse_microphone(silence)->opus.empty());
  for (std::size_t size = 0; size < silence.size(); ++size)
    EXPECT_FALSE(parse_microphone(Bytes(silence).first(size))) << size;
  auto other = silence;
  other[0] = std::byte{0xC9};
  EXPECT_FALSE(parse_microphone(other));
}

TEST(ClientDatagram, WritesTouchesLikeTheVectors) {
  const json plain = vector_named("rich_touchpad");
  const json& p = plain["fields"];
  const message::PadTouch touch{.pad = number_of<std::uint8_t>(p, "pad"),
                                .finger = number_of<std::uint8_t>(p, "finger"),
                                .active = p["active"] == 1,
                                .x = number_of<std::uint16_t>(p, "x"),
                                .y = number_of<std::uint16_t>(p, "y")};
  EXPECT_EQ(to_hex(write_client_datagram(touch)), plain["hex"]);

  const json extended = vector_named("rich_touchpad_ex");
  const json& e = extended["fields"];
  const message::PadTouchEx ex{.pad = number_of<std::uint8_t>(e, "pad"),
                               .surface = number_of<std::uint8_t>(e, "surface"),
                               .finger = number_of<std::uint8_t>(e, "finger"),
                               .touching = e["touch"] == 1,
                               .clicked = e["click"] == 1,
                               .x = number_of<std::int16_t>(e, "x"),
                               .y = number_of<std::int16_t>(e, "y"),
                               .pressure = number_of<std::uint16_t>(e, "pressure")};
  EXPECT_EQ(to_hex(write_client_datagram(ex)), extended["hex"]);
}

TEST(ClientDatagram, WritesMotionLikeTheVector) {
  const json vector = vector_named("rich_motion");
  const json& f = vector["fields"];
  const message::PadMotion motion{.pad = number_of<std::uint8_t>(f, "pad"),
                                  .gyro = f["gyro"].get<std::array<std::int16_t, 3>>(),
                                  .accel = f["accel"].get<std::array<std::int16_t, 3>>()};
  EXPECT_EQ(to_hex(write_client_datagram(motion)), vector["hex"]);
}

TEST(ClientDatagram, WritesPenSamplesLikeTheVector) {
  const json vector = vector_named("pen_batch");
  const json& f = vector["fields"];
  message::PenBatch batch{.sequence = number_of<std::uint16_t>(f, "seq"), .samples = {}};
  for (const auto& s : f["samples"]) {
    batch.samples.push_back({.state = number_of<std::uint8_t>(s, "state"),
                             .tool = number_of<std::uint8_t>(s, "tool"),
                             .x = number_of<float>(s, "x"),
                             .y = number_of<float>(s, "y"),
                             .pressure = number_of<std::uint16_t>(s, "pressure"),
                             .distance = number_of<std::uint16_t>(s, "distance"),
                             .tilt_degrees = number_of<std::uint8_t>(s, "tilt"),
                             .azimuth_degrees = number_of<std::uint16_t>(s, "azimuth"),
                             .roll_degrees = number_of<std::uint16_t>(s, "roll"),
                             .since_previous_us = number_of<std::uint16_t>(s, "dt_us")});
  }
  EXPECT_EQ(to_hex(write_client_datagram(batch)), vector["hex"]);
}

TEST(ClientDatagram, WritesInputEventsAsEverywhere) {
  const message::InputEvent event{.kind = message::InputKind::mouse_move, .x = -12, .y = 34};
  const auto bytes = write_input_event(event);
  EXPECT_EQ(to_hex(write_client_datagram(event)), to_hex(bytes));
}

}  // namespace
}  // namespace pf::wire::v1
