#include "core/video/annexb.h"

#include <array>
#include <cstring>

namespace pf::video {
namespace {

constexpr std::array<std::byte, 3> kStartCode{std::byte{0}, std::byte{0}, std::byte{1}};

// Where the next start code begins, or the size. Looked for by its last byte, which memchr finds
// many bytes at a time: a clip of the host is looked through from end to end.
std::size_t find_start_code(Bytes bytes) noexcept {
  std::size_t at = 2;
  while (at < bytes.size()) {
    const void* const one = std::memchr(bytes.data() + at, 1, bytes.size() - at);
    if (one == nullptr) break;
    at = static_cast<std::size_t>(static_cast<const std::byte*>(one) - bytes.data());
    if (bytes[at - 1] == std::byte{0} && bytes[at - 2] == std::byte{0}) return at - 2;
    ++at;
  }
  return bytes.size();
}

Bytes behind_start_code(Bytes bytes) noexcept {
  const std::size_t at = find_start_code(bytes);
  return at == bytes.size() ? Bytes{} : bytes.subspan(at + kStartCode.size());
}

}  // namespace

NalReader::NalReader(Bytes stream) noexcept : rest_(behind_start_code(stream)) {}

std::optional<NalUnit> NalReader::next() noexcept {
  while (!rest_.empty()) {
    Bytes unit = rest_.first(find_start_code(rest_));
    rest_ = behind_start_code(rest_);
    // Zeros before a start code belong to it, or are padding: a NAL unit never ends with one.
    while (!unit.empty() && unit.back() == std::byte{0}) unit = unit.first(unit.size() - 1);
    if (!unit.empty()) return NalUnit{std::to_integer<std::uint8_t>(unit[0] & std::byte{31}), unit};
  }
  return std::nullopt;
}

std::vector<std::byte> parameter_sets_of_key_frame(Bytes access_unit) {
  std::vector<std::byte> sets;
  bool sps = false, pps = false, idr = false;
  NalReader reader(access_unit);
  while (const auto unit = reader.next()) {
    sps |= unit->type == kNalSps;
    pps |= unit->type == kNalPps;
    idr |= unit->type == kNalIdrSlice;
    if (unit->type != kNalSps && unit->type != kNalPps) continue;
    sets.push_back(std::byte{0});
    sets.insert(sets.end(), kStartCode.begin(), kStartCode.end());
    sets.insert(sets.end(), unit->bytes.begin(), unit->bytes.end());
  }
  if (!sps || !pps || !idr) sets.clear();
  return sets;
}

}  // namespace pf::video
