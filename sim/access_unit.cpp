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

// The pattern is written and compared in pieces: word by word, most of a simulation's time goes
// into it.
using Piece = std::array<std::uint64_t, 64>;

void fill(Piece& piece, const Pattern& pattern, std::size_t piece_index) noexcept {
  const std::uint64_t first = piece_index * piece.size();
  for (std::size_t i = 0; i < piece.size(); ++i) piece[i] = pattern.word(first + i);
}

}  // namespace

void write_access_unit(std::uint64_t seed, const FakePicture& picture,
                       std::vector<std::byte>& bytes) {
  bytes.resize(picture.size_bytes);
  ByteWriter header(bytes);
  header.big(value(picture.id));
  header.big(value(picture.reference));
  header.big(picture.size_bytes);
  const Pattern pattern(seed, picture);
  const std::span<std::byte> body = std::span(bytes).subspan(kFakeHeaderBytes);
  Piece piece;
  for (std::size_t at = 0; at < body.size(); at += sizeof piece) {
    fill(piece, pattern, at / sizeof piece);
    std::memcpy(&body[at], piece.data(), std::min(sizeof piece, body.size() - at));
  }
}

std::optional<FakePicture> parse_access_unit(std::uint64_t seed, Bytes access_unit) {
  ByteReader in(access_unit);
  FakePicture picture;
  picture.id = FrameId{in.big<std::uint64_t>()};
  picture.reference = FrameId{in.big<std::uint64_t>()};
  picture.size_bytes = in.big<std::uint32_t>();
  if (!in.ok() || picture.size_bytes != access_unit.size()) return std::nullopt;
  const Pattern pattern(seed, picture);
  const Bytes body = in.rest();
  Piece piece;
  for (std::size_t at = 0; at < body.size(); at += sizeof piece) {
    fill(piece, pattern, at / sizeof piece);
    const std::size_t count = std::min(sizeof piece, body.size() - at);
    if (std::memcmp(&body[at], piece.data(), count) != 0) return std::nullopt;
  }
  return picture;
}

}  // namespace pf::sim
