#include "client/probe/mic_tone.h"

#include <array>
#include <cmath>
#include <numbers>
#include <vector>

#include "core/audio/opus_encoder.h"
#include "core/base/check.h"

namespace pf::probe {
namespace {

constexpr std::size_t kFramesPerMs = 48;
constexpr std::uint32_t kBitrate_kbps = 48;  // docs/protocol/punktfunk1.md section 9.6

void draw(std::span<float> samples, std::uint64_t& phase) {
  for (float& sample : samples) {
    // The tone repeats every second: so the phase stays exact for ever.
    const auto within = static_cast<double>(phase++ % audio::kOpusRateHz);
    sample = static_cast<float>(
        MicTone::kAmplitude *
        std::sin(2 * std::numbers::pi * MicTone::kFrequency_hz * within / audio::kOpusRateHz));
  }
}

}  // namespace

MicTone::MicTone(endpoint::ClientEndpoint& client, milliseconds frame, const Clock& clock)
    : client_(client), frame_(frame), clock_(clock), thread_([this] { run(); }) {}

MicTone::~MicTone() {
  over_ = true;
  bell_.ring();
  thread_.join();
}

void MicTone::run() {
  auto encoder = audio::OpusEncoder::open({.layout = audio::kMono,
                                           .bitrate_kbps = kBitrate_kbps,
                                           .use = audio::OpusEncoder::Use::voice});
  PF_CHECK(encoder);
  std::vector<float> samples(static_cast<std::size_t>(frame_.count()) * kFramesPerMs);
  std::array<std::byte, message::kMaxOpusBytes> room;
  std::uint64_t phase = 0;
  message::Microphone voice;
  for (LocalTime due = clock_.now(); !over_; due += frame_) {
    for (LocalTime now = clock_.now(); now < due && !over_; now = clock_.now())
      bell_.wait(due - now);
    draw(samples, phase);
    voice.pts = due;
    voice.opus = encoder->encode(samples, room);
    client_.send(voice);
    ++voice.sequence;
    ++frames_sent_;
  }
}

}  // namespace pf::probe
