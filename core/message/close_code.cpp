#include "core/message/close_code.h"

#include <fmt/format.h>

#include "core/message/text.h"

namespace pf::message {
namespace {

std::string with_reason(std::string_view sentence, std::string_view reason) {
  const std::string text = printable(reason, kMaxReasonBytes);
  if (text.empty()) return fmt::format("{}.", sentence);
  return fmt::format("{}: {}", sentence, text);
}

}  // namespace

CloseKind kind_of(CloseCode code) noexcept {
  switch (code) {
    case CloseCode::done:
    case CloseCode::quit:
    case CloseCode::game_exited:
    case CloseCode::access_granted:
      return CloseKind::ended;
    case CloseCode::busy:
    case CloseCode::host_asleep:
    case CloseCode::no_seat_free:
    case CloseCode::seat_occupied:
    case CloseCode::pairing_rate_limited:
      return CloseKind::busy;
    case CloseCode::pairing_not_armed:
    case CloseCode::pairing_other_device:
    case CloseCode::no_identity:
    case CloseCode::denied:
    case CloseCode::approval_timed_out:
    case CloseCode::superseded:
    case CloseCode::wire_version:
    case CloseCode::access_ended:
    case CloseCode::launch_not_permitted:
    case CloseCode::unknown_profile:
    case CloseCode::seat_unavailable:
      return CloseKind::rejected;
    case CloseCode::setup_failed:
    case CloseCode::internal_error:
      return CloseKind::failed;
  }
  return CloseKind::failed;
}

std::string sentence(CloseCode code, std::string_view reason) {
  switch (code) {
    case CloseCode::done:
      return "The host ended the session.";
    case CloseCode::internal_error:
      return with_reason("The host met an internal error", reason);
    case CloseCode::busy:
      return with_reason("The host is busy with another session", reason);
    case CloseCode::quit:
      return "You ended the session.";
    case CloseCode::game_exited:
      return with_reason("What was running on the host has ended", reason);
    case CloseCode::pairing_not_armed:
      return "The host is not waiting for a pairing: start pairing on the host, then try again.";
    case CloseCode::pairing_other_device:
      return "The host is waiting to pair a different device: start pairing for this one.";
    case CloseCode::pairing_rate_limited:
      return "Too many pairing attempts: wait two seconds and try again.";
    case CloseCode::no_identity:
      return with_reason(
          "The host requires pairing, and this client showed no certificate to be known by",
          reason);
    case CloseCode::denied:
      return with_reason("The host refused this device", reason);
    case CloseCode::approval_timed_out:
      return with_reason("Nobody at the host approved this device in time", reason);
    case CloseCode::superseded:
      return "A newer connection attempt of this device replaced this one.";
    case CloseCode::wire_version:
      return "The host speaks another version of the protocol: update the older of the two.";
    case CloseCode::setup_failed:
      return with_reason("The host could not set up the session", reason);
    case CloseCode::access_ended:
      return "This device's access to the host has expired or was revoked.";
    case CloseCode::launch_not_permitted:
      return "This device may not launch applications on the host.";
    case CloseCode::host_asleep:
      return "The host is going to sleep or shutting down.";
    case CloseCode::unknown_profile:
      return "The host does not know the requested profile.";
    case CloseCode::no_seat_free:
      return "The host has no free seat.";
    case CloseCode::seat_occupied:
      return "Somebody else uses the requested seat of the host.";
    case CloseCode::seat_unavailable:
      return "The requested seat of the host is not available.";
    case CloseCode::access_granted:
      return "The host granted this device access.";
  }
  return with_reason(fmt::format("The host closed the connection with an unknown code (0x{:x})",
                                 static_cast<std::uint64_t>(code)),
                     reason);
}

}  // namespace pf::message
