// What /launch or /resume agreed with one paired device: everything that its RTSP conversation, its
// control connection and its media need to know of it. A plain value; it goes from the nvhttp
// server through the LaunchBox to the door's control thread and belongs to that from then on.
// Source: docs/protocol/gamestream.md sections 6.1, 7.2, 7.4, 8.1.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/base/display_mode.h"
#include "core/base/endpoint.h"
#include "core/base/rng.h"
#include "core/base/secret.h"
#include "host/gamestream/protocol/nvhttp_answers.h"
#include "host/trust/device.h"

namespace pf::gamestream {

// One launch or resume; not used again while the host runs. 0 is none.
enum class LaunchId : std::uint64_t {};

// What a device proves that it is of a launch, besides holding the key. Fresh for each launch, so
// that a late packet of the stream before is not taken for one of this.
struct LaunchTokens {
  std::string ping_payload;        // 16 characters, in every media ping (X-SS-Ping-Payload)
  std::uint32_t connect_data = 0;  // of the ENet connection (X-SS-Connect-Data); never 0, which
                                   // clients send that know none
};
LaunchTokens draw_tokens(Rng& rng);

struct Launch {
  LaunchId id{};  // the book's
  LaunchVerb verb = LaunchVerb::launch;

  trust::Fingerprint device{};  // of its RSA certificate
  std::string device_name;      // as paired, fit to be shown
  trust::Grants grants;         // at the time of the launch; may change while it streams

  Endpoint client;  // where the request came from; only its address means something
  Endpoint local;   // our address that it came to: media and RTSP are on it, on other ports

  App app;                          // of a resume: the one that runs
  std::optional<DisplayMode> mode;  // ANNOUNCE says it again, and more exactly
  bool hdr = false;
  std::uint8_t channel_count = 2;  // 2, 6 or 8
  bool play_on_host_too = false;

  Secret<16> key;               // rikey: for everything that is sealed
  std::uint32_t key_id = 0;     // rikeyid
  bool encrypted_rtsp = false;  // rtspenc:// was answered: plain RTSP is not this device's

  std::uint16_t pads = 0;  // a bit for each that is there from the start
  bool pads_persist = false;

  LaunchTokens tokens;
};

}  // namespace pf::gamestream
