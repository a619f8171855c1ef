#include "core/audio/audio_player.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace pf::audio {
namespace {

// Samples between decoder and resampler: what a cut leaves out, two of the longest packets, and
// what the resampler asks for at once.
constexpr std::size_t kMaxWaitingFrames = 4 * FrameDecoder::kMaxSamples;
// In a row, and the resampler is broken: it always takes something or gives something.
constexpr int kMaxIdleRounds = 2;

}  // namespace

Result<AudioPlayer> AudioPlayer::open(const StreamFormat& format, std::uint32_t output_rate_hz,
                                      std::unique_ptr<FrameDecoder> decoder) {
  PF_TRY(auto resampler, Resampler::open(format.channel_count));
  return AudioPlayer(format, output_rate_hz, std::move(decoder), std::move(resampler));
}

AudioPlayer::AudioPlayer(const StreamFormat& format, std::uint32_t output_rate_hz,
                         std::unique_ptr<FrameDecoder> decoder, Resampler resampler)
    : format_(format),
      output_rate_hz_(output_rate_hz),
      decoder_(std::move(decoder)),
      resampler_(std::move(resampler)),
      samples_(format.channel_count, kMaxWaitingFrames) {}

void AudioPlayer::put(const JitterBuffer::Packet& packet, LocalTime arrived_at) noexcept {
  switch (packets_.put(packet)) {
    case JitterBuffer::Put::restarted:
      ++counts_.recounts;
      [[fallthrough]];
    case JitterBuffer::Put::kept:
      ++counts_.packets;
      jitter_.add(packet.pts, arrived_at);
      return;
    case JitterBuffer::Put::duplicate:
      ++counts_.duplicates;
      return;
    case JitterBuffer::Put::late:
      ++counts_.late;
      jitter_.add(packet.pts, arrived_at);
      return;
    case JitterBuffer::Put::stranger:
    case JitterBuffer::Put::oversized:
      ++counts_.strangers;
      return;
  }
}

Nanos AudioPlayer::depth() const noexcept {
  return format_.span(static_cast<double>(packets_.waiting()) * format_.frame_samples +
                      static_cast<double>(samples_.frames()) + resampler_.inside());
}

std::optional<WireTime> AudioPlayer::position() const noexcept {
  if (!playing_) return std::nullopt;
  return end_ - format_.span(static_cast<double>(samples_.frames()) + resampler_.inside());
}

void AudioPlayer::render(std::span<float> interleaved) noexcept {
  const std::size_t channels = format_.channel_count;
  const Nanos asked(static_cast<std::int64_t>(static_cast<double>(interleaved.size() / channels) *
                                              1e9 / output_rate_hz_));
  if (!playing_) begin_if_enough(asked);
  const double ratio = output_rate_hz_ / format_.rate_hz / (1 + drift_.correction());
  int idle_rounds = 0;
  while (!interleaved.empty()) {
    const auto wanted = static_cast<std::size_t>(
        std::ceil(static_cast<double>(interleaved.size() / channels) / ratio));
    const std::size_t needed = std::clamp<std::size_t>(wanted, 1, FrameDecoder::kMaxSamples);
    while (samples_.frames() < needed) decode_next();
    const auto progress = resampler_.run(samples_.front(needed), interleaved, ratio);
    samples_.drop(progress.used);
    interleaved = interleaved.subspan(progress.made * channels);
    if (progress.used == 0 && progress.made == 0 && ++idle_rounds > kMaxIdleRounds) {
      std::fill(interleaved.begin(), interleaved.end(), 0.0F);
      return;
    }
  }
  if (playing_ && made_up_ahead_ == 0) adjust(asked);
}

// What packets bring unevenly, and half of the saw tooth that they make even if they come evenly.
DepthTarget::Arrivals AudioPlayer::arrivals() const noexcept {
  const Nanos half = format_.span(format_.frame_samples) / 2;
  return {.uneven = jitter_.delay() + half, .worst_dip = jitter_.worst_dip() + half};
}

// What is there is played without what is missing before it, no more of it than the target says,
// and after as much silence as makes it exact. The target is a mean, but there is enough when a
// packet has just come, or a burst: half of it waits besides, less what we look late for it.
void AudioPlayer::begin_if_enough(Nanos asked) noexcept {
  const Nanos packet = format_.span(format_.frame_samples);
  target_.prepare(arrivals());
  const Nanos wanted =
      target() + asked + (packet - std::min(packet, asked)) / 2 + jitter_.delay() / 2;
  if (packets_.waiting() * packet < wanted) return;
  packets_.drop_until(static_cast<std::uint32_t>(wanted / packet));
  packets_.skip_missing();
  samples_.drop(samples_.frames());
  put_silence(std::min<std::size_t>(format_.samples(wanted - std::min(wanted, depth())),
                                    format_.frame_samples));
  playing_ = true;
  made_up_in_a_row_ = made_up_ahead_ = 0;
  least_excess_ = Nanos::max();
  watched_ = {};
  drift_.forget_excess();
  target_.forget_mean();
  ++counts_.starts;
}

void AudioPlayer::interrupt() noexcept {
  playing_ = false;
  gain_ = 0;
  packets_.drop_until(0);
  samples_.drop(samples_.frames());
  resampler_.reset();
}

