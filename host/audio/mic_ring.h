// Between the thread that decodes a voice and the real-time thread of a sound server that asks for
// it: enough waits that unevenness is not heard, and no more.
//
// Voice comes in packets of 2.5 to 120 ms, a recorder asks for one quantum after another. Playing
// begins when about three quanta wait, or a packet and two quanta if that is more; each time it
// runs dry in the middle of a sentence the wish grows by 10 ms, and shrinks again in calm. The two
// clocks differ: what waits is kept near the wish by playing up to 0.5 % faster or slower (4-point
// Hermite interpolation), and cut when it is far too much. Whatever begins, ends or is cut is faded
// over 2.7 ms.
//
// A recorder that has just come, which shows by a pause in its asking, hears the newest sound only:
// nothing older than kMaxAge plus the wish, so never anything older than a second. No lock, no
// allocation after the constructor.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <span>

#include "core/base/time.h"
#include "core/runtime/sample_ring.h"

namespace pf::audio {

struct MicRingCounts {
  std::uint64_t dry_spells = 0;      // nothing waited when sound was due
  std::uint64_t cut_frames = 0;      // left out because too much waited
  std::uint64_t dropped_frames = 0;  // fell out because nobody recorded
};

class MicRing {
 public:
  static constexpr Nanos kMaxAge = milliseconds(500);    // of the newest sound, for a new recorder
  static constexpr Nanos kDetached = milliseconds(250);  // without a question: the recorder is gone
  static constexpr std::size_t kRateHz = 48'000;
  static constexpr std::size_t kMaxWishFrames = kRateHz / 4;
  static constexpr double kMaxCorrection = 0.005;

  MicRing();

  // The decoding thread.
  void push(std::span<const float> samples, LocalTime now) noexcept;
  void discard() noexcept;  // what waits is not played any more

  // The server's thread: fills all of `out`.
  void pull(std::span<float> out, LocalTime now) noexcept;

  // Any thread: whether somebody records.
  bool heard(LocalTime now) const noexcept;
  // The decoding thread.
  std::size_t waiting_frames() const noexcept { return ring_.size_frames(); }
  MicRingCounts counts() const noexcept;

 private:
  static constexpr std::size_t kFadeFrames = 128;
  static constexpr std::size_t kChunkFrames = 2'048;  // of one turn of the resampler
  static constexpr std::size_t kTaps = 4;
  // What may wait above the wish before it is cut, besides one packet: correction would need 12 s.
  static constexpr std::size_t kMaxExcessFrames = kRateHz * 6 / 100;
  static constexpr std::size_t kSlackStepFrames = kRateHz / 100;
  static constexpr std::size_t kMaxSlackFrames = kRateHz / 10;
  // Sound that comes again sooner was late; later it is another sentence.
  static constexpr Nanos kLate = milliseconds(300);

  void begin_anew(LocalTime now) noexcept;
  void plan(std::size_t quantum) noexcept;
  bool primed(LocalTime now) noexcept;
  void play(std::span<float> out, LocalTime now) noexcept;
  std::size_t resample(std::span<float> out) noexcept;
  void run_dry(LocalTime now) noexcept;
  void fade_out(std::span<float> out) noexcept;
  void correct(std::size_t quantum) noexcept;
  void cut(std::span<float> out) noexcept;
  bool is_detached(LocalTime now) const noexcept;

  SampleRing ring_;
  std::atomic<std::int64_t> pushed_at_ns_;
  std::atomic<std::int64_t> pulled_at_ns_;
  std::atomic<std::uint32_t> packet_frames_{0};  // of the last push
  std::atomic<bool> discard_{false};
  std::atomic<std::uint64_t> dry_spells_{0};
  std::atomic<std::uint64_t> cut_frames_{0};

  // The server's thread.
  bool playing_ = false;
  bool fade_in_ = false;
  std::size_t wish_frames_ = 0;
  std::size_t slack_frames_ = kSlackStepFrames;
  std::size_t calm_frames_ = 0;  // since the last dry spell or change of the slack
  double level_ = 0;             // what waits before a pull, smoothed over a second
  double step_ = 1;              // frames taken for each one given
  double position_ = 0;          // within input_, of the next frame
  std::size_t input_frames_ = 0;
  std::array<float, kChunkFrames + 64> input_{};
  float last_ = 0;  // given while playing
  std::size_t fade_left_ = 0;
  std::optional<LocalTime> dry_since_;
};

}  // namespace pf::audio
