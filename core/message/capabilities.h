// What one end can do, as one set of 128 bits. Bit n has the same meaning in every wire generation;
// a codec room carries the bits it has room for (punktfunk/1: four bytes at bits 0, 8, 16 and 24)
// and drops the rest. Source: docs/protocol/punktfunk1.md section 5.1, punktfunk2.md section 7.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace pf::message {

enum class Capability : std::uint8_t {
  // What the client's picture path can do.
  decodes_ten_bit = 0,
  shows_hdr = 1,
  decodes_444 = 2,
  wants_host_timing = 3,       // one host timing datagram per access unit
  separates_probe_frames = 4,  // speed-test filler has its own frame numbers
  streamed_access_units = 5,   // blocks may come before the access unit is complete
  accepts_chacha20 = 6,
  multi_slice = 7,
  // What else the client can do.
  draws_cursor = 8,
  reports_phase = 9,
  hears_redundant_audio = 10,
  plays_pad_audio = 11,
  hears_pcm = 12,
  // What the host does.
  takes_gamepad_snapshots = 16,
  has_clipboard = 17,
  takes_text_input = 18,
  sends_cursor = 19,
  takes_pen = 20,
  sends_redundant_audio = 21,
  sends_pad_audio = 22,
  sends_pcm = 23,
};

class Capabilities {
 public:
  static constexpr std::size_t kBits = 128;
  static constexpr std::size_t kBytes = kBits / 8;

  constexpr Capabilities() = default;

  constexpr bool has(Capability capability) const noexcept {
    const auto bit = static_cast<std::size_t>(capability);
    return ((bytes_[bit / 8] >> (bit % 8)) & 1) != 0;
  }
  constexpr Capabilities& add(Capability capability) noexcept {
    const auto bit = static_cast<std::size_t>(capability);
    bytes_[bit / 8] = static_cast<std::uint8_t>(bytes_[bit / 8] | (1u << (bit % 8)));
    return *this;
  }

  // Eight bits at once, the way wires carry them. `index` < kBytes.
  constexpr std::uint8_t byte(std::size_t index) const noexcept { return bytes_[index]; }
  constexpr void set_byte(std::size_t index, std::uint8_t bits) noexcept { bytes_[index] = bits; }

  bool operator==(const Capabilities&) const = default;

 private:
  std::array<std::uint8_t, kBytes> bytes_{};
};

// Most features need a bit from each end, and the two bits differ: the client asks, the host
// answers.
constexpr bool both_have(const Capabilities& client, Capability asked, const Capabilities& host,
                         Capability answered) noexcept {
  return client.has(asked) && host.has(answered);
}

}  // namespace pf::message
