// Stream bytes from the moment they are written until the peer has acknowledged them: QUIC may have
// to send them again, and keeps pointers to them meanwhile. Internal to this room.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "core/base/bytes.h"

namespace pf::quic {

// A peer that stops reading may make us hold this much; then writes are refused. Far more than a
// control stream ever has under way: its largest message is a cursor shape of 57 kB.
inline constexpr std::size_t kMaxStreamSendBytes = std::size_t{1} << 20;

class SendBuffer {
 public:
  // False: full, nothing was taken.
  [[nodiscard]] bool write(Bytes bytes);

  // The next bytes never sent yet, contiguous; empty: none. Valid until they are acknowledged.
  Bytes unsent() const noexcept;
  void on_sent(std::size_t count) noexcept { sent_offset_ += count; }
  void on_acknowledged(std::uint64_t up_to_offset) noexcept;

  std::size_t held_bytes() const noexcept { return end_offset_ - first_offset_; }

 private:
  std::deque<std::vector<std::byte>> chunks_;
  std::uint64_t first_offset_ = 0;  // of the first chunk
  std::uint64_t sent_offset_ = 0;
  std::uint64_t end_offset_ = 0;
};

}  // namespace pf::quic
