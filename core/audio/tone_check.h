// Listens to a known tone on each channel and says whether it came through whole: its frequency and
// power (Goertzel, "An algorithm for the evaluation of finite trigonometric series", 1958), how
// loud it is, how much of it is silence, gaps, clicks, and whether each channel came out of its own
// speaker.
//
// Listening begins with the first loud sound: what a codec lets ring before it is none of the tone.
// Pure; one thread; what it costs does not grow with time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/base/time.h"

namespace pf::audio {

struct ToneOnChannel {
  double expected_hz = 0;
  double heard_hz = 0;      // the strongest of all channels' tones; 0: none of them
  double power_ratio = 0;   // its own tone against the strongest neighbour, 20 to 50 Hz off
  double rms = 0;           // of full scale 1
  double silent_share = 0;  // 0 … 1
  std::uint64_t gaps = 0;   // silences of ToneCheck::kShortestGap and more
  Nanos longest_gap{0};
  std::uint64_t clicks = 0;  // steps that no sine makes, those at the edges of gaps included
};

struct ToneReport {
  Nanos heard{0};  // since the first sound; 0: there was none
  std::vector<ToneOnChannel> channels;

  // Every channel is loud, on its speaker and without a gap or click.
  bool whole() const noexcept;
};

class ToneCheck {
 public:
  static constexpr double kMinPowerRatio = 1'000;
  // -60 dB of full scale. A tone of 20 Hz and more that is louder than -34 dB is shorter than the
  // shortest gap below it, where it crosses zero.
  static constexpr float kSilence = 1e-3F;
  static constexpr float kLoud = 2e-2F;  // -34 dB
  static constexpr Nanos kShortestGap = milliseconds(1);
  // A step of a tenth of the tone's amplitude.
  static constexpr double kClick = 0.1;
  static constexpr Nanos kClickApart = milliseconds(5);  // one event rings for a while

  // Each channel's tone; interleaved samples have as many channels.
  ToneCheck(double rate_hz, std::vector<double> expected_hz);

  void add(std::span<const float> interleaved);
  ToneReport report() const;
  // On all channels together so far; costs nothing.
  std::uint64_t gap_count() const noexcept;

 private:
  // Two samples of memory for each frequency that is looked for.
  struct Resonator {
    double factor = 0;  // 2 cos(w)
    double before = 0, earlier = 0;
    double power = 0;  // summed over blocks
    void add(double sample) noexcept {
      const double now = sample + factor * before - earlier;
      earlier = before;
      before = now;
    }
    void end_block() noexcept {
      power += before * before + earlier * earlier - factor * before * earlier;
      before = earlier = 0;
    }
  };
  struct Channel {
    std::vector<Resonator> tones;       // of each channel, in their order
    std::vector<Resonator> neighbours;  // of its own
    double square_sum = 0;
    std::uint64_t silent = 0;  // samples in gaps that are over
    std::uint64_t gaps = 0;
    std::uint64_t longest_gap = 0;
    std::uint64_t quiet_run = 0;
    std::uint64_t clicks = 0;
    std::optional<std::uint64_t> clicked_at;
    double factor = 0;
    double before = 0, earlier = 0;
    double block_square_sum = 0, amplitude = 0;  // of the last whole block
  };

  void add_sample(Channel& channel, float sample) noexcept;
  void look_for_click(Channel& channel, double sample) noexcept;
  void end_block() noexcept;

  const double rate_hz_;
  const std::vector<double> expected_hz_;
  std::vector<float> window_;  // Hann, a block long
  std::size_t in_block_ = 0;
  std::uint64_t heard_ = 0;  // samples of each channel since the first loud sound
  bool begun_ = false;
  std::vector<Channel> channels_;
};

}  // namespace pf::audio
