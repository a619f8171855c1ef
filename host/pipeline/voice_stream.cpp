#include "host/pipeline/voice_stream.h"

#include <algorithm>

namespace pf::pipeline {

Result<VoiceStream> VoiceStream::open() {
  PF_TRY(auto decoder, audio::OpusDecoder::open(audio::kMono));
  return VoiceStream(std::move(decoder));
}

void VoiceStream::begin_anew() noexcept {
  decoder_.reset();
  next_.reset();
}

bool VoiceStream::is_flood(LocalTime now) noexcept {
  given_until_ = std::max(given_until_, now);
  return given_until_ - now > kMaxAhead;
}

void VoiceStream::hand_over(std::size_t sample_count, LocalTime now, const Give& give) {
  given_until_ = std::max(given_until_, now) +
                 Nanos(static_cast<std::int64_t>(sample_count) * 62'500 / 3);  // 48 kHz
  give(std::span(samples_).first(sample_count));
}

void VoiceStream::take(std::uint32_t sequence, Bytes opus, LocalTime now, const Give& give) {
  if (is_flood(now)) {
    ++counts_.dropped;
    return;
  }
  if (next_) {
    const auto step = static_cast<std::int32_t>(sequence - *next_);
    if (step < -kMaxStep || step > kMaxStep) {
      begin_anew();
    } else if (step < 0) {  // late, or a second time
      ++counts_.dropped;
      return;
    } else if (step <= kMaxConcealed) {
      make_up(step, opus, now, give);
    }
  }
  next_ = sequence + 1;
  if (opus.empty()) {  // the client's way to say silence
    const auto silence = std::span(samples_).first(packet_samples_);
    std::fill(silence.begin(), silence.end(), 0.0F);
    hand_over(packet_samples_, now, give);
    return;
  }
  const auto decoded = decoder_.decode(opus, samples_);
  if (!decoded) {
    ++counts_.garbage;
    return;
  }
  ++counts_.packets;
  packet_samples_ = *decoded;
  hand_over(*decoded, now, give);
}

void VoiceStream::make_up(std::int32_t missing, Bytes next, LocalTime now, const Give& give) {
  const auto room = std::span(samples_).first(packet_samples_);
  for (; missing > 0; --missing) {
    // The last one before `next` may be in it once more, at a lower rate.
    if (missing > 1 || !decoder_.recover(next, room)) (void)decoder_.conceal(room);
    ++counts_.concealed;
    hand_over(packet_samples_, now, give);
  }
}

}  // namespace pf::pipeline
