// Pieces of layout that several messages share. Internal to this room.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/display_mode.h"
#include "core/message/media.h"

namespace pf::wire::v1 {

inline constexpr std::string_view kHandshakeMagic = "PKF1";
inline constexpr std::string_view kTypedMagic = "PKFc";
inline constexpr std::size_t kMagicBytes = 4;

inline DisplayMode read_mode(ByteReader& in) noexcept {
  DisplayMode mode;
  mode.size_px.width = in.little<std::uint32_t>();
  mode.size_px.height = in.little<std::uint32_t>();
  mode.refresh = RefreshRate{.numerator = in.little<std::uint32_t>(), .denominator = 1};
  return mode;
}

inline void write_mode(const DisplayMode& mode, ByteWriter& out) noexcept {
  const RefreshRate refresh = mode.refresh;
  out.little(mode.size_px.width);
  out.little(mode.size_px.height);
  out.little<std::uint32_t>(refresh.denominator == 0 ? 0 : refresh.numerator / refresh.denominator);
}

// Fields of the newer part of a handshake message: absent ones take a default. A field cut in half
// is absent.
class OptionalFields {
 public:
  OptionalFields(Bytes payload, std::size_t offset) noexcept
      : rest_(payload.subspan(offset < payload.size() ? offset : payload.size())) {}

  template <std::integral T>
  T little(T otherwise) noexcept {
    if (rest_.size() < sizeof(T)) {
      rest_ = {};
      return otherwise;
    }
    ByteReader in(rest_);
    const T value = in.little<T>();
    rest_ = rest_.subspan(sizeof(T));
    return value;
  }

  // A text behind its length byte. A length beyond the end swallows what is there.
  Bytes counted() noexcept {
    const std::size_t length = little<std::uint8_t>(0);
    const Bytes text = rest_.size() < length ? Bytes{} : rest_.first(length);
    rest_ = rest_.subspan(length < rest_.size() ? length : rest_.size());
    return text;
  }

  // Exactly `count` bytes if so many are left, else nothing is taken.
  Bytes take_if_there(std::size_t count) noexcept {
    if (rest_.size() < count) return {};
    const Bytes taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
  }

  std::size_t remaining() const noexcept { return rest_.size(); }

 private:
  Bytes rest_;
};

// Values out of range take their default, as every reader of the reference does.
inline message::CompositorKind compositor_from(std::uint8_t byte) noexcept {
  return byte > static_cast<std::uint8_t>(message::CompositorKind::gamescope)
             ? message::CompositorKind::automatic
             : message::CompositorKind{byte};
}
inline message::GamepadKind gamepad_from(std::uint8_t byte) noexcept {
  return byte > static_cast<std::uint8_t>(message::GamepadKind::xbox_elite)
             ? message::GamepadKind::automatic
             : message::GamepadKind{byte};
}
inline std::uint8_t channels_from(std::uint8_t byte) noexcept {
  return byte == 6 || byte == 8 ? byte : 2;
}
inline std::uint8_t sample_bits_from(std::uint8_t byte) noexcept { return byte == 24 ? 24 : 16; }
inline std::uint32_t sample_rate_from(std::uint32_t hz) noexcept { return hz == 0 ? 48'000 : hz; }

}  // namespace pf::wire::v1
