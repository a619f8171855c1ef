#include "host/pipeline/audio_worker.h"

#include <algorithm>

#include "core/audio/pcm.h"
#include "core/runtime/system_clock.h"
#include "host/pipeline/frame_trace.h"

namespace pf::pipeline {
namespace {

// Threads are late by this much now and then; what has not come by then is silence.
constexpr Nanos kGrace = milliseconds(10);
constexpr Nanos kMaxPatience = milliseconds(100);

std::size_t frame_values(const AudioWork& work) {
  const auto samples = static_cast<std::size_t>(work.frame_period.count() *
                                                std::int64_t{audio::kOpusRateHz} / 1'000'000'000);
  return samples * work.source.layout.channel_count;
}

}  // namespace

AudioWorker::AudioWorker(const AudioWork& work, OpenSource open_source, AudioOutlet& outlet,
                         SoundCounts& counts, const Clock& clock)
    : work_(work),
      open_source_(std::move(open_source)),
      outlet_(outlet),
      counts_(counts),
      clock_(clock),
      timeline_(work.frame_period),
      frame_(frame_values(work)),
      silence_(frame_values(work)),
      encoded_(work.constant_frame_bytes > 0 ? work.constant_frame_bytes
                                             : audio::AudioFramer::kMaxFrameBytes) {}

Result<void> AudioWorker::keep_encoder() {
  if (encoder_ || work_.codec != message::AudioCodec::opus) return {};
  PF_TRY(auto opened, audio::OpusEncoder::open({.layout = work_.source.layout,
                                                .bitrate_kbps = work_.bitrate_kbps,
                                                .constant_size = work_.constant_frame_bytes > 0}));
  encoder_ = std::move(opened);
  return {};
}

Result<void> AudioWorker::run(Shift& shift) {
  PF_TRY_VOID(keep_encoder());
  PF_TRY(auto source, open_source_(work_.source, shift.bell(), clock_));
  filled_ = 0;  // what the source before left half done
  ++counts_.epochs;
  shift.opened();
  while (!shift.over()) {
    shift.beat("waiting for sound");
    PF_TRY(const auto read,
           source->read(std::span(frame_).subspan(filled_), shift.bell(), patience(*source)));
    if (read.sample_count > 0) {
      take_in(read);
    } else {
      stand_in(clock_.now() - source->latency() - kGrace);
    }
    counts_.cpu_ns = thread_cpu_time().count();
  }
  return {};
}

// Until the frame under way, or a silent one in its place, is due for certain.
Nanos AudioWorker::patience(const audio::AudioSource& source) const noexcept {
  if (!timeline_.next()) return work_.frame_period;
  const LocalTime due = *timeline_.next() + work_.frame_period + source.latency() + kGrace;
  return std::clamp<Nanos>(due - clock_.now(), Nanos(0), kMaxPatience);
}

void AudioWorker::take_in(const audio::SoundRead& read) noexcept {
  if (filled_ == 0) frame_captured_at_ = read.captured_at;
  filled_ += read.sample_count * work_.source.layout.channel_count;
  if (filled_ < frame_.size()) return;
  filled_ = 0;
  const std::size_t missing = timeline_.begin_sound(frame_captured_at_);
  for (std::size_t i = 0; i < missing; ++i) {
    send(silence_, Kind::silence);
  }
  send(frame_, Kind::sound);
}

// What has come of a frame that will not be completed leaves with silence behind it.
void AudioWorker::stand_in(LocalTime heard_until) noexcept {
  if (!timeline_.silence_due(heard_until)) return;
  std::fill(frame_.begin() + static_cast<std::ptrdiff_t>(filled_), frame_.end(), 0.0f);
  filled_ = 0;
  send(frame_, Kind::silence);
}

void AudioWorker::send(std::span<const float> frame, Kind kind) noexcept {
  const LocalTime captured_at = timeline_.take();
  if (!outlet_.wants_sound()) return;
  ++counts_.frames;
  if (kind == Kind::silence) ++counts_.silent_frames;
  const Bytes encoded = encode(frame);
  if (!encoded.empty()) outlet_.offer(encoded, captured_at);
}

Bytes AudioWorker::encode(std::span<const float> frame) noexcept {
  return encoder_ ? encoder_->encode(frame, encoded_)
                  : audio::write_pcm(frame, work_.bits, encoded_);
}

}  // namespace pf::pipeline
