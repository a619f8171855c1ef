#include "client/gamestream/protocol/h264_key_frame.h"

#include <cstdint>

namespace pf::gamestream_client {
namespace {

constexpr int kIdrSlice = 5, kSei = 6, kSps = 7, kPps = 8, kDelimiter = 9;

bool is_start_code(Bytes bytes) noexcept {
  return bytes.size() >= 3 && bytes[0] == std::byte{0} && bytes[1] == std::byte{0} &&
         bytes[2] == std::byte{1};
}

// Behind the next start code, or empty.
Bytes behind_start_code(Bytes bytes) noexcept {
  while (bytes.size() >= 3 && !is_start_code(bytes)) bytes = bytes.subspan(1);
  return is_start_code(bytes) ? bytes.subspan(3) : Bytes();
}

}  // namespace

FrameStart start_of_h264(Bytes first_packet) noexcept {
  const bool long_code = first_packet.size() > 3 && first_packet[0] == std::byte{0} &&
                         is_start_code(first_packet.subspan(1));
  if (!long_code && !is_start_code(first_packet)) return FrameStart::malformed;
  bool has_sps = false, has_pps = false;
  for (Bytes rest = behind_start_code(first_packet); !rest.empty();
       rest = behind_start_code(rest)) {
    switch (static_cast<int>(rest[0]) & 0x1F) {
      case kDelimiter:
      case kSei:
        break;
      case kSps:
        has_sps = true;
        break;
      case kPps:
        has_pps = true;
        break;
      case kIdrSlice:
        return has_sps && has_pps ? FrameStart::key : FrameStart::other;
      default:
        return FrameStart::other;
    }
  }
  return FrameStart::other;
}

}  // namespace pf::gamestream_client
