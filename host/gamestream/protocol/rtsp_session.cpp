#include "host/gamestream/protocol/rtsp_session.h"

#include <fmt/format.h>

#include "core/base/check.h"

namespace pf::gamestream {
namespace {

// How clients say that they want stereo at its low rate.
constexpr std::string_view kLowQualityHost = "0.0.0.0";

}  // namespace

RtspSession::RtspSession(Params params) : params_(std::move(params)) {
  PF_CHECK(params_.ping_payload.size() == kPingBytes);
}

RtspSession::Outcome RtspSession::handle(const RtspRequest& request) {
  if (request.header("host").find(kLowQualityHost) != std::string_view::npos)
    low_quality_stereo_ = true;
  if (request.method == "OPTIONS") return {.answer = {}};
  if (request.method == "DESCRIBE") return {.answer = {.body = describe(params_.offer)}};
  if (request.method == "SETUP") return {.answer = set_up(request)};
  if (request.method == "ANNOUNCE") return announce(request);
  if (request.method == "PLAY") {
    if (!announced_) return {.answer = {.status = 455}};
    return {.answer = {}, .announced = std::nullopt, .play = true};
  }
  return {.answer = {.status = 404}};
}

RtspAnswer RtspSession::set_up(const RtspRequest& request) {
  const std::string_view target = request.target;
  RtspAnswer answer{.headers = {{"Session", params_.name + ";timeout = 90"}}};
  const auto serve = [&](std::uint16_t port, const char* name, std::string value) {
    answer.headers.emplace_back("Transport", fmt::format("server_port={}", port));
    answer.headers.emplace_back(name, std::move(value));
    return answer;
  };
  if (target.find("streamid=audio") != std::string_view::npos)
    return serve(params_.ports.audio, "X-SS-Ping-Payload", params_.ping_payload);
  if (target.find("streamid=video") != std::string_view::npos)
    return serve(params_.ports.video, "X-SS-Ping-Payload", params_.ping_payload);
  if (target.find("streamid=control") != std::string_view::npos)
    return serve(params_.ports.control, "X-SS-Connect-Data",
                 fmt::format("{}", params_.connect_data));
  return {.status = 404};
}

RtspSession::Outcome RtspSession::announce(const RtspRequest& request) {
  if (announced_) return {.answer = {.status = 455}};
  auto stream = parse_stream_request(request.body, params_.offer, low_quality_stereo_);
  if (!stream) return {.answer = refuse(stream.error())};
  announced_ = true;
  return {.answer = {}, .announced = *std::move(stream)};
}

RtspAnswer RtspSession::refuse(const Error& error) {
  const int status = error.kind == ErrorKind::malformed ? 400
                     : error.kind == ErrorKind::refused ? 403
                                                        : 503;
  return {.status = status, .headers = {{"X-Reason", error.what}}};
}

}  // namespace pf::gamestream
