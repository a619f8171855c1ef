// The ladder as a table: what the doctor looks at, one row for each rung, in its order. From the
// machine over the host's files and ports to a picture and a tone that went all the way.
//
// The command line, the management API, the manual and docs/doctor.md are made from these rows or
// compared with them. Names are stable.
#pragma once

#include <span>
#include <string_view>

#include "host/doctor/finding.h"

namespace pf::doctor {

class Patient;

struct Rung {
  std::string_view name;
  std::string_view checks;  // what is so when it is ok
  Finding (*look)(Patient& patient);
  std::string_view fix;  // where the finding names none
};

std::span<const Rung> rungs() noexcept;

// --- The rows' functions. Each waits for a bounded time, a few seconds at most.

// The machine (machine_rungs.cpp).
Finding look_at_kernel(Patient& patient);
Finding look_at_memory(Patient& patient);
Finding look_at_limits(Patient& patient);
Finding look_at_clock(Patient& patient);
Finding look_at_graphics(Patient& patient);
Finding look_at_input_devices(Patient& patient);

// The host's files (file_rungs.cpp).
Finding look_at_configuration(Patient& patient);
Finding look_at_state_folder(Patient& patient);
Finding look_at_disk(Patient& patient);
Finding look_at_identity(Patient& patient);
Finding look_at_devices(Patient& patient);
Finding look_at_access(Patient& patient);
Finding look_at_left_overs(Patient& patient);

// Its ports and who else has them (network_rungs.cpp).
Finding look_at_running_host(Patient& patient);
Finding look_at_ports(Patient& patient);
Finding look_at_foreign_hosts(Patient& patient);
Finding look_at_mdns(Patient& patient);

// What it streams with (backend_rungs.cpp).
Finding look_at_compositor(Patient& patient);
Finding look_at_encoders(Patient& patient);
Finding look_at_sound_server(Patient& patient);
Finding look_at_decoder(Patient& patient);

// The line, stage by stage and then as one session (line_rungs.cpp).
Finding look_at_display(Patient& patient);
Finding look_at_capture(Patient& patient);
Finding look_at_encode(Patient& patient);
Finding look_at_decode(Patient& patient);
Finding look_at_session(Patient& patient);
Finding look_at_stream(Patient& patient);
Finding look_at_parts(Patient& patient);
Finding look_at_pictures(Patient& patient);
Finding look_at_sound(Patient& patient);

}  // namespace pf::doctor
