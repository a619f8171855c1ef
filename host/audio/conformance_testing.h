// What every AudioSource owes, as questions to a real one. Each backend's tests put them; what they
// need to sound is up to the backend.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "core/audio/tone_testing.h"
#include "core/runtime/system_clock.h"
#include "host/audio/audio_source.h"

namespace pf::audio::testing {

struct Recording {
  std::vector<float> sound;  // interleaved
  std::vector<LocalTime> stamps;
  std::vector<std::size_t> counts;  // of each read
};

// Reads for `length`, pieces of 5 ms.
inline Recording record(AudioSource& source, std::size_t channel_count, Nanos length) {
  const SystemClock clock;
  Recording recording;
  Doorbell bell;
  std::vector<float> piece(240 * channel_count);
  for (const LocalTime until = clock.now() + length; clock.now() < until;) {
    const auto read = source.read(piece, bell, milliseconds(20));
    if (!read) {
      ADD_FAILURE() << read.error().what;
      break;
    }
    if (read->sample_count == 0) continue;
    EXPECT_LE(read->sample_count, 240u);
    recording.stamps.push_back(read->captured_at);
    recording.counts.push_back(read->sample_count);
    recording.sound.insert(
        recording.sound.end(), piece.begin(),
        piece.begin() + static_cast<std::ptrdiff_t>(read->sample_count * channel_count));
  }
  return recording;
}

// Stamps count samples: they follow each other without a hole, and none lies in the future or far
// in the past. `tolerance`: by how much threads are late.
inline void expect_sound_stamps(const Recording& recording, Nanos tolerance) {
  ASSERT_FALSE(recording.stamps.empty());
  LocalTime due = recording.stamps.front();
  for (std::size_t i = 0; i < recording.stamps.size(); ++i) {
    EXPECT_LT(std::chrono::abs(recording.stamps[i] - due), tolerance) << "read " << i;
    due = recording.stamps[i] + Nanos(static_cast<std::int64_t>(recording.counts[i]) * 62'500 / 3);
  }
  EXPECT_LE(recording.stamps.back(), SystemClock().now());
}

// A quiet or slow source gives up waiting when it is told to: by patience and by the bell.
inline void expect_patience(AudioSource& source, std::size_t channel_count) {
  const SystemClock clock;
  Doorbell bell;
  std::vector<float> piece(240 * channel_count);
  for (int i = 0; i < 20; ++i) {
    const LocalTime before = clock.now();
    ASSERT_TRUE(source.read(piece, bell, milliseconds(2)));
    EXPECT_LT(clock.now() - before, seconds(1));
  }
  EXPECT_GT(source.latency(), Nanos(0));
  EXPECT_LT(source.latency(), seconds(1));
}

}  // namespace pf::audio::testing
