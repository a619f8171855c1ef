// The host's half of the video in simulated time: what its video thread and its send thread do,
// with the real packetiser, error correction, sealer and pacer (host/native/native_outlet.cpp is
// the same with threads).
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "core/control/speed_test_host.h"
#include "core/crypto/sealer.h"
#include "core/fec/fec_codec.h"
#include "core/message/handshake.h"
#include "core/video/filler.h"
#include "core/video/frame_sealer.h"
#include "core/video/pacer.h"
#include "core/video/packet_arena.h"
#include "core/video/packetiser.h"
#include "host/pipeline/still_screen.h"
#include "host/plan/session_plan.h"
#include "sim/checkers.h"
#include "sim/client_finder.h"
#include "sim/fake_encoder.h"
#include "sim/link.h"
#include "sim/sabotage.h"

namespace pf::sim {

class HostVideo {
 public:
  // As many frames as may wait to be sent.
  static constexpr std::size_t kMaxJobs = 32;

  // `out` and `checkers` outlive it.
  HostVideo(const plan::SessionPlan& plan, const message::MediaKeys& keys, std::uint64_t seed,
            Sabotage sabotage, Link& out, Checkers& checkers);

  // The client is ready and named this port: wait for its punch, but not for ever.
  void start(const Endpoint& named, LocalTime now);
  void on_punch(const Endpoint& source, LocalTime now);
  void want_idr() noexcept;
  void set_bitrate(std::uint32_t kbps) noexcept { bitrate_kbps_ = kbps; }
  std::uint32_t bitrate_kbps() const noexcept { return bitrate_kbps_; }
  void set_fec_percent(std::uint8_t percent) noexcept { fec_percent_ = percent; }
  void set_shard_bytes(std::uint16_t shard_bytes) noexcept;

  // The screen shows nothing new: a picture is made only where a refresh or a repeat is wanted.
  void set_still(bool still) noexcept { still_ = still; }

  // Filler in place of pictures from now on, until the result can be taken.
  void start_speed_test(const message::ProbeRequest& request, LocalTime now);
  std::optional<message::ProbeResult> take_test_result(LocalTime now);

  void handle_timeout(LocalTime now);
  std::optional<LocalTime> next_timeout(LocalTime now) const;
  // A key frame has left since the last call.
  bool take_keyframe_sent() noexcept { return std::exchange(keyframe_sent_, false); }

  std::uint64_t keyframes() const noexcept { return keyframes_; }

 private:
  struct Encoding {
    FrameId id{};
    bool idr = false;
    Content content = Content::fresh;
    LocalTime captured_at;
    LocalTime ready_at;
  };
  struct Job {
    video::FramePiece frame;
    LocalTime encoded_at;
    bool idr = false;
    Content content = Content::fresh;
  };

  void begin_streaming(const Endpoint& client, LocalTime now);
  void tick(LocalTime now);
  bool has_picture(LocalTime now);
  bool has_room() const noexcept;
  void finish_encoding(LocalTime now);
  void take_job(LocalTime now);
  void send_due(LocalTime now);
  void discard_backlog();
  void send_filler(LocalTime now);
  void note_sealed(PacketRun run);

  const plan::SessionPlan plan_;
  const message::MediaKeys keys_;
  const Sabotage sabotage_;
  Link& out_;
  Checkers& checkers_;

  FakeEncoder encoder_;
  video::PacketArena arena_;
  video::Packetiser packetiser_;
  const std::unique_ptr<fec::FecCodec> codec_;
  std::optional<crypto::Sealer> sealer_;  // always there; a planted fault makes it anew
  video::FrameSealer batches_;
  video::Pacer pacer_;

  bool streaming_ = false;
  bool still_ = false;
  pipeline::StillScreen still_screen_;
  ClientFinder finder_;
  Endpoint client_;
  LocalTime next_tick_;
  std::optional<Encoding> encoding_;
  std::deque<Job> jobs_;
  std::optional<Job> sending_;
  std::optional<control::SpeedTestHost> speed_test_;  // the one under way
  video::Filler filler_;
  std::vector<std::byte> sealed_memory_;
  PacketRun sealed_;                // packets of the one being sent
  std::uint32_t sent_packets_ = 0;  // of them

  FrameId next_id_{};
  bool idr_wanted_ = true;
  bool keyframe_sent_ = false;
  std::uint32_t bitrate_kbps_;
  std::uint8_t fec_percent_;
  std::uint64_t keyframes_ = 0;
};

}  // namespace pf::sim
