// What nvhttp answers besides pairing: who the host is, what it runs, and the outcome of starting
// and ending a session (docs/protocol/gamestream.md sections 3, 5 and 6).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/display_mode.h"
#include "core/base/result.h"
#include "core/base/secret.h"
#include "host/gamestream/protocol/query.h"

namespace pf::gamestream {

struct ServerInfo {
  std::string host_name;
  std::string unique_id;  // for ever the same, on every address
  std::string mac;        // "aa:bb:cc:dd:ee:ff"; told to paired clients only
  std::string local_ip;   // the address the request came to; for IPv6 empty
  std::uint16_t http_port = 47989, https_port = 47984;
  std::uint32_t codec_modes = 0;  // offer.h
  std::int32_t current_app = 0;   // 0: none runs, the host is free
};
// `paired`: the request came over TLS with a certificate that we know.
std::string server_info(const ServerInfo& info, bool paired);

struct App {
  std::int32_t id = 1;  // 1 … 2^31 - 1, the same after every start
  std::string title;
  bool hdr = false;
};
std::string app_list(const std::vector<App>& apps);

// Of /launch and /resume.
struct LaunchRequest {
  std::int32_t app_id = 0;          // of /launch
  std::optional<DisplayMode> mode;  // empty: not sent, or none; ANNOUNCE says it again
  Secret<16> key;                   // rikey: for everything that is sealed
  std::uint32_t key_id = 0;         // rikeyid
  bool play_on_host_too = false;
  std::uint8_t channel_count = 2;
  bool hdr = false;
  std::uint16_t pads = 0;  // a bit for each that is there from the start
  bool pads_persist = false;
  bool can_encrypt_rtsp = false;
};
enum class LaunchVerb : std::uint8_t { launch, resume };
// `malformed`: something that the verb needs is missing or none.
Result<LaunchRequest> parse_launch(const Query& query, LaunchVerb verb);

// `session_url`: "rtspenc://192.168.1.20:48010".
std::string launched(LaunchVerb verb, std::string_view session_url);
std::string not_launched(LaunchVerb verb, int status_code, std::string_view why);
std::string cancelled();
std::string not_found();

}  // namespace pf::gamestream
