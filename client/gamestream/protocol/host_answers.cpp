#include "client/gamestream/protocol/host_answers.h"

#include <charconv>
#include <optional>

namespace pf::gamestream_client {
namespace {

template <class Number>
std::optional<Number> number(std::string_view text) {
  Number value{};
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value);
  if (text.empty() || parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return value;
}

Failure wrong(std::string_view element, std::string_view why) {
  return fail(ErrorKind::malformed, "<{}> {}: stock clients fail on that", element, why);
}

Result<std::string> text_of(const XmlElement& root, std::string_view name) {
  const XmlElement* const found = root.child(name);
  if (found == nullptr) return wrong(name, "is missing");
  if (found->text.empty()) return wrong(name, "is empty");
  return found->text;
}

template <class Number>
Result<Number> number_of(const XmlElement& root, std::string_view name) {
  PF_TRY(const std::string text, text_of(root, name));
  const auto value = number<Number>(text);
  if (!value) return wrong(name, "is no number that fits");
  return *value;
}

bool ends_with(std::string_view text, std::string_view ending) {
  return text.size() >= ending.size() && text.substr(text.size() - ending.size()) == ending;
}

Result<AppEntry> parse_app(const XmlElement& element) {
  AppEntry app;
  const XmlElement* const title = element.child("AppTitle");
  if (title == nullptr) return wrong("AppTitle", "is missing");
  app.title = title->text;
  PF_TRY(app.id, number_of<std::int32_t>(element, "ID"));
  if (app.id < 1) return wrong("ID", "is below 1");
  PF_TRY(const std::string hdr, text_of(element, "IsHdrSupported"));
  if (hdr != "0" && hdr != "1") return wrong("IsHdrSupported", "is neither 0 nor 1");
  app.hdr = hdr == "1";
  return app;
}

}  // namespace

Result<XmlElement> parse_answer(std::string_view body) {
  PF_TRY(XmlElement root, parse_xml(body));
  const std::string* const code = root.name == "root" ? root.attribute("status_code") : nullptr;
  const auto status = code != nullptr ? number<int>(*code) : std::nullopt;
  if (!status) return fail(ErrorKind::malformed, "the answer has no root with a status_code");
  if (*status == 200) return root;
  const std::string* const message = root.attribute("status_message");
  return tl::unexpected(Error{ErrorKind::refused,
                              fmt::format("the host answers {}: {}", *status,
                                          message != nullptr ? *message : "no reason given"),
                              *status});
}

Result<ServerInfo> parse_server_info(const XmlElement& root) {
  ServerInfo info;
  PF_TRY(info.host_name, text_of(root, "hostname"));
  PF_TRY(info.app_version, text_of(root, "appversion"));
  PF_TRY(info.unique_id, text_of(root, "uniqueid"));
  if (root.child("HttpsPort") != nullptr) {
    PF_TRY(info.https_port, number_of<std::uint16_t>(root, "HttpsPort"));
    if (info.https_port == 0) info.https_port = 47984;
  }
  PF_TRY(const auto codec_modes, number_of<std::int32_t>(root, "ServerCodecModeSupport"));
  if (codec_modes == 0) return wrong("ServerCodecModeSupport", "is 0");
  info.codec_modes = static_cast<std::uint32_t>(codec_modes);
  PF_TRY(const std::string paired, text_of(root, "PairStatus"));
  if (paired != "0" && paired != "1") return wrong("PairStatus", "is neither 0 nor 1");
  info.paired = paired == "1";
  PF_TRY(const std::string state, text_of(root, "state"));
  if (state.find("MJOLNIR") != state.npos) return wrong("state", "calls for NVIDIA workarounds");
  info.busy = ends_with(state, "_SERVER_BUSY");
  if (!info.busy && !ends_with(state, "_SERVER_FREE"))
    return wrong("state", "is neither FREE nor BUSY");
  PF_TRY(info.current_app, number_of<std::int32_t>(root, "currentgame"));
  if (info.busy != (info.current_app != 0)) return wrong("currentgame", "contradicts <state>");
  return info;
}

Result<std::vector<AppEntry>> parse_app_list(const XmlElement& root) {
  std::vector<AppEntry> apps;
  for (const XmlElement& element : root.children) {
    if (element.name != "App") continue;
    PF_TRY(AppEntry app, parse_app(element));
    for (const AppEntry& other : apps) {
      if (other.id == app.id) return wrong("ID", "is there twice");
    }
    apps.push_back(std::move(app));
  }
  return apps;
}

Result<SessionUrl> parse_session_url(const XmlElement& root, std::string_view verb) {
  const std::string_view flag = verb == "resume" ? "resume" : "gamesession";
  PF_TRY(const std::string granted, text_of(root, flag));
  if (granted == "0") return wrong(flag, "is 0, which means refused");
  SessionUrl url;
  PF_TRY(url.text, text_of(root, "sessionUrl0"));
  std::string_view rest = url.text;
  const auto take = [&rest](std::string_view scheme) {
    if (rest.substr(0, scheme.size()) != scheme) return false;
    rest.remove_prefix(scheme.size());
    return true;
  };
  url.encrypted = take("rtspenc://");
  if (!url.encrypted && !take("rtsp://")) return wrong("sessionUrl0", "has an unknown scheme");
  const std::size_t colon = rest.rfind(':');
  if (colon == rest.npos) return wrong("sessionUrl0", "names no port");
  const auto port = number<std::uint16_t>(rest.substr(colon + 1));
  if (!port || *port == 0) return wrong("sessionUrl0", "does not end in a port");
  url.port = *port;
  rest = rest.substr(0, colon);
  if (rest.size() > 2 && rest.front() == '[' && rest.back() == ']')
    rest = rest.substr(1, rest.size() - 2);
  if (rest.empty()) return wrong("sessionUrl0", "names no host");
  url.host = std::string(rest);
  return url;
}

}  // namespace pf::gamestream_client
