#include "core/wire/v1/handshake.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "testing/vectors.h"

namespace pf::wire::v1 {
namespace {

using nlohmann::json;
using testing::load_vectors;
using testing::unhex;

template <class T>
T get(const json& fields, const char* key, T otherwise) {
  return fields.contains(key) ? fields[key].get<T>() : otherwise;
}

DisplayMode mode_from(const json& f) {
  return {.size_px = {f["width"].get<std::uint32_t>(), f["height"].get<std::uint32_t>()},
          .refresh = {f["refresh_hz"].get<std::uint32_t>(), 1}};
}

message::HdrMetadata hdr_from(const json& f) {
  const auto point = [](const json& p) {
    return message::HdrMetadata::Point{p[0].get<std::uint16_t>(), p[1].get<std::uint16_t>()};
  };
  return {.green = point(f["primaries_gbr"][0]),
          .blue = point(f["primaries_gbr"][1]),
          .red = point(f["primaries_gbr"][2]),
          .white = point(f["white"]),
          .max_luminance = f["max_lum"].get<std::uint32_t>(),
          .min_luminance = f["min_lum"].get<std::uint32_t>(),
          .max_content_light = f["max_cll"].get<std::uint16_t>(),
          .max_frame_average_light = f["max_fall"].get<std::uint16_t>()};
}

message::Hello hello_from(const json& f) {
  message::Hello hello;
  hello.wire_version = f["abi_version"].get<std::uint32_t>();
  hello.mode = mode_from(f);
  hello.compositor = message::CompositorKind{f["compositor"].get<std::uint8_t>()};
  hello.gamepad = message::GamepadKind{f["gamepad"].get<std::uint8_t>()};
  hello.bitrate_kbps = f["bitrate_kbps"].get<std::uint32_t>();
  if (f.contains("name")) hello.device_name = f["name"].get<std::string>();
  if (f.contains("launch")) hello.launch_id = f["launch"].get<std::string>();
  hello.capabilities.set_byte(0, get<std::uint8_t>(f, "video_caps", 0));
  hello.capabilities.set_byte(1, get<std::uint8_t>(f, "client_caps", 0));
  hello.audio_channels = get<std::uint8_t>(f, "audio_channels", 2);
  hello.codecs = message::CodecSet::from_bits(get<std::uint8_t>(f, "video_codecs", 0));
  hello.preferred_codecs = message::CodecSet::from_bits(get<std::uint8_t>(f, "preferred_codec", 0));
  if (f.contains("display_hdr")) hello.display_hdr = hdr_from(f["display_hdr"]);
  hello.max_shard_bytes = get<std::uint16_t>(f, "max_shard_payload", 0);
  hello.audio.rate_hz = get<std::uint32_t>(f, "audio_rate_hz", 48'000);
  hello.audio.bits = get<std::uint8_t>(f, "audio_bits", 16);
  return hello;
}

message::Welcome welcome_from(const json& f) {
  message::Welcome w;
  w.wire_version = f["abi_version"].get<std::uint32_t>();
  w.media_port = f["udp_port"].get<std::uint16_t>();
  w.mode = mode_from(f);
  w.fec = {.scheme = message::FecScheme{f["fec_scheme"].get<std::uint8_t>()},
           .percent = f["fec_percent"].get<std::uint8_t>(),
           .max_data_per_block = f["max_data_per_block"].get<std::uint16_t>()};
  w.shard_bytes = f["shard_payload"].get<std::uint16_t>();
  w.encrypted = f["encrypt"].get<int>() != 0;
  const auto key = unhex(f["key"]);
  std::copy(key.begin(), key.end(), w.keys.aes128.fill().begin());
  const auto salt = unhex(f["salt"]);
  std::copy(salt.begin(), salt.end(), w.keys.salt.begin());
  w.frame_count = f["frames"].get<std::uint32_t>();
  w.compositor = message::CompositorKind{f["compositor"].get<std::uint8_t>()};
  w.gamepad = message::GamepadKind{f["gamepad"].get<std::uint8_t>()};
  w.bitrate_kbps = f["bitrate_kbps"].get<std::uint32_t>();
  w.bit_depth = f["bit_depth"].get<std::uint8_t>();
  w.colour = {.primaries = f["color"][0].get<std::uint8_t>(),
              .transfer = f["color"][1].get<std::uint8_t>(),
              .matrix = f["color"][2].get<std::uint8_t>(),
              .full_range = f["color"][3].get<int>() != 0};
  w.chroma =
      f["chroma_format"] == 3 ? message::ChromaFormat::yuv444 : message::ChromaFormat::yuv420;
  w.audio_channels = f["audio_channels"].get<std::uint8_t>();
  switch (f["codec"].get<int>()) {
    case 1:
      w.codec = message::VideoCodec::h264;
      break;
    case 4:
      w.codec = message::VideoCodec::av1;
      break;
    default:
      w.codec = message::VideoCodec::hevc;
  }
  w.capabilities.set_byte(2, f["host_caps"].get<std::uint8_t>());
  w.keys.cipher = message::Cipher{get<std::uint8_t>(f, "cipher", 0)};
  if (f.contains("key_chacha")) {
    const auto chacha = unhex(f["key_chacha"]);
    std::copy(chacha.begin(), chacha.end(), w.keys.chacha20.fill().begin());
  }
  w.management_port = get<std::uint16_t>(f, "mgmt_port", 0);
  w.grants = message::Grants::from_bits(get<std::uint32_t>(f, "grants", 0x3F));
  w.access_expires_in = std::chrono::seconds(get<std::uint32_t>(f, "expires_in_secs", 0));
  w.audio_codec = message::AudioCodec{get<std::uint8_t>(f, "audio_codec", 0)};
  w.audio.rate_hz = get<std::uint32_t>(f, "audio_rate_hz", 48'000);
  w.audio.bits = get<std::uint8_t>(f, "audio_bits", 16);
  w.audio_frame_us = get<std::uint16_t>(f, "audio_frame_us", 0);
  return w;
}

TEST(Handshake, ReadsAndWritesEveryVector) {
  int count = 0;
  const json vectors = load_vectors("handshake.json")["vectors"];
  for (const auto& vector : vectors) {
    SCOPED_TRACE(vector["name"].get<std::string>());
    const auto bytes = unhex(vector["hex"]);
    const auto& fields = vector["fields"];
    const std::string kind = fields["message"].get<std::string>();
    if (kind == "Hello") {
      EXPECT_EQ(parse_hello(bytes), hello_from(fields));
      EXPECT_EQ(to_hex(write_hello(hello_from(fields))), vector["hex"]);
    } else if (kind == "Welcome") {
      EXPECT_EQ(parse_welcome(bytes), welcome_from(fields));
      EXPECT_EQ(to_hex(write_welcome(welcome_from(fields))), vector["hex"]);
    } else {
      const message::Start start{.client_media_port =
                                     fields["client_udp_port"].get<std::uint16_t>()};
      EXPECT_EQ(parse_start(bytes), start);
      EXPECT_EQ(to_hex(write_start(start)), vector["hex"]);
    }
    ++count;
  }
  EXPECT_GE(count, 14);
}

TEST(Handshake, TreatsOddInputAsTheReferenceDoes) {
  const json decoder_edge_cases = load_vectors("handshake.json")["decoder_edge_cases"];
  for (const auto& edge : decoder_edge_cases) {
    SCOPED_TRACE(edge["name"].get<std::string>());
    const auto bytes = unhex(edge["hex"]);
    const bool valid = edge["expect"].get<std::string>().rfind("valid", 0) == 0;
    const bool parsed = edge["message"] == "Hello" ? parse_hello(bytes).has_value()
                                                   : parse_welcome(bytes).has_value();
    EXPECT_EQ(parsed, valid);
  }
}

std::vector<std::byte> edge(const char* name) {
  const json decoder_edge_cases = load_vectors("handshake.json")["decoder_edge_cases"];
  for (const auto& edge : decoder_edge_cases) {
    if (edge["name"] == name) return unhex(edge["hex"]);
  }
  ADD_FAILURE() << name;
  return {};
}

TEST(Handshake, FillsAbsentHelloFieldsWithDefaults) {
  const auto hello = parse_hello(edge("hello_20_bytes"));
  ASSERT_TRUE(hello);
  message::Hello defaults;
  defaults.mode = hello->mode;
  EXPECT_EQ(*hello, defaults);
}

TEST(Handshake, FindsTheFieldsBehindAnOverlongName) {
  const auto hello = parse_hello(edge("hello_name_len_65"));
  ASSERT_TRUE(hello);
  EXPECT_FALSE(hello->device_name);
  EXPECT_FALSE(hello->launch_id);
  EXPECT_EQ(hello->capabilities.byte(0), 1);
  EXPECT_EQ(parse_hello(edge("hello_audio_channels_5"))->audio_channels, 2);
}

TEST(Handshake, FillsAbsentWelcomeFieldsWithDefaults) {
  const auto welcome = parse_welcome(edge("welcome_53_bytes"));
  ASSERT_TRUE(welcome);
  EXPECT_EQ(welcome->bitrate_kbps, 0u);
  EXPECT_EQ(welcome->bit_depth, 8);
  EXPECT_EQ(welcome->colour, message::Colour{});
  EXPECT_EQ(welcome->chroma, message::ChromaFormat::yuv420);
  EXPECT_EQ(welcome->audio_channels, 2);
  EXPECT_EQ(welcome->codec, message::VideoCodec::hevc);
  EXPECT_EQ(welcome->capabilities, message::Capabilities{});
  EXPECT_EQ(welcome->keys.cipher, message::Cipher::aes128_gcm);
  EXPECT_EQ(welcome->management_port, 0);
  EXPECT_EQ(welcome->grants, message::Grants::all());
  EXPECT_EQ(parse_welcome(edge("welcome_unknown_codec"))->codec, message::VideoCodec::hevc);
}

TEST(Handshake, CutsLongNamesBetweenCharacters) {
  message::Hello hello;
  hello.device_name = std::string(63, 'x') + "\xC3\xA9";
  const auto back = parse_hello(write_hello(hello));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->device_name, std::string(63, 'x'));
}

RC_GTEST_PROP(Handshake, HelloSurvivesTheWire, ()) {
  message::Hello hello;
  hello.mode = {
      .size_px = {*rc::gen::arbitrary<std::uint32_t>(), *rc::gen::arbitrary<std::uint32_t>()},
      .refresh = {*rc::gen::arbitrary<std::uint32_t>(), 1}};
  hello.bitrate_kbps = *rc::gen::arbitrary<std::uint32_t>();
  const auto name = *rc::gen::container<std::string>(rc::gen::inRange('a', 'z'));
  if (!name.empty() && name.size() <= 64) hello.device_name = name;
  hello.capabilities.set_byte(0, *rc::gen::arbitrary<std::uint8_t>());
  hello.capabilities.set_byte(1, *rc::gen::arbitrary<std::uint8_t>());
  hello.audio_channels = *rc::gen::element<std::uint8_t>(2, 6, 8);
  hello.codecs = message::CodecSet::from_bits(*rc::gen::arbitrary<std::uint8_t>());
  hello.preferred_codecs = message::CodecSet::from_bits(*rc::gen::arbitrary<std::uint8_t>());
  if (*rc::gen::arbitrary<bool>()) {
    hello.display_hdr = message::HdrMetadata{.max_luminance = *rc::gen::arbitrary<std::uint32_t>()};
  }
  hello.max_shard_bytes = *rc::gen::arbitrary<std::uint16_t>();
  hello.audio = {.rate_hz = *rc::gen::inRange<std::uint32_t>(1, 200'000),
                 .bits = *rc::gen::element<std::uint8_t>(16, 24)};
  RC_ASSERT(parse_hello(write_hello(hello)) == hello);
}

RC_GTEST_PROP(Handshake, ReadsAnyPrefixOfAWelcome, (std::uint8_t cut)) {
  message::Welcome welcome;
  welcome.keys.cipher = message::Cipher::chacha20_poly1305;
  welcome.keys.chacha20.fill()[0] = std::byte{1};
  welcome.audio_codec = message::AudioCodec::pcm;
  const auto bytes = write_welcome(welcome);
  RC_ASSERT(bytes.size() == 119u);
  RC_ASSERT(parse_welcome(bytes) == welcome);
  const std::size_t size = cut % bytes.size();
  // Short of its key a cipher cannot be honoured; otherwise everything from 53 bytes on is a
  // Welcome.
  RC_ASSERT(parse_welcome(Bytes(bytes).first(size)).has_value() ==
            (size >= 53 && (size <= 68 || size >= 101)));
}

}  // namespace
}  // namespace pf::wire::v1
