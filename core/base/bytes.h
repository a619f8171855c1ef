// Reading and writing wire bytes. A reader that runs short stays short, so a parser's body is a
// straight list of fields and one check at the end. A writer that runs full stays full, likewise.
#pragma once

#include <algorithm>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace pf {

using Bytes = std::span<const std::byte>;
using MutableBytes = std::span<std::byte>;

inline Bytes as_bytes(std::string_view text) noexcept {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}
inline std::string_view as_text(Bytes bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

namespace detail {
// Compilers see through memcpy and make each number one load or store; a loop over its bytes they
// leave as it is, at -O2. Every packet has a dozen numbers.
template <std::integral T>
T in_order(T value, bool big) noexcept {
  if (big == (std::endian::native == std::endian::big)) return value;
  if constexpr (sizeof(T) == 8)
    return static_cast<T>(__builtin_bswap64(static_cast<std::uint64_t>(value)));
  if constexpr (sizeof(T) == 4)
    return static_cast<T>(__builtin_bswap32(static_cast<std::uint32_t>(value)));
  if constexpr (sizeof(T) == 2)
    return static_cast<T>(__builtin_bswap16(static_cast<std::uint16_t>(value)));
  return value;
}
template <std::integral T>
T load(const std::byte* from, bool big) noexcept {
  T value;
  std::memcpy(&value, from, sizeof value);
  return in_order(value, big);
}
template <std::integral T>
void store(std::byte* to, T value, bool big) noexcept {
  value = in_order(value, big);
  std::memcpy(to, &value, sizeof value);
}
}  // namespace detail

class ByteReader {
 public:
  explicit constexpr ByteReader(Bytes bytes) noexcept : rest_(bytes) {}

  // 0 once the bytes have run out.
  template <std::integral T>
  constexpr T little() noexcept {
    return number<T>(false);
  }
  template <std::integral T>
  constexpr T big() noexcept {
    return number<T>(true);
  }

  // Exactly `count` bytes, or an empty span once they have run out.
  constexpr Bytes take(std::size_t count) noexcept {
    if (count > rest_.size()) {
      short_ = true;
      rest_ = {};
      return {};
    }
    const Bytes taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
  }

  constexpr std::size_t remaining() const noexcept { return rest_.size(); }
  constexpr Bytes rest() noexcept { return take(rest_.size()); }
  constexpr bool ok() const noexcept { return !short_; }  // never ran short
  constexpr bool finished() const noexcept {
    return !short_ && rest_.empty();
  }  // and nothing is left

 private:
  template <std::integral T>
  constexpr T number(bool big) noexcept {
    const Bytes taken = take(sizeof(T));
    return taken.empty() ? T{0} : detail::load<T>(taken.data(), big);
  }
  Bytes rest_;
  bool short_ = false;
};

class ByteWriter {
 public:
  explicit constexpr ByteWriter(MutableBytes into) noexcept : into_(into) {}

  template <std::integral T>
  constexpr void little(T value) noexcept {
    number(value, false);
  }
  template <std::integral T>
  constexpr void big(T value) noexcept {
    number(value, true);
  }

  constexpr void put(Bytes bytes) noexcept {
    if (MutableBytes room = claim(bytes.size()); !room.empty())
      std::copy(bytes.begin(), bytes.end(), room.begin());
  }

  constexpr bool ok() const noexcept { return !full_; }
  constexpr std::size_t size() const noexcept { return size_; }
  constexpr Bytes written() const noexcept { return into_.first(size_); }

 private:
  constexpr MutableBytes claim(std::size_t count) noexcept {
    if (full_ || count > into_.size() - size_) {
      full_ = true;
      return {};
    }
    const MutableBytes room = into_.subspan(size_, count);
    size_ += count;
    return room;
  }
  template <std::integral T>
  constexpr void number(T value, bool big) noexcept {
    if (MutableBytes room = claim(sizeof(T)); !room.empty()) detail::store(room.data(), value, big);
  }
  MutableBytes into_;
  std::size_t size_ = 0;
  bool full_ = false;
};

}  // namespace pf
