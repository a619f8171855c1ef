// Sound through the real door to a real client over loopback: the tone that the host plays is the
// tone that the client decodes, on the speakers it was meant for.
#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "core/audio/opus_decoder.h"
#include "core/audio/pcm.h"
#include "core/audio/tone_testing.h"
#include "core/endpoint/client_endpoint.h"
#include "core/runtime/system_clock.h"
#include "host/app/choose_backends.h"
#include "host/audio/tone/tone_source.h"
#include "host/native/native_door.h"

namespace pf::app {
namespace {

using audio::tone::frequency_hz;

class SoundOfAHost : public ::testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/pf-sound-XXXXXX";
    ASSERT_NE(mkdtemp(name), nullptr);
    folder_ = name;
    trust_ = trust::TrustRegistry::open(folder_, rng_).value();
  }
  void TearDown() override {
    door_.reset();
    trust_.reset();
    std::filesystem::remove_all(folder_);
  }

  void open_door(const plan::SoundOffer& offer) {
    config::HostConfig config;
    config.display.backend = "synthetic";
    config.audio.backend = "tone";
    native::DoorParams params;
    params.listen = Endpoint::loopback(0);
    params.terms.open = true;
    params.terms.offer.sound = offer;
    params.backends = choose_backends(config, nullptr).value();
    door_.reset();
    roster_.emplace(session::Roster::Params{.open_display = params.backends.open_display}, board_,
                    clock_, [](const session::SessionReport&) {});
    door_ =
        native::NativeDoor::open(std::move(params), tls_, *trust_, *roster_, board_, clock_, rng_)
            .value();
  }

  std::unique_ptr<endpoint::ClientEndpoint> connect(
      message::Hello hello, std::optional<crypto::Identity> identity = std::nullopt) {
    hello.mode = {{320, 180}, {30, 1}};
    hello.codecs = {message::VideoCodec::h264};
    auto client = endpoint::ClientEndpoint::connect({.host = door_->address(),
                                                     .hello = hello,
                                                     .identity = std::move(identity),
                                                     .patience = seconds(30)},
                                                    clock_, rng_);
    EXPECT_TRUE(client) << client.error().sentence;
    return client ? *std::move(client) : nullptr;
  }

  // So many packets one after another, or fewer if they stop coming.
  std::vector<endpoint::AudioPacket> hear(endpoint::ClientEndpoint& client, std::size_t count) {
    std::vector<endpoint::AudioPacket> packets;
    while (packets.size() < count) {
      auto packet = client.planes().next_audio(seconds(10));
      if (!packet || !*packet) break;
      packets.push_back(**std::move(packet));
    }
    EXPECT_EQ(packets.size(), count);
    return packets;
  }

  std::string folder_;
  const SystemClock clock_{};
  SystemRng rng_;
  HealthBoard board_;
  const crypto::Identity identity_ = crypto::make_identity(crypto::host_names("host")).value();
  const quic::TlsIdentity tls_ =
      quic::TlsIdentity::from_pem(identity_.certificate_pem, identity_.key_pem.reveal()).value();
  std::unique_ptr<trust::TrustRegistry> trust_;
  std::optional<session::Roster> roster_;
  std::unique_ptr<native::NativeDoor> door_;
};

std::vector<float> decode(const std::vector<endpoint::AudioPacket>& packets,
                          const audio::SpeakerLayout& layout) {
  auto decoder = audio::OpusDecoder::open(layout).value();
  std::vector<float> heard, frame(240 * layout.channel_count);
  for (const auto& packet : packets) {
    EXPECT_EQ(decoder.decode(packet.bytes, frame), 240u);
    heard.insert(heard.end(), frame.begin(), frame.end());
  }
  return heard;
}

void expect_tones(const std::vector<float>& heard, std::size_t channel_count) {
  constexpr std::size_t kRises = 960;           // samples until a decoder is at its full height
  constexpr std::size_t kWholePeriods = 4'800;  // of every one of these frequencies
  for (std::size_t channel = 0; channel < channel_count; ++channel) {
    auto samples = audio::testing::channel_of(heard, channel_count, channel);
    samples.erase(samples.begin(), samples.begin() + kRises);
    samples.resize(samples.size() / kWholePeriods * kWholePeriods);
    const double power = audio::testing::power_at(samples, frequency_hz(channel));
    // Mono streams of surround get few bits for a frame of 5 ms, and Opus is that much off.
    const double tolerance = (channel_count == 2 ? 0.01 : 0.05) * audio::tone::kAmplitude;
    EXPECT_NEAR(std::sqrt(power), audio::tone::kAmplitude, tolerance);
    for (std::size_t other = 0; other < channel_count; ++other) {
      if (other == channel) continue;
      EXPECT_LT(1000 * audio::testing::power_at(samples, frequency_hz(other)), power)
          << "channel " << channel << " hears channel " << other;
    }
  }
}

