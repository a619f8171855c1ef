#include "client/probe/sound_watch.h"

#include <utility>

#include "client/audio/pipewire/pipewire_output.h"
#include "client/audio/silent_output.h"
#include "core/audio/frame_decoder.h"

namespace pf::probe {
namespace {

std::vector<double> expected_tones(const SoundOptions& options, std::size_t channel_count) {
  std::vector<double> tones_hz = options.tones_hz;
  if (tones_hz.empty()) {
    for (std::size_t i = 0; i < channel_count; ++i)
      tones_hz.push_back(440 + 110 * static_cast<double>(i));
  }
  // The host may send fewer channels than were asked for.
  tones_hz.resize(channel_count, tones_hz.front());
  return tones_hz;
}

client_audio::OpenAudioOutput output_for(const SoundOptions& options, const Clock& clock) {
  using Opened = Result<std::unique_ptr<client_audio::AudioOutput>>;
  if (options.play) {
    return [](std::uint8_t channel_count, Doorbell& bell) {
      return client_audio::open_pipewire_output({}, "punktfunk", channel_count, bell);
    };
  }
  return [&clock](std::uint8_t, Doorbell&) -> Opened {
    return std::make_unique<client_audio::SilentOutput>(clock);
  };
}

}  // namespace

SoundWatch::SoundWatch(const SoundOptions& options, endpoint::ClientEndpoint& client,
                       const Clock& clock)
    : welcome_(client.welcome()), clock_(clock) {
  gaps_at_.reserve(kMaxGaps);
  const std::uint8_t channel_count = welcome_.audio_channels;
  if (options.check) {
    check_.emplace(client_audio::kOutputRateHz, expected_tones(options, channel_count));
  }
  if (!options.wav.empty()) {
    auto created =
        client_audio::WavFile::create(options.wav, channel_count, client_audio::kOutputRateHz);
    if (created) {
      wav_.emplace(*std::move(created));
    } else {
      trouble_ = created.error().what;
    }
  }
  sound_ =
      std::make_unique<client_audio::SessionSound>(client, output_for(options, clock), this, clock);
}

SoundWatch::~SoundWatch() = default;

void SoundWatch::hear(std::span<const float> interleaved) noexcept {
  if (check_) {
    check_->add(interleaved);
    const std::uint64_t before = std::exchange(gap_count_, check_->gap_count());
    if (gap_count_ != before && gaps_at_.size() < kMaxGaps) gaps_at_.push_back(clock_.now());
  }
  if (wav_) wav_->add(interleaved);
}

void SoundWatch::on_picture(WireTime pts, LocalTime shown_at) {
  const auto lag = sound_->lag();
  if (!lag || behind_picture_ns_.size() >= kMaxOffsets) return;
  behind_picture_ns_.push_back(lag->count() - (shown_at.ns() - pts.ns()));
}

SoundReport SoundWatch::finish() {
  const client_audio::SoundFigures figures = sound_->stop();
  sound_.reset();
  if (wav_) {
    const auto written = wav_->finish();
    if (!written && trouble_.empty()) trouble_ = written.error().what;
  }
  const audio::StreamFormat format = audio::format_of(welcome_);
  SoundReport report{.codec = welcome_.audio_codec,
                     .rate_hz = format.rate_hz,
                     .bits = welcome_.audio.bits,
                     .channel_count = format.channel_count,
                     .figures = figures,
                     .tone = std::nullopt,
                     .gaps_at = std::move(gaps_at_),
                     .trouble = trouble_,
                     .behind_picture_ns = std::move(behind_picture_ns_)};
  if (check_) report.tone = check_->report();
  return report;
}

}  // namespace pf::probe
