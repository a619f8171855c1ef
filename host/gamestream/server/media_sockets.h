// The door's two media sockets, video and sound, which all of its sessions share: each sends from
// its own threads, and what comes in is pings, which tell where each session's media goes.
//
// Both are at ports that clients and firewalls know. Control thread, but for video() and audio(),
// which any thread sends from.
#pragma once

#include <memory>

#include "core/net/udp_port.h"
#include "host/gamestream/server/ping_book.h"

namespace pf::gamestream {

class MediaSockets {
 public:
  // IPv4 addresses; port 0: the system chooses. `refused` when a port is taken. `clock` outlives
  // it.
  static Result<std::unique_ptr<MediaSockets>> open(const Endpoint& video, const Endpoint& audio,
                                                    const Clock& clock);

  net::UdpPort& video() noexcept { return *video_.port; }
  net::UdpPort& audio() noexcept { return *audio_.port; }

  void add(LaunchId launch, const std::string& ping_payload);
  void remove(LaunchId launch);

  // Reads what waits, at most kMaxDatagrams of each socket, and calls `moved(LaunchId, Endpoint)`
  // for each stream that has another destination from now on.
  template <class VideoMoved, class AudioMoved>
  void turn(VideoMoved&& video_moved, AudioMoved&& audio_moved) {
    turn(video_, video_moved);
    turn(audio_, audio_moved);
  }
  static constexpr std::size_t kMaxDatagrams = 256;  // in one turn; a flood waits, the rest goes on

 private:
  struct Socket {
    std::unique_ptr<net::UdpPort> port;
    PingBook pings;
  };
  MediaSockets(std::unique_ptr<net::UdpPort> video, std::unique_ptr<net::UdpPort> audio)
      : video_{std::move(video), {}}, audio_{std::move(audio), {}} {}

  template <class Moved>
  void turn(Socket& socket, Moved& moved) {
    std::array<net::Datagram, 64> datagrams;
    for (std::size_t read = 0; read < kMaxDatagrams;) {
      const std::size_t count = socket.port->receive(datagrams, nobodys_bell_, Nanos(0));
      for (std::size_t i = 0; i < count; ++i) {
        const auto launch = socket.pings.on_datagram(datagrams[i].bytes, datagrams[i].source,
                                                     datagrams[i].received_at);
        if (launch) moved(*launch, datagrams[i].source);
      }
      if (count == 0) return;
      read += count;
    }
  }

  Socket video_, audio_;
  Doorbell nobodys_bell_;  // nothing is waited for here
};

}  // namespace pf::gamestream
