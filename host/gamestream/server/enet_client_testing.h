// For tests: a client's end of the control stream with its connection, as stock clients have it.
// One thread.
#pragma once

#include <enet/enet.h>
#include <netinet/in.h>

#include <utility>
#include <vector>

#include "core/base/endpoint.h"
#include "host/gamestream/protocol/control_testing.h"

namespace pf::gamestream {

// A stock client's half of the connection: libenet itself, as clients link it.
class EnetClient {
 public:
  EnetClient(const Endpoint& server, std::uint32_t data, const Secret<16>& key,
             ControlIv iv = ControlIv::v2)
      : seal(key, iv), host_(enet_host_create(nullptr, 1, 0, 0, 0)) {
    const auto* address = reinterpret_cast<const sockaddr_in*>(server.data());
    const ENetAddress to{.host = address->sin_addr.s_addr, .port = server.port()};
    peer_ = enet_host_connect(host_, &to, 48, data);
  }
  ~EnetClient() { enet_host_destroy(host_); }
  EnetClient(const EnetClient&) = delete;
  EnetClient& operator=(const EnetClient&) = delete;

  void turn() {
    ENetEvent event;
    while (enet_host_service(host_, &event, 0) > 0) {
      if (event.type == ENET_EVENT_TYPE_CONNECT) connected = true;
      if (event.type == ENET_EVENT_TYPE_DISCONNECT) gone = true;
      if (event.type != ENET_EVENT_TYPE_RECEIVE) continue;
      const Bytes packet(reinterpret_cast<const std::byte*>(event.packet->data),
                         event.packet->dataLength);
      if (const auto text = seal.open(packet)) heard.push_back(*text);
      enet_packet_destroy(event.packet);
    }
  }
  void send(Bytes packet, enet_uint8 channel = 0) {
    ENetPacket* made = enet_packet_create(packet.data(), packet.size(), ENET_PACKET_FLAG_RELIABLE);
    if (enet_peer_send(peer_, channel, made) != 0) enet_packet_destroy(made);
  }
  void leave() { enet_peer_disconnect(peer_, 0); }
  std::size_t channels() const { return peer_->channelCount; }

  ControlClientEnd seal;
  bool connected = false, gone = false;
  std::vector<std::pair<std::uint16_t, std::vector<std::byte>>> heard;

 private:
  ENetHost* host_;
  ENetPeer* peer_;
};

}  // namespace pf::gamestream
