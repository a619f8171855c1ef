// The host's side of one connection: from the moment its QUIC handshake is complete to its end.
//
//   StreamOpened, Hello → (admission) → PlanWanted → PlanReady → Welcome → Start → StartMedia → … →
//   Over
//
// A device that is not paired waits in the admission until the operator has said yes; a client that
// wants to pair is handed over to another machine (host_pairing.h).
//
// Pure: messages, answers of the session layer and time go in; messages, wishes and verdicts come
// out. The caller carries SendControl and Close to the QUIC connection and everything else to its
// workers. Exactly one Over comes out of every session, after it nothing. Control thread only.
// Source: docs/protocol/punktfunk1.md sections 3, 6.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <variant>

#include "core/base/machine.h"
#include "core/base/time.h"
#include "core/control/access_watch.h"
#include "core/control/mode_switch.h"
#include "core/control/phase_control.h"
#include "core/control/refresh_policy.h"
#include "core/control/session_clock.h"
#include "core/control/session_types.h"
#include "core/control/shard_negotiation.h"
#include "core/control/speed_test_host.h"
#include "core/input/input_gate.h"
#include "core/message/close_code.h"
#include "core/message/control_message.h"

namespace pf::control {

// In, besides ControlMessage and session_types.h.
struct StreamOpened {};  // the first bytes of the control stream have arrived
struct Approved {        // the answer to ApprovalWanted: the device is paired now
  AccessTerms access;
};
struct ApprovalRefused {
  message::CloseCode code = message::CloseCode::denied;
  std::string text;
};
struct AccessChanged {  // of this device, by the operator
  AccessTerms access;
};
struct AccessRevoked {};  // it was unpaired
struct PlanReady {        // the session layer can serve PlanWanted; the media port is bound
  message::Welcome welcome;
  bool can_drop_references = false;       // of the encoder: reference frame invalidation
  std::uint32_t max_bitrate_kbps = 0;     // of the encoder; 0: no limit of its own
  std::optional<ModeLimits> modes;        // that the client may switch to; none: it may not
  std::uint16_t largest_shard_bytes = 0;  // that the session may come to; 0: they keep their size
  std::uint16_t frame_reports_ms = 0;  // how often the client is to tell of frames; 0: not at all
};
struct PlanRefused {
  message::CloseCode code = message::CloseCode::setup_failed;
  std::string text;  // for the client's user
};
struct KeyframeSent {};
struct ModeBuilt {  // pictures come in this mode; news only if it is not the one announced
  std::optional<DisplayMode> asked;  // the ModeWanted that it answers; none: opened anew
  DisplayMode mode;
};
struct SourceLost {};    // no new pictures: capture or encoder broke
struct SourceHealed {};  // and they come again, a key frame first
struct BitrateApplied {  // by the encoder, of its own accord; news only if it is another
  std::uint32_t bitrate_kbps = 0;
};
struct PathProven {  // by QUIC: packets to the client with so much UDP payload arrive
  std::uint32_t udp_bytes = 0;
};
struct InputArrived {  // a datagram of the client
  message::InputEvent event;
};
struct SpeedTestDone {  // RunSpeedTest has been carried out
  message::ProbeResult result;
};
struct EndSession {  // the operator, a shutdown, the launched game, or a pipeline past healing
  message::CloseCode code = message::CloseCode::done;
  std::string text;
};
struct ForceKeyframe {};  // by the operator, like the next two
struct ChangeMode {       // the client is told as if it had been its own wish
  DisplayMode mode;
};
struct CapBitrate {  // this from now on; later wishes of the client get no more
  std::uint32_t bitrate_kbps = 0;
};
struct MediaStopped {};  // StopMedia has been carried out

// Out, besides SendControl, Close and ModeWanted, which is answered with SourceHealed and
// ModeBuilt.
struct ApprovalWanted {     // answer with Approved or ApprovalRefused; no session is promised yet
  std::string device_name;  // untrusted
};
struct PairingWanted {  // the client wants no session but to pair: Over follows, the connection
                        // stays
  message::PairRequest request;
};
struct PlanWanted {  // answer with PlanReady or PlanRefused; StopMedia calls it off
  message::Hello hello;
};
struct StartMedia {
  message::Start start;
};
struct RefreshWanted {
  Refresh refresh;
};
struct LossSeen {  // by the client in its last window: drives error correction
  std::uint32_t loss_ppm = 0;
};
struct RateTarget {
  std::uint32_t bitrate_kbps = 0;
};
struct ShardSizeWanted {  // from the next frame on
  std::uint16_t shard_bytes = 0;
};
struct FramesReported {  // by a client that tells what became of them
  message::FrameReport report;
};
struct FramesLost {  // at the client, both ends included, low 32 bits of FrameId
  std::uint32_t first_frame = 0;
  std::uint32_t last_frame = 0;
};
struct PathLearned {  // what packets the way to the client carries: for its next session
  std::uint32_t udp_bytes = 0;
};
struct PhaseShift {  // of the instants at which pictures are captured
  Nanos later{0};
};
struct RunSpeedTest {  // fill the way to the client, without pictures meanwhile; answer with
                       // SpeedTestDone
  message::ProbeRequest request;  // within bounds
};
struct InjectInput {  // sound, and granted to this device
  message::InputEvent event;
};
struct ReleaseInput {                   // let go of what this client holds
  std::optional<input::Device> device;  // empty: of everything
};
struct StopMedia {};  // undo PlanWanted and StartMedia; answer with MediaStopped
struct HostSessionOver {
  std::string sentence;  // why, for the log
  // The display and the launched program linger; not after a deliberate quit.
  bool keep_for_return = true;
};

struct HostSessionParams {
  bool open = false;          // clients that are not paired are admitted
  bool has_identity = false;  // the client showed a certificate
  bool paired = false;        // and it is in the store
  message::Grants grants = message::Grants::all();
  std::optional<LocalTime> access_until;  // then the access ends; none: never
  SessionClock clock;
};

class HostSession {
 public:
  static constexpr Nanos kStreamTimeout = seconds(10);       // connection → control stream
  static constexpr Nanos kHelloTimeout = seconds(10);        // control stream → first message
  static constexpr Nanos kNegotiationTimeout = seconds(10);  // Hello → Start, less the next one
  static constexpr Nanos kApprovalTimeout = seconds(180);    // ApprovalWanted → Approved
  static constexpr Nanos kStopGrace = seconds(1);            // StopMedia → Close
  static constexpr Nanos kCloseGrace = milliseconds(300);    // stream ended → its reason arrives
  // While there are no pictures the client is told so again and again, with the length so far.
  static constexpr Nanos kGapSpacing = seconds(1);
  static constexpr std::uint32_t kMinBitrateKbps = 500;
  static constexpr std::uint32_t kMaxBitrateKbps = 8'000'000;

