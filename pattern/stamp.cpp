#include "pattern/stamp.h"

namespace pf::pattern {
namespace {

constexpr std::uint32_t kNumberBits = 32;
constexpr std::uint32_t kTimeBits = 48;
constexpr std::uint32_t kCheckBits = 16;
static_assert(kNumberBits + kTimeBits + kCheckBits == kBandBits);

void put(StampBits& bits, std::uint32_t at, std::uint32_t count, std::uint64_t value) noexcept {
  for (std::uint32_t i = 0; i < count; ++i) bits[at + i] = ((value >> (count - 1 - i)) & 1) != 0;
}

std::uint64_t get(const StampBits& bits, std::uint32_t at, std::uint32_t count) noexcept {
  std::uint64_t value = 0;
  for (std::uint32_t i = 0; i < count; ++i) value = (value << 1) | (bits[at + i] ? 1u : 0u);
  return value;
}

std::uint64_t check_of(const StampBits& bits) noexcept {
  std::uint32_t crc = 0xFFFF;
  for (std::uint32_t i = 0; i < kNumberBits + kTimeBits; ++i) {
    const bool feed = ((crc >> 15) & 1) != (bits[i] ? 1u : 0u);
    crc = (crc << 1) & 0xFFFF;
    if (feed) crc ^= 0x1021;
  }
  return crc;
}

}  // namespace

StampBits write_stamp(const Stamp& stamp) noexcept {
  StampBits bits;
  put(bits, 0, kNumberBits, stamp.frame_number);
  put(bits, kNumberBits, kTimeBits, static_cast<std::uint64_t>(stamp.drawn_at.count() / 1000));
  put(bits, kNumberBits + kTimeBits, kCheckBits, check_of(bits));
  return bits;
}

std::optional<Stamp> parse_stamp(const StampBits& bits) noexcept {
  if (get(bits, kNumberBits + kTimeBits, kCheckBits) != check_of(bits)) return std::nullopt;
  const auto micros = static_cast<std::int64_t>(get(bits, kNumberBits, kTimeBits));
  return Stamp{.frame_number = static_cast<std::uint32_t>(get(bits, 0, kNumberBits)),
               .drawn_at = microseconds(micros)};
}

Nanos full_time(Nanos drawn_at, Nanos near) noexcept {
  constexpr std::int64_t kWrap = std::int64_t{1} << kTimeBits;
  const std::int64_t near_us = near.count() / 1000;
  const std::int64_t behind = (near_us - drawn_at.count() / 1000) & (kWrap - 1);
  return microseconds(near_us - (behind < kWrap / 2 ? behind : behind - kWrap));
}

}  // namespace pf::pattern
