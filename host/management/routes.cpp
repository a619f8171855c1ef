#include "host/management/routes.h"

#include "host/management/subject.h"

namespace pf::management {
namespace {

const admin::Request* request_named(std::string_view name) {
  for (const admin::Request& request : admin::requests())
    if (request.name == name) return &request;
  return nullptr;
}

bool has_body(const Route& route) { return route.method != "GET" && route.method != "DELETE"; }

std::vector<admin::Argument> beside_path(const Route& route) {
  std::vector<admin::Argument> all;
  for (const std::string_view name : route.requests) {
    for (admin::Argument argument : request_named(name)->arguments) {
      if (route.path.find(fmt::format("{{{}}}", argument.name)) != std::string_view::npos) continue;
      if (route.requests.size() > 1) argument.required = false;
      all.push_back(argument);
    }
  }
  return all;
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
  static const std::vector<Route> table = [] {
    std::vector<Route> all;
    for (const Subject& subject : subjects())
      all.insert(all.end(), subject.routes.begin(), subject.routes.end());
    return all;
  }();
  return table;
}

bool is_idempotent(const Route& route) { return route.method != "POST" || route.repeatable; }

std::vector<admin::Argument> body_of(const Route& route) {
  return has_body(route) ? beside_path(route) : std::vector<admin::Argument>();
}

std::vector<admin::Argument> query_of(const Route& route) {
  return has_body(route) ? std::vector<admin::Argument>() : beside_path(route);
}

const admin::Argument* path_argument(const Route& route, std::string_view name) {
  for (const std::string_view request : route.requests)
    for (const admin::Argument& argument : request_named(request)->arguments)
      if (argument.name == name) return &argument;
  return nullptr;
}

}  // namespace pf::management