  using Input = std::variant<message::ControlMessage, StreamOpened, BrokenHandshake, StreamClosed,
                             Approved, ApprovalRefused, AccessChanged, AccessRevoked, PlanReady,
                             PlanRefused, KeyframeSent, SourceLost, SourceHealed, ModeBuilt,
                             BitrateApplied, PathProven, SpeedTestDone, InputArrived, EndSession,
                             ForceKeyframe, ChangeMode, CapBitrate, MediaStopped, PeerClosed>;
  using Output =
      std::variant<SendControl, ApprovalWanted, PairingWanted, PlanWanted, StartMedia,
                   RefreshWanted, LossSeen, RateTarget, ModeWanted, PhaseShift, ShardSizeWanted,
                   PathLearned, FramesReported, FramesLost, RunSpeedTest, InjectInput, ReleaseInput,
                   StopMedia, Close, HostSessionOver>;

  HostSession(const HostSessionParams& params, LocalTime now) noexcept;

  void handle(Input input, LocalTime now);
  void handle_timeout(LocalTime now);
  std::optional<LocalTime> next_timeout() const;
  std::optional<Output> poll();

  bool streaming() const noexcept { return phase_ == Phase::streaming; }
  // Whether this device may do that now.
  bool allows(message::Grant grant) const noexcept {
    return streaming() && access_.grants().allows(grant);
  }
  bool over() const noexcept { return phase_ == Phase::over; }
  const input::InputCounts& input_counts() const noexcept { return input_.counts(); }

