// A UDP socket as the way to one peer. What others send to it is not looked at.
#pragma once

#include <array>
#include <memory>

#include "core/base/endpoint.h"
#include "core/base/result.h"
#include "core/base/time.h"
#include "core/endpoint/media_link.h"
#include "core/net/udp_port.h"
#include "core/runtime/doorbell.h"

namespace pf::endpoint {

class UdpLink final : public MediaLink {
 public:
  // Addresses of one family; port 0 of `local`: the system chooses. `clock` outlives the link.
  static Result<std::unique_ptr<UdpLink>> open(const Endpoint& local, const Endpoint& peer,
                                               const Clock& clock);

  Endpoint local() const noexcept { return port_->local(); }
  LinkSend send(PacketRun run) noexcept override;
  std::optional<std::size_t> receive(std::span<MutableBytes> into) noexcept override;

 private:
  static constexpr std::size_t kDatagramsAtOnce = 64;

  UdpLink(std::unique_ptr<net::UdpPort> port, const Endpoint& peer)
      : port_(std::move(port)), peer_(peer) {}

  const std::unique_ptr<net::UdpPort> port_;
  const Endpoint peer_;
  Doorbell bell_;  // nobody rings it: we never wait
  std::array<net::Datagram, kDatagramsAtOnce> datagrams_;
};

}  // namespace pf::endpoint
