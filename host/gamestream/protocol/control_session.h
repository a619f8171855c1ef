// The control stream of one session, host's end: packets of the client's connection go in, what the
// client wants comes out; what is to be said to it goes in as messages and comes out as packets.
//
// Whoever opens no packet with the right key is not heard: neither does he keep the session alive
// nor does he end it. Input is held to the grants of the paired device and to what a hand could do,
// exactly as a native client's (core/input/input_gate.h); what is held goes up when the client
// falls silent, loses the grant or leaves. Pure; the control thread alone uses it. Source:
// docs/protocol/gamestream.md sections 8.2 to 8.6 and 11.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <variant>
#include <vector>

#include "core/base/display_mode.h"
#include "core/base/machine.h"
#include "core/base/secret.h"
#include "core/input/input_gate.h"
#include "core/message/input_event.h"
#include "core/message/media.h"
#include "host/gamestream/protocol/control_messages.h"
#include "host/gamestream/protocol/control_packets.h"
#include "host/gamestream/protocol/input_packets.h"
#include "host/gamestream/protocol/input_translator.h"
#include "host/gamestream/protocol/pad_feedback.h"

namespace pf::gamestream {

struct ControlSessionParams {
  Secret<16> key;  // of the launch
  ControlIv iv = ControlIv::v2;
  message::Grants grants;  // of the paired device
  SizePx picture;          // that positions of mouse and fingers are on
};

// In.
struct ControlUp {};    // the client's connection is there
struct ControlPacket {  // one packet that came over it
  MutableBytes bytes;   // decrypted where it stands; borrowed until handle() returns
};
struct ControlDown {};  // the connection is gone: closed by the client, or silent for too long
struct ControlGrants {
  message::Grants grants;  // from now on
};
struct ControlEnd {  // tell the client why, and part. No other Input matters afterwards
  TerminationReason reason = TerminationReason::graceful;
};
// And every HostControl but Termination. Rumble, lights and trigger effects of one pad replace
// those of it that have not left yet.

// Out.
struct SendControlPacket {
  std::vector<std::byte> bytes;  // reliably, on channel 0
};
struct PartFromClient {};  // close the connection when everything that was sent has arrived
struct StreamWanted {};    // the client is ready: once
struct KeyframeWanted {};  // not spaced and not limited: that is for whoever has the encoder
struct InjectInput {       // sound, and granted to this device
  message::InputEvent event;
};
struct ReleaseInput {                   // let go of what this client holds
  std::optional<input::Device> device;  // empty: of everything
};
// What a pad says that InputEvent has no words for; of an arrival, what the pad can do, before the
// event that plugs it in.
using PadReport = std::variant<PadArrival, PadTouchpad, PadSensor, PadBattery>;
struct ControlOver {  // the last output
  enum class Why : std::uint8_t {
    left,        // the client closed its connection, or the connection died
    silent,      // it said nothing for ControlSession::kSilence
    never_came,  // no connection within ControlSession::kConnectPatience
    ended,       // by us: ControlEnd
  } why = Why::left;
  input::InputCounts input;  // of the whole session
};
// Of the client: "has left".
const char* to_string(ControlOver::Why why) noexcept;

struct ControlCounts {
  std::uint64_t packets = 0;  // that were the client's
  std::uint64_t malformed = 0, forged = 0, replayed = 0;
  std::uint64_t unknown = 0;         // messages of types that we do not know, or not whole
  std::uint64_t unknown_input = 0;   // input packets, likewise
  std::uint64_t not_injectable = 0;  // input that a desktop has no device for, as a hovering finger
};

class ControlSession {
 public:
  // From the ANNOUNCE to the connection. Clients give up after the same time.
  static constexpr Nanos kConnectPatience = seconds(10);
  // Clients say something every 100 ms, and give up themselves after 10 s.
  static constexpr Nanos kSilence = seconds(10);

  using Input =
      std::variant<ControlUp, ControlPacket, ControlDown, ControlGrants, ControlEnd, PadRumble,
                   PadTriggerRumble, PadMotionRequest, PadLed, PadTriggerEffects, HdrMode>;
  using Output = std::variant<SendControlPacket, PartFromClient, StreamWanted, KeyframeWanted,
                              InvalidateReferences, FecStatus, LongTermReferenceAck, InjectInput,
                              ReleaseInput, PadReport, ControlOver>;

  ControlSession(const ControlSessionParams& params, LocalTime now);

  void handle(Input input, LocalTime now);
  void handle_timeout(LocalTime now);
  std::optional<LocalTime> next_timeout() const;
  std::optional<Output> poll();

  bool over() const noexcept { return state_ == State::over; }
  const ControlCounts& counts() const noexcept { return counts_; }
  const input::InputCounts& input_counts() const noexcept { return gate_.counts(); }

 private:
  enum class State : std::uint8_t { awaiting, up, over };

  void on(const ControlUp& up, LocalTime now);
  void on(const ControlPacket& packet, LocalTime now);
  void on(const ControlDown& down, LocalTime now);
  void on(const ControlGrants& grants, LocalTime now);
  void on(const ControlEnd& end, LocalTime now);
  void on(const HdrMode& mode, LocalTime now);
  template <class PadMessage>
  void on(const PadMessage& message, LocalTime now);

  void hear(const RequestIdr& request, LocalTime now);
  void hear(const StartB& start, LocalTime now);
  void hear(const InvalidateReferences& frames, LocalTime now);
  void hear(const Ping& ping, LocalTime now);
  void hear(const InputData& input, LocalTime now);
  void hear(const FecStatus& status, LocalTime now);
  void hear(const LongTermReferenceAck& ack, LocalTime now);

  void take_input(const InputPacket& packet, LocalTime now);
  void release(std::optional<input::Device> device);
  void say(const HostControl& message);
  void say_waiting(LocalTime now);
  void end(ControlOver::Why why);

  State state_ = State::awaiting;
  message::Grants grants_;
  ControlPackets packets_;
  InputTranslator translator_;
  input::InputGate gate_;
  PadFeedback feedback_;
  HdrMode hdr_;         // as last wished for; clients are told once they are up
  bool asked_ = false;  // the first message, which looks like a request for a key frame, has come
  bool started_ = false;
  LocalTime heard_at_;  // or, before the connection, the beginning
  ControlCounts counts_;
  std::deque<Output> outputs_;
};

static_assert(Machine<ControlSession>);

}  // namespace pf::gamestream
