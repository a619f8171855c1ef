// A device that may use this host, and what it may do here. Plain values.
// Source: docs/protocol/punktfunk1.md sections 5.1 (grants), 8.1.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/time.h"
#include "core/crypto/identity.h"
#include "core/message/media.h"

namespace pf::trust {

using crypto::Fingerprint;
using message::Grants;

// What a decision about trust is made at: waits and windows run on the monotonic clock, dates that
// outlive the program (expiry, paired at) on the wall clock.
struct Moment {
  LocalTime local;
  WireTime wall;
};
Moment moment_now(const Clock& clock) noexcept;

struct Access {
  Grants grants = Grants::all();
  std::optional<WireTime> expires_at;  // none: never
  bool expired(WireTime wall) const noexcept { return expires_at && *expires_at <= wall; }
  bool operator==(const Access&) const = default;
};

// How a device speaks, and how it was paired. A certificate that was proven over one protocol says
// nothing over the other: pairing gives an ECDSA identity there and an RSA one here, and a leaked
// one shall not open both doors.
enum class DeviceKind : std::uint8_t {
  native,     // punktfunk's own protocol
  moonlight,  // GameStream
};

// Where the sound of a session is heard, as the setting audio.play_on has it.
enum class PlayOn : std::uint8_t {
  client,  // the machine here is quiet
  both,
  host,  // the client gets none
};

struct Device {
  Fingerprint fingerprint{};  // of its certificate: this is who it is
  DeviceKind kind = DeviceKind::native;
  std::string name;  // printable, at most message::kMaxDeviceNameBytes, never empty
  Access access;
  std::optional<PlayOn> play_on;  // none: as the host's setting says
  WireTime paired_at;
  std::optional<WireTime> last_seen;  // none: never connected since
  bool operator==(const Device&) const = default;
};

// A household has a dozen. Bounds the store's file to some 100 kB.
inline constexpr std::size_t kMaxDevices = 256;

// Names come from strangers: control characters go, the length is bounded, nothing becomes
// "unnamed device".
std::string device_name(std::string_view untrusted);

// "native", "moonlight".
std::string_view kind_name(DeviceKind kind) noexcept;
std::optional<DeviceKind> parse_kind(std::string_view name);

// "client", "both", "host".
std::string_view play_on_name(PlayOn play_on) noexcept;
std::optional<PlayOn> parse_play_on(std::string_view name);

// "gamepad", "pointer", …: in files and on command lines. Bits without a name are left out.
std::vector<std::string> grant_names(Grants grants);
std::optional<message::Grant> parse_grant(std::string_view name);

}  // namespace pf::trust
