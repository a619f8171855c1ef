// A host, a network and an output device around an AudioPlayer, in simulated time.
//
// The time line is the device's: its sample k is due at k / rate. The host's clock runs faster by a
// number of ppm. What it sends is a tone; the decoder here computes it from the number in the
// packet, and conceals with silence so that concealment can be found in what is played.
#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <memory>
#include <numbers>
#include <utility>
#include <vector>

#include "core/audio/audio_player.h"
#include "core/base/rng.h"

namespace pf::audio::testing {

class ToneDecoder final : public FrameDecoder {
 public:
  static constexpr double kFrequency_hz = 440;
  static constexpr double kAmplitude = 0.5;

  // A second of it is a whole number of periods, so the phase is exact for ever.
  explicit ToneDecoder(const StreamFormat& format) : format_(format), second_(format.rate_hz) {
    for (std::size_t i = 0; i < second_.size(); ++i) {
      second_[i] =
          static_cast<float>(kAmplitude * std::sin(2 * std::numbers::pi * kFrequency_hz *
                                                   static_cast<double>(i) / format.rate_hz));
    }
  }

  std::size_t decode(Bytes packet, std::span<float> interleaved) noexcept override {
    if (packet.size() != sizeof(std::uint32_t)) return 0;
    const std::uint64_t first =
        std::uint64_t{ByteReader(packet).little<std::uint32_t>()} * format_.frame_samples;
    for (std::size_t i = 0; i < format_.frame_samples; ++i) {
      std::fill_n(interleaved.begin() + static_cast<std::ptrdiff_t>(i * format_.channel_count),
                  format_.channel_count, second_[(first + i) % second_.size()]);
    }
    return format_.frame_samples;
  }
  void conceal(std::span<float> interleaved) noexcept override {
    std::fill(interleaved.begin(), interleaved.end(), 0.0F);
  }

 private:
  const StreamFormat format_;
  std::vector<float> second_;
};

struct PlayerWorld {
  StreamFormat format{.rate_hz = 48'000, .channel_count = 1, .frame_samples = 240};
  std::uint32_t output_rate_hz = 48'000;
  std::size_t quantum = 256;
  double host_faster_ppm = 0;
  std::uint32_t first_sequence = 0;  // the tone begins with it
  bool redundancy = false;
  // Of packet n, beyond the least delay; nullopt: lost.
  std::function<std::optional<Nanos>(std::uint64_t)> network = [](std::uint64_t) {
    return Nanos(0);
  };
  // What packet n holds: sound, silence, or it is not sent.
  enum class Sends { tone, empty, nothing };
  std::function<Sends(std::uint64_t)> host = [](std::uint64_t) { return Sends::tone; };
  // After each render, with the seconds since the beginning.
  std::function<void(std::span<const float>, double)> listen = [](std::span<const float>, double) {
  };

  std::unique_ptr<AudioPlayer> player;

  void run(Nanos length) {
    if (!player) {
      player = std::make_unique<AudioPlayer>(
          *AudioPlayer::open(format, output_rate_hz, std::make_unique<ToneDecoder>(format)));
      host_period_s_ =
          static_cast<double>(format.frame_samples) / format.rate_hz / (1 + host_faster_ppm * 1e-6);
    }
    std::vector<float> block(quantum * format.channel_count);
    const double end_s = now_s_ + std::chrono::duration<double>(length).count();
    for (; now_s_ < end_s; ++blocks_) {
      now_s_ = static_cast<double>(blocks_ * quantum) / output_rate_hz;
      deliver();
      player->render(block);
      listen(block, now_s_);
    }
  }

 private:
  struct OnTheWay {
    std::uint32_t sequence = 0;
    WireTime pts;
    bool empty = false;
  };

  void deliver() {
    for (; static_cast<double>(sent_) * host_period_s_ <= now_s_; ++sent_) send(sent_);
    while (!on_the_way_.empty() && on_the_way_.begin()->first <= now_s_) {
      const auto [at_s, packet] = *on_the_way_.begin();
      on_the_way_.erase(on_the_way_.begin());
      std::array<std::byte, 4> bytes;
      ByteWriter(bytes).little(packet.sequence - first_sequence);
      player->put({.sequence = packet.sequence,
                   .pts = packet.pts,
                   .bytes = packet.empty ? Bytes() : Bytes(bytes)},
                  LocalTime(Nanos(static_cast<std::int64_t>(at_s * 1e9))));
    }
  }
  void send(std::uint64_t number) {
    if (host(number) == Sends::nothing) return;
    const auto delay = network(number);
    if (!delay) return;
    const double at_s = static_cast<double>(number) * host_period_s_ +
                        std::chrono::duration<double>(*delay).count();
    if (redundancy && number > 0 && host(number - 1) == Sends::tone)
      on_the_way_.emplace(at_s, packet(number - 1));
    on_the_way_.emplace(at_s, packet(number));
  }
  OnTheWay packet(std::uint64_t number) const {
    return {.sequence = first_sequence + static_cast<std::uint32_t>(number),
            .pts = WireTime(Nanos(1'700'000'000'000'000'000) +
                            number * format.span(format.frame_samples)),
            .empty = host(number) == Sends::empty};
  }

  double host_period_s_ = 0;
  double now_s_ = 0;
  std::uint64_t blocks_ = 0, sent_ = 0;
  std::multimap<double, OnTheWay> on_the_way_;
};

// Finds clicks. A pure sine, whatever its amplitude and phase, obeys x[n+1] + x[n-1] = 2 cos(w)
// x[n]; a step in it, or in its slope, does not. Answers the largest deviation in samples after
// `skip`.
class ClickDetector {
 public:
  explicit ClickDetector(double frequency_hz, double rate_hz)
      : factor_(2 * std::cos(2 * std::numbers::pi * frequency_hz / rate_hz)) {}
  void add(float sample) {
    const double now = sample;
    if (count_++ >= 2) largest_ = std::max(largest_, std::abs(now + earlier_ - factor_ * before_));
    earlier_ = before_;
    before_ = now;
  }
  double largest() const { return largest_; }
  void reset() { largest_ = 0; }

 private:
  double factor_;
  double before_ = 0, earlier_ = 0, largest_ = 0;
  std::uint64_t count_ = 0;
};

// Stretches of silence in a tone, in samples.
class GapDetector {
 public:
  void add(float sample) {
    run_ = std::abs(sample) < 1e-3 ? run_ + 1 : 0;
    longest_ = std::max(longest_, run_);
  }
  std::uint64_t longest() const { return longest_; }
  void reset() { longest_ = run_ = 0; }

 private:
  std::uint64_t run_ = 0, longest_ = 0;
};

}  // namespace pf::audio::testing
