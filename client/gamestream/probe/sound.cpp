#include "client/gamestream/probe/sound.h"

namespace pf::gamestream_probe {
namespace {

constexpr std::size_t kSamplesPerMs = audio::kOpusRateHz / 1000;

std::vector<double> expected_tones(const probe::SoundOptions& options) {
  std::vector<double> tones_hz = options.tones_hz;
  if (tones_hz.empty()) {
    for (std::size_t i = 0; i < options.channel_count; ++i)
      tones_hz.push_back(440 + 110 * static_cast<double>(i));
  }
  tones_hz.resize(options.channel_count, tones_hz.front());
  return tones_hz;
}

}  // namespace

Sound::Sound(const probe::SoundOptions& options, std::uint32_t packet_ms)
    : options_(options),
      packet_samples_(packet_ms * kSamplesPerMs),
      samples_(audio::OpusDecoder::kMaxPacketSamples * options.channel_count) {
  if (options.check) check_.emplace(audio::kOpusRateHz, expected_tones(options));
  if (options.wav.empty()) return;
  auto created =
      client_audio::WavFile::create(options.wav, options.channel_count, audio::kOpusRateHz);
  if (created) {
    wav_.emplace(*std::move(created));
  } else {
    trouble_ = created.error().what;
  }
}

void Sound::begin(const gamestream_client::StreamGrant& grant) {
  audio::SpeakerLayout layout = *audio::layout_of(options_.channel_count);
  layout.stream_count = grant.opus_streams;
  layout.coupled_count = grant.opus_coupled;
  auto opened = audio::OpusDecoder::open(layout);
  if (opened) {
    decoder_.emplace(*std::move(opened));
  } else {
    trouble_ = opened.error().what;
  }
}

void Sound::hear(const gamestream_client::AudioPacket& packet) {
  if (!decoder_) return;
  const std::span<float> expected(samples_.data(), packet_samples_ * options_.channel_count);
  if (!packet.opus.empty()) {
    const auto count = decoder_->decode(packet.opus, samples_);
    if (count == packet_samples_) return play(expected);
    ++garbage_;
  }
  decoder_->conceal(expected);
  made_up_ += milliseconds(packet_samples_ / kSamplesPerMs);
  play(expected);
}

void Sound::play(std::span<const float> interleaved) {
  if (check_) check_->add(interleaved);
  if (wav_) wav_->add(interleaved);
}

probe::SoundReport Sound::finish(const gamestream_client::AudioCounts& counts) {
  probe::SoundReport report;
  report.channel_count = options_.channel_count;
  auto& heard = report.figures.counts;
  heard.packets = counts.packets;
  heard.late = counts.late;
  heard.strangers = counts.rejected;
  heard.garbage = garbage_ + counts.undecryptable;
  heard.lost = counts.lost;
  heard.made_up = made_up_;
  if (check_) report.tone = check_->report();
  if (wav_) {
    const auto written = wav_->finish();
    if (!written && trouble_.empty()) trouble_ = written.error().what;
  }
  report.trouble = trouble_;
  return report;
}

}  // namespace pf::gamestream_probe
