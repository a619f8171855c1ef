#include "core/wire/v1/datagrams.h"

#include <gtest/gtest.h>

#include <array>
#include <tuple>

#include "testing/vectors.h"

namespace pf::wire::v1 {
namespace {

using nlohmann::json;

TEST(HostTiming, ReadsAndWritesEveryVector) {
  int count = 0;
  const json vectors = testing::load_vectors("datagrams.json")["vectors"];
  for (const auto& vector : vectors) {
    if (vector["name"].get<std::string>().rfind("host_timing", 0) != 0) continue;
    const auto& f = vector["fields"];
    message::HostTiming timing;
    timing.pts = WireTime(Nanos(f["pts_ns"].get<std::int64_t>()));
    timing.host_us = f["host_us"].get<std::uint32_t>();
    if (f.contains("queue_us")) {
      timing.stages = {f["queue_us"].get<std::uint32_t>(), f["encode_us"].get<std::uint32_t>(),
                       f["pace_us"].get<std::uint32_t>()};
    }
    if (f.contains("applied_phase_ns")) {
      timing.applied_phase_ns = f["applied_phase_ns"].get<std::int32_t>();
    }
    EXPECT_EQ(parse_host_timing(testing::unhex(vector["hex"])), timing);
    EXPECT_EQ(to_hex(write_host_timing(timing)), vector["hex"]);
    ++count;
  }
  EXPECT_EQ(count, 3);
}

TEST(HostTiming, DropsATornTailAndIgnoresAnExcess) {
  message::HostTiming timing;
  timing.stages = {1, 2, 3};
  timing.applied_phase_ns = -4;
  auto bytes = write_host_timing(timing);
  ASSERT_EQ(bytes.size(), 29u);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto parsed = parse_host_timing(Bytes(bytes).first(size));
    EXPECT_EQ(parsed.has_value(), size >= 13) << size;
    if (!parsed) continue;
    EXPECT_EQ(parsed->stages.has_value(), size >= 25) << size;
    EXPECT_FALSE(parsed->applied_phase_ns);
  }
  bytes.push_back(std::byte{9});
  EXPECT_EQ(parse_host_timing(bytes), timing);
  bytes[0] = std::byte{0xCE};
  EXPECT_FALSE(parse_host_timing(bytes));
}

std::vector<json> vectors_of(const std::string& prefix) {
  std::vector<json> found;
  const json all = testing::load_vectors("datagrams.json")["vectors"];
  for (const auto& vector : all) {
    if (vector["name"].get<std::string>().rfind(prefix, 0) == 0) found.push_back(vector);
  }
  return found;
}

template <class T>
T number(const json& fields, const char* name) {
  return fields[name].get<T>();
}

TEST(AudioDatagram, ReadsEveryVector) {
  const auto vectors = vectors_of("audio");
  ASSERT_EQ(vectors.size(), 4u);
  for (const auto& vector : vectors) {
    const auto& f = vector["fields"];
    const auto bytes = testing::unhex(vector["hex"]);
    const auto audio = parse_audio(bytes, milliseconds(5));
    ASSERT_TRUE(audio) << vector["name"];
    EXPECT_EQ(audio->codec == message::AudioCodec::pcm, f.contains("pcm"));
    EXPECT_EQ(audio->frame.sequence, number<std::uint32_t>(f, "seq"));
    EXPECT_EQ(audio->frame.pts.ns(), number<std::int64_t>(f, "pts_ns"));
    const char* content = f.contains("pcm") ? "pcm" : f.contains("primary") ? "primary" : "opus";
    EXPECT_EQ(to_hex(audio->frame.bytes), f[content]);
    ASSERT_EQ(audio->previous.has_value(), f.contains("previous"));
    if (!audio->previous) continue;
    EXPECT_EQ(to_hex(audio->previous->bytes), f["previous"]);
    EXPECT_EQ(audio->previous->sequence, audio->frame.sequence - 1);
    EXPECT_EQ(audio->previous->pts, audio->frame.pts - milliseconds(5));
    auto lying = bytes;
    lying[13] = std::byte{0xFF};  // a primary longer than what is there
    EXPECT_FALSE(parse_audio(lying, milliseconds(5)));
    for (std::size_t size = 0; size < 17; ++size)
      EXPECT_FALSE(parse_audio(Bytes(bytes).first(size), milliseconds(5))) << size;
  }
}

TEST(AudioDatagram, WritesEveryVector) {
  for (const auto& vector : vectors_of("audio")) {
    const auto bytes = testing::unhex(vector["hex"]);
    const auto audio = parse_audio(bytes, milliseconds(5));
    ASSERT_TRUE(audio);
    std::array<std::byte, 256> room;
    EXPECT_EQ(to_hex(write_audio(*audio, room)), vector["hex"]);
    EXPECT_TRUE(write_audio(*audio, std::span(room).first(bytes.size() - 1)).empty());
    EXPECT_EQ(write_audio(*audio, std::span(room).first(bytes.size())).size(), bytes.size());
  }
}

TEST(AudioDatagram, SaysThatNothingIsRepeatedWithAnEmptyPart) {
  const std::array<std::byte, 2> opus{std::byte{1}, std::byte{2}};
  std::array<std::byte, 64> room;
  const Bytes written = write_audio(
      {.frame = {.sequence = 7, .pts = {}, .bytes = opus}, .previous = message::AudioFrame{}},
      room);
  ASSERT_EQ(written.size(), kRedundantAudioHeaderBytes + 2);
  EXPECT_EQ(written[0], std::byte{0xD2});
  const auto audio = parse_audio(written, milliseconds(5));
  ASSERT_TRUE(audio);
  EXPECT_FALSE(audio->previous);
  EXPECT_EQ(to_hex(audio->frame.bytes), "0102");
}

TEST(RumbleDatagram, ReadsEveryVectorAndDegradesWhenTorn) {
  const auto vectors = vectors_of("rumble");
  ASSERT_EQ(vectors.size(), 3u);
  for (const auto& vector : vectors) {
    const auto& f = vector["fields"];
    message::Rumble rumble{.pad = number<std::uint16_t>(f, "pad"),
                           .low_frequency = number<std::uint16_t>(f, "low"),
                           .high_frequency = number<std::uint16_t>(f, "high"),
                           .lease = std::nullopt,
                           .triggers = std::nullopt};
    const auto bytes = testing::unhex(vector["hex"]);
    if (f.contains("ttl_ms")) {
      rumble.lease = {number<std::uint8_t>(f, "seq"), number<std::uint16_t>(f, "ttl_ms")};
    }
    if (f.contains("lt"))
      rumble.triggers = {number<std::uint16_t>(f, "lt"), number<std::uint16_t>(f, "rt")};
    EXPECT_EQ(parse_rumble(bytes), rumble) << vector["name"];
  }
  const auto whole = testing::unhex(vectors[2]["hex"]);
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    const auto rumble = parse_rumble(Bytes(whole).first(size));
    ASSERT_EQ(rumble.has_value(), size >= 7) << size;
    if (!rumble) continue;
    EXPECT_EQ(rumble->lease.has_value(), size >= 10) << size;
    EXPECT_EQ(rumble->triggers.has_value(), size >= 14) << size;
  }
  auto beyond = whole;
  beyond[1] = std::byte{16};
  EXPECT_FALSE(parse_rumble(beyond));
}

