// Samples as they are, 16 or 24 bits, little-endian. Source: docs/protocol/punktfunk1.md sections
// 9.4 and 15.3.
//
// A missing packet is the one before played backwards, and forwards again should another be
// missing: that joins without a step, which a plain repetition would not. What comes next is faded
// in from there over a millisecond. How long concealed sound may last is the player's business.
#pragma once

#include <vector>

#include "core/audio/frame_decoder.h"

namespace pf::audio {

class PcmDecoder final : public FrameDecoder {
 public:
  PcmDecoder(const StreamFormat& format, std::uint8_t bits);

  std::size_t decode(Bytes packet, std::span<float> interleaved) noexcept override;
  void conceal(std::span<float> interleaved) noexcept override;

 private:
  static constexpr Nanos kJoin = milliseconds(1);

  void turn_back() noexcept;
  void join(std::span<float> interleaved) noexcept;

  const StreamFormat format_;
  const std::size_t sample_bytes_;
  std::vector<float> newest_;  // the last packet as it was played, backwards or not
  bool concealed_ = false;
};

}  // namespace pf::audio
