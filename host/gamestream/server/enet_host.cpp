#include "host/gamestream/server/enet_host.h"

#include <enet/enet.h>
#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <span>

#include "core/base/check.h"
#include "core/runtime/log.h"
#include "host/gamestream/protocol/enet_datagram.h"

namespace pf::gamestream {
namespace {

// As ENet has them by default: tries before it looks at the clock.
constexpr enet_uint32 kTimeoutTries = 32;
// Unanswered pings that are under way. More would only be retransmitted.
constexpr std::size_t kMaxPings = 8;
// A longer round trip is an acknowledgement of something else, or a lie.
constexpr std::uint16_t kMaxRoundTripMs = 10'000;

enet_uint32 milliseconds_of(Nanos time) noexcept {
  return static_cast<enet_uint32>(std::chrono::duration_cast<milliseconds>(time).count());
}

// ENet keeps both in network order, and the port in ours.
Endpoint endpoint_of(const ENetAddress& address) noexcept {
  sockaddr_in system{};
  system.sin_family = AF_INET;
  system.sin_addr.s_addr = address.host;
  system.sin_port = htons(address.port);
  return Endpoint::from_sockaddr(reinterpret_cast<const sockaddr*>(&system), sizeof system)
      .value_or(Endpoint());
}

ENetAddress address_of(const Endpoint& endpoint) noexcept {
  const auto* system = reinterpret_cast<const sockaddr_in*>(endpoint.data());
  return {.host = system->sin_addr.s_addr, .port = endpoint.port()};
}

bool lives(const ENetPeer& peer) noexcept {
  return peer.state != ENET_PEER_STATE_DISCONNECTED && peer.state != ENET_PEER_STATE_ZOMBIE;
}

}  // namespace

Result<std::unique_ptr<EnetHost>> EnetHost::open(const Endpoint& listen, Expected expected) {
  if (!listen.is_ipv4())
    return fail(ErrorKind::refused, "GameStream's control stream is IPv4 only, not {}",
                listen.to_string());
  const ENetAddress address = address_of(listen);
  ENetHost* host = enet_host_create(&address, kMaxPeers, kChannels, 0, 0);
  if (host == nullptr) {
    return fail_os(ErrorKind::refused, errno,
                   fmt::format("UDP port {} for GameStream's control stream", listen.port()));
  }
  host->maximumPacketSize = kMaxPacketBytes;
  host->maximumWaitingData = kMaxWaitingBytes;
  ::fcntl(host->socket, F_SETFD, FD_CLOEXEC);  // programs that we start have no use for it
  return std::unique_ptr<EnetHost>(new EnetHost(host, std::move(expected)));
}

EnetHost::EnetHost(_ENetHost* host, Expected expected)
    : host_(host), expected_(std::move(expected)), address_(endpoint_of(host->address)) {
  // libenet gives its interceptor nothing to find us by. It has a place for a compressor's context,
  // which without a compressor is nobody's.
  const ENetCompressor nothing{
      .context = this, .compress = nullptr, .decompress = nullptr, .destroy = nullptr};
  enet_host_compress(host_, &nothing);
  host_->intercept = [](ENetHost* host_of_us, ENetEvent*) {
    auto* self = static_cast<EnetHost*>(host_of_us->compressor.context);
    return self->lets_through() ? 0 : 1;
  };
}

EnetHost::~EnetHost() { enet_host_destroy(host_); }

int EnetHost::poll_handle() const noexcept { return host_->socket; }

_ENetPeer& EnetHost::peer_at(Peer peer) const {
  PF_CHECK(peer < host_->peerCount);
  return host_->peers[peer];
}

void EnetHost::set_time(LocalTime now) {
  now_ = now;
  enet_time_set(milliseconds_of(now.since_epoch()));
}

void EnetHost::turn(LocalTime now, const std::function<void(Event)>& on_event) {
  set_time(now);
  ping_all(now);
  ENetEvent event;
  // The first call receives, at most a few hundred datagrams; the others only hand out.
  for (int more = enet_host_service(host_, &event, 0); more > 0;
       more = enet_host_check_events(host_, &event)) {
    const Peer peer = event.peer->incomingPeerID;
    switch (event.type) {
      case ENET_EVENT_TYPE_CONNECT:
        enet_peer_timeout(event.peer, kTimeoutTries, milliseconds_of(kTimeout),
                          milliseconds_of(kTimeout));
        on_event(Connected{peer, endpoint_of(event.peer->address), event.data});
        break;
      case ENET_EVENT_TYPE_RECEIVE:
        on_event(Received{
            peer, {reinterpret_cast<std::byte*>(event.packet->data), event.packet->dataLength}});
        enet_packet_destroy(event.packet);
        break;
      case ENET_EVENT_TYPE_DISCONNECT:
        on_event(Gone{peer});
        break;
      case ENET_EVENT_TYPE_NONE:
        break;
    }
  }
  for (const RoundTripped& sample : round_trips_) on_event(sample);
  round_trips_.clear();
  enet_host_flush(host_);
}

// ENet itself pings only who is silent, and clients never are.
void EnetHost::ping_all(LocalTime now) {
  if (next_ping_ && now < *next_ping_) return;
  next_ping_.reset();
  for (ENetPeer& peer : std::span(host_->peers, host_->peerCount)) {
    if (peer.state != ENET_PEER_STATE_CONNECTED) continue;
    if (enet_list_size(&peer.sentReliableCommands) < kMaxPings) enet_peer_ping(&peer);
    next_ping_ = now + kPingInterval;
  }
}

std::optional<LocalTime> EnetHost::next_timeout() const {
  std::optional<LocalTime> due;
  const auto sooner = [&](LocalTime at) { due = due ? std::min(*due, at) : at; };
  const enet_uint32 now_ms = milliseconds_of(now_.since_epoch());
  for (const ENetPeer& peer : std::span(host_->peers, host_->peerCount)) {
    if (!lives(peer)) continue;
    if (peer.state == ENET_PEER_STATE_CONNECTED) sooner(next_ping_.value_or(now_ + kPingInterval));
    // Most likely something has to be sent again then.
    if (!enet_list_empty(&peer.sentReliableCommands))
      sooner(now_ +
             milliseconds(std::max(static_cast<std::int32_t>(peer.nextTimeout - now_ms), 1)));
  }
  return due;
}

bool EnetHost::lets_through() {
  const auto datagram = parse_enet_datagram(
      {reinterpret_cast<const std::byte*>(host_->receivedData), host_->receivedDataLength});
  if (!datagram) return false;
  if (datagram->connect_data)
    return expected_(endpoint_of(host_->receivedAddress), *datagram->connect_data);
  if (!datagram->peer || *datagram->peer >= host_->peerCount) return false;
  const ENetPeer& peer = host_->peers[*datagram->peer];
  const bool its_own = lives(peer) && peer.address.host == host_->receivedAddress.host &&
                       peer.address.port == host_->receivedAddress.port;
  if (its_own && datagram->acknowledged_time_ms)
    note_round_trip(*datagram->peer, *datagram->acknowledged_time_ms);
  return its_own;
}

void EnetHost::note_round_trip(Peer peer, std::uint16_t sent_time_ms) {
  // serviceTime is what it writes into packets, too.
  const auto took_ms = static_cast<std::uint16_t>(host_->serviceTime - sent_time_ms);
  if (took_ms <= kMaxRoundTripMs) round_trips_.push_back({peer, milliseconds(took_ms)});
}

void EnetHost::send(Peer peer, Bytes packet) {
  PF_CHECK(packet.size() <= kMaxPacketBytes);
  ENetPacket* made = enet_packet_create(packet.data(), packet.size(), ENET_PACKET_FLAG_RELIABLE);
  if (made == nullptr) return;
  // It says no to who is leaving.
  if (enet_peer_send(&peer_at(peer), 0, made) != 0) enet_packet_destroy(made);
}

void EnetHost::flush(LocalTime now) {
  set_time(now);
  enet_host_flush(host_);
}

void EnetHost::part(Peer peer) { enet_peer_disconnect_later(&peer_at(peer), 0); }

void EnetHost::forget(Peer peer) { enet_peer_reset(&peer_at(peer)); }

}  // namespace pf::gamestream