TEST(PadAudioDatagram, ReadsTheVectorAndNothingShorterOrUnknown) {
  const auto bytes = testing::unhex(vectors_of("pad_audio")[0]["hex"]);
  const auto audio = parse_pad_audio(bytes);
  ASSERT_TRUE(audio);
  EXPECT_EQ(audio->pad, 2);
  EXPECT_EQ(audio->kind, message::PadAudioKind::speaker);
  EXPECT_EQ(audio->sequence, 77u);
  EXPECT_EQ(to_hex(audio->opus), "fcff");
  for (std::size_t size = 0; size <= bytes.size(); ++size)
    EXPECT_EQ(parse_pad_audio(Bytes(bytes).first(size)).has_value(), size >= 15) << size;
  for (const auto& [at, value] : {std::pair(1, 16), std::pair(2, 2)}) {
    auto beyond = bytes;
    beyond[static_cast<std::size_t>(at)] = static_cast<std::byte>(value);
    EXPECT_FALSE(parse_pad_audio(beyond));
  }
}

template <class T>
T hid_output_of(const std::string& name) {
  const auto output = parse_hid_output(testing::unhex(vectors_of(name)[0]["hex"]));
  if (output && std::holds_alternative<T>(*output)) return std::get<T>(*output);
  ADD_FAILURE() << name;
  return {};
}

