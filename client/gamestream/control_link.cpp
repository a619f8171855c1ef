#include "client/gamestream/control_link.h"

#include <enet/enet.h>

#include <array>

namespace pf::gamestream_client {
namespace {

constexpr std::uint32_t kConnectPatience_ms = 10'000;
constexpr std::uint32_t kPeerPatience_ms = 10'000;
constexpr std::uint32_t kPingEvery_ms = 500;
constexpr std::uint32_t kLinger_ms = 2'000;

struct FreeHost {
  void operator()(ENetHost* host) const noexcept { enet_host_destroy(host); }
};

bool library_ready() {
  static const bool ready = enet_initialize() == 0;
  return ready;
}

enet_uint32 flags_of(Delivery delivery) noexcept {
  switch (delivery) {
    case Delivery::reliable:
      return ENET_PACKET_FLAG_RELIABLE;
    case Delivery::sequenced:
      return 0;
    case Delivery::unsequenced:
      return ENET_PACKET_FLAG_UNSEQUENCED;
  }
  return 0;
}

}  // namespace

struct ControlLink::Connection {
  Connection(const Secret<16>& key, ControlSeal::Iv iv) : seal(key, iv) {}
  std::unique_ptr<ENetHost, FreeHost> host;
  ENetPeer* peer = nullptr;  // the host's
  ControlSeal seal;
  bool alive = true;
};

ControlLink::ControlLink(std::unique_ptr<Connection> connection)
    : connection_(std::move(connection)) {}
ControlLink::~ControlLink() = default;

Result<std::unique_ptr<ControlLink>> ControlLink::connect(const Endpoint& host,
                                                          std::uint32_t connect_data,
                                                          const Secret<16>& key,
                                                          ControlSeal::Iv iv) {
  if (!host.is_ipv4())
    return fail(ErrorKind::unavailable, "this ENet speaks IPv4 only, not {}", host.to_string());
  if (!library_ready()) return fail(ErrorKind::internal, "ENet does not start");
  auto connection = std::make_unique<Connection>(key, iv);
  connection->host.reset(enet_host_create(nullptr, 1, kChannels, 0, 0));
  if (!connection->host) return fail(ErrorKind::exhausted, "cannot open a port for ENet");
  ENetAddress address{};
  const auto* const v4 = reinterpret_cast<const sockaddr_in*>(host.data());
  address.host = v4->sin_addr.s_addr;
  address.port = host.port();
  connection->peer = enet_host_connect(connection->host.get(), &address, kChannels, connect_data);
  ENetEvent event{};
  if (connection->peer == nullptr ||
      enet_host_service(connection->host.get(), &event, kConnectPatience_ms) <= 0 ||
      event.type != ENET_EVENT_TYPE_CONNECT) {
    return fail(ErrorKind::lost, "the host's control port {} does not take the connection",
                host.to_string());
  }
  enet_peer_timeout(connection->peer, 2, kPeerPatience_ms, kPeerPatience_ms);
  enet_peer_ping_interval(connection->peer, kPingEvery_ms);
  return std::unique_ptr<ControlLink>(new ControlLink(std::move(connection)));
}

void ControlLink::send(const ControlMessage& message, std::uint8_t channel, Delivery delivery) {
  if (!connection_->alive) return;
  const Bytes sealed = connection_->seal.seal(message);
  ENetPacket* const packet = enet_packet_create(sealed.data(), sealed.size(), flags_of(delivery));
  // A host with fewer channels gets all of them on the first.
  if (channel >= connection_->peer->channelCount) channel = 0;
  if (packet != nullptr && enet_peer_send(connection_->peer, channel, packet) != 0)
    enet_packet_destroy(packet);
}

bool ControlLink::turn(const Listener& listener) {
  ENetEvent event{};
  while (connection_->alive && enet_host_service(connection_->host.get(), &event, 0) > 0) {
    if (event.type == ENET_EVENT_TYPE_DISCONNECT) connection_->alive = false;
    if (event.type != ENET_EVENT_TYPE_RECEIVE) continue;
    const MutableBytes packet(reinterpret_cast<std::byte*>(event.packet->data),
                              event.packet->dataLength);
    listener(connection_->seal.open(packet));
    enet_packet_destroy(event.packet);
  }
  return connection_->alive;
}

int ControlLink::poll_handle() const noexcept { return connection_->host->socket; }

std::uint32_t ControlLink::round_trip_ms() const noexcept {
  return connection_->peer->roundTripTime;
}

void ControlLink::disconnect() {
  if (!connection_->alive) return;
  enet_peer_disconnect_later(connection_->peer, 0);
  ENetEvent event{};
  while (enet_host_service(connection_->host.get(), &event, kLinger_ms) > 0) {
    if (event.type == ENET_EVENT_TYPE_RECEIVE) enet_packet_destroy(event.packet);
    if (event.type == ENET_EVENT_TYPE_DISCONNECT) break;
  }
  connection_->alive = false;
}

}  // namespace pf::gamestream_client
