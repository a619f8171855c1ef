// One packet of a stream → samples, and what to play where a packet is missing; whatever the codec.
//
// The packets of a stream are decoded or concealed in order, each once, on one thread. Packets come
// from the network: any bytes are survived.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/message/handshake.h"

namespace pf::audio {

// How a host sends sound.
struct StreamFormat {
  std::uint32_t rate_hz = 48'000;
  std::uint8_t channel_count = 2;     // 2, 6 or 8, in the order of speaker_layout.h
  std::uint32_t frame_samples = 240;  // of each channel, in an ordinary packet

  std::size_t samples(Nanos span) const noexcept {
    return static_cast<std::size_t>(span.count() * rate_hz / 1'000'000'000);
  }
  Nanos span(double samples_of_each) const noexcept {
    return Nanos(static_cast<std::int64_t>(samples_of_each * 1e9 / rate_hz));
  }
};

StreamFormat format_of(const message::Welcome& welcome) noexcept;

class FrameDecoder {
 public:
  // Opus packets may hold 120 ms; PCM ones, 5 ms at 176.4 kHz, far fewer samples.
  static constexpr std::size_t kMaxSamples = 5'760;  // of each channel

  virtual ~FrameDecoder() = default;
  // How many samples of each channel were written to `interleaved`, full scale ±1; 0: that is no
  // packet of this stream, treat it as lost. kMaxSamples times the channels is always enough room.
  virtual std::size_t decode(Bytes packet, std::span<float> interleaved) noexcept = 0;
  // Fills `interleaved`, the length of an ordinary packet, as if one had come that goes on like
  // those before. It begins without a step, and so does what is decoded next.
  virtual void conceal(std::span<float> interleaved) noexcept = 0;
};

// The decoder of what a host agreed to send; `unavailable`: not on this machine.
Result<std::unique_ptr<FrameDecoder>> open_frame_decoder(const message::Welcome& welcome);

}  // namespace pf::audio
