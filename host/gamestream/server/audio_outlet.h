// GameStream's way out for sound: Opus → RTP, encryption, 4+2 parity → the door's audio port.
//
// A packet is some hundred bytes, every 5 or 10 ms: the audio thread sends it itself. Source:
// docs/protocol/gamestream.md section 10.
#pragma once

#include "core/net/udp_port.h"
#include "host/gamestream/protocol/audio_packets.h"
#include "host/gamestream/server/media_peer.h"
#include "host/pipeline/audio_outlet.h"
#include "host/pipeline/audio_worker.h"

namespace pf::gamestream {

class AudioOutlet final : public pipeline::AudioOutlet {
 public:
  // The references outlive the outlet. Other sessions send from the same port.
  AudioOutlet(const AudioPacketParams& params, net::UdpPort& port, pipeline::SoundCounts& counts)
      : opus_bytes_(params.opus_bytes), port_(port), counts_(counts), packets_(params) {}

  // Control thread: the first lets sound flow; later: it moved.
  void on_peer(const Endpoint& peer) noexcept {
    peer_.set(peer);
    started_ = true;
  }

  bool wants_sound() const noexcept override { return started_; }
  void offer(Bytes frame, LocalTime captured_at) noexcept override;

 private:
  const std::size_t opus_bytes_;
  net::UdpPort& port_;
  pipeline::SoundCounts& counts_;
  AudioPackets packets_;  // audio thread
  MediaPeer peer_;
  std::atomic<bool> started_{false};
};

}  // namespace pf::gamestream
