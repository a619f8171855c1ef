// How values get from their C++ form into the C structs and back, which no host of ours sends yet.
#include <gtest/gtest.h>

#include <cmath>

#include "core/abi/connection_testing.h"
#include "testing/vectors.h"

namespace pf::abi {
namespace {

struct ConnectionPlanes : ::testing::Test {
  ConnectionPlanes() {
    auto connection = std::make_unique<Connection>();
    auto quiet = std::make_unique<QuietEndpoint>(sent);
    planes = &quiet->planes();
    connection->endpoint = std::move(quiet);
    handle = reinterpret_cast<PunktfunkConnection*>(connections().insert(std::move(connection)));
  }
  ~ConnectionPlanes() override { punktfunk_connection_close(handle); }

  // As if this vector had come.
  void arrive(const std::string& name) {
    const nlohmann::json vectors = testing::load_vectors("datagrams.json")["vectors"];
    for (const auto& vector : vectors) {
      if (vector["name"] == name) return planes->on_datagram(testing::unhex(vector["hex"]), {});
    }
    FAIL() << name;
  }
  PunktfunkHidOutput output_of(const std::string& name) {
    arrive(name);
    PunktfunkHidOutput output{};
    EXPECT_EQ(punktfunk_connection_next_hidout(handle, &output, 0), PUNKTFUNK_STATUS_OK) << name;
    return output;
  }
  template <class T>
  T sent_one() {
    EXPECT_EQ(sent.size(), 1u);
    T datagram = std::get<T>(sent.at(0));
    sent.clear();
    return datagram;
  }

