#include "client/gamestream/protocol/rtsp_conversation.h"

#include <charconv>
#include <vector>

namespace pf::gamestream_client {
namespace {

constexpr std::size_t kPingCharacters = 16;

Failure wrong(std::string_view what) {
  return fail(ErrorKind::malformed, "the host's RTSP answer {}", what);
}

// The unsigned number behind the first `name`, as C's strtoul with base 0 reads it.
std::optional<std::uint32_t> number_behind(std::string_view text, std::string_view name) {
  const std::size_t at = text.find(name);
  if (at == text.npos) return std::nullopt;
  text.remove_prefix(at + name.size());
  const bool hex = text.substr(0, 2) == "0x";
  if (hex) text.remove_prefix(2);
  std::uint32_t value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value, hex ? 16 : 10);
  if (parsed.ec != std::errc()) return std::nullopt;
  return value;
}

// What a stock client makes of the channel mapping of a line: in the first of a layout it moves the
// last digit to index 3.
bool maps_to_identity(std::string_view mapping, bool first_line) {
  std::string seen(mapping);
  if (first_line && seen.size() > 4) {
    seen.insert(3, 1, seen.back());
    seen.pop_back();
  }
  for (std::size_t i = 0; i < seen.size(); ++i) {
    if (seen[i] != static_cast<char>('0' + i)) return false;
  }
  return true;
}

}  // namespace

RtspConversation::RtspConversation(const StreamWish& wish, SessionUrl url)
    : wish_(wish), url_(std::move(url)) {}

std::string RtspConversation::host() const {
  return wish_.channel_count == 2 && !wish_.high_quality_sound ? "0.0.0.0" : url_.host;
}

std::string RtspConversation::target() const {
  return host() == url_.host ? url_.text : fmt::format("rtsp://{}:{}", host(), url_.port);
}

std::optional<std::string> RtspConversation::request() const {
  const std::pair<std::string, std::string> unmodified{"If-Modified-Since",
                                                       "Thu, 01 Jan 1970 00:00:00 GMT"};
  const std::pair<std::string, std::string> transport{"Transport",
                                                      "unicast;X-GS-ClientPort=50000-50001"};
  const std::pair<std::string, std::string> session{"Session", grant_.session};
  RtspRequest request;
  switch (step_) {
    case Step::options:
      request = {"OPTIONS", target(), {}, {}};
      break;
    case Step::describe:
      request = {"DESCRIBE", target(), {{"Accept", "application/sdp"}, unmodified}, {}};
      break;
    case Step::setup_audio:
      request = {"SETUP", "streamid=audio/0/0", {transport, unmodified}, {}};
      break;
    case Step::setup_video:
      request = {"SETUP", "streamid=video/0/0", {session, transport, unmodified}, {}};
      break;
    case Step::setup_control:
      request = {"SETUP", "streamid=control/13/0", {session, transport, unmodified}, {}};
      break;
    case Step::announce: {
      const std::string body = write_announcement(wish_, grant_, url_.host);
      request = {"ANNOUNCE",
                 "streamid=control/13/0",
                 {session,
                  {"Content-type", "application/sdp"},
                  {"Content-length", std::to_string(body.size())}},
                 body};
      break;
    }
    case Step::play:
      request = {"PLAY", "/", {session}, {}};
      break;
    case Step::done:
      return std::nullopt;
  }
  return write_rtsp_request(request, cseq(), host());
}

Result<void> RtspConversation::answer(std::string_view text) {
  PF_TRY(const RtspAnswer answer, parse_rtsp_answer(text, cseq()));
  switch (step_) {
    case Step::describe:
      PF_TRY_VOID(take_description(answer.body));
      break;
    case Step::setup_audio:
    case Step::setup_video:
    case Step::setup_control:
      PF_TRY_VOID(take_setup(answer));
      break;
    default:
      break;
  }
  if (step_ != Step::done) step_ = static_cast<Step>(static_cast<int>(step_) + 1);
  return {};
}