void AudioPlayer::adjust(Nanos played) noexcept {
  const double falling = target_.update(depth(), arrivals(), played);
  const Nanos excess = depth() - target();
  drift_.update(excess, played, falling);
  least_excess_ = std::min(least_excess_, excess);
  watched_ += played;
  if (watched_ < kCutWatch) return;
  if (least_excess_ > kMaxExcess) cut(format_.samples(least_excess_));
  least_excess_ = Nanos::max();
  watched_ = {};
}

// Leaves out so many samples, gliding over what is left out.
void AudioPlayer::cut(std::size_t frames) noexcept {
  const std::size_t fade = format_.samples(kFade);
  frames = std::min(frames, samples_.room() + samples_.frames() - fade - FrameDecoder::kMaxSamples);
  while (samples_.frames() < frames + fade) decode_next();
  const std::size_t channels = format_.channel_count;
  const std::span<float> all = samples_.front(frames + fade);
  for (std::size_t frame = 0; frame < fade; ++frame) {
    const float share = static_cast<float>(frame + 1) / static_cast<float>(fade + 1);
    for (std::size_t i = 0; i < channels; ++i) {
      float& later = all[(frames + frame) * channels + i];
      later = all[frame * channels + i] * (1 - share) + later * share;
    }
  }
  samples_.drop(frames);
  drift_.forget_excess();
  target_.forget_mean();
  ++counts_.cuts;
}

void AudioPlayer::decode_next() noexcept {
  if (!playing_) {
    put_silence(format_.frame_samples);
    return;
  }
  const auto taken = packets_.take();
  switch (taken.kind) {
    case JitterBuffer::Taken::Kind::packet:
      decode_packet(taken.packet);
      return;
    case JitterBuffer::Taken::Kind::missing:
      pass_missing();
      return;
    case JitterBuffer::Taken::Kind::nothing:
      bridge_nothing();
      return;
  }
}

void AudioPlayer::decode_packet(const JitterBuffer::Packet& packet) noexcept {
  if (made_up_ahead_ > 0) target_.on_made_up(format_.span(made_up_ahead_));
  made_up_ahead_ = 0;
  std::size_t frames = 0;
  if (packet.bytes.empty()) {
    ++counts_.quiet;
    made_up_in_a_row_ = 0;
    put_concealed(0);
  } else {
    frames = decoder_->decode(packet.bytes, samples_.back(FrameDecoder::kMaxSamples));
    if (frames == 0) {
      ++counts_.garbage;
      put_concealed(gain_of_made_up());
    } else {
      made_up_in_a_row_ = 0;
      put_frames(frames, 1, 1.0F / static_cast<float>(format_.samples(kFade)));
    }
  }
  end_ = packet.pts + format_.span(frames > 0 ? frames : format_.frame_samples);
}

void AudioPlayer::pass_missing() noexcept {
  ++counts_.lost;
  end_ += format_.span(format_.frame_samples);
  if (format_.span(made_up_in_a_row_) >= kMaxMadeUp)
    return;  // silent by now: go on where there is sound
  if (made_up_ahead_ >= format_.frame_samples) {
    made_up_ahead_ -= format_.frame_samples;  // it was heard before anybody knew
    return;
  }
  counts_.made_up += format_.span(format_.frame_samples);
  put_concealed(gain_of_made_up());
}

void AudioPlayer::bridge_nothing() noexcept {
  if (made_up_ahead_ == 0) ++counts_.dry_spells;
  if (format_.span(made_up_ahead_) >= kMaxMadeUp) {
    playing_ = false;
    put_silence(format_.frame_samples);
    return;
  }
  made_up_ahead_ += format_.frame_samples;
  counts_.made_up += format_.span(format_.frame_samples);
  put_concealed(gain_of_made_up());
}

// Whole for 10 ms, then ever less until the bound.
float AudioPlayer::gain_of_made_up() noexcept {
  made_up_in_a_row_ += format_.frame_samples;
  const Nanos length = format_.span(made_up_in_a_row_);
  const double faded = std::chrono::duration<double>(length - kWhole) /
                       std::chrono::duration<double>(kMaxMadeUp - kWhole);
  return static_cast<float>(std::clamp(1 - faded, 0.0, 1.0));
}

void AudioPlayer::put_silence(std::size_t frames) noexcept {
  const auto into = samples_.back(frames);
  std::fill(into.begin(), into.end(), 0.0F);
  samples_.put(frames);
  gain_ = 0;
}

void AudioPlayer::put_concealed(float gain_at_end) noexcept {
  decoder_->conceal(samples_.back(format_.frame_samples));
  const float change = std::abs(gain_at_end - gain_);
  put_frames(format_.frame_samples, gain_at_end,
             change / static_cast<float>(format_.frame_samples));
}

// Counts samples in that were written, while the gain glides towards `gain_at_end`, each sample by
// `step`.
void AudioPlayer::put_frames(std::size_t frames, float gain_at_end, float step) noexcept {
  const std::span<float> samples = samples_.back(frames);
  for (std::size_t i = 0; gain_ != 1 || gain_at_end != 1;) {
    if (i == samples.size()) break;
    gain_ = gain_ < gain_at_end ? std::min(gain_ + step, gain_at_end)
                                : std::max(gain_ - step, gain_at_end);
    for (const std::size_t end = i + format_.channel_count; i < end; ++i) samples[i] *= gain_;
  }
  samples_.put(frames);
}

}  // namespace pf::audio
