// Whether one more client is let in, and what becomes of those who are here: pure. Source:
// docs/protocol/punktfunk1.md section 3.2, step 5.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace pf::plan {

// What happens when a client comes while another device's session runs.
enum class Conflict : std::uint8_t {
  separate,  // it gets a display of its own
  join,      // it sees the display of who was here first, in that one's mode
  steal,     // the others are ended
  reject,    // it is told who holds the host
};

struct AdmissionRules {
  std::uint32_t max_clients = 4;
  Conflict conflict = Conflict::separate;
};

// A session that runs.
struct PresentSession {
  unsigned number = 0;
  bool same_device = false;  // as the one that asks: a dead session that nobody has missed yet
  std::string device_name;   // fit to be shown
};

struct Admission {
  std::vector<unsigned> replaced;  // of the same device: end them
  std::vector<unsigned> stolen;    // of others: end them
  std::optional<unsigned> joins;   // sit down at this one's display
};

// `present` in the order of their beginning. `exhausted`, with a sentence for the client's user,
// when it has to stay outside.
Result<Admission> admit(const AdmissionRules& rules, const std::vector<PresentSession>& present);

}  // namespace pf::plan
