#include "host/gamestream/server/audio_outlet.h"

namespace pf::gamestream {

// The stream's clock counts packets, so what was captured when is not said.
void AudioOutlet::offer(Bytes frame, LocalTime) noexcept {
  const std::optional<Endpoint> client = peer_.get();
  // A client gives its error correction up for good when sizes differ; better one frame less.
  if (!client || frame.size() != opus_bytes_) {
    ++counts_.dropped;
    return;
  }
  if (repeats_ && !packets_.newest().empty()) send(*client, packets_.newest());
  for (const Bytes datagram : packets_.add(frame)) send(*client, datagram);
}

void AudioOutlet::send(const Endpoint& client, Bytes datagram) noexcept {
  const PacketRun packet{.base = const_cast<std::byte*>(datagram.data()),  // only read
                         .count = 1,
                         .stride = static_cast<std::uint16_t>(datagram.size())};
  if (port_.send(packet, client, dscp_) != net::SendOutcome::sent) ++counts_.dropped;
}

}  // namespace pf::gamestream
