#include "host/admin/request_tables.h"

#include <array>
#include <limits>

#include "core/base/hex.h"
#include "host/admin/arguments.h"

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

Json to_json(const session::SessionStatus& session, LocalTime now) {
  return {{"number", session.number},
          {"device", session.device_name},
          {"fingerprint", session.fingerprint ? Json(to_hex(*session.fingerprint)) : Json()},
          {"address", session.remote.to_string()},
          {"mode", to_string(session.mode)},
          {"bitrate_kbps", session.bitrate_kbps},
          {"duration_s", whole_seconds(now - session.since)},
          {"state", name_of(session.state)}};
}

constexpr std::array kSessionArguments{
    Argument{"session", ArgumentType::whole_number, true, "its number"}};

Result<Json> sessions(Administration& host, const Json&) {
  return Json{{"sessions", list_of(host.sessions(), [&](const auto& one) {
                 return to_json(one, host.now().local);
               })}};
}

Result<Json> stop_session(Administration& host, const Json& arguments) {
  PF_TRY(const auto wanted,
         number(arguments, "session", std::numeric_limits<std::uint32_t>::max()));
  PF_TRY_VOID(host.stop_session(static_cast<unsigned>(*wanted)));
  return Json::object();
}

const std::array kRows{
    Request{"sessions", "Who is connected.", {}, sessions},
    Request{"stop-session", "Ends a session.", kSessionArguments, stop_session},
};

}  // namespace

std::span<const Request> session_requests() { return kRows; }

}  // namespace pf::admin