Result<void> RtspConversation::take_description(const std::string& text) {
  if (text.empty()) return wrong("describes nothing");
  grant_.features = number_behind(text, "x-ss-general.featureFlags:").value_or(0);
  grant_.encryption_supported =
      number_behind(text, "x-ss-general.encryptionSupported:").value_or(0);
  grant_.encryption_requested =
      number_behind(text, "x-ss-general.encryptionRequested:").value_or(0);
  if ((grant_.encryption_requested & ~grant_.encryption_supported) != 0)
    return wrong("asks for encryption that it does not offer");
  grant_.invalidates_references =
      wish_.invalidates_references &&
      number_behind(text, "x-nv-video[0].refPicInvalidation:").value_or(0) != 0;
  PF_TRY_VOID(take_surround(text));
  decide();
  return {};
}

Result<void> RtspConversation::take_surround(const std::string& text) {
  if (wish_.channel_count == 2) return {};
  // "a=fmtp:97 surround-params=642012453": channels, streams, coupled streams, mapping. The second
  // line of a channel count is the one of high quality.
  const std::string name = fmt::format("surround-params={}", wish_.channel_count);
  std::vector<std::string> lines;
  for (std::size_t at = text.find(name); at != text.npos; at = text.find(name, at + 1)) {
    const std::size_t begin = at + name.size() - 1;
    lines.push_back(text.substr(begin, text.find_first_not_of("0123456789", begin) - begin));
  }
  const std::size_t index = wish_.high_quality_sound ? 1 : 0;
  if (lines.size() <= index) return wrong("offers no such surround sound");
  const std::string& line = lines[index];
  if (line.size() != 3u + wish_.channel_count || !maps_to_identity(line.substr(3), index == 0))
    return wrong("maps channels to wrong speakers");
  grant_.opus_streams = static_cast<std::uint8_t>(line[1] - '0');
  grant_.opus_coupled = static_cast<std::uint8_t>(line[2] - '0');
  if (grant_.opus_streams + grant_.opus_coupled != wish_.channel_count)
    return wrong("divides the channels among a wrong number of Opus streams");
  return {};
}

void RtspConversation::decide() {
  std::uint32_t wanted = grant_.encryption_requested | wish_.encryption;
  wanted = wish_.control_v2 ? wanted | kEncryptControlV2 : wanted & ~kEncryptControlV2;
  grant_.encryption = wanted & grant_.encryption_supported;
  const bool video_encrypted = (grant_.encryption & kEncryptVideo) != 0;
  grant_.packet_size = static_cast<std::uint16_t>(wish_.packet_size - (video_encrypted ? 32 : 0));
}

Result<void> RtspConversation::take_setup(const RtspAnswer& answer) {
  if (step_ == Step::setup_audio) {
    const std::string* const session = answer.header("Session");
    if (session == nullptr || session->empty()) return wrong("names no session");
    grant_.session = session->substr(0, session->find(';'));
  }
  const std::string* const transport = answer.header("Transport");
  const auto port = transport ? number_behind(*transport, "server_port=") : std::nullopt;
  if (!port || *port == 0 || *port > 0xFFFF) return wrong("names no server_port");
  const auto to_port = static_cast<std::uint16_t>(*port);
  if (step_ == Step::setup_control) {
    grant_.control_port = to_port;
    const std::string* const data = answer.header("X-SS-Connect-Data");
    const auto number = data ? number_behind(*data, "") : std::nullopt;
    if (!number) return wrong("has no connect data");
    grant_.connect_data = *number;
    return {};
  }
  const std::string* const ping = answer.header("X-SS-Ping-Payload");
  if (ping == nullptr || ping->size() != kPingCharacters)
    return wrong("has no ping payload of 16 characters");
  const bool audio = step_ == Step::setup_audio;
  (audio ? grant_.audio_port : grant_.video_port) = to_port;
  (audio ? grant_.audio_ping : grant_.video_ping) = *ping;
  return {};
}

}  // namespace pf::gamestream_client
