// The client's end of a punktfunk/1 session: QUIC control, the media socket, and the two threads
// that turn them.
//
//   control thread   QUIC connection, session machine, clock sync, reports, recovery wishes
//   receive thread   media socket → open → reassemble → recover
//
// The caller is the third thread: it takes access units and tells what became of them.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/endpoint.h"
#include "core/base/frame_id.h"
#include "core/base/result.h"
#include "core/base/rng.h"
#include "core/base/time.h"
#include "core/control/speed_test_client.h"
#include "core/crypto/identity.h"
#include "core/endpoint/access_unit.h"
#include "core/endpoint/client_planes.h"
#include "core/message/client_datagram.h"
#include "core/message/close_code.h"
#include "core/message/control_message.h"
#include "core/message/datagram.h"
#include "core/message/handshake.h"

namespace pf::endpoint {

struct ConnectRequest {
  Endpoint host;
  message::Hello hello;
  std::optional<crypto::Fingerprint>
      fingerprint;                           // the host's, if it is known; another one is refused
  std::optional<crypto::Identity> identity;  // ours; without one we are a stranger every time
  Nanos patience = seconds(10);              // from dialling to the host's Welcome
};

// Why a session ended or never began.
struct Ending {
  enum class Cause : std::uint8_t {
    ours,               // close() was called
    host,               // a close code
    unreachable,        // nobody answered
    wrong_fingerprint,  // somebody answered who is not the host we know
    lost,               // the connection fell silent
    failed,             // this end broke, or the host talks nonsense
  };
  Cause cause = Cause::ours;
  message::CloseCode code = message::CloseCode::done;
  std::string sentence;  // for the user
};

struct ClockReading {
  Nanos host_minus_local{0};  // add to a LocalTime to get the host's wire time
  Nanos error_bound{0};
  bool synchronised = false;
  Nanos first_host_minus_local{0};  // as it was measured first
};

// What this device may do on the host now.
struct Access {
  message::Grants grants = message::Grants::all();
  std::optional<LocalTime> ends;  // none: never
};

// Times without pictures.
struct Interruptions {
  // As the host said, which broke and healed, or changed the mode; the newest last, at most
  // kMaxKept.
  std::vector<Nanos> host_gaps;
  // Nothing came although the host answers, for a while that the user should know of.
  std::uint32_t silences = 0;
  Nanos longest_silence{0};  // of those that are over
  bool silent = false;       // now
  bool healing = false;      // and the host says that it heals

  static constexpr std::size_t kMaxKept = 4096;
};

class ClientEndpoint {
 public:
  virtual ~ClientEndpoint() = default;

  // Blocks until the host has welcomed us, or says why not. `clock` and `rng` outlive the endpoint.
  static tl::expected<std::unique_ptr<ClientEndpoint>, Ending> connect(
      const ConnectRequest& request, const Clock& clock, Rng& rng);

  virtual const message::Welcome& welcome() const noexcept = 0;
  virtual const crypto::Fingerprint& host_fingerprint() const noexcept = 0;

  // One thread. The next access unit in order of completion; empty when none came within
  // `patience`; the ending once the session is over and everything received has been taken.
  virtual tl::expected<std::optional<AccessUnit>, Ending> next_access_unit(Nanos patience) = 0;
  // What the decoder made of the one just taken: without a picture, or out of order, the session
  // asks the host for help.
  virtual void decoded(bool gave_picture) = 0;
  // Another thread may say so, or nobody: the picture of the access unit with this pts was, or will
  // be, on the glass then. For hosts that record what became of frames.
  virtual void presented(WireTime pts, LocalTime at) = 0;

  // Any thread.
  // The screen is to have this mode. Of several only the newest is asked for, every 500 ms at most.
  // What becomes of it shows in mode() and, later, in the size of the decoded pictures.
  virtual void request_mode(const DisplayMode& mode) = 0;
  virtual DisplayMode mode() const = 0;  // in force, or about to be, as the host said last
  // Measures the way from the host, which pauses the video meanwhile; the others wait. Returns at
  // once; the answer shows within its length and control::SpeedTestClient::kPatience.
  virtual void begin_speed_test(const control::SpeedTestWanted& wanted) = 0;
  // Of the newest that was begun; empty while it is under way.
  virtual std::optional<control::SpeedTested> speed_tested() const = 0;
  // Both, waiting for the answer or the end of the session. One thread at a time.
  virtual tl::expected<control::SpeedTested, Ending> test_speed(
      const control::SpeedTestWanted& wanted) = 0;
  virtual ReceiveStats stats() const = 0;
  // What the host said about its access units, the newest last; the oldest are forgotten.
  virtual std::vector<message::HostTiming> host_timings() const = 0;
  virtual ClockReading clock_reading() const = 0;
  virtual Access access() const = 0;
  virtual Interruptions interruptions() const = 0;
  virtual std::optional<Ending> ending() const = 0;  // empty: it runs
  // Whether the rate is ours to adapt, and so decode_took() of any use.
  virtual bool adapts_rate() const noexcept = 0;
  // How long the decoder needed lately. As many frames as would come meanwhile count as waiting.
  virtual void decode_took(Nanos duration) = 0;
  // Says this to the host as it is, once: RequestKeyframe, RfiRequest, PhaseReport. The session
  // asks for what it needs by itself; who asks besides does so no faster than is sensible. Of more
  // than kMaxWishes that wait, the newest goes.
  static constexpr std::size_t kMaxWishes = 64;
  virtual void say(message::ControlMessage message) = 0;
  // Sent once and not again. Of more than kMaxOutgoing datagrams that wait, the oldest goes.
  // An InputEvent goes another way (client_input.h): movements leave at most once a millisecond,
  // added up, and a press or release that gets lost is said again.
  static constexpr std::size_t kMaxOutgoing = 256;
  virtual void send(const message::ClientDatagram& datagram) = 0;
  // Of every key, button and finger that was sent as down: the user has turned elsewhere.
  virtual void let_go_of_input() = 0;
  // What the host sends besides pictures.
  virtual ClientPlanes& planes() noexcept = 0;
  virtual void close(
      message::CloseCode code) = 0;  // returns at once; the destructor waits until it is said
};

}  // namespace pf::endpoint
