// Frames of encoded sound → datagrams: numbers, stamps, and the repetition of the frame before.
//
// One framer for one stream from its first frame to its last: its numbers outlive whatever the
// sound comes from. Takes no memory after its construction. One thread. Source:
// docs/protocol/punktfunk1.md sections 9.2 to 9.4, 15.2, 15.3.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "core/base/bytes.h"
#include "core/base/time.h"
#include "core/message/media.h"

namespace pf::audio {

// What a QUIC datagram holds on any path: 1200 bytes of UDP payload (RFC 9000 section 14) less the
// short header with the longest connection ID, packet number and tag (41), and the frame's own type
// and length (3).
inline constexpr std::size_t kMaxAudioDatagramBytes = 1156;

class AudioFramer {
 public:
  struct Parameters {
    message::AudioCodec codec = message::AudioCodec::opus;
    bool redundant = false;  // every Opus frame goes as 0xD2
    Nanos frame_period = milliseconds(5);
  };
  // A frame may be this long.
  static constexpr std::size_t kMaxFrameBytes = kMaxAudioDatagramBytes - 15;

  explicit AudioFramer(const Parameters& parameters) noexcept : parameters_(parameters) {}

  // The datagram of the next frame, valid until the next call; empty: the frame is too long, and
  // its number is not used. The frame before is repeated where it fits and where its stamp, which
  // is not sent, can be told from this one's.
  Bytes frame(Bytes payload, WireTime pts) noexcept;

 private:
  struct Kept {
    std::array<std::byte, kMaxFrameBytes> room;
    std::size_t bytes = 0;
    WireTime pts;
  };

  Bytes repeated(Bytes payload, WireTime pts) const noexcept;

  const Parameters parameters_;
  std::uint32_t next_sequence_ = 0;
  Kept previous_;  // bytes 0: there is none
  std::array<std::byte, kMaxAudioDatagramBytes> room_;
};

}  // namespace pf::audio
