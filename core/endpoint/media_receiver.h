// The receive thread of a client: media socket → open → reassemble → recover → gate, and access
// units to whoever decodes them.
//
// Three threads meet here: the receive thread turns everything; the consumer takes access units;
// the control thread hears what to tell the host. Source: docs/protocol/punktfunk1.md sections 10
// to 12.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <variant>

#include "core/base/endpoint.h"
#include "core/control/client_session.h"
#include "core/crypto/sealer.h"
#include "core/endpoint/access_unit.h"
#include "core/fec/fec_codec.h"
#include "core/message/handshake.h"
#include "core/net/udp_port.h"
#include "core/runtime/fifo.h"
#include "core/runtime/published.h"
#include "core/runtime/supervised_thread.h"
#include "core/video/frame_gate.h"
#include "core/video/reassembler.h"
#include "core/wire/v1/punch.h"

namespace pf::endpoint {

// What the session machine should know.
using ReceiverNews =
    std::variant<control::FrameGap, control::FrameArrived, control::DecoderStumbled>;

class MediaReceiver {
 public:
  // Binds a socket of the host's family and starts the thread. `control_bell` is rung when there is
  // news, and outlives the receiver, as do `board` and `clock`.
  static Result<std::unique_ptr<MediaReceiver>> open(const Endpoint& host_media,
                                                     const message::Welcome& welcome,
                                                     Doorbell& control_bell, HealthBoard& board,
                                                     const Clock& clock);

  std::uint16_t local_port() const noexcept { return port_->local().port(); }

  // Consumer. Gives the one before back. Empty: none came within `patience`.
  std::optional<AccessUnit> take(Nanos patience);
  void decoded(bool gave_picture);

  // Control thread.
  std::optional<ReceiverNews> poll_news() { return news_.try_pop(); }
  // For rate control, which may look at them late: nobody is woken for them.
  std::optional<control::FrameReceived> poll_frame() { return frames_.try_pop(); }
  // During a speed test, once for every millisecond in which some came.
  std::optional<control::FillerSeen> poll_filler() { return filler_.try_pop(); }
  std::uint32_t waiting_frames() const noexcept {
    return static_cast<std::uint32_t>(units_.size());
  }

  // Any thread.
  // Ends the consumer's wait, once: the session is over.
  void wake_consumer() noexcept {
    woken_ = true;
    consumer_bell_.ring();
  }
  ReceiveStats stats() const;
  control::ReceptionTotals totals() const { return totals_.get(); }

 private:
  // Access units that may wait for the decoder: a second of 60 Hz. A consumer that is further
  // behind is lost, and gets a key frame.
  static constexpr std::size_t kMaxWaiting = 64;
  static constexpr std::size_t kMaxNews = 64;
  static constexpr std::size_t kMaxFrames = 64;       // a quarter of a second of 240 Hz
  static constexpr std::size_t kMaxFiller = 1 << 10;  // a second of it, ten times what is waited
  static constexpr int kSilentUnits = 3;  // without a picture, in a row: the decoder needs help

  MediaReceiver(std::unique_ptr<net::UdpPort> port, const Endpoint& host_media,
                const message::Welcome& welcome, Doorbell& control_bell, HealthBoard& board,
                const Clock& clock);

  Result<void> receive(Shift& shift);
  void punch_if_due(LocalTime now);
  void take_datagram(const net::Datagram& datagram);
  void note_filler(LocalTime received_at);
  void flush_filler();
  void apply_gate(LocalTime now);
  void show(video::ReassembledFrame frame);
  void tell(ReceiverNews news);
  void publish();

  const std::unique_ptr<net::UdpPort> port_;
  const Endpoint host_media_;
  Doorbell& control_bell_;
  const Clock& clock_;
  Doorbell receive_bell_, consumer_bell_;

  // Receive thread.
  std::unique_ptr<fec::FecCodec> codec_;
  crypto::Opener opener_;
  video::Reassembler reassembler_;
  video::FrameGate gate_;
  wire::v1::PunchSchedule punches_;
  std::uint64_t strangers_ = 0;
  std::uint64_t filler_packets_ = 0, filler_noted_ = 0;
  LocalTime filler_at_, filler_noted_at_;  // the newest packet of it; as told last

  // Between threads.
  Fifo<video::ReassembledFrame, kMaxWaiting> units_;         // receive → consumer
  Fifo<video::ReassembledFrame, 2 * kMaxWaiting> returned_;  // consumer → receive
  Fifo<ReceiverNews, kMaxNews> news_;                        // receive → control
  Fifo<control::FrameReceived, kMaxFrames> frames_;          // receive → control
  Fifo<control::FillerSeen, kMaxFiller> filler_;             // receive → control
  std::atomic<bool> woken_{false};
  std::atomic<bool> decoder_lost_{false};       // consumer → receive
  std::atomic<std::uint64_t> taken_frames_{0};  // by the consumer
  std::atomic<std::uint64_t> taken_bytes_{0};
  Published<ReceiveStats> stats_;               // receive → any
  Published<control::ReceptionTotals> totals_;  // receive → any

  // Consumer.
  std::optional<video::ReassembledFrame> held_;
  int silent_units_ = 0;

  SupervisedThread thread_;  // last: it uses all of the above
};

}  // namespace pf::endpoint
