#include "client/audio/wav_file.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "core/base/bytes.h"

namespace pf::client_audio {
namespace {

TEST(WavFile, HoldsTheSamplesAndNamesTheSpeakers) {
  const std::string path = ::testing::TempDir() + "wav_file_test.wav";
  auto wav = WavFile::create(path, 6, 48'000);
  ASSERT_TRUE(wav) << wav.error().what;
  wav->add(std::array<float, 6>{0, 1, -1, 2, -2, 0.5F});
  ASSERT_TRUE(wav->finish());
  std::ifstream file(path, std::ios::binary);
  const std::string all{std::istreambuf_iterator<char>(file), {}};
  ASSERT_EQ(all.size(), 68u + 12u);
  ByteReader in(as_bytes(all));
  EXPECT_EQ(as_text(in.take(4)), "RIFF");
  EXPECT_EQ(in.little<std::uint32_t>(), all.size() - 8);
  EXPECT_EQ(as_text(in.take(8)), "WAVEfmt ");
  EXPECT_EQ(in.little<std::uint32_t>(), 40u);
  in.take(2);
  EXPECT_EQ(in.little<std::uint16_t>(), 6);
  EXPECT_EQ(in.little<std::uint32_t>(), 48'000u);
  EXPECT_EQ(in.little<std::uint32_t>(), 48'000u * 12);
  EXPECT_EQ(in.little<std::uint16_t>(), 12);
  EXPECT_EQ(in.little<std::uint16_t>(), 16);
  in.take(4);
  EXPECT_EQ(in.little<std::uint32_t>(), 0x3Fu);
  in.take(16);
  EXPECT_EQ(as_text(in.take(4)), "data");
  EXPECT_EQ(in.little<std::uint32_t>(), 12u);
  for (const int sample : {0, 32'767, -32'767, 32'767, -32'767, 16'384})
    EXPECT_EQ(in.little<std::int16_t>(), sample);
}

TEST(WavFile, SaysWhenItCannotBeWritten) {
  const auto wav = WavFile::create("/nowhere/sound.wav", 2, 48'000);
  ASSERT_FALSE(wav);
  EXPECT_NE(wav.error().what.find("/nowhere/sound.wav"), std::string::npos);
}

}  // namespace
}  // namespace pf::client_audio
