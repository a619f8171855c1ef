#include "host/management/routes.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace pf::management {
namespace {

using Json = nlohmann::ordered_json;
using admin::Administration;

Result<Json> ask(Administration& host, std::string_view request) {
  return admin::handle(host, request, Json::object());
}

// --- Functions over requests.

Result<Json> get_host(Administration& administration, const Json&) {
  PF_TRY(Json status, ask(administration, "status"));
  status.erase("health");
  status.erase("microphone");
  return status;
}

Result<Json> get_health(Administration& administration, const Json&) {
  PF_TRY(const Json status, ask(administration, "status"));
  return Json{{"health", status["health"]}};
}

Result<Json> get_microphone(Administration& administration, const Json&) {
  PF_TRY(const Json status, ask(administration, "status"));
  if (status["microphone"].is_null())
    return fail(ErrorKind::unavailable, "this host offers no microphone (microphone.enabled)");
  return status["microphone"];
}

// The one of a list whose `key` is `wanted`.
Result<Json> one_of(const Json& list, const char* key, const Json& wanted, const char* what) {
  for (const Json& one : list)
    if (one[key] == wanted) return one;
  return fail(ErrorKind::unavailable, "there is no such {}", what);
}

Result<Json> get_session(Administration& administration, const Json& arguments) {
  PF_TRY(const Json all, ask(administration, "sessions"));
  return one_of(all["sessions"], "number", arguments["session"], "session");
}

Result<Json> get_device(Administration& administration, const Json& arguments) {
  PF_TRY(const Json all, ask(administration, "devices"));
  return one_of(all["devices"], "fingerprint", arguments["device"], "device");
}

// What is given of name, grants and expiry.
Result<Json> change_device(Administration& administration, const Json& arguments) {
  PF_TRY(Json now, get_device(administration, arguments));
  Json access = arguments;
  access.erase("name");
  // The access first: it may be refused, a name hardly is.
  if (access.size() > 1) {
    PF_TRY(now, admin::handle(administration, "set-access", access));
  }
  if (arguments.contains("name")) {
    const Json name = {{"device", arguments["device"]}, {"name", arguments["name"]}};
    PF_TRY(now, admin::handle(administration, "rename", name));
  }
  return now;
}

Result<Json> unpair_device(Administration& administration, const Json& arguments) {
  // By its whole fingerprint only: the beginning of one is for people.
  PF_TRY(const Json known, get_device(administration, arguments));
  return admin::handle(administration, "unpair", arguments);
}

Result<Json> list_knocks(Administration& administration, const Json&) {
  PF_TRY(const Json pairing, ask(administration, "pairing"));
  return Json{{"knocks", pairing["knocks"]}};
}

Result<Json> get_setting(Administration& administration, const Json& arguments) {
  PF_TRY(const Json all, ask(administration, "settings"));
  return one_of(all["settings"], "key", arguments["key"], "setting");
}

std::vector<Route> make_routes() {
  using enum Need;
  return {
      {"GET",
       "/host",
       "getHost",
       "Who this host is, and how much it has to do.",
       device,
       "Host",
       200,
       {},
       get_host},
      {"GET",
       "/health",
       "getHealth",
       "How the host's parts are, and what is done about it.",
       read,
       "HealthList",
       200,
       {},
       get_health},
      {"GET",
       "/microphone",
       "getMicrophone",
       "Whether somebody speaks, and who records it.",
       read,
       "Microphone",
       200,
       {},
       get_microphone},

      {"GET",
       "/sessions",
       "listSessions",
       "Who is connected, and who may come back.",
       device,
       "SessionList",
       200,
       {"sessions"}},
      {"GET",
       "/sessions/{session}",
       "getSession",
       "One session.",
       read,
       "Session",
       200,
       {"stop-session"},
       get_session},
      {"DELETE",
       "/sessions/{session}",
       "stopSession",
       "Ends a session.",
       control,
       "",
       204,
       {"stop-session"}},

      {"GET",
       "/devices",
       "listDevices",
       "The paired devices.",
       read,
       "DeviceList",
       200,
       {"devices"}},
      {"GET",
       "/devices/{device}",
       "getDevice",
       "One paired device, by its fingerprint.",
       read,
       "Device",
       200,
       {"unpair"},
       get_device,
       true},
      {"PATCH",
       "/devices/{device}",
       "changeDevice",
       "Changes a device's name or what it may do; what is not given stays as it is.",
       admin,
       "Device",
       200,
       {"rename", "set-access"},
       change_device,
       true},
      {"DELETE",
       "/devices/{device}",
       "unpairDevice",
       "Forgets a device, and ends its session.",
       admin,
       "",
       204,
       {"unpair"},
       unpair_device,
       true},

      {"GET",
       "/pairing",
       "getPairing",
       "Whether a PIN waits to be used, and what came of the last one.",
       read,
       "Pairing",
       200,
       {"pairing"}},
      {"POST",
       "/pairing",
       "armPairing",
       "Makes a PIN, good for pairing one device; it is told this once.",
       control,
       "ArmedPairing",
       201,
       {"pair"}},
      {"DELETE", "/pairing", "disarmPairing", "Makes the PIN void.", control, "", 204, {"disarm"}},
      {"POST",
       "/pairing/pin",
       "enterPin",
       "Enters the PIN that a Moonlight client shows.",
       control,
       "PinTicket",
       202,
       {"pin"}},
      {"GET",
       "/knocks",
       "listKnocks",
       "Devices that wait to be let in.",
       read,
       "KnockList",
       200,
       {},
       list_knocks},
      {"POST",
       "/knocks/{device}/approve",
       "approveKnock",
       "Pairs a device that waits: by the knock's number or its fingerprint.",
       control,
       "Device",
       200,
       {"approve"}},
      {"POST",
       "/knocks/{device}/deny",
       "denyKnock",
       "Sends a device away that waits.",
       control,
       "Knock",
       200,
       {"deny"}},

      {"GET",
       "/settings",
       "listSettings",
       "The settings in force, and what each may be.",
       read,
       "SettingList",
       200,
       {"settings"}},
      {"GET",
       "/settings/{key}",
       "getSetting",
       "One setting.",
       read,
       "Setting",
       200,
       {},
       get_setting},

      {"GET",
       "/tokens",
       "listTokens",
       "The tokens that this API takes.",
       admin,
       "TokenList",
       200,
       {"tokens"}},
      {"POST",
       "/tokens",
       "createToken",
       "Makes a token; its secret is told this once.",
       admin,
       "NewToken",
       201,
       {"token-create"}},
      {"DELETE",
       "/tokens/{token}",
       "revokeToken",
       "Makes a token void.",
       admin,
       "",
       204,
       {"token-revoke"}},

      {"POST",
       "/login",
       "logIn",
       "Exchanges the password for a cookie, and a text to send along with every change.",
       nothing,
       "Login",
       200,
       {},
       nullptr,
       false,
       Own::log_in},
      {"POST",
       "/logout",
       "logOut",
       "Makes the cookie void.",
       device,
       "",
       204,
       {},
       nullptr,
       false,
       Own::log_out},
      {"GET",
       "/me",
       "whoAmI",
       "Who asks, and what that may do.",
       device,
       "Caller",
       200,
       {},
       nullptr,
       false,
       Own::who_am_i},
      {"GET",
       "/events",
       "streamEvents",
       "What changes, as it does (server-sent events); Last-Event-ID resumes.",
       read,
       "Event",
       200,
       {},
       nullptr,
       false,
       Own::events},
      {"GET",
       "/openapi.json",
       "getDocument",
       "This document.",
       nothing,
       "Document",
       200,
       {},
       nullptr,
       false,
       Own::document},
  };
}

const admin::Request* request_named(std::string_view name) {
  for (const admin::Request& request : admin::requests())
    if (request.name == name) return &request;
  return nullptr;
}

}  // namespace

std::string_view to_string(Need need) noexcept {
  switch (need) {
    case Need::nothing:
      return "nothing";
    case Need::device:
      return "device";
    case Need::read:
      return "read";
    case Need::control:
      return "control";
    case Need::admin:
      return "admin";
  }
  return "admin";
}

std::span<const Route> routes() {
  static const std::vector<Route> table = make_routes();
  return table;
}

std::vector<admin::Argument> body_of(const Route& route) {
  std::vector<admin::Argument> body;
  if (route.method == "GET" || route.method == "DELETE") return body;
  for (const std::string_view name : route.requests) {
    for (admin::Argument argument : request_named(name)->arguments) {
      if (route.path.find(fmt::format("{{{}}}", argument.name)) != std::string_view::npos) continue;
      if (route.requests.size() > 1) argument.required = false;
      body.push_back(argument);
    }
  }
  return body;
}

const admin::Argument* path_argument(const Route& route, std::string_view name) {
  for (const std::string_view request : route.requests)
    for (const admin::Argument& argument : request_named(request)->arguments)
      if (argument.name == name) return &argument;
  return nullptr;
}

}  // namespace pf::management
