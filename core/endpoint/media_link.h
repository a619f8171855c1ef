// A way to one peer and back for sealed packets, without waiting: a UDP socket, a pair of queues in
// one process, or whatever the embedder brings.
//
// Losing, duplicating and reordering packets is no error of a link. Sending and receiving may
// happen on two threads, one each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "core/base/bytes.h"
#include "core/base/packet_run.h"

namespace pf::endpoint {

struct LinkSend {
  std::uint32_t refused_packets = 0;  // that the link did not take: its queues are full
  bool broken = false;                // there is no way to the peer now
};

class MediaLink {
 public:
  virtual ~MediaLink() = default;

  virtual LinkSend send(PacketRun run) noexcept = 0;

  // Fills `into` from its start with datagrams of the peer; how many, 0: none has come. Their bytes
  // are the link's memory, free to be changed until the next receive. nullopt: it is broken.
  virtual std::optional<std::size_t> receive(std::span<MutableBytes> into) noexcept = 0;
};

}  // namespace pf::endpoint
