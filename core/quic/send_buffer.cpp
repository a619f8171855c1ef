#include "core/quic/send_buffer.h"

namespace pf::quic {

bool SendBuffer::write(Bytes bytes) {
  if (bytes.size() > kMaxStreamSendBytes - held_bytes()) return false;
  if (bytes.empty()) return true;
  chunks_.emplace_back(bytes.begin(), bytes.end());
  end_offset_ += bytes.size();
  return true;
}

Bytes SendBuffer::unsent() const noexcept {
  std::uint64_t offset = first_offset_;
  for (const auto& chunk : chunks_) {
    if (sent_offset_ < offset + chunk.size()) {
      return Bytes(chunk).subspan(static_cast<std::size_t>(sent_offset_ - offset));
    }
    offset += chunk.size();
  }
  return {};
}

void SendBuffer::on_acknowledged(std::uint64_t up_to_offset) noexcept {
  while (!chunks_.empty() && first_offset_ + chunks_.front().size() <= up_to_offset) {
    first_offset_ += chunks_.front().size();
    chunks_.pop_front();
  }
}

}  // namespace pf::quic
