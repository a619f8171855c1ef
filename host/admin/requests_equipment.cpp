#include <array>

#include "host/admin/arguments.h"
#include "host/admin/request_tables.h"

namespace pf::admin {
namespace {

using State = session::SessionStatus::State;

Json backend_json(const Backend& backend) {
  return {{"name", backend.name},
          {"usable", backend.reason.empty()},
          {"reason", backend.reason.empty() ? Json() : Json(backend.reason)},
          {"chosen", backend.chosen}};
}

Json encoder_json(const Backend& backend) {
  Json json = backend_json(backend);
  json["description"] = backend.description.empty() ? Json() : Json(backend.description);
  json["codec"] = backend.codec.empty() ? Json() : Json(backend.codec);
  json["largest_px"] = backend.largest_px ? Json{{"width", backend.largest_px->width},
                                                 {"height", backend.largest_px->height}}
                                          : Json();
  return json;
}

std::vector<Backend> ask(const std::function<std::vector<Backend>()>& known) {
  return known ? known() : std::vector<Backend>();
}

// Every session that has not joined another shows a display of its own; one that is over may have
// left it behind.
Json virtual_displays(const std::vector<session::SessionStatus>& sessions) {
  Json all = Json::array();
  for (const session::SessionStatus& session : sessions) {
    if (session.joins || session.state == State::ending) continue;
    Json watchers = Json::array();
    for (const session::SessionStatus& other : sessions)
      if (other.joins == session.number) watchers.push_back(other.number);
    all.push_back({{"session", session.number},
                   {"device", session.device_name},
                   {"mode", to_string(session.mode)},
                   {"lingers", session.state == State::lingering},
                   {"watched_by", std::move(watchers)}});
  }
  return all;
}

Result<Json> displays(Administration& host, const Json&) {
  return Json{{"backends", list_of(ask(host.controls().equipment.displays), backend_json)},
              {"displays", virtual_displays(host.sessions())}};
}

Result<Json> encoders(Administration& host, const Json&) {
  return Json{{"encoders", list_of(ask(host.controls().equipment.encoders), encoder_json)}};
}

}  // namespace

std::span<const Request> equipment_requests() {
  static const std::array rows{
      Request{"displays",
              "Ways to make a display, which of them work here, and those that there are.",
              {},
              displays},
      Request{"encoders",
              "The encoders of this build, and why each can or cannot be used.",
              {},
              encoders},
  };
  return rows;
}

}  // namespace pf::admin
