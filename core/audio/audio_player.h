// From packets as the network brings them to sound as an output device asks for it: exactly as many
// samples as it wants, at its rate, for ever, without a click.
//
//   packets → jitter buffer → decoder → [samples] → resampler → render()
//
// Four things are kept apart. How much sound waits follows from how unevenly packets come and are
// taken out (depth_target.h), and from having run dry. The clocks of host and device differ:
// playing a little faster or slower keeps the amount at its target (drift.h). A packet that is
// missing while later ones are there is concealed for 50 ms at most, silence follows. And when
// nothing waits at all, sound is made up likewise but the stream does not move on: if the packet
// then comes it is played, later by what was made up; if it does not, the host is quiet or gone,
// and playing begins anew, with the target's depth, when packets come again. A quiet host, one that
// sends empty packets or none, is silence and no loss.
//
// Whatever begins or ends does so over 5 ms. Pure: time is what is asked for and what packets
// brought with them. One thread. Memory is taken when it is opened.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/audio/depth_target.h"
#include "core/audio/drift.h"
#include "core/audio/frame_decoder.h"
#include "core/audio/jitter_buffer.h"
#include "core/audio/jitter_estimate.h"
#include "core/audio/resampler.h"
#include "core/audio/sample_queue.h"
#include "core/base/result.h"
#include "core/base/time.h"

namespace pf::audio {

// Since the beginning.
struct AudioPlayerCounts {
  std::uint64_t packets = 0;  // that were kept
  std::uint64_t late = 0;     // came after their turn
  std::uint64_t duplicates = 0;
  std::uint64_t strangers = 0;   // numbers far from all others, or too many bytes
  std::uint64_t garbage = 0;     // not of this codec: concealed
  std::uint64_t lost = 0;        // never came, or late: concealed
  std::uint64_t quiet = 0;       // empty: the host had no sound
  std::uint64_t dry_spells = 0;  // nothing waited when sound was due
  std::uint64_t starts = 0;      // playing began, first or after silence
  std::uint64_t recounts = 0;    // the host began to number anew
  std::uint64_t cuts = 0;        // sound left out because far too much waited
  Nanos made_up{0};              // sound that nobody sent
};

class AudioPlayer {
 public:
  static constexpr Nanos kMaxMadeUp = milliseconds(50);
  // More than this above the target is not waited for to be played off: it is cut out.
  static constexpr Nanos kMaxExcess = milliseconds(60);

  static Result<AudioPlayer> open(const StreamFormat& format, std::uint32_t output_rate_hz,
                                  std::unique_ptr<FrameDecoder> decoder);

  void put(const JitterBuffer::Packet& packet, LocalTime arrived_at) noexcept;

  // Fills all of `interleaved`, with silence where there is nothing to play.
  void render(std::span<float> interleaved) noexcept;

  // The device was away: what waits is too old to be played. Playing begins anew with what comes.
  void interrupt() noexcept;

  // The host's stamp of the sample that the next render() begins with; empty while it is silent for
  // want of packets.
  std::optional<WireTime> position() const noexcept;

  Nanos depth() const noexcept;  // what waits, whichever form it has
  Nanos target() const noexcept { return target_.now(); }
  double drift() const noexcept { return drift_.drift(); }  // the host's clock is faster by so much
  const AudioPlayerCounts& counts() const noexcept { return counts_; }

 private:
  static constexpr Nanos kFade = milliseconds(5);
  static constexpr Nanos kWhole = milliseconds(10);  // made-up sound is not faded before
  static constexpr Nanos kCutWatch = seconds(1);     // what was too much all this time is cut

  AudioPlayer(const StreamFormat& format, std::uint32_t output_rate_hz,
              std::unique_ptr<FrameDecoder> decoder, Resampler resampler);

  DepthTarget::Arrivals arrivals() const noexcept;
  void begin_if_enough(Nanos asked) noexcept;
  void adjust(Nanos played) noexcept;
  void cut(std::size_t frames) noexcept;
  // One packet's worth more of sound, of whichever kind; not always any.
  void decode_next() noexcept;
  void decode_packet(const JitterBuffer::Packet& packet) noexcept;
  void pass_missing() noexcept;
  void bridge_nothing() noexcept;
  void put_silence(std::size_t frames) noexcept;
  void put_concealed(float gain_at_end) noexcept;
  void put_frames(std::size_t frames, float gain_at_end, float step) noexcept;
  float gain_of_made_up() noexcept;

  const StreamFormat format_;
  const double output_rate_hz_;
  std::unique_ptr<FrameDecoder> decoder_;
  Resampler resampler_;
  JitterBuffer packets_;
  JitterEstimate jitter_;
  DriftControl drift_;
  SampleQueue samples_;

  bool playing_ = false;  // else it waits for enough
  float gain_ = 0;        // at the end of samples_
  DepthTarget target_;
  std::size_t made_up_in_a_row_ = 0;  // samples of each channel
  std::size_t made_up_ahead_ = 0;     // of it, while nothing waited
  WireTime end_;                      // stamp of what comes after samples_
  Nanos least_excess_{0};
  Nanos watched_{0};
  AudioPlayerCounts counts_;
};

}  // namespace pf::audio
