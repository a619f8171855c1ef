#include "core/audio/tone_check.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "core/base/check.h"

namespace pf::audio {
namespace {

// A quarter of a second: Hann's window then leaves less than -60 dB of a tone 20 Hz beside it, and
// a clock that is 0.1 % off does not matter.
constexpr double kBlock_s = 0.25;
constexpr std::array kNeighbours_hz{-50.0, -20.0, 20.0, 50.0};

double factor_of(double frequency_hz, double rate_hz) {
  return 2 * std::cos(2 * std::numbers::pi * frequency_hz / rate_hz);
}

}  // namespace

bool ToneReport::whole() const noexcept {
  return heard > Nanos(0) &&
         std::all_of(channels.begin(), channels.end(), [](const ToneOnChannel& channel) {
           return channel.heard_hz == channel.expected_hz &&
                  channel.power_ratio > ToneCheck::kMinPowerRatio && channel.gaps == 0 &&
                  channel.clicks == 0;
         });
}

ToneCheck::ToneCheck(double rate_hz, std::vector<double> expected_hz)
    : rate_hz_(rate_hz),
      expected_hz_(std::move(expected_hz)),
      window_(static_cast<std::size_t>(rate_hz * kBlock_s)),
      channels_(expected_hz_.size()) {
  for (std::size_t i = 0; i < window_.size(); ++i) {
    const double phase =
        2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(window_.size());
    window_[i] = static_cast<float>(0.5 - 0.5 * std::cos(phase));
  }
  for (std::size_t i = 0; i < channels_.size(); ++i) {
    Channel& channel = channels_[i];
    channel.factor = factor_of(expected_hz_[i], rate_hz);
    for (const double tone_hz : expected_hz_)
      channel.tones.push_back({.factor = factor_of(tone_hz, rate_hz)});
    for (const double beside_hz : kNeighbours_hz)
      channel.neighbours.push_back({.factor = factor_of(expected_hz_[i] + beside_hz, rate_hz)});
  }
}

void ToneCheck::add(std::span<const float> interleaved) {
  PF_CHECK(interleaved.size() % channels_.size() == 0);
  for (; !interleaved.empty(); interleaved = interleaved.subspan(channels_.size())) {
    const auto samples = interleaved.first(channels_.size());
    if (!begun_) {
      begun_ = std::any_of(samples.begin(), samples.end(),
                           [](float sample) { return std::abs(sample) > kLoud; });
      if (!begun_) continue;
    }
    for (std::size_t i = 0; i < samples.size(); ++i) add_sample(channels_[i], samples[i]);
    ++heard_;
    if (++in_block_ == window_.size()) end_block();
  }
}

void ToneCheck::add_sample(Channel& channel, float sample) noexcept {
  const double windowed = double{sample} * window_[in_block_];
  for (Resonator& tone : channel.tones) tone.add(windowed);
  for (Resonator& neighbour : channel.neighbours) neighbour.add(windowed);
  const double square = double{sample} * sample;
  channel.square_sum += square;
  channel.block_square_sum += square;

  const auto shortest =
      static_cast<std::uint64_t>(rate_hz_ * std::chrono::duration<double>(kShortestGap).count());
  if (std::abs(sample) <= kSilence) {
    if (++channel.quiet_run == shortest) {
      ++channel.gaps;
      channel.silent += shortest - 1;
    }
    if (channel.quiet_run >= shortest) {
      ++channel.silent;
      channel.longest_gap = std::max(channel.longest_gap, channel.quiet_run);
    }
  } else {
    channel.quiet_run = 0;
  }
  look_for_click(channel, sample);
}

// A sine of whatever amplitude and phase obeys x[n+1] + x[n-1] = 2 cos(w) x[n].
void ToneCheck::look_for_click(Channel& channel, double sample) noexcept {
  const double off = std::abs(sample + channel.earlier - channel.factor * channel.before);
  channel.earlier = channel.before;
  channel.before = sample;
  if (channel.amplitude == 0 || off < kClick * channel.amplitude) return;
  const auto apart =
      static_cast<std::uint64_t>(rate_hz_ * std::chrono::duration<double>(kClickApart).count());
  if (!channel.clicked_at || heard_ - *channel.clicked_at > apart) ++channel.clicks;
  channel.clicked_at = heard_;
}

void ToneCheck::end_block() noexcept {
  for (Channel& channel : channels_) {
    for (Resonator& tone : channel.tones) tone.end_block();
    for (Resonator& neighbour : channel.neighbours) neighbour.end_block();
    channel.amplitude =
        std::sqrt(2 * channel.block_square_sum / static_cast<double>(window_.size()));
    channel.block_square_sum = 0;
  }
  in_block_ = 0;
}

std::uint64_t ToneCheck::gap_count() const noexcept {
  std::uint64_t count = 0;
  for (const Channel& channel : channels_) count += channel.gaps;
  return count;
}

ToneReport ToneCheck::report() const {
  const auto span = [&](std::uint64_t samples) {
    return Nanos(static_cast<std::int64_t>(static_cast<double>(samples) * 1e9 / rate_hz_));
  };
  ToneReport report;
  report.heard = span(heard_);
  for (std::size_t i = 0; i < channels_.size(); ++i) {
    const Channel& channel = channels_[i];
    ToneOnChannel row{.expected_hz = expected_hz_[i],
                      .gaps = channel.gaps,
                      .longest_gap = span(channel.longest_gap),
                      .clicks = channel.clicks};
    const auto louder = [](const Resonator& a, const Resonator& b) { return a.power < b.power; };
    const auto loudest = std::max_element(channel.tones.begin(), channel.tones.end(), louder);
    const double beside =
        std::max_element(channel.neighbours.begin(), channel.neighbours.end(), louder)->power;
    // Against what is beside, or silence and noise would have a loudest tone too.
    if (loudest->power > beside) {
      row.heard_hz = expected_hz_[static_cast<std::size_t>(loudest - channel.tones.begin())];
    }
    // Several channels may have the same tone.
    if (channel.tones[i].power >= loudest->power)
      row.heard_hz = row.heard_hz > 0 ? row.expected_hz : 0;
    constexpr double kMaxRatio = 1e12;  // what double precision can tell
    const double own = channel.tones[i].power;
    row.power_ratio = own > 0 ? std::min(own / std::max(beside, own / kMaxRatio), kMaxRatio) : 0;
    if (heard_ > 0) {
      row.rms = std::sqrt(channel.square_sum / static_cast<double>(heard_));
      row.silent_share = static_cast<double>(channel.silent) / static_cast<double>(heard_);
    }
    report.channels.push_back(row);
  }
  return report;
}

}  // namespace pf::audio
