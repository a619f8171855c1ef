#include "host/management/gate.h"

#include <arpa/inet.h>

#include <algorithm>

#include <nlohmann/json.hpp>

#include "core/crypto/identity.h"
#include "core/runtime/log.h"
#include "host/management/problem.h"

namespace pf::management {
namespace {

using Json = nlohmann::ordered_json;

bool is_address(const std::string& text) {
  std::byte address[sizeof(in6_addr)];
  return inet_pton(AF_INET, text.c_str(), address) == 1 ||
         inet_pton(AF_INET6, text.c_str(), address) == 1;
}

bool same_name(std::string_view a, std::string_view b) {
  const auto lower = [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

// Of "a=1; b=2".
std::string_view cookie_named(std::string_view header, std::string_view name) {
  while (!header.empty()) {
    const std::size_t end = header.find(';');
    std::string_view one = header.substr(0, end);
    header = end == std::string_view::npos ? std::string_view{} : header.substr(end + 1);
    one.remove_prefix(std::min(one.find_first_not_of(' '), one.size()));
    if (one.starts_with(name) && one.substr(name.size()).starts_with('='))
      return one.substr(name.size() + 1);
  }
  return {};
}

bool changes_something(std::string_view method) { return method != "GET" && method != "HEAD"; }

Need need_of(access::Scope scope) noexcept {
  switch (scope) {
    case access::Scope::read:
      return Need::read;
    case access::Scope::control:
      return Need::control;
    case access::Scope::admin:
      return Need::admin;
  }
  return Need::read;
}

http::Response unauthorised(std::string_view detail) {
  http::Response response = problem(401, "unauthorised", detail);
  response.headers.push_back({"WWW-Authenticate", "Bearer realm=\"punktfunk\""});
  return response;
}

http::Response with_cookie(http::Response response, std::string_view value, Nanos lifetime) {
  response.headers.push_back(
      {"Set-Cookie",
       fmt::format("{}={}; Path=/; Max-Age={}; Secure; HttpOnly; SameSite=Strict", Gate::kCookie,
                   value, std::chrono::duration_cast<std::chrono::seconds>(lifetime).count())});
  return response;
}

}  // namespace

std::string_view host_without_port(std::string_view host) {
  if (host.starts_with('[')) {
    const std::size_t end = host.find(']');
    return end == std::string_view::npos ? std::string_view{} : host.substr(1, end - 1);
  }
  return host.substr(0, host.find(':'));
}

std::optional<http::Response> Gate::check_host(const http::Request& request) const {
  std::string_view name = host_without_port(request.header("Host"));
  if (is_address(std::string(name)) || same_name(name, "localhost")) return std::nullopt;
  if (name.ends_with('.')) name.remove_suffix(1);
  const auto is_ours = [&](const std::string& ours) {
    return !ours.empty() && (same_name(name, ours) || same_name(name, ours + ".local"));
  };
  if (std::any_of(host_names_.begin(), host_names_.end(), is_ours) ||
      is_ours(host_.settings().now()->in_force.network.name))
    return std::nullopt;
  return problem(421, "wrong_host",
                 "this host is not called that: use its address or its machine name");
}

std::optional<Caller> Gate::by_token(std::string_view authorization) const {
  constexpr std::string_view kScheme = "bearer ";
  if (authorization.size() <= kScheme.size() ||
      !same_name(authorization.substr(0, kScheme.size()), kScheme))
    return std::nullopt;
  const auto token =
      host_.access().check_token(authorization.substr(kScheme.size()), host_.now().wall);
  if (!token) return std::nullopt;
  return Caller{.kind = Caller::Kind::token, .name = token->name, .may = need_of(token->scope)};
}

std::optional<Caller> Gate::by_device(const http::Request& request) const {
  if (request.client_certificate.empty()) return std::nullopt;
  const auto fingerprint = crypto::fingerprint(request.client_certificate);
  for (const trust::Device& device : host_.devices()) {
    if (device.fingerprint == fingerprint && !device.access.expired(host_.now().wall))
      return Caller{.kind = Caller::Kind::device, .name = device.name, .may = Need::device};
  }
  return std::nullopt;
}

const Login* Gate::by_cookie(const http::Request& request) {
  const std::string_view cookie = cookie_named(request.header("Cookie"), kCookie);
  if (cookie.empty()) return nullptr;
  return logins_.find(cookie, host_.access().password_generation(), host_.now().local);
}

tl::expected<std::optional<Caller>, http::Response> Gate::admit(const http::Request& request,
                                                                const Route& route) {
  if (route.need == Need::nothing) return std::optional<Caller>();
  std::optional<Caller> caller;
  if (const std::string_view header = request.header("Authorization"); !header.empty()) {
    caller = by_token(header);
    if (!caller) return tl::unexpected(unauthorised("this token is unknown, revoked or expired"));
  } else if (const Login* login = by_cookie(request)) {
    if (changes_something(request.method) && request.header("X-CSRF-Token") != login->csrf_token)
      return tl::unexpected(problem(403, "csrf", "send the X-CSRF-Token that the login gave"));
    caller = Caller{.kind = Caller::Kind::password,
                    .name = "password",
                    .may = Need::admin,
                    .csrf_token = login->csrf_token};
  } else {
    caller = by_device(request);
  }
  if (!caller) {
    return tl::unexpected(unauthorised(
        "log in with the password, or send a token (punktfunk-host token create NAME)"));
  }
  if (caller->may < route.need) {
    return tl::unexpected(
        problem(403, "not_allowed",
                fmt::format("this needs the scope {}, and \"{}\" has {}", to_string(route.need),
                            caller->name, to_string(caller->may))));
  }
  return caller;
}

bool Gate::still_admits(const http::Request& request, const Route& route) {
  const std::string_view token = request.header("Authorization");
  const std::string_view cookie = cookie_named(request.header("Cookie"), kCookie);
  if (token.empty() &&
      logins_.knows(cookie, host_.access().password_generation(), host_.now().local))
    return true;
  const auto caller = token.empty() ? by_device(request) : by_token(token);
  return caller && caller->may >= route.need;
}

http::Response Gate::log_in(const http::Request& request) {
  const LocalTime now = host_.now().local;
  if (const auto wait = limit_.must_wait(request.peer, now)) {
    http::Response response =
        problem(429, "too_many_logins", "too many wrong passwords: wait a while");
    const auto wait_s = std::chrono::duration_cast<std::chrono::seconds>(*wait).count() + 1;
    response.headers.push_back({"Retry-After", std::to_string(wait_s)});
    return response;
  }
  const Json body = Json::parse(request.body, nullptr, /*allow_exceptions=*/false);
  if (!body.is_object() || body.size() != 1 || !body.contains("password") ||
      !body["password"].is_string())
    return problem(400, "bad_argument", "send {\"password\": \"…\"}");
  const std::uint64_t generation = host_.access().password_generation();
  if (!host_.access().check_password(body["password"].get_ref<const std::string&>())) {
    limit_.failed(request.peer, now);
    log::warning("management", "a wrong password from {}", request.peer.to_string());
    return problem(401, "wrong_password",
                   "this is not the password; punktfunk-host password makes a new one");
  }
  log::info("management", "login from {}", request.peer.to_string());
  const Login& login = logins_.add(generation, rng_, now);
  const Json told = {
      {"csrf_token", login.csrf_token},
      {"expires_in_s",
       std::chrono::duration_cast<std::chrono::seconds>(LoginBook::kLifetime).count()}};
  return with_cookie({.headers = {{"Content-Type", "application/json"}}, .body = told.dump()},
                     login.cookie, LoginBook::kLifetime);
}

http::Response Gate::log_out(const http::Request& request) {
  logins_.remove(cookie_named(request.header("Cookie"), kCookie));
  return with_cookie({.status = 204}, "", Nanos(0));
}

}  // namespace pf::management
