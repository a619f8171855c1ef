// What both ends' session machines take and give: the edge to the control stream and the QUIC
// connection.
#pragma once

#include <optional>
#include <string>

#include "core/message/close_code.h"
#include "core/message/control_message.h"

namespace pf::control {

// In.
struct BrokenHandshake {};                 // the stream carries what a handshake may not contain
struct StreamClosed {};                    // the peer ended or reset the control stream
struct PeerClosed {                        // the QUIC connection is gone
  std::optional<message::CloseCode> code;  // none: lost, not closed
  std::string reason;                      // the peer's words; if lost, a sentence of ours
};

// The screen is to have this mode. In at the client, whose user says so; out at the host, once
// accepted.
struct ModeWanted {
  DisplayMode mode;
};

// Out.
struct SendControl {
  message::ControlMessage message;
};
struct Close {  // end the QUIC connection
  message::CloseCode code = message::CloseCode::done;
  std::string text;
};

}  // namespace pf::control
