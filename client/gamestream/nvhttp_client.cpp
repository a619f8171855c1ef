#include "client/gamestream/nvhttp_client.h"

#include <array>
#include <cmath>

#include "client/gamestream/protocol/pairing.h"
#include "core/base/hex.h"
#include "core/crypto/rsa.h"

namespace pf::gamestream_client {

LaunchKeys draw_keys(Rng& rng) {
  LaunchKeys keys;
  rng.fill(keys.key.fill());
  keys.key_id = static_cast<std::int32_t>(rng.next());
  return keys;
}

NvhttpClient::NvhttpClient(const Endpoint& http, crypto::Identity identity,
                           std::string host_certificate_pem, const Clock& clock, Rng& rng)
    : http_(http),
      side_{std::move(identity), {}},
      host_certificate_pem_(std::move(host_certificate_pem)),
      clock_(clock),
      rng_(rng) {
  if (auto der = crypto::parse_rsa_certificate(host_certificate_pem_))
    side_.host_certificate_der = *std::move(der);
}

// What stock clients put into every request: a name that is nobody's, and a number against caches.
std::string NvhttpClient::target(const std::string& path, const std::string& parameters) {
  std::array<std::byte, 16> number;
  rng_.fill(number);
  return fmt::format("{}?uniqueid=0123456789ABCDEF&uuid={}{}{}", path, to_hex(number),
                     parameters.empty() ? "" : "&", parameters);
}

Result<HttpAnswer> NvhttpClient::get(Way way, const std::string& path,
                                     const std::string& parameters, Nanos patience) {
  const bool tls = way == Way::tls;
  const Endpoint to = tls ? http_.with_port(https_port_) : http_;
  PF_TRY(HttpAnswer answer,
         http_get(to, target(path, parameters), tls ? &side_ : nullptr, clock_, patience));
  if (answer.status != 200) {
    return fail(ErrorKind::lost, "{} was answered with HTTP status {}: stock clients read no more",
                path, answer.status);
  }
  return answer;
}

Result<XmlElement> NvhttpClient::ask(Way way, const std::string& path,
                                     const std::string& parameters, Nanos patience) {
  PF_TRY(const HttpAnswer answer, get(way, path, parameters, patience));
  return parse_answer(answer.body);
}

Result<ServerInfo> NvhttpClient::server_info_in_the_clear() {
  PF_TRY(const XmlElement root, ask(Way::clear, "/serverinfo", "", kAnswerPatience));
  PF_TRY(ServerInfo info, parse_server_info(root));
  https_port_ = info.https_port;
  if (info.paired) return fail(ErrorKind::malformed, "the host calls a client paired over HTTP");
  return info;
}

Result<ServerInfo> NvhttpClient::server_info() {
  PF_TRY(const ServerInfo stranger, server_info_in_the_clear());
  if (side_.host_certificate_der.empty()) return stranger;
  const auto root = ask(Way::tls, "/serverinfo", "", kAnswerPatience);
  if (!root && root.error().kind == ErrorKind::refused && root.error().os_code == 401)
    return stranger;
  if (!root) return tl::unexpected(root.error());
  PF_TRY(ServerInfo info, parse_server_info(*root));
  if (info.unique_id != stranger.unique_id)
    return fail(ErrorKind::malformed, "the host has one uniqueid over HTTP, another over HTTPS");
  return info;
}

Result<std::string> NvhttpClient::pair(const std::string& pin) {
  PairingClient ceremony(side_.identity, pin, rng_);
  while (const auto question = ceremony.question()) {
    if (question->over_tls) {
      PF_TRY(side_.host_certificate_der,
             crypto::parse_rsa_certificate(ceremony.host_certificate_pem()));
    }
    const auto answer = ask(question->over_tls ? Way::tls : Way::clear, "/pair",
                            "devicename=roth&updateState=1&" + question->parameters,
                            question->waits_for_pin ? kPinPatience : kAnswerPatience);
    const auto taken = answer ? ceremony.answer(*answer) : tl::unexpected(answer.error());
    if (taken) continue;
    unpair();  // as stock clients do; the host forgets the ceremony
    return tl::unexpected(taken.error());
  }
  host_certificate_pem_ = ceremony.host_certificate_pem();
  return host_certificate_pem_;
}

Result<void> NvhttpClient::unpair() {
  PF_TRY_VOID(get(Way::clear, "/unpair", "", kAnswerPatience));
  return {};
}

Result<std::vector<AppEntry>> NvhttpClient::app_list() {
  PF_TRY(const XmlElement root, ask(Way::tls, "/applist", "", kAnswerPatience));
  return parse_app_list(root);
}

Result<HttpAnswer> NvhttpClient::app_asset(std::int32_t app) {
  return get(Way::tls, "/appasset", fmt::format("appid={}&AssetType=2&AssetIdx=0", app),
             kAnswerPatience);
}

Result<SessionUrl> NvhttpClient::start(std::string_view verb, std::int32_t app,
                                       const StreamWish& wish, const LaunchKeys& keys,
                                       bool play_on_host) {
  const std::string parameters = fmt::format(
      "appid={}&mode={}x{}x{}&additionalStates=1&sops=1&rikey={}&rikeyid={}&localAudioPlayMode={}&"
      "surroundAudioInfo={}&remoteControllersBitmap=0&gcmap=0&gcpersist=0&corever=1",
      app, wish.mode.size_px.width, wish.mode.size_px.height, std::lround(wish.mode.refresh.hz()),
      to_hex(keys.key.reveal()), keys.key_id, play_on_host ? 1 : 0,
      surround_audio_info(wish.channel_count));
  PF_TRY(const XmlElement root,
         ask(Way::tls, "/" + std::string(verb), parameters, kLaunchPatience));
  return parse_session_url(root, verb);
}

Result<void> NvhttpClient::cancel() {
  PF_TRY(const XmlElement root, ask(Way::tls, "/cancel", "", kCancelPatience));
  const XmlElement* const done = root.child("cancel");
  if (done == nullptr || done->text != "1")
    return fail(ErrorKind::refused, "the host does not quit the application");
  // Stock clients look at once whether it is still there.
  PF_TRY(const XmlElement after, ask(Way::tls, "/serverinfo", "", kAnswerPatience));
  PF_TRY(const ServerInfo info, parse_server_info(after));
  if (info.busy) return fail(ErrorKind::malformed, "the host is still busy after /cancel");
  return {};
}

}  // namespace pf::gamestream_client