TEST(HidOutputDatagram, ReadsEveryVector) {
  const auto light = hid_output_of<message::PadLight>("hid_led");
  EXPECT_EQ(std::tuple(light.pad, light.red, light.green, light.blue), std::tuple(0, 10, 20, 30));
  const auto player = hid_output_of<message::PlayerLights>("hid_player_leds");
  EXPECT_EQ(std::tuple(player.pad, player.lights), std::tuple(1, 4));
  const auto trigger = hid_output_of<message::TriggerEffect>("hid_trigger");
  EXPECT_EQ(std::tuple(trigger.pad, trigger.which), std::tuple(0, 1));
  EXPECT_EQ(to_hex(trigger.effect), "210102030405060708090a");
  const auto haptic = hid_output_of<message::TrackpadHaptic>("hid_trackpad_haptic");
  EXPECT_EQ(std::tuple(haptic.pad, haptic.side, haptic.amplitude, haptic.period, haptic.count),
            std::tuple(0, 1, 4369, 8738, 3));
  const auto raw = hid_output_of<message::RawHidReport>("hid_raw");
  EXPECT_EQ(std::tuple(raw.pad, raw.kind, to_hex(raw.report)),
            std::tuple(1, 1, std::string("80ea")));
  const auto audio = hid_output_of<message::PadAudioControl>("hid_audio_ctl");
  EXPECT_EQ(std::tuple(audio.pad, audio.flags, to_hex(audio.block)),
            std::tuple(11, 23, std::string("010203040506")));
}

TEST(HidOutputDatagram, IsBoundedAndNeedsAllItsFields) {
  for (const auto& vector : vectors_of("hid_")) {
    const auto bytes = testing::unhex(vector["hex"]);
    const std::size_t variable = bytes[1] == std::byte{3} || bytes[1] == std::byte{5} ? 5 : 0;
    const std::size_t least = variable != 0 ? variable : bytes.size();
    for (std::size_t size = 0; size <= bytes.size(); ++size) {
      EXPECT_EQ(parse_hid_output(Bytes(bytes).first(size)).has_value(), size >= least)
          << vector["name"] << size;
    }
    auto longer = bytes;
    longer.resize(200);
    const auto output = parse_hid_output(longer);
    ASSERT_TRUE(output);
    if (const auto* effect = std::get_if<message::TriggerEffect>(&*output)) {
      EXPECT_EQ(effect->effect.size(), message::kMaxTriggerEffectBytes);
    }
    if (const auto* raw = std::get_if<message::RawHidReport>(&*output)) {
      EXPECT_EQ(raw->report.size(), message::kMaxHidReportBytes);
    }
  }
}

TEST(HdrDatagram, ReadsTheVector) {
  const json vector = vectors_of("hdr_meta").at(0);
  const auto& f = vector["fields"];
  const auto bytes = testing::unhex(vector["hex"]);
  const auto metadata = parse_hdr_datagram(bytes);
  ASSERT_TRUE(metadata);
  const std::array<message::HdrMetadata::Point, 3> primaries = {metadata->green, metadata->blue,
                                                                metadata->red};
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(primaries[i].x, f["primaries_gbr"][i][0]);
    EXPECT_EQ(primaries[i].y, f["primaries_gbr"][i][1]);
  }
  EXPECT_EQ(metadata->white.x, f["white"][0]);
  EXPECT_EQ(metadata->max_luminance, f["max_lum"]);
  EXPECT_EQ(metadata->max_frame_average_light, f["max_fall"]);
  EXPECT_FALSE(parse_hdr_datagram(Bytes(bytes).first(28)));
}

}  // namespace
}  // namespace pf::wire::v1