  std::vector<message::ClientDatagram> sent;
  endpoint::ClientPlanes* planes = nullptr;
  PunktfunkConnection* handle = nullptr;
};

std::string effect(const PunktfunkHidOutput& output) {
  return to_hex(Bytes(reinterpret_cast<const std::byte*>(output.effect), output.effect_len));
}

TEST_F(ConnectionPlanes, SoundIsLentUntilTheNextCall) {
  arrive("audio_red");
  PunktfunkAudioPacket first{}, second{};
  ASSERT_EQ(punktfunk_connection_next_audio(handle, &first, 0), PUNKTFUNK_STATUS_OK);
  EXPECT_EQ(first.seq, 7u);
  EXPECT_EQ(first.len, 3u);
  EXPECT_EQ(first.data[2], 3);
  ASSERT_EQ(punktfunk_connection_next_audio(handle, &second, 0), PUNKTFUNK_STATUS_OK);
  EXPECT_EQ(second.seq, 8u);
  EXPECT_EQ(second.len, 2u);
  EXPECT_EQ(second.pts_ns - first.pts_ns, 5'000'000u);
  EXPECT_EQ(punktfunk_connection_next_audio(handle, &second, 1), PUNKTFUNK_STATUS_NO_FRAME);
  EXPECT_EQ(second.data[0], 0xAA);  // still there
}

TEST_F(ConnectionPlanes, RumbleComesAsCommandsAndStopsWithTheSession) {
  std::uint16_t pad = 0, low = 0, high = 0, left = 0, right = 0;
  std::uint32_t backstop_ms = 0;
  const auto next = [&](std::uint32_t timeout_ms) {
    return punktfunk_connection_next_rumble_cmd2(handle, &pad, &low, &high, &left, &right,
                                                 &backstop_ms, timeout_ms);
  };
  EXPECT_EQ(next(0), PUNKTFUNK_STATUS_NO_FRAME);
  EXPECT_EQ(punktfunk_connection_set_rumble_quirks(handle, 16, 0, 0, 0),
            PUNKTFUNK_STATUS_INVALID_ARG);
  EXPECT_EQ(punktfunk_connection_set_rumble_quirks(handle, 0, 0, 5'000, 0), PUNKTFUNK_STATUS_OK);
  arrive("rumble_v3");
  ASSERT_EQ(next(0), PUNKTFUNK_STATUS_OK);
  EXPECT_EQ(std::tuple(pad, low, high, left, right), std::tuple(0, 16384, 32768, 4660, 65535));
  EXPECT_EQ(backstop_ms, 5'000u);
  ASSERT_EQ(next(20'000), PUNKTFUNK_STATUS_OK);  // its 400 ms are over
  EXPECT_EQ(std::tuple(low, high, left, right, backstop_ms), std::tuple(0, 0, 0, 0, 0u));
  EXPECT_EQ(next(0), PUNKTFUNK_STATUS_NO_FRAME);
  arrive("rumble_v1");
  planes->end();
  ASSERT_EQ(punktfunk_connection_next_rumble_cmd(handle, &pad, &low, &high, &backstop_ms, 0),
            PUNKTFUNK_STATUS_OK);
  EXPECT_EQ(std::tuple(pad, low), std::tuple(2, 16384));
  ASSERT_EQ(next(0), PUNKTFUNK_STATUS_OK);
  EXPECT_EQ(std::tuple(pad, low), std::tuple(2, 0));
  EXPECT_EQ(next(0), PUNKTFUNK_STATUS_CLOSED);
}

TEST_F(ConnectionPlanes, SoundOfPadsIsCopied) {
  std::uint8_t pad = 0, kind = 0, buffer[1500];
  std::uint32_t sequence = 0;
  std::uint64_t pts_ns = 0;
  const auto next = [&](std::size_t room) {
    return punktfunk_connection_next_pad_audio(handle, &pad, &kind, &sequence, &pts_ns, buffer,
                                               room, 0);
  };
  EXPECT_EQ(next(sizeof buffer), 0);
  arrive("pad_audio");
  ASSERT_EQ(next(sizeof buffer), 2);
  EXPECT_EQ(std::tuple(pad, kind, sequence), std::tuple(2, PUNKTFUNK_PAD_AUDIO_KIND_SPEAKER, 77u));
  EXPECT_GT(pts_ns, 0u);
  EXPECT_EQ(buffer[0], 0xFC);
  arrive("pad_audio");  // again: of no use
  EXPECT_EQ(next(sizeof buffer), 0);
  EXPECT_EQ(punktfunk_connection_next_pad_audio(handle, nullptr, nullptr, nullptr, nullptr, nullptr,
                                                9, 0),
            -1);
  planes->end();
  EXPECT_EQ(next(sizeof buffer), -1);
}

TEST_F(ConnectionPlanes, APadsArrivalSaysWhatItPlays) {
  EXPECT_EQ(punktfunk_connection_set_pad_audio_caps(handle, 16, 1), PUNKTFUNK_STATUS_INVALID_ARG);
  EXPECT_EQ(punktfunk_connection_set_pad_audio_caps(handle, 3, 0xFF), PUNKTFUNK_STATUS_OK);
  PunktfunkInputEvent event{};
  event.kind = PUNKTFUNK_INPUT_KIND_GAMEPAD_ARRIVAL;
  const auto flags_sent = [&](std::uint32_t flags) {
    event.flags = flags;
    EXPECT_EQ(punktfunk_connection_send_input(handle, &event), PUNKTFUNK_STATUS_OK);
    return sent_one<message::InputEvent>().flags;
  };
  EXPECT_EQ(flags_sent(3), 3u | ARRIVAL_FLAG_PAD_AUDIO_HAPTICS | ARRIVAL_FLAG_PAD_AUDIO_SPEAKER);
  EXPECT_EQ(flags_sent(4), 4u);
  event.kind = PUNKTFUNK_INPUT_KIND_GAMEPAD_REMOVE;
  EXPECT_EQ(flags_sent(3), 3u);
}

TEST_F(ConnectionPlanes, RumbleSaysHowLongItLasts) {
  std::uint16_t pad = 0, low = 0, high = 0;
  std::uint32_t ttl_ms = 0;
  arrive("rumble_v1");
  ASSERT_EQ(punktfunk_connection_next_rumble2(handle, &pad, &low, &high, &ttl_ms, 0),
            PUNKTFUNK_STATUS_OK);
  EXPECT_EQ(pad, 2);
  EXPECT_EQ(low, 16384);
  EXPECT_EQ(high, 32768);
  EXPECT_EQ(ttl_ms, PUNKTFUNK_RUMBLE_NO_TTL);
  arrive("rumble_v3");
  ASSERT_EQ(punktfunk_connection_next_rumble2(handle, &pad, &low, &high, &ttl_ms, 0),
            PUNKTFUNK_STATUS_OK);
  EXPECT_EQ(pad, 0);
  EXPECT_EQ(ttl_ms, 400u);
}

TEST_F(ConnectionPlanes, HidOutputKeepsToItsFields) {
  const auto led = output_of("hid_led");
  EXPECT_EQ(led.kind, PUNKTFUNK_HIDOUT_LED);
  EXPECT_EQ(led.r + 256 * led.g + 65536 * led.b, 10 + 256 * 20 + 65536 * 30);
  const auto player = output_of("hid_player_leds");
  EXPECT_EQ(player.kind, PUNKTFUNK_HIDOUT_PLAYER_LEDS);
  EXPECT_EQ(player.player_bits, 4);
  const auto trigger = output_of("hid_trigger");
  EXPECT_EQ(trigger.kind, PUNKTFUNK_HIDOUT_TRIGGER);
  EXPECT_EQ(trigger.which, 1);
  EXPECT_EQ(effect(trigger), "210102030405060708090a");
  const auto haptic = output_of("hid_trackpad_haptic");
  EXPECT_EQ(haptic.kind, PUNKTFUNK_HIDOUT_TRACKPAD_HAPTIC);
  EXPECT_EQ(effect(haptic), "111122220300");
  const auto audio = output_of("hid_audio_ctl");
  EXPECT_EQ(audio.kind, 5);  // 6 on the wire
  EXPECT_EQ(audio.pad, 11);
  EXPECT_EQ(audio.which, 23);
  EXPECT_EQ(effect(audio), "010203040506");
  arrive("hid_raw");
  PunktfunkHidOutput none{};
  EXPECT_EQ(punktfunk_connection_next_hidout(handle, &none, 0), PUNKTFUNK_STATUS_NO_FRAME);
}

TEST_F(ConnectionPlanes, HdrMetadataIsRegrouped) {
  arrive("hdr_meta");
  PunktfunkHdrMeta meta{};
  ASSERT_EQ(punktfunk_connection_next_hdr_meta(handle, &meta, 0), PUNKTFUNK_STATUS_OK);
  EXPECT_EQ(meta.display_primaries_x[0], 8500);
  EXPECT_EQ(meta.display_primaries_y[0], 39850);
  EXPECT_EQ(meta.display_primaries_x[2], 35400);
  EXPECT_EQ(meta.white_point_y, 16450);
  EXPECT_EQ(meta.max_display_mastering_luminance, 10'000'000u);
  EXPECT_EQ(meta.max_cll, 1000);
}

TEST_F(ConnectionPlanes, BothFormsOfRichInputSayTheSame) {
  PunktfunkRichInput plain{
      .kind = PUNKTFUNK_RICH_TOUCHPAD, .pad = 1, .finger = 1, .active = 1, .x = 4660, .y = 65535};
  ASSERT_EQ(punktfunk_connection_send_rich_input(handle, &plain), PUNKTFUNK_STATUS_OK);
  const auto one = sent_one<message::PadTouch>();
  PunktfunkRichInputEx extended{.struct_size = sizeof(PunktfunkRichInputEx),
                                .kind = PUNKTFUNK_RICH_TOUCHPAD,
                                .pad = 1,
                                .finger = 1,
                                .active = 1,
                                .x = 4660,
                                .y = -1};
  ASSERT_EQ(punktfunk_connection_send_rich_input2(handle, &extended), PUNKTFUNK_STATUS_OK);
  const auto other = sent_one<message::PadTouch>();
  EXPECT_EQ(one.y, 65535);
  EXPECT_EQ(other.y, 65535);
  EXPECT_EQ(one.x, other.x);
  extended.kind = PUNKTFUNK_RICH_TOUCHPAD_EX;
  extended.click = 1;
  extended.pressure = 258;
  ASSERT_EQ(punktfunk_connection_send_rich_input2(handle, &extended), PUNKTFUNK_STATUS_OK);
  const auto touch = sent_one<message::PadTouchEx>();
  EXPECT_TRUE(touch.touching && touch.clicked);
  EXPECT_EQ(touch.pressure, 258);
}

TEST_F(ConnectionPlanes, PenBatchesAreNumberedAndCheckedAsAWhole) {
  PunktfunkPenSample samples[2] = {{.x = 0.25f, .y = 0.5f, .pressure = 7, .tilt_deg = 30}, {}};
  for (std::uint16_t sequence = 0; sequence < 2; ++sequence) {
    ASSERT_EQ(punktfunk_connection_send_pen(handle, samples, 2), PUNKTFUNK_STATUS_OK);
    const auto batch = sent_one<message::PenBatch>();
    EXPECT_EQ(batch.sequence, sequence);
    ASSERT_EQ(batch.samples.size(), 2u);
    EXPECT_EQ(batch.samples[0].tilt_degrees, 30);
    EXPECT_EQ(batch.samples[0].pressure, 7);
  }
  samples[1].y = std::nanf("");
  EXPECT_EQ(punktfunk_connection_send_pen(handle, samples, 2), PUNKTFUNK_STATUS_INVALID_ARG);
  EXPECT_TRUE(sent.empty());
}

TEST_F(ConnectionPlanes, FrameNumbersWrapAndLateOnesAreNoGap) {
  std::uint32_t width = 9;
  const auto gap = [&](std::uint32_t frame) {
    EXPECT_EQ(punktfunk_connection_note_frame_index_ex(handle, frame, &width), PUNKTFUNK_STATUS_OK);
    return width;
  };
  EXPECT_EQ(gap(4294967290u), 0u);  // the first
  EXPECT_EQ(gap(4294967291u), 0u);
  EXPECT_EQ(gap(1), 5u);
  EXPECT_EQ(gap(4294967295u), 0u);  // late
  EXPECT_EQ(gap(2), 0u);
}

}  // namespace
}  // namespace pf::abi
