// What passes between the operator, who types the PIN that a Moonlight client shows, and the
// pairings that wait for it. Plain values; host/admin takes them too.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/time.h"
#include "host/trust/device.h"

namespace pf::gamestream {

// One pairing; not used again while the host runs.
using PinTicket = std::uint64_t;

struct PinWaiting {
  PinTicket ticket = 0;
  std::string address;  // of the client
  trust::Fingerprint fingerprint{};
  LocalTime since;
};

struct PinEntry {
  std::string pin;     // four digits
  std::string device;  // address, or the beginning of the fingerprint; empty: the only one
  std::string name;    // what to call it; empty: as before, or by its address
  trust::Access access;
};

// What came of a PIN that was typed.
struct PinOutcome {
  PinTicket ticket = 0;
  enum class Kind : std::uint8_t {
    paired,
    wrong_pin,
    abandoned,  // the client went away; most likely it found the PIN wrong by itself
    not_saved,  // the PIN was right, but the device cannot be stored
  } kind = Kind::abandoned;
  trust::Fingerprint fingerprint{};
  std::string name;  // as the device is called, or its address
  std::string why;   // of not_saved
};

}  // namespace pf::gamestream
