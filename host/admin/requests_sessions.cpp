#include "host/admin/request_tables.h"

#include <array>
#include <limits>

#include "core/base/hex.h"
#include "host/admin/arguments.h"
#include "host/recorder/recorder.h"

namespace pf::admin {
namespace {

const char* name_of(session::SessionStatus::State state) {
  switch (state) {
    case session::SessionStatus::State::starting:
      return "starting";
    case session::SessionStatus::State::streaming:
      return "streaming";
    case session::SessionStatus::State::ending:
      return "ending";
    case session::SessionStatus::State::lingering:
      return "lingering";
  }
  return "ending";
}

const char* name_of(message::VideoCodec codec) {
  switch (codec) {
    case message::VideoCodec::h264:
      return "h264";
    case message::VideoCodec::hevc:
      return "hevc";
    case message::VideoCodec::av1:
      return "av1";
    case message::VideoCodec::pyrowave:
      return "pyrowave";
  }
  return "h264";
}

// Null: nobody records it.
Json recording_of(Administration& host, unsigned session) {
  const recorder::Recorder* const recorder = host.controls().recorder;
  const auto running = recorder == nullptr ? std::nullopt : recorder->running(session);
  if (!running) return {};
  return {{"elapsed_s", whole_seconds(running->elapsed)},
          {"parts", running->parts.size()},
          {"problem", running->problem.empty() ? Json() : Json(running->problem)}};
}

Json to_json(const session::SessionStatus& session, LocalTime now) {
  return {{"number", session.number},
          {"device", session.device_name},
          {"fingerprint", session.fingerprint ? Json(to_hex(*session.fingerprint)) : Json()},
          {"address", session.remote.to_string()},
          {"kind", session.door == session::Door::native ? "native" : "moonlight"},
          {"mode", to_string(session.mode)},
          {"mode_locked", session.mode_locked.empty() ? Json() : Json(session.mode_locked)},
          {"codec", name_of(session.codec)},
          {"bitrate_kbps", session.bitrate_kbps},
          {"duration_s", whole_seconds(now - session.since)},
          {"state", name_of(session.state)},
          {"joins", session.joins ? Json(*session.joins) : Json()}};
}

constexpr std::array kChangeArguments{
    kSession,
    Argument{"mode", ArgumentType::text, false,
             "what its screen is to be from now on, such as 1920x1080@60"},
    Argument{"bitrate_kbps", ArgumentType::whole_number, false,
             "this from now on, and whatever the client wishes later, never more"}};
constexpr std::array kSessionArguments{kSession};

Result<Json> sessions(Administration& host, const Json&) {
  return Json{{"sessions", list_of(host.sessions(), [&](const auto& one) {
                 Json json = to_json(one, host.now().local);
                 json["recording"] = recording_of(host, one.number);
                 return json;
               })}};
}

Result<unsigned> which(const Json& arguments) {
  PF_TRY(const auto wanted, session_of(arguments));
  return *wanted;
}

Result<Json> stop_session(Administration& host, const Json& arguments) {
  PF_TRY(const unsigned session, which(arguments));
  PF_TRY_VOID(host.stop_session(session));
  return Json::object();
}

// What is refused of the first wish leaves the second unsaid.
Result<Json> change_session(Administration& host, const Json& arguments) {
  PF_TRY(const unsigned session, which(arguments));
  std::vector<session::OperatorWish> wishes;
  if (arguments.contains("mode")) {
    PF_TRY(const DisplayMode mode, parse_display_mode(text(arguments, "mode")));
    wishes.emplace_back(mode);
  }
  PF_TRY(const auto bitrate_kbps,
         number(arguments, "bitrate_kbps", std::numeric_limits<std::uint32_t>::max()));
  if (bitrate_kbps)
    wishes.emplace_back(session::BitrateCap{static_cast<std::uint32_t>(*bitrate_kbps)});
  if (wishes.empty())
    return fail(ErrorKind::malformed, "say which mode or bitrate_kbps it is to have");
  for (const session::OperatorWish& wish : wishes) PF_TRY_VOID(host.steer_session(session, wish));
  return Json::object();
}

Result<Json> force_keyframe(Administration& host, const Json& arguments) {
  PF_TRY(const unsigned session, which(arguments));
  PF_TRY_VOID(host.steer_session(session, session::ForceKeyframe{}));
  return Json::object();
}

}  // namespace

std::span<const Request> session_requests() {
  static const std::array rows{
      Request{"sessions", "Who is connected.", {}, sessions},
      Request{"change-session", "Gives a session's screen another mode, or it another bit rate.",
              kChangeArguments, change_session},
      Request{"force-keyframe", "Has a session's next picture refer to none before it.",
              kSessionArguments, force_keyframe},
      Request{"stop-session", "Ends a session.", kSessionArguments, stop_session},
  };
  return rows;
}

}  // namespace pf::admin
