#include "host/gamestream/server/media_sockets.h"

namespace pf::gamestream {

Result<std::unique_ptr<MediaSockets>> MediaSockets::open(const Endpoint& video,
                                                         const Endpoint& audio,
                                                         const Clock& clock) {
  PF_TRY(auto video_port, net::UdpPort::open(video, clock, {}));
  PF_TRY(auto audio_port, net::UdpPort::open(audio, clock, {.buffer_bytes = 1u << 20}));
  return std::unique_ptr<MediaSockets>(
      new MediaSockets(std::move(video_port), std::move(audio_port)));
}

void MediaSockets::add(LaunchId launch, const std::string& ping_payload) {
  video_.pings.add(launch, ping_payload);
  audio_.pings.add(launch, ping_payload);
}

void MediaSockets::remove(LaunchId launch) {
  video_.pings.remove(launch);
  audio_.pings.remove(launch);
}

}  // namespace pf::gamestream
