// GameStream's way out for pictures: access units → FEC blocks → encryption → the door's video
// port.
//
// The video thread keeps a whole access unit, since the first packet of a frame tells how many
// follow; the send thread makes and sends its packets, data first. Between the two lies one arena
// and a queue of frames. Frames have numbers without a gap, which stock clients would take for
// loss: what we drop ourselves gets none, and nothing that refers to it is sent. Source:
// docs/protocol/gamestream.md section 9.
#pragma once

#include <atomic>
#include <cstdint>

#include "core/net/traffic_class.h"
#include "core/net/udp_port.h"
#include "core/runtime/fifo.h"
#include "core/video/pacer.h"
#include "core/video/packet_arena.h"
#include "host/gamestream/protocol/stock_client_rate.h"
#include "host/gamestream/protocol/video_packets.h"
#include "host/gamestream/server/media_peer.h"
#include "host/gamestream/server/sent_frames.h"
#include "host/pipeline/frame_outlet.h"
#include "host/session/session.h"

namespace pf::gamestream {

struct VideoOutletParams {
  VideoPacketParams packets;  // but for batch_packets, which is the port's
  std::uint32_t max_frame_bytes = 1 << 20;
  std::uint8_t dscp = net::kUnmarked;
  LocalTime began_at;  // what timestamps count from
};

class VideoOutlet final : public pipeline::FrameOutlet {
 public:
  // All references outlive the outlet. Other sessions send from the same port.
  VideoOutlet(const VideoOutletParams& params, net::UdpPort& port, session::SessionParts& parts,
              const Clock& clock);

  // Control thread.
  void on_peer(const Endpoint& peer) noexcept;  // the first lets pictures flow; later: it moved
  void on_lost(std::uint32_t first_frame, std::uint32_t last_frame) noexcept;  // both included
  // From the next frame on.
  void set_parity(std::uint32_t percent, std::uint32_t least_packets) noexcept {
    fec_percent_ = percent;
    min_parity_ = least_packets;
  }
  SentTotals totals() const noexcept;
  // How long the socket kept the last frame's packets waiting: what the system had yet to send.
  Nanos backlog() const noexcept { return Nanos(backlog_ns_.load(std::memory_order_relaxed)); }

  bool streams() const noexcept { return streaming_; }  // any thread
  const SentFrames& frames() const noexcept { return frames_; }

  void begin_epoch(const encode::StreamParameters& parameters) override;
  bool has_room() noexcept override;
  void on_part(const encode::AccessUnitPart& part) noexcept override;
  Result<void> run(Shift& shift) override;

 private:
  struct Job {
    PacketRun memory;  // of the arena
    pipeline::FrameRow row;
    FrameKind kind = FrameKind::predicted;
    bool repeat = false;
    LocalTime offered_at;
  };
  // More frames than these at 240 Hz are older than the deadline.
  static constexpr std::size_t kMaxJobs = 64;

  bool append(Bytes bytes) noexcept;
  void give_up_frame() noexcept;
  void take_job(Shift& shift, const Job& job) noexcept;
  void send_frame(Shift& shift, const Job& job) noexcept;
  bool send_batches(Shift& shift, const Endpoint& client, LocalTime& first_sent) noexcept;
  VideoFrame frame_of(const Job& job) noexcept;
  void end_frame() noexcept;
  void discard_backlog() noexcept;

  net::UdpPort& port_;
  session::SessionParts& parts_;
  const Clock& clock_;
  const LocalTime began_at_;
  const std::uint8_t dscp_;

  video::PacketArena arena_;
  const std::uint32_t worst_units_;  // of the arena, that a frame may need
  PacketRun open_;                   // video thread: memory of the frame under way
  bool frame_open_ = false;          // video thread
  std::uint32_t frame_bytes_ = 0;    // video thread: of it, so far
  Fifo<Job, kMaxJobs> jobs_;         // video → send

  VideoPackets packets_;               // send thread
  video::Pacer pacer_;                 // send thread
  std::uint32_t timestamp_90khz_ = 0;  // send thread: the last; they never go back
  bool awaits_idr_ = false;            // send thread: what was dropped may be referred to

  MediaPeer peer_;
  SentFrames frames_;
  std::atomic<std::uint32_t> fec_percent_, min_parity_;
  // Written by the send thread.
  std::atomic<std::uint64_t> sent_packets_{0}, sent_access_unit_bytes_{0};
  std::atomic<std::int64_t> backlog_ns_{0};
  std::atomic<bool> drops_references_{false};
  std::atomic<bool> streaming_{false};
};

}  // namespace pf::gamestream
