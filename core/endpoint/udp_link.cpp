#include "core/endpoint/udp_link.h"

#include <algorithm>

namespace pf::endpoint {

Result<std::unique_ptr<UdpLink>> UdpLink::open(const Endpoint& local, const Endpoint& peer,
                                               const Clock& clock) {
  if (local.empty() || peer.empty() || local.is_ipv6() != peer.is_ipv6()) {
    return fail(ErrorKind::malformed, "no way from {} to {}: both must be IPv4 or both IPv6",
                local.to_string(), peer.to_string());
  }
  if (peer.port() == 0) return fail(ErrorKind::malformed, "the peer's port is missing");
  PF_TRY(auto port, net::UdpPort::open(local, clock, {}));
  return std::unique_ptr<UdpLink>(new UdpLink(std::move(port), peer));
}

LinkSend UdpLink::send(PacketRun run) noexcept {
  const auto& refused = port_->counters().refused_packets;
  const std::uint64_t before = refused.load(std::memory_order_relaxed);
  const net::SendOutcome outcome = port_->send(run, peer_);
  const std::uint64_t after = refused.load(std::memory_order_relaxed);
  return {.refused_packets = static_cast<std::uint32_t>(after - before),
          .broken = outcome == net::SendOutcome::unreachable};
}

std::optional<std::size_t> UdpLink::receive(std::span<MutableBytes> into) noexcept {
  const std::size_t most = std::min(into.size(), datagrams_.size());
  std::size_t ours = 0;
  // A burst of strangers must not look like silence; more than a few are left for the next call.
  for (int tries = 0; tries < 8 && ours == 0; ++tries) {
    const std::size_t count = port_->receive({datagrams_.data(), most}, bell_, Nanos(0));
    if (count == 0) return 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (datagrams_[i].source == peer_) into[ours++] = datagrams_[i].bytes;
    }
  }
  return ours;
}

}  // namespace pf::endpoint
