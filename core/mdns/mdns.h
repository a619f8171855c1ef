// Announcing and finding services on the local network, through the machine's avahi daemon or,
// where there is none, with avahi's core in this process (README.md says when and why).
//
// Both calls are bodies of a supervised thread (core/runtime/supervised_thread.h): they open, work
// until the shift is over, and return why they ended. `lost` when the daemon has gone or has come.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/endpoint.h"
#include "core/base/result.h"
#include "core/runtime/supervised_thread.h"

namespace pf::mdns {

struct Service {
  std::string type;  // "_punktfunk._udp"
  std::string name;  // for people; another one of this name makes it "name #2"
  // Where our own responder hangs this machine's addresses; one DNS label. The daemon has its own.
  std::string host_label;
  std::uint16_t port = 0;
  std::vector<std::byte> txt;    // as in the record: length-prefixed strings; may be empty
  unsigned interface_index = 0;  // the only interface to announce on; 0: all of them
};

// All services of this program, at least one: through one responder, since two on one machine take
// each other for strangers and fight for its name. Its label and interface are the first service's.
Result<void> announce(const std::vector<Service>& services, const Clock& clock, Shift& shift);

// One way to one service: the same service may be seen over several interfaces.
struct SightingKey {
  int interface_index = 0;
  std::string name;
  auto operator<=>(const SightingKey&) const = default;
};
struct Sighting {
  Endpoint address;
  std::vector<std::byte> txt;
};

// What a stranger can make us remember by announcing services, at about a kilobyte each. More are
// not looked at.
inline constexpr std::size_t kMaxSightings = 256;

// Calls come on the thread of the shift.
struct BrowseEvents {
  // All ways seen in an earlier shift are void: they will be found again.
  std::function<void()> began;
  // New, or changed.
  std::function<void(const SightingKey&, const Sighting&)> found;
  std::function<void(const SightingKey&)> gone;
};

Result<void> browse(const std::string& type, const BrowseEvents& events, const Clock& clock,
                    Shift& shift);

}  // namespace pf::mdns
