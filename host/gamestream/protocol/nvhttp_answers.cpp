#include "host/gamestream/protocol/nvhttp_answers.h"

#include <algorithm>

#include "host/gamestream/protocol/offer.h"
#include "host/gamestream/protocol/xml_answer.h"

namespace pf::gamestream {
namespace {

// Clients choose their dialect by the first; its negative last number means features of Sunshine.
// They compare the second with a list of known versions.
constexpr std::string_view kAppVersion = "7.1.431.-1";
constexpr std::string_view kGfeVersion = "3.23.0.74";

// What clients take for "HEVC in any size"; 0 makes them drop HEVC.
constexpr std::int64_t kMaxLumaPixelsHevc = 1869449984;

constexpr std::string_view kNoMac = "00:00:00:00:00:00";

Result<std::int32_t> flag_or(const Query& query, std::string_view name, std::int32_t otherwise) {
  if (!query.has(name)) return otherwise;
  const auto value = query.number(name);
  if (!value) return fail(ErrorKind::malformed, "The parameter {} is no number", name);
  return *value;
}

std::optional<DisplayMode> mode_of(const Query& query) {
  std::string text(query.text("mode").value_or(""));
  // "1920x1080x60"
  const std::size_t last = text.rfind('x');
  if (last == std::string::npos || last == text.find('x')) return std::nullopt;
  text[last] = '@';
  const auto mode = parse_display_mode(text);
  if (!mode) return std::nullopt;
  return *mode;
}

const char* element_of(LaunchVerb verb) {
  return verb == LaunchVerb::launch ? "gamesession" : "resume";
}

}  // namespace

std::string server_info(const ServerInfo& info, bool paired) {
  const bool hevc = (info.codec_modes & codec_modes::kHevcMain) != 0;
  return XmlAnswer()
      .element("hostname", info.host_name)
      .element("appversion", kAppVersion)
      .element("GfeVersion", kGfeVersion)
      .element("uniqueid", info.unique_id)
      .element("HttpsPort", info.https_port)
      .element("ExternalPort", info.http_port)
      .element("MaxLumaPixelsHEVC", hevc ? kMaxLumaPixelsHevc : 0)
      .element("mac", paired && !info.mac.empty() ? std::string_view(info.mac) : kNoMac)
      .element("LocalIP", info.local_ip.empty() ? "127.0.0.1" : info.local_ip)
      .element("ServerCodecModeSupport", info.codec_modes)
      .element("PairStatus", paired ? 1 : 0)
      .element("currentgame", info.current_app)
      .element("state", info.current_app == 0 ? "SUNSHINE_SERVER_FREE" : "SUNSHINE_SERVER_BUSY")
      .finish();
}

std::string app_list(const std::vector<App>& apps) {
  XmlAnswer answer;
  for (const App& app : apps) {
    answer.open("App")
        .element("IsHdrSupported", app.hdr ? 1 : 0)
        .element("AppTitle", app.title)
        .element("ID", app.id)
        .close("App");
  }
  return answer.finish();
}

Result<LaunchRequest> parse_launch(const Query& query, LaunchVerb verb) {
  LaunchRequest request;
  const auto key = query.bytes("rikey");
  const auto key_id = query.number("rikeyid");
  const auto app_id = query.number("appid");
  const bool whole =
      key && key->size() == 16 && key_id && (verb == LaunchVerb::resume || (app_id && *app_id > 0));
  if (!whole) return fail(ErrorKind::malformed, "Missing a required launch parameter");
  request.key = Secret<16>(std::span<const std::byte, 16>(key->data(), 16));
  request.key_id = static_cast<std::uint32_t>(*key_id);
  request.app_id = app_id.value_or(0);
  request.mode = mode_of(query);
  PF_TRY(const auto local_audio, flag_or(query, "localaudioplaymode", 0));
  PF_TRY(const auto surround, flag_or(query, "surroundaudioinfo", 196610));
  PF_TRY(const auto hdr, flag_or(query, "hdrmode", 0));
  PF_TRY(const auto pads, flag_or(query, "gcmap", 0));
  PF_TRY(const auto persist, flag_or(query, "gcpersist", 0));
  PF_TRY(const auto core_version, flag_or(query, "corever", 0));
  const std::int32_t channels = surround & 0xFFFF;
  if (channels != 2 && channels != 6 && channels != 8)
    return fail(ErrorKind::malformed, "Sound has 2, 6 or 8 channels, not {}", channels);
  request.play_on_host_too = local_audio != 0;
  request.channel_count = static_cast<std::uint8_t>(channels);
  request.hdr = hdr != 0;
  request.pads = static_cast<std::uint16_t>(pads);
  request.pads_persist = persist != 0;
  request.can_encrypt_rtsp = core_version >= 1;
  return request;
}

std::string launched(LaunchVerb verb, std::string_view session_url) {
  return XmlAnswer().element("sessionUrl0", session_url).element(element_of(verb), 1).finish();
}

std::string not_launched(LaunchVerb verb, int status_code, std::string_view why) {
  return XmlAnswer(status_code, why).element(element_of(verb), 0).finish();
}

std::string cancelled() { return XmlAnswer().element("cancel", 1).finish(); }

std::string not_found() { return XmlAnswer(404).finish(); }

}  // namespace pf::gamestream