void expect_one_stream(const std::vector<endpoint::AudioPacket>& packets) {
  for (std::size_t i = 1; i < packets.size(); ++i) {
    EXPECT_EQ(packets[i].sequence, packets[i - 1].sequence + 1);
    EXPECT_GT(packets[i].pts, packets[i - 1].pts);
  }
}

TEST_F(SoundOfAHost, IsHeardOnTheSpeakerItWasMeantFor) {
  open_door({});
  for (const auto& layout : {audio::kStereo, audio::kSurround51, audio::kSurround71}) {
    message::Hello hello;
    hello.audio_channels = layout.channel_count;
    const auto client = connect(hello);
    ASSERT_TRUE(client);
    EXPECT_EQ(client->welcome().audio_channels, layout.channel_count);
    EXPECT_EQ(client->welcome().audio_codec, message::AudioCodec::opus);
    const auto packets = hear(*client, 220);
    expect_one_stream(packets);
    expect_tones(decode(packets, layout), layout.channel_count);
  }
}

TEST_F(SoundOfAHost, IsRepeatedForClientsThatUnderstandIt) {
  open_door({});
  message::Hello hello;
  hello.capabilities.add(message::Capability::hears_redundant_audio);
  const auto client = connect(hello);
  ASSERT_TRUE(client);
  EXPECT_TRUE(client->welcome().capabilities.has(message::Capability::sends_redundant_audio));
  const auto packets = hear(*client, 100);
  expect_one_stream(packets);
  expect_tones(decode(packets, audio::kStereo), 2);
}

TEST_F(SoundOfAHost, IsLosslessWhereThatIsAskedFor) {
  open_door({});
  message::Hello hello;
  hello.bitrate_kbps = 20'000;
  hello.audio.bits = 24;
  hello.capabilities.add(message::Capability::hears_pcm);
  const auto client = connect(hello);
  ASSERT_TRUE(client);
  EXPECT_EQ(client->welcome().audio_codec, message::AudioCodec::pcm);
  EXPECT_EQ(client->welcome().audio_frame_us, 3'000);
  const auto packets = hear(*client, 300);
  expect_one_stream(packets);
  std::vector<float> heard;
  for (const auto& packet : packets) {
    std::vector<float> samples(packet.bytes.size() / 3);
    audio::read_pcm(packet.bytes, 24, samples);
    heard.insert(heard.end(), samples.begin(), samples.end());
  }
  expect_tones(heard, 2);
}

TEST_F(SoundOfAHost, CarriesTheTimeOfTheClockThatPicturesCarry) {
  open_door({});
  const auto client = connect({});
  ASSERT_TRUE(client);
  const auto packets = hear(*client, 50);
  const auto picture = client->next_access_unit(seconds(10));
  ASSERT_TRUE(picture && *picture);
  // Both were captured while this test ran, a second or two.
  EXPECT_LT(std::chrono::abs((*picture)->pts - packets.back().pts), seconds(30));
  const Nanos age = WireTime(clock_.now().since_epoch() + wire_offset_now()) - packets.back().pts;
  EXPECT_GT(age, Nanos(0));
  EXPECT_LT(age, seconds(5));
}

TEST_F(SoundOfAHost, IsNotSentWhereItStaysAtTheHost) {
  open_door({.place = plan::SoundPlace::host});
  const auto client = connect({});
  ASSERT_TRUE(client);
  const auto picture = client->next_access_unit(seconds(10));
  EXPECT_TRUE(picture && *picture);
  const auto packet = client->planes().next_audio(milliseconds(100));
  EXPECT_TRUE(packet && !*packet);
}

TEST_F(SoundOfAHost, IsHeardWhereTheOperatorSaysForADevice) {
  const crypto::Identity tablet = crypto::make_identity(crypto::client_names()).value();
  const crypto::Fingerprint fingerprint = crypto::fingerprint(tablet.certificate_der);
  const trust::Moment now = trust::moment_now(clock_);
  ASSERT_TRUE(
      trust_->finish_pairing(trust_->arm_pairing({}, now.local), fingerprint, "tablet", now));
  open_door({.place = plan::SoundPlace::host});
  ASSERT_TRUE(trust_->set_play_on(fingerprint, trust::PlayOn::client));
  {
    const auto client = connect({}, tablet);
    ASSERT_TRUE(client);
    EXPECT_EQ(hear(*client, 10).size(), 10u) << "the others are not meant";
  }
  ASSERT_TRUE(trust_->set_play_on(fingerprint, std::nullopt));
  const auto client = connect({}, tablet);
  ASSERT_TRUE(client);
  const auto picture = client->next_access_unit(seconds(10));
  EXPECT_TRUE(picture && *picture);
  const auto packet = client->planes().next_audio(milliseconds(100));
  EXPECT_TRUE(packet && !*packet);
}

}  // namespace
}  // namespace pf::app