 private:
  enum class Phase : std::uint8_t {
    awaiting_stream,
    awaiting_hello,
    awaiting_approval,
    planning,
    awaiting_start,
    streaming,
    stopping,  // the planes are told, the peer not yet
    losing,    // the stream has ended before the media began, the reason may follow
    over,
  };

  void on(message::ControlMessage&& message, LocalTime now);
  void on(StreamOpened, LocalTime now);
  void on(BrokenHandshake, LocalTime now);
  void on(StreamClosed, LocalTime now);
  void on(const Approved& approved, LocalTime now);
  void on(ApprovalRefused&& refusal, LocalTime now);
  void on(const AccessChanged& changed, LocalTime now);
  void on(AccessRevoked, LocalTime now);
  void on(PlanReady&& plan, LocalTime now);
  void on(PlanRefused&& refusal, LocalTime now);
  void on(KeyframeSent, LocalTime now);
  void on(SourceLost, LocalTime now);
  void on(SourceHealed, LocalTime now);
  void on(const ModeBuilt& built, LocalTime now);
  void on(BitrateApplied applied, LocalTime now);
  void on(PathProven path, LocalTime now);
  void on(SpeedTestDone done, LocalTime now);
  void on(const InputArrived& arrived, LocalTime now);
  void on(EndSession&& end, LocalTime now);
  void on(ForceKeyframe, LocalTime now);
  void on(const ChangeMode& change, LocalTime now);
  void on(CapBitrate cap, LocalTime now);
  void on(MediaStopped, LocalTime now);
  void on(PeerClosed&& closed, LocalTime now);

  void on_hello(message::Hello&& hello, LocalTime now);
  void admit(LocalTime now);
  void on_pair_request(message::PairRequest&& request);
  void on_running_message(const message::ControlMessage& message, LocalTime now);
  void turn_access(LocalTime now);
  void tell_of_gap(LocalTime now);
  void turn_input(LocalTime now);
  void release_ungranted(message::Grants before);
  void echo_clock(const message::ClockProbe& probe, LocalTime now);
  void begin_streaming(const message::Start& start, LocalTime now);
  void resize_shards(const ShardNegotiation::Step& step);
  void set_bitrate(std::uint32_t wanted_kbps);
  void tell_bitrate(std::uint32_t bitrate_kbps);
  void switch_mode(const DisplayMode& wanted, LocalTime now);
  void rebuild(const DisplayMode& mode, LocalTime now);
  void test_speed(const message::ProbeRequest& request, LocalTime now);
  void follow_phase(const message::PhaseReport& report, LocalTime now);
  void refresh(const std::optional<Refresh>& refresh);
  void send(message::ControlMessage message);
  void stop_media();
  void close_now(Close close);
  void finish(std::string sentence, bool keep_for_return);

  HostSessionParams params_;
  Phase phase_ = Phase::awaiting_stream;
  std::optional<LocalTime> deadline_;  // of the phase
  bool media_wanted_ = false;          // between PlanWanted and StopMedia
  std::optional<ModeSwitch> mode_switch_;
  message::Hello hello_;  // until it is admitted
  AccessWatch access_;
  std::optional<LocalTime> next_access_turn_;  // from the admission on
  std::uint32_t max_bitrate_kbps_ = kMaxBitrateKbps;
  std::uint32_t cap_kbps_ = kMaxBitrateKbps;  // of the operator
  std::uint32_t bitrate_kbps_ = 0;            // as the client knows it
  bool bitrate_named_ = false;  // by the client's user, who may want too much for his pixels
  std::optional<RefreshPolicy> refresh_policy_;
  std::uint16_t frame_reports_ms_ = 0;
  ShardNegotiation::Terms shard_terms_;
  std::optional<ShardNegotiation> shards_;  // while streaming, if they may change
  SpeedTestHost speed_test_{false};
  input::InputGate input_;
  bool reports_phase_ = false;                 // the client said it would
  std::optional<PhaseControl> phase_control_;  // when it does, and has a screen of its own
  std::optional<LocalTime> source_lost_at_;
  std::optional<LocalTime> next_gap_word_;
  Close pending_close_;         // while stopping
  bool stream_closed_ = false;  // nothing can be said any more
  std::deque<Output> outputs_;
};

static_assert(Machine<HostSession>);

}  // namespace pf::control
