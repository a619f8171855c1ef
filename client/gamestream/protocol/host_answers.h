// What a GameStream host says of itself over HTTP, as strictly as stock clients read it
// (docs/protocol/gamestream.md sections 2, 3, 5 and 6). Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "client/gamestream/protocol/xml.h"
#include "core/base/result.h"

namespace pf::gamestream_client {

// The root element of an answer whose status_code is 200. Another code is `refused`, with the
// host's own words and the code as `os_code`; what is no answer is `malformed`.
Result<XmlElement> parse_answer(std::string_view body);

struct ServerInfo {
  std::string host_name;
  std::string app_version;
  std::string unique_id;
  std::uint16_t https_port = 47984;
  std::uint32_t codec_modes = 0;  // ServerCodecModeSupport
  bool paired = false;
  bool busy = false;
  std::int32_t current_app = 0;  // 0: none
};
// `malformed` names the element that a stock client would stumble over.
Result<ServerInfo> parse_server_info(const XmlElement& root);

struct AppEntry {
  std::string title;
  std::int32_t id = 0;
  bool hdr = false;
};
Result<std::vector<AppEntry>> parse_app_list(const XmlElement& root);

struct SessionUrl {
  std::string text;  // as it stands in RTSP requests
  std::string host;  // without brackets
  std::uint16_t port = 48010;
  bool encrypted = false;
};
// Of an answer to /launch or /resume; `verb` names which.
Result<SessionUrl> parse_session_url(const XmlElement& root, std::string_view verb);

}  // namespace pf::gamestream_client
