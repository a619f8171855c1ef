#include "sim/access_unit.h"

#include <algorithm>
#include <array>

namespace pf::sim {
namespace {

std::uint64_t mix(std::uint64_t value) noexcept {  // splitmix64
  value += 0x9E3779B97F4A7C15u;
  value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9u;
  value = (value ^ (value >> 27)) * 0x94D049BB133111EBu;
  return value ^ (value >> 31);
}

// Word `index` of a picture: cheap, yet different at every place of every picture, so that a byte
// from elsewhere is told apart.
class Pattern {
 public:
  Pattern(std::uint64_t seed, const FakePicture& picture) noexcept
      : start_(mix(mix(seed ^ value(picture.id)) ^ value(picture.reference) ^
                   (std::uint64_t{picture.size_bytes} << 32))),
        step_(mix(start_) | 1) {}
  std::uint64_t word(std::uint64_t index) const noexcept { return start_ + index * step_; }

 private:
  std::uint64_t start_;
  std::uint64_t step_;
};

constexpr std::size_t kWordBytes = sizeof(std::uint64_t);

}  // namespace

std::vector<std::byte> write_access_unit(std::uint64_t seed, const FakePicture& picture) {
  std::vector<std::byte> bytes(picture.size_bytes);
  ByteWriter header(bytes);
  header.big(value(picture.id));
  header.big(value(picture.reference));
  header.big(picture.size_bytes);
  const Pattern pattern(seed, picture);
  std::uint64_t index = 0;
  for (std::size_t at = kFakeHeaderBytes; at < bytes.size(); at += kWordBytes) {
    const std::uint64_t word = pattern.word(index++);
    std::memcpy(&bytes[at], &word, std::min(kWordBytes, bytes.size() - at));
  }
  return bytes;
}

std::optional<FakePicture> parse_access_unit(std::uint64_t seed, Bytes access_unit) {
  ByteReader in(access_unit);
  FakePicture picture;
  picture.id = FrameId{in.big<std::uint64_t>()};
  picture.reference = FrameId{in.big<std::uint64_t>()};
  picture.size_bytes = in.big<std::uint32_t>();
  if (!in.ok() || picture.size_bytes != access_unit.size()) return std::nullopt;
  const Pattern pattern(seed, picture);
  std::uint64_t index = 0;
  for (Bytes rest = in.rest(); !rest.empty();) {
    const std::uint64_t word = pattern.word(index++);
    const std::size_t count = std::min(kWordBytes, rest.size());
    if (std::memcmp(rest.data(), &word, count) != 0) return std::nullopt;
    rest = rest.subspan(count);
  }
  return picture;
}

}  // namespace pf::sim
