// Packets in their order → samples, one call for each, with what is missing between them made up.
// For embedders with a jitter buffer of their own; audio_player.h has ours.
//
// One thread. Memory is taken when it is opened.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/audio/frame_decoder.h"
#include "core/audio/jitter_buffer.h"

namespace pf::audio {

class PacketDecoder {
 public:
  // More is not made up: what was before has faded by then, and a longer gap is a pause.
  static constexpr Nanos kMaxMadeUp = milliseconds(50);

  PacketDecoder(const StreamFormat& format, std::unique_ptr<FrameDecoder> decoder);

  // Interleaved samples, lent until the next call: what is made up for packets missing since the
  // last one, then the packet's own. One that is empty or no packet of this stream sounds made up.
  std::span<const float> decode(const JitterBuffer::Packet& packet) noexcept;

  // A frame made up because none came in time. It counts against a gap that shows afterwards. Empty
  // before the first decode().
  std::span<const float> conceal() noexcept;

  const StreamFormat& format() const noexcept { return format_; }

 private:
  std::uint32_t to_make_up(std::uint32_t sequence) noexcept;
  void put_concealed() noexcept;

  const StreamFormat format_;
  const std::uint32_t most_made_up_;  // frames
  std::unique_ptr<FrameDecoder> decoder_;
  std::vector<float> samples_;
  std::size_t used_ = 0;  // of samples_
  std::optional<std::uint32_t> newest_;
  std::uint32_t concealed_ahead_ = 0;  // frames since the newest
};

}  // namespace pf::audio
