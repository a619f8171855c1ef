#include "core/message/close_code.h"

#include <fmt/format.h>

#include "core/message/text.h"

namespace pf::message {
namespace {

enum class Reason : bool { hidden, shown };  // the peer's text is meant for people

struct Row {
  CloseCode code;
  CloseKind kind;
  const char* what;  // happened
  Reason reason;
  const char* advice;  // what to do now; empty: nothing
};

constexpr Row kRows[] = {
    {CloseCode::done, CloseKind::ended, "The host ended the session", Reason::hidden, ""},
    {CloseCode::internal_error, CloseKind::failed, "The host met an internal error", Reason::shown,
     "Look into the host's log."},
    {CloseCode::busy, CloseKind::busy, "The host is busy", Reason::shown,
     "Try again later, or end another session there."},
    {CloseCode::quit, CloseKind::ended, "You ended the session", Reason::hidden, ""},
    {CloseCode::game_exited, CloseKind::ended, "What was running on the host has ended",
     Reason::shown, ""},
    {CloseCode::pairing_not_armed, CloseKind::rejected, "The host is not waiting for a pairing",
     Reason::hidden, "Start pairing on the host, then try again with the PIN that it shows."},
    {CloseCode::pairing_other_device, CloseKind::rejected,
     "The host is waiting to pair a different device", Reason::hidden,
     "Start pairing for this one on the host, then try again."},
    {CloseCode::pairing_rate_limited, CloseKind::busy,
     "The host takes one pairing attempt every two seconds", Reason::hidden,
     "Wait a moment and try again."},
    {CloseCode::no_identity, CloseKind::rejected,
     "The host requires pairing, and this client showed no certificate to be known by",
     Reason::hidden, "Give this client its identity back, then pair with the host."},
    {CloseCode::denied, CloseKind::rejected, "The host refused this device", Reason::shown,
     "Ask whoever is there, or pair with a PIN."},
    {CloseCode::approval_timed_out, CloseKind::rejected,
     "Nobody at the host approved this device in time", Reason::shown,
     "Connect again while somebody is there, or pair with a PIN."},
    {CloseCode::superseded, CloseKind::rejected,
     "A newer connection attempt of this device replaced this one", Reason::hidden,
     "Go on with the newer one."},
    {CloseCode::wire_version, CloseKind::rejected,
     "The host speaks another version of the protocol", Reason::hidden,
     "Update the older of the two."},
    {CloseCode::setup_failed, CloseKind::failed, "The host could not set up the session",
     Reason::shown, "Ask for something else, or look into the host's log."},
    {CloseCode::access_ended, CloseKind::rejected,
     "This device's access to the host has expired or was revoked", Reason::hidden,
     "Ask the host's owner to renew it, or pair again."},
    {CloseCode::launch_not_permitted, CloseKind::rejected,
     "This device may not launch applications on the host", Reason::hidden,
     "Connect without one, or ask the host's owner to allow it."},
    {CloseCode::host_asleep, CloseKind::busy, "The host is going to sleep or shutting down",
     Reason::hidden, "Wake it up and try again."},
    {CloseCode::unknown_profile, CloseKind::rejected,
     "The host does not know the requested profile", Reason::hidden, "Choose another."},
    {CloseCode::no_seat_free, CloseKind::busy, "The host has no free seat", Reason::hidden,
     "Try again later."},
    {CloseCode::seat_occupied, CloseKind::busy, "Somebody else uses the requested seat of the host",
     Reason::hidden, "Try again later, or choose another."},
    {CloseCode::seat_unavailable, CloseKind::rejected,
     "The requested seat of the host is not available", Reason::hidden, "Choose another."},
    {CloseCode::access_granted, CloseKind::ended, "The host granted this device access",
     Reason::hidden, ""},
};

const Row* row_of(CloseCode code) noexcept {
  for (const Row& row : kRows) {
    if (row.code == code) return &row;
  }
  return nullptr;
}

// "What: reason. Advice."
std::string compose(std::string_view what, std::string_view reason, std::string_view advice) {
  std::string text(what);
  if (const std::string shown = printable(reason, kMaxReasonBytes); !shown.empty()) {
    text += ": " + shown;
  }
  if (text.back() != '.') text += '.';
  if (!advice.empty()) text += fmt::format(" {}", advice);
  return text;
}

}  // namespace

CloseKind kind_of(CloseCode code) noexcept {
  const Row* row = row_of(code);
  return row == nullptr ? CloseKind::failed : row->kind;
}

std::string sentence(CloseCode code, std::string_view reason) {
  const Row* row = row_of(code);
  if (row == nullptr) {
    return compose(fmt::format("The host closed the connection with an unknown code (0x{:x})",
                               static_cast<std::uint64_t>(code)),
                   reason, "Update this client if the host is newer.");
  }
  return compose(row->what, row->reason == Reason::shown ? reason : "", row->advice);
}

}  // namespace pf::message
