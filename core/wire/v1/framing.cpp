#include "core/wire/v1/framing.h"

#include <algorithm>
#include <array>

#include "core/base/check.h"

namespace pf::wire::v1 {
namespace {

constexpr std::size_t kLengthBytes = 2;

}  // namespace

std::size_t FrameReader::wanted_bytes() const noexcept {
  if (bytes_.size() < kLengthBytes) return kLengthBytes;
  return kLengthBytes + ByteReader(bytes_).little<std::uint16_t>();
}

Bytes FrameReader::take(Bytes stream) {
  if (frame()) bytes_.clear();
  while (!stream.empty() && bytes_.size() < wanted_bytes()) {
    const std::size_t count = std::min(stream.size(), wanted_bytes() - bytes_.size());
    bytes_.insert(bytes_.end(), stream.begin(),
                  stream.begin() + static_cast<std::ptrdiff_t>(count));
    stream = stream.subspan(count);
  }
  return stream;
}

std::optional<Bytes> FrameReader::frame() const noexcept {
  if (bytes_.size() < kLengthBytes || bytes_.size() < wanted_bytes()) return std::nullopt;
  return Bytes(bytes_).subspan(kLengthBytes);
}

void append_frame(Bytes payload, std::vector<std::byte>& stream) {
  PF_CHECK(payload.size() <= kMaxFrameBytes);
  std::array<std::byte, kLengthBytes> length;
  ByteWriter out(length);
  out.little(static_cast<std::uint16_t>(payload.size()));
  stream.insert(stream.end(), length.begin(), length.end());
  stream.insert(stream.end(), payload.begin(), payload.end());
}

}  // namespace pf::wire::v1
