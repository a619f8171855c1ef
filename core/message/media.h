// Words that handshake messages share: codecs, colour, sound, error correction, grants.
// Source: docs/protocol/punktfunk1.md section 5.1.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>

#include "core/base/display_mode.h"
#include "core/base/secret.h"

namespace pf::message {

enum class VideoCodec : std::uint8_t { h264 = 0, hevc = 1, av1 = 2, pyrowave = 3 };

class CodecSet {
 public:
  constexpr CodecSet() = default;
  constexpr CodecSet(std::initializer_list<VideoCodec> codecs) noexcept {
    for (const VideoCodec codec : codecs) {
      bits_ = static_cast<std::uint8_t>(bits_ | (1u << static_cast<unsigned>(codec)));
    }
  }
  static constexpr CodecSet from_bits(std::uint8_t bits) noexcept {
    CodecSet set;
    set.bits_ = bits;
    return set;
  }
  constexpr bool has(VideoCodec codec) const noexcept {
    return ((bits_ >> static_cast<unsigned>(codec)) & 1) != 0;
  }
  constexpr bool empty() const noexcept { return bits_ == 0; }
  constexpr std::uint8_t bits() const noexcept { return bits_; }  // bit n is codec n
  bool operator==(const CodecSet&) const = default;

 private:
  std::uint8_t bits_ = 0;
};

// What both ends will use; nullopt: they share no codec. An empty `client` means HEVC only, as the
// oldest clients could. PyroWave is never chosen unless the client prefers it.
std::optional<VideoCodec> choose_codec(CodecSet client, CodecSet host, CodecSet preferred) noexcept;

enum class CompositorKind : std::uint8_t { automatic, kwin, wlroots, mutter, gamescope };

enum class GamepadKind : std::uint8_t {
  automatic,
  xbox_360,
  dualsense,
  xbox_one,
  dualshock_4,
  steam_controller,
  steam_deck,
  dualsense_edge,
  switch_pro,
  steam_controller_2,
  steam_controller_2_puck,
  xbox_elite,
};

// H.273 code points. The default is BT.709, limited range.
struct Colour {
  std::uint8_t primaries = 1;
  std::uint8_t transfer = 1;
  std::uint8_t matrix = 1;
  bool full_range = false;
  bool operator==(const Colour&) const = default;
};

enum class ChromaFormat : std::uint8_t { yuv420, yuv444 };

enum class FecScheme : std::uint8_t { gf8, gf16 };

struct FecParameters {
  FecScheme scheme = FecScheme::gf16;
  std::uint8_t percent = 10;                // parity against data, at the start
  std::uint16_t max_data_per_block = 4096;  // data shards
  bool operator==(const FecParameters&) const = default;
};

enum class Cipher : std::uint8_t { aes128_gcm, chacha20_poly1305 };

// The keys of the media plane, made by the host for one session.
struct MediaKeys {
  Cipher cipher = Cipher::aes128_gcm;
  Secret<16> aes128;
  Secret<32> chacha20;  // used, and sent, only with that cipher
  std::array<std::byte, 4> salt{};
  bool operator==(const MediaKeys&) const = default;
};

enum class AudioCodec : std::uint8_t { opus, flac, pcm };

struct AudioFormat {
  std::uint32_t rate_hz = 48'000;
  std::uint8_t bits = 16;  // 16 or 24
  bool operator==(const AudioFormat&) const = default;
};

// Mastering display and content light level (SMPTE ST 2086, CTA-861.3).
struct HdrMetadata {
  struct Point {
    std::uint16_t x = 0, y = 0;  // 1/50000
    bool operator==(const Point&) const = default;
  };
  Point green, blue, red, white;
  std::uint32_t max_luminance = 0;            // 0.0001 cd/m²
  std::uint32_t min_luminance = 0;            // 0.0001 cd/m²
  std::uint16_t max_content_light = 0;        // cd/m²
  std::uint16_t max_frame_average_light = 0;  // cd/m²
  bool operator==(const HdrMetadata&) const = default;
};

// What a device may do on the host.
enum class Grant : std::uint8_t { gamepad, pointer, keyboard, clipboard, microphone, launch };

class Grants {
 public:
  static constexpr std::uint32_t kAllBits = 0x3F;
  static constexpr Grants all() noexcept { return from_bits(kAllBits); }
  static constexpr Grants from_bits(std::uint32_t bits) noexcept {
    Grants grants;
    grants.bits_ = bits;
    return grants;
  }
  constexpr bool allows(Grant grant) const noexcept {
    return ((bits_ >> static_cast<unsigned>(grant)) & 1) != 0;
  }
  constexpr std::uint32_t bits() const noexcept { return bits_; }  // bit n is grant n
  bool operator==(const Grants&) const = default;

 private:
  std::uint32_t bits_ = 0;
};

// The rate as whole Hz, which is all that punktfunk/1 can say; nullopt for 59.94 and the like.
constexpr std::optional<std::uint32_t> whole_hz(RefreshRate refresh) noexcept {
  if (refresh.denominator == 0 || refresh.numerator % refresh.denominator != 0) return std::nullopt;
  return refresh.numerator / refresh.denominator;
}

}  // namespace pf::message
