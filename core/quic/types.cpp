#include "core/quic/types.h"

#include <fmt/format.h>

namespace pf::quic {

std::string sentence(const Closed& closed) {
  switch (closed.cause) {
    case CloseCause::peer:
      return fmt::format("The other end closed the connection (code 0x{:x}).", closed.code);
    case CloseCause::timed_out:
      return "The connection was lost: the other end fell silent.";
    case CloseCause::no_answer:
      return "No answer: is the host running there, and does the firewall let UDP through?";
    case CloseCause::refused:
      return "The host has too many connections at the moment: try again in a few seconds.";
    case CloseCause::wrong_identity:
      return "The host's certificate is not the one that was pinned: this may be another machine. "
             "Forget the host and pair again only if you know why its certificate changed.";
    case CloseCause::no_common_protocol:
      return "The host and this client speak no common protocol: update the older of the two.";
    case CloseCause::handshake_failed:
      return fmt::format("The secure handshake failed (QUIC error 0x{:x}).", closed.code);
    case CloseCause::protocol_error:
      return fmt::format("The connection broke the rules of QUIC (error 0x{:x}).", closed.code);
  }
  return "The connection ended.";
}

}  // namespace pf::quic
