// GameStream's way out for sound: Opus → RTP, encryption, 4+2 parity → the door's audio port.
//
// A packet is some hundred bytes, every 5 or 10 ms: the audio thread sends it itself. Source:
// docs/protocol/gamestream.md section 10.
#pragma once

#include "core/net/traffic_class.h"
#include "core/net/udp_port.h"
#include "host/gamestream/protocol/audio_packets.h"
#include "host/gamestream/server/media_peer.h"
#include "host/pipeline/audio_outlet.h"
#include "host/pipeline/audio_worker.h"

namespace pf::gamestream {

class AudioOutlet final : public pipeline::AudioOutlet {
 public:
  // The references outlive the outlet. Other sessions send from the same port.
  AudioOutlet(const AudioPacketParams& params, net::UdpPort& port, std::uint8_t dscp,
              pipeline::SoundCounts& counts)
      : opus_bytes_(params.opus_bytes),
        port_(port),
        dscp_(dscp),
        counts_(counts),
        packets_(params) {}

  // Control thread: the first lets sound flow; later: it moved.
  void on_peer(const Endpoint& peer) noexcept {
    peer_.set(peer);
    started_ = true;
  }

  // Control thread: the way loses packets, so each leaves once more beside the next. A burst that
  // takes the fourth packet of a block takes its parity too, which follows at once; the protocol
  // has no more. Clients throw away what they have.
  void set_repeats(bool repeats) noexcept {
    repeats_ = repeats && opus_bytes_ <= kMaxRepeatedBytes;
  }

  bool wants_sound() const noexcept override { return started_; }
  void offer(Bytes frame, LocalTime captured_at) noexcept override;

 private:
  // Stereo of the best quality. More than that again would be more than a poor way bears.
  static constexpr std::size_t kMaxRepeatedBytes = 320;

  void send(const Endpoint& client, Bytes datagram) noexcept;

  const std::size_t opus_bytes_;
  net::UdpPort& port_;
  const std::uint8_t dscp_;
  pipeline::SoundCounts& counts_;
  AudioPackets packets_;  // audio thread
  MediaPeer peer_;
  std::atomic<bool> started_{false}, repeats_{false};
};

}  // namespace pf::gamestream
