// The client's side of one session: from the moment its QUIC handshake is complete to its end.
//
//   (connected) → Hello → Welcome → OpenMedia → MediaOpened → Start, clock sync → … → Over
//
// Pure: messages, reports of the receiving side and time go in; messages and verdicts come out. The
// caller carries SendControl and Close to the QUIC connection. Exactly one Over comes out of every
// session, after it nothing. Source: docs/protocol/punktfunk1.md sections 3, 12.3, 14.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <variant>

#include "core/base/machine.h"
#include "core/base/time.h"
#include "core/control/clock_sync.h"
#include "core/control/frame_reporter.h"
#include "core/control/loss_window.h"
#include "core/control/media_watch.h"
#include "core/control/mode_switch.h"
#include "core/control/rate_controller.h"
#include "core/control/recovery.h"
#include "core/control/session_types.h"
#include "core/control/speed_test_client.h"
#include "core/message/close_code.h"
#include "core/message/control_message.h"

namespace pf::control {

// In, besides ControlMessage, BrokenHandshake, StreamClosed, PeerClosed, ModeWanted,
// ReceptionTotals, FrameArrived, FrameReceived, FrameDecoded, FramePresented, HostTiming,
// SpeedTestWanted and FillerSeen.
struct MediaOpened {  // OpenMedia has been carried out: the UDP socket is bound
  std::uint16_t local_port = 0;
};
struct MediaFailed {  // or could not be
  std::string text;
};
struct FrameGap {  // frames that never came, both ends included, low 32 bits of FrameId
  std::uint32_t first_frame = 0;
  std::uint32_t last_frame = 0;
};
struct FrameAbandoned {};  // the reassembler gave one up
struct DecoderBacklog {    // access units that wait for it now
  std::uint32_t frames = 0;
};
struct DecoderStumbled {};  // a reference is missing, or nothing came out for three access units
enum class Leave : std::uint8_t {
  quit,    // the user is done: the host keeps nothing
  detach,  // the user comes back: the host keeps the desktop for a while
};

// Out, besides SendControl, Close, SpeedTested, MediaSilent and MediaBack.
struct OpenMedia {  // the Welcome is sound: bind a UDP socket, get ready to receive, answer with
                    // MediaOpened
  message::Welcome welcome;
};
struct ClockUpdated {
  ClockMap map;
};
struct RateChanged {  // by the host
  std::uint32_t bitrate_kbps = 0;
};
struct ModeAnswered {
  bool accepted = false;  // false: the newest ModeWanted is not to be had
  DisplayMode mode;       // in force, or about to be: the bit stream says when
};
struct HostGap {  // the host made no pictures for so long: not the network's fault
  Nanos length{0};
  bool goes_on = false;  // the one told of before, which has become longer
};
struct ShowPicture {  // false: hold the last good one
  bool good = true;
};
enum class ClientEnd : std::uint8_t {
  left,      // by our own wish
  ended,     // by the host, in good order
  rejected,  // the host said no, or not now
  failed,    // the host could not, or gave a useless answer
  lost,      // silence
};
struct ClientSessionOver {
  ClientEnd end = ClientEnd::ended;
  std::string sentence;  // for the user
  std::optional<message::CloseCode> code;
};

struct ClientSessionParams {
  message::Hello hello;
  // Must exceed 185 s to survive an operator's approval; a headless client wants less.
  Nanos welcome_timeout = seconds(190);
};

class ClientSession {
 public:
  static constexpr Nanos kReportInterval = milliseconds(750);
  static constexpr Nanos kCloseGrace = milliseconds(300);  // stream ended → its reason arrives
  static constexpr std::uint16_t kMinShardBytes = 512;

  using Input =
      std::variant<message::ControlMessage, BrokenHandshake, StreamClosed, PeerClosed, MediaOpened,
                   MediaFailed, ReceptionTotals, FrameGap, FrameAbandoned, DecoderStumbled,
                   FrameArrived, FrameReceived, FrameDecoded, FramePresented, message::HostTiming,
                   DecoderBacklog, ModeWanted, SpeedTestWanted, FillerSeen, Leave>;
  using Output =
      std::variant<SendControl, OpenMedia, ClockUpdated, RateChanged, ModeAnswered, HostGap,
                   ShowPicture, SpeedTested, MediaSilent, MediaBack, Close, ClientSessionOver>;

  // Says Hello at once: make it when QUIC reports Connected.
  ClientSession(const ClientSessionParams& params, LocalTime now);

  void handle(Input input, LocalTime now);
  void handle_timeout(LocalTime now);
  std::optional<LocalTime> next_timeout() const;
  std::optional<Output> poll();

  bool streaming() const noexcept { return phase_ == Phase::streaming; }
  bool over() const noexcept { return phase_ == Phase::over; }
  const Recovery& recovery() const noexcept { return recovery_; }
  // There once the host has welcomed us.
  const std::optional<RateController>& rate() const noexcept { return rate_; }

 private:
  enum class Phase : std::uint8_t { awaiting_welcome, opening, streaming, losing, over };

  void on(message::ControlMessage&& message, LocalTime now);
  void on(BrokenHandshake, LocalTime now);
  void on(StreamClosed, LocalTime now);
  void on(PeerClosed&& closed, LocalTime now);
  void on(MediaOpened opened, LocalTime now);
  void on(MediaFailed&& failure, LocalTime now);
  void on(const ReceptionTotals& totals, LocalTime now);
  void on(FrameGap gap, LocalTime now);
  void on(FrameAbandoned, LocalTime now);
  void on(DecoderStumbled, LocalTime now);
  void on(const FrameArrived& frame, LocalTime now);
  void on(const ModeWanted& wanted, LocalTime now);
  void on(const FrameReceived& frame, LocalTime now);
  void on(const FrameDecoded& frame, LocalTime now);
  void on(const FramePresented& presented, LocalTime now);
  void on(const message::HostTiming& timing, LocalTime now);
  void on(DecoderBacklog backlog, LocalTime now);
  void on(const SpeedTestWanted& wanted, LocalTime now);
  void on(const FillerSeen& seen, LocalTime now);
  void on(Leave leave, LocalTime now);

  void on_welcome(message::Welcome&& welcome);
  void on_running_message(const message::ControlMessage& message, LocalTime now);
  void begin_rate_control(const message::Welcome& welcome);
  void on_rate_changed(std::uint32_t bitrate_kbps);
  void on_host_gap(Nanos length, LocalTime now);
  void answer_shard_size(std::uint16_t shard_bytes);
  void report_loss(LocalTime now);
  void finish_speed_test(LocalTime now);
  void watch_media(LocalTime now);
  void pump(LocalTime now);  // what the inner machines have to say
  void send(message::ControlMessage message);
  void give_up(std::string sentence);
  void finish(ClientEnd end, std::string sentence, std::optional<message::CloseCode> code);

  ClientSessionParams params_;
  Phase phase_ = Phase::awaiting_welcome;
  std::optional<LocalTime> deadline_;  // of the phase
  ClockSync clock_sync_;
  FrameReporter frame_reporter_;
  Recovery recovery_;
  ModeRequests modes_;
  bool showing_ = true;
  ReceptionTotals totals_;
  LossWindow loss_;
  MediaWatch media_;
  std::optional<LocalTime> host_gap_told_at_;
  std::optional<RateController> rate_;
  std::optional<LocalTime> next_report_;
  std::uint16_t shard_bytes_ = 0;              // of the newest frames
  std::optional<SpeedTestClient> speed_test_;  // the one under way
  std::deque<Output> outputs_;
};

static_assert(Machine<ClientSession>);

}  // namespace pf::control
