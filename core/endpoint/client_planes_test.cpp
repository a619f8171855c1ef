#include "core/endpoint/client_planes.h"

#include <gtest/gtest.h>

#include <thread>

#include "core/runtime/system_clock.h"
#include "testing/vectors.h"

namespace pf::endpoint {
namespace {

const SystemClock kClock;

struct Planes : ::testing::Test {
  ClientPlanes planes{kClock};

  void arrive(std::vector<std::byte> datagram) { planes.on_datagram(datagram, kClock.now()); }
  void sound(std::uint32_t sequence, Nanos pts, std::uint8_t tag = 0xC9, std::size_t bytes = 3) {
    std::vector<std::byte> datagram(13 + bytes);
    ByteWriter out(datagram);
    out.little(tag);
    out.little(sequence);
    out.little(static_cast<std::uint64_t>(pts.count()));
    arrive(std::move(datagram));
  }
  void sound_twice(std::uint32_t sequence, Nanos pts) {  // with the previous frame
    std::vector<std::byte> datagram(15 + 2 + 4);
    ByteWriter out(datagram);
    out.little(std::uint8_t{0xD2});
    out.little(sequence);
    out.little(static_cast<std::uint64_t>(pts.count()));
    out.little(std::uint16_t{2});
    arrive(std::move(datagram));
  }
  std::vector<std::uint32_t> heard() {
    std::vector<std::uint32_t> sequences;
    for (;;) {
      const auto packet = planes.next_audio(Nanos(0));
      if (!packet || !*packet) return sequences;
      sequences.push_back((*packet)->sequence);
    }
  }
};

using Sequences = std::vector<std::uint32_t>;

TEST_F(Planes, SoundComesInOrderOnce) {
  for (const std::uint32_t sequence : {4294967294u, 4294967295u, 4294967295u, 1u, 0u, 2u})
    sound(sequence, milliseconds(5));
  EXPECT_EQ(heard(), (Sequences{4294967294u, 4294967295u, 1, 2}));
}

TEST_F(Planes, SoundComesAsItArrivesForWhoHasAJitterBuffer) {
  for (const std::uint32_t sequence : {4294967294u, 1u, 0u, 1u, 4294967295u, 0u, 500u, 500u, 2u})
    sound(sequence, milliseconds(5));
  Sequences arrived;
  while (const auto packet = *planes.next_audio_arrival(Nanos(0))) {
    EXPECT_GT(packet->arrived_at, LocalTime());
    arrived.push_back(packet->sequence);
  }
  EXPECT_EQ(arrived, (Sequences{4294967294u, 1, 0, 4294967295u, 500, 2}));
}

TEST_F(Planes, ARepeatedFrameFillsAGap) {
  sound_twice(1, milliseconds(5));
  sound_twice(3, milliseconds(15));
  sound_twice(4, milliseconds(20));
  EXPECT_EQ(heard(), (Sequences{0, 1, 2, 3, 4}));
}

TEST_F(Planes, OldSoundIsSkipped) {
  for (std::uint32_t i = 0; i < 100; ++i) sound(i, milliseconds(5 * i));
  const Sequences left = heard();
  EXPECT_EQ(left.size(), 65u);  // 320 ms and the newest
  EXPECT_EQ(left.front(), 35u);
  for (std::uint32_t i = 0; i < 1000; ++i) sound(100 + i, Nanos(0));  // stamps that lie
  EXPECT_EQ(heard().size(), ClientPlanes::kMaxAudioPackets);
}

TEST_F(Planes, OnlyTheSessionsCodecIsHeardAndOnlyWholeSamples) {
  sound(1, {}, 0xD3, 8);
  EXPECT_TRUE(heard().empty());
  message::Welcome welcome;
  welcome.audio_codec = message::AudioCodec::pcm;
  welcome.audio.bits = 24;
  welcome.audio_channels = 2;
  planes.on_welcome(welcome);
  sound(2, {}, 0xD3, 11);
  sound(3, {}, 0xD3, 12);
  sound(4, {}, 0xC9, 12);
  EXPECT_EQ(heard(), (Sequences{3}));
}

TEST_F(Planes, RumbleIsTakenInTheOrderOfItsPad) {
  const nlohmann::json rows = testing::load_vectors("gates.json")["seq_u8"]["rows"];
  for (const auto& row : rows) {
    ClientPlanes fresh(kClock);
    const auto rumble = [&](std::uint8_t sequence) {
      std::vector<std::byte> datagram(10);
      datagram[0] = std::byte{0xCA};
      datagram[1] = std::byte{3};
      datagram[7] = std::byte{sequence};
      fresh.on_datagram(datagram, kClock.now());
      const auto pulled = fresh.next_rumble(Nanos(0));
      return pulled && pulled->has_value();
    };
    if (!row[0].is_null()) {
      EXPECT_TRUE(rumble(row[0].get<std::uint8_t>()));
    }
    EXPECT_EQ(rumble(row[1].get<std::uint8_t>()), row[2].get<bool>()) << row;
  }
}

TEST_F(Planes, SoundOfPadsComesInTheOrderOfItsPadAndKind) {
  const auto pad_sound = [&](std::uint8_t pad, std::uint8_t kind, std::uint32_t sequence) {
    std::vector<std::byte> datagram(16);
    ByteWriter out(datagram);
    out.little(std::uint8_t{0xD1});
    out.little(pad);
    out.little(kind);
    out.little(sequence);
    arrive(std::move(datagram));
    const auto pulled = planes.next_pad_audio(Nanos(0));
    return pulled && pulled->has_value();
  };
  EXPECT_TRUE(pad_sound(0, 0, 0xFFFF'FFFFU));
  EXPECT_TRUE(pad_sound(0, 1, 7));
  EXPECT_TRUE(pad_sound(1, 0, 7));
  EXPECT_TRUE(pad_sound(0, 0, 1));
  EXPECT_FALSE(pad_sound(0, 0, 0));
  EXPECT_FALSE(pad_sound(0, 1, 7));
  EXPECT_FALSE(pad_sound(16, 0, 1));
}

TEST_F(Planes, EachKindHasItsOwnQueue) {
  const nlohmann::json vectors = testing::load_vectors("datagrams.json")["vectors"];
  for (const auto& vector : vectors) arrive(testing::unhex(vector["hex"]));
  EXPECT_EQ(heard(), (Sequences{7, 8}));
  std::size_t rumbles = 0, outputs = 0;
  while (*planes.next_rumble(Nanos(0))) ++rumbles;
  while (*planes.next_hid_output(Nanos(0))) ++outputs;
  EXPECT_EQ(rumbles, 3u);
  EXPECT_EQ(outputs, 6u);
  EXPECT_TRUE(planes.next_hdr_metadata(Nanos(0))->has_value());
  EXPECT_FALSE(planes.next_host_timing(Nanos(0))->has_value());
}

TEST_F(Planes, TheEndWakesWhoWaitsAndComesAfterWhatWaits) {
  sound(1, {});
  planes.end();
  EXPECT_TRUE(planes.next_audio(seconds(60))->has_value());
  EXPECT_FALSE(planes.next_audio(seconds(60)));

  ClientPlanes other(kClock);
  std::thread waiting([&] { EXPECT_FALSE(other.next_hid_output(seconds(60))); });
  other.end();
  waiting.join();
}

}  // namespace
}  // namespace pf::endpoint
