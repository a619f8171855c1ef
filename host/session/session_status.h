// What an operator may know of a session. A copy: it does not follow what happens afterwards.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/base/display_mode.h"
#include "core/base/endpoint.h"
#include "core/base/time.h"
#include "core/crypto/identity.h"
#include "core/message/media.h"

namespace pf::session {

// By which front door its client came.
enum class Door : std::uint8_t { native, gamestream };

struct SessionStatus {
  enum class State : std::uint8_t {
    starting,   // its display and encoder are being opened, or the client has not said Start yet
    streaming,  // pictures flow
    ending,     // its workers are being joined; it holds no place any more
    lingering,  // it is over; its desktop waits for the device to come back
  };
  unsigned number = 0;  // 1, 2, …: never used again while the host runs
  Door door = Door::native;
  std::string device_name;                         // as the client calls itself, fit to be shown
  std::optional<crypto::Fingerprint> fingerprint;  // none: an anonymous client
  Endpoint remote;
  DisplayMode mode;  // asked for until it streams, then in force
  message::VideoCodec codec = message::VideoCodec::h264;
  std::uint32_t bitrate_kbps = 0;
  LocalTime since;  // the client was let in
  State state = State::starting;
  std::optional<unsigned> joins;  // the session whose display it watches; none: its own
  std::string mode_locked;        // why its mode cannot be changed; empty: it can
};

}  // namespace pf::session
