#include "host/encode/x264/frame_numbers.h"

#include <array>
#include <cstring>

namespace pf::encode::x264 {
namespace {

constexpr int kBitsOfX264 = 4;
constexpr std::uint32_t kBase = 1u << kBitsOfX264;
constexpr std::uint32_t kHighProfile = 100;  // from here on an SPS has fields that we do not read

// Bits of a payload, the most significant of each byte first. Beyond the end there are zeros.
class Bits {
 public:
  Bits(std::byte* payload, std::size_t bytes) noexcept : payload_(payload), bits_(bytes * 8) {}

  std::size_t at() const noexcept { return at_; }
  bool beyond() const noexcept { return at_ > bits_; }
  void go(std::size_t at) noexcept { at_ = at; }

  std::uint32_t read(int count) noexcept {
    std::uint32_t value = 0;
    for (; count > 0; --count) value = value << 1 | bit();
    return value;
  }
  std::uint32_t read_ue() noexcept {
    int zeros = 0;
    while (zeros < 32 && at_ < bits_ && bit() == 0) ++zeros;
    return (1u << (zeros % 32)) - 1 + read(zeros % 32);
  }
  void write(std::uint32_t value, int count) noexcept {
    for (; count > 0; --count, ++at_) {
      std::byte& byte = payload_[at_ / 8];
      const std::byte mask{static_cast<std::uint8_t>(0x80u >> (at_ % 8))};
      byte = (value >> (count - 1) & 1) != 0 ? byte | mask : byte & ~mask;
    }
  }

 private:
  std::uint32_t bit() noexcept {
    const std::size_t at = at_++;
    if (at >= bits_) return 0;
    return std::to_integer<std::uint32_t>(payload_[at / 8]) >> (7 - at % 8) & 1;
  }

  std::byte* payload_;
  std::size_t bits_;
  std::size_t at_ = 0;
};

}  // namespace

std::optional<std::size_t> FrameNumbers::widen_sps(std::byte* payload, std::size_t bytes) noexcept {
  constexpr std::size_t kMostBytes = 256;
  constexpr std::uint32_t kMinusFour = kBits - 4;
  constexpr int kBitsOfOld = 1, kBitsOfNew = 7;  // ue(0) and ue(8)
  if (bytes == 0 || bytes > kMostBytes) return std::nullopt;
  std::array<std::byte, kMostBytes> copy;
  std::memcpy(copy.data(), payload, bytes);
  Bits from(copy.data(), bytes), to(payload, bytes);
  if (from.read(8) >= kHighProfile) return std::nullopt;
  (void)from.read(16);  // constraints, level
  (void)from.read_ue();
  to.go(from.at());
  if (from.read_ue() != 0 || from.beyond()) return std::nullopt;  // log2_max_frame_num_minus4
  to.write(kMinusFour + 1, kBitsOfNew);
  // The last 1 ends the payload; zeros fill the byte.
  while (from.at() < bytes * 8) to.write(from.read(1), 1);
  std::size_t end = to.at();
  if (end % 8 != 0) to.write(0, static_cast<int>(8 - end % 8));
  end = to.at() / 8;
  while (end > 0 && payload[end - 1] == std::byte{0}) --end;
  static_assert(kBitsOfNew - kBitsOfOld <= 8 * static_cast<int>(kRoomBytes));
  return end;
}

std::optional<std::size_t> FrameNumbers::widen_slice(std::byte* payload, std::size_t bytes,
                                                     bool idr) noexcept {
  Bits bits(payload, bytes);
  for (int i = 0; i < 3; ++i) (void)bits.read_ue();  // first macroblock, slice type, PPS
  const std::size_t at = bits.at();
  const std::uint32_t low = bits.read(kBitsOfX264);
  if (bits.beyond()) return std::nullopt;
  number_ = idr ? 0 : number_ + (low - number_) % kBase;  // the same for each slice of a picture
  // Everything from the byte of the number on moves by one; the bits before it are put back.
  const std::size_t byte = at / 8;
  std::memmove(payload + byte + 1, payload + byte, bytes - byte);
  bits.go(at);
  bits.write(number_ % (1u << kBits), kBits);
  return bytes + 1;
}

}  // namespace pf::encode::x264
