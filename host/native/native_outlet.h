// The native protocol's way out: access units → packets → parity → seal → media socket.
//
// The video thread lays parts out as packets; the send thread protects, seals and sends them.
// Between the two lies one arena and a queue of frames. Source: docs/protocol/punktfunk1.md
// sections 10 to 13.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>

#include "core/base/endpoint.h"
#include "core/control/speed_test_host.h"
#include "core/crypto/sealer.h"
#include "core/fec/fec_codec.h"
#include "core/message/datagram.h"
#include "core/message/handshake.h"
#include "core/net/udp_port.h"
#include "core/runtime/fifo.h"
#include "core/video/filler.h"
#include "core/video/frame_sealer.h"
#include "core/video/pacer.h"
#include "core/video/packetiser.h"
#include "host/pipeline/frame_outlet.h"
#include "host/session/session.h"

namespace pf::native {

struct OutletParams {
  std::uint16_t shard_bytes = 0;          // at first
  std::uint16_t largest_shard_bytes = 0;  // that they may grow to
  std::uint32_t max_frame_bytes = 0;
  message::FecParameters fec;
  video::Streaming streaming = video::Streaming::none;
  message::MediaKeys keys;
  Nanos wire_offset{0};  // LocalTime + this = wire time, for the whole session
};

class NativeOutlet final : public pipeline::FrameOutlet {
 public:
  // Send thread: an access unit's last packet was handed to the socket.
  using OnSent = std::function<void(const message::HostTiming&, bool idr)>;

  // Send thread: a speed test is over.
  using OnTested = std::function<void(const message::ProbeResult&)>;

  // `parts` and `clock` outlive the outlet.
  NativeOutlet(const OutletParams& params, std::unique_ptr<net::UdpPort> port,
               session::SessionParts& parts, const Clock& clock, OnSent on_sent,
               OnTested on_tested);
  ~NativeOutlet() override;

  // Any thread, once: the client is ready. Its punch packet tells where to send; if none
  // comes, `fallback` (the QUIC peer's address with the port of its Start) has to do. Nobody else
  // can move the stream.
  void start(const Endpoint& fallback);
  void set_fec_percent(std::uint8_t percent) noexcept { fec_percent_ = percent; }  // any thread

  // Any thread. From the next frame on shards have this size: even, from the least that any path
  // asks for to the largest of the params.
  void set_shard_bytes(std::uint16_t shard_bytes) noexcept { shard_bytes_ = shard_bytes; }

  // Any thread, one at a time; a request that does not begin one is ignored. Fills the way to the
  // client, in place of pictures until then.
  void start_speed_test(const message::ProbeRequest& request);

  void begin_epoch(const encode::StreamParameters& parameters) override;
  bool has_room() noexcept override;
  void on_part(const encode::AccessUnitPart& part) noexcept override;
  Result<void> run(Shift& shift) override;

 private:
  struct Job {
    video::FramePiece piece;
    pipeline::FrameRow row;  // of the frame, as far as it is known
    LocalTime offered_at;
    bool given_up = false;  // instead of a piece: the rest of its frame will not come
    bool ends_frame() const noexcept { return given_up || piece.last; }
  };
  // As many pieces as may wait to be sent; more frames than these at 240 Hz are older than the
  // deadline, and a streamed frame that finds the queue full leaves in fewer pieces.
  static constexpr std::size_t kMaxJobs = 32;

  video::Packetiser::FrameInfo frame_info(const encode::AccessUnitPart& part) const noexcept;
  void take_part(const encode::AccessUnitPart& part) noexcept;
  void offer_pieces(const encode::AccessUnitPart& part) noexcept;
  void finish_frame(const encode::AccessUnitPart& part) noexcept;
  void give_up_frame() noexcept;
  void offer(const video::FramePiece& piece, const encode::AccessUnitPart& part) noexcept;
  void push(Job job) noexcept;
  std::optional<Endpoint> find_client(Shift& shift);
  void take_job(Shift& shift, Job& job, const Endpoint& client) noexcept;
  void send_piece(Shift& shift, const Job& job, const Endpoint& client) noexcept;
  void end_frame() noexcept;
  Nanos turn_speed_test(const Endpoint& client);
  void send_filler(LocalTime now, const Endpoint& client) noexcept;
  void discard_backlog() noexcept;
  void report(const Job& last) noexcept;

  const OutletParams params_;
  const std::unique_ptr<net::UdpPort> port_;
  session::SessionParts& parts_;
  const Clock& clock_;
  const OnSent on_sent_;
  const OnTested on_tested_;

  video::PacketArena arena_;
  video::Packetiser packetiser_;   // video thread
  bool frame_open_ = false;        // video thread: a frame was begun and not abandoned
  std::uint32_t frame_bytes_ = 0;  // video thread: of it, so far
  Fifo<Job, kMaxJobs> jobs_;       // video → send

  std::unique_ptr<fec::FecCodec> codec_;  // send thread
  crypto::Sealer sealer_;                 // send thread
  video::FrameSealer batches_;            // send thread
  video::Pacer pacer_;                    // send thread
  std::uint32_t frame_packets_ = 0;       // send thread: of the frame under way, so far
  LocalTime first_sent_;                  // send thread: likewise
  bool discarding_ = false;               // send thread: the rest of a frame is not to be sent

  std::optional<control::SpeedTestHost> speed_test_;  // send thread: the one under way
  std::optional<video::Filler> filler_;               // send thread: from the first of them on

  std::atomic<std::uint8_t> fec_percent_;
  std::atomic<std::uint16_t> shard_bytes_;
  std::atomic<bool> start_asked_{false};
  Endpoint fallback_;  // written before start_asked_
  std::atomic<bool> streaming_{false};
  std::atomic<bool> test_asked_{false};  // until it is over
  message::ProbeRequest test_request_;   // written before test_asked_
};

}  // namespace pf::native
