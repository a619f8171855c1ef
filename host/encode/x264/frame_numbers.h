// Gives H.264 pictures numbers of twelve bits where libx264 writes four.
//
// libx264 counts pictures as far as its references reach, modulo 16, and cannot be asked for more.
// A decoder that misses pictures makes up for them, but libavcodec only in frame_num and not in the
// picture order count that hangs on it (H.264 section 8.2.1.3, FrameNumOffset): when the number
// wrapped among what was lost, every picture until the next wrap counts as older than the ones
// before it and is never shown, up to 15 of them. Of losses of two pictures that struck every
// eighth; with twelve bits it is one in two thousand, and the encoder can answer that one with an
// IDR.
//
// Both edits are in the payload as libx264 hands it out, before emulation prevention. That of a
// slice adds eight bits, a whole byte, so that the coded macroblocks stay aligned as they are.
// Source: H.264 sections 7.3.2.1.1 (SPS), 7.3.3 (slice header) and 9.1 (ue(v)).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace pf::encode::x264 {

class FrameNumbers {
 public:
  static constexpr int kBits = 12;
  // Bytes that must be writable behind a payload; libx264 leaves 64.
  static constexpr std::size_t kRoomBytes = 2;

  // Both edit `payload` in place, which has kRoomBytes behind it, and return its new length; empty
  // when it is not what libx264 writes with our settings.
  static std::optional<std::size_t> widen_sps(std::byte* payload, std::size_t bytes) noexcept;
  // Slices in the order of coding.
  std::optional<std::size_t> widen_slice(std::byte* payload, std::size_t bytes, bool idr) noexcept;

  // Whether the number wraps at one of the `pictures` before the next one.
  bool wraps_within(int pictures) const noexcept {
    constexpr std::uint32_t kWrap = 1u << kBits;
    const std::uint32_t next = number_ + 1;
    return next > kWrap && next % kWrap > 0 && next % kWrap <= static_cast<std::uint32_t>(pictures);
  }

 private:
  std::uint32_t number_ = 0;  // of the newest picture, since the last IDR
};

}  // namespace pf::encode::x264
