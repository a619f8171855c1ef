#include "host/management/api.h"

#include <algorithm>
#include <charconv>

#include <nlohmann/json.hpp>

#include "core/base/hex.h"
#include "core/crypto/sha256.h"
#include "host/management/art_answer.h"
#include "host/management/clip_video.h"
#include "host/management/openapi.h"
#include "host/management/problem.h"

namespace pf::management {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kJson = "application/json";

std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

http::Response json_response(int status, std::string body) {
  return {
      .status = status, .headers = {{"Content-Type", "application/json"}}, .body = std::move(body)};
}

// Of what is no JSON: of its bytes.
std::string tag_of(std::string_view body) {
  return '"' + to_hex(crypto::sha256(as_bytes(body))).substr(0, 16) + '"';
}

// What has a revision is named by it. A device as an editor sees it: when it was seen last is
// nobody's edit.
std::string tag_of_json(Json device) {
  if (const auto revision = device.find("revision"); revision != device.end())
    return fmt::format("\"{}\"", revision->get<std::string>());
  for (const char* ignored : {"last_seen_s", "expired"}) device.erase(ignored);
  return tag_of(dump(device));
}

// RFC 9110 section 13.1.1; tags of ours have no commas.
bool lists_tag(std::string_view header, std::string_view tag) {
  if (header == "*") return true;
  const std::size_t at = header.find(tag);
  return at != std::string_view::npos && !header.substr(0, at).ends_with("W/");
}

// RFC 9110 section 13.1.2: compared weakly, and of GET only.
bool has_already(const http::Request& request, std::string_view tag) {
  const std::string_view known = request.header("If-None-Match");
  return request.method == "GET" && (known == "*" || known.find(tag) != std::string_view::npos);
}

// What is in quotation marks, when that is all; empty: another form of the header.
std::string_view only_tag(std::string_view header) {
  if (header.size() < 2 || !header.starts_with('"') || !header.ends_with('"')) return {};
  const std::string_view inner = header.substr(1, header.size() - 2);
  return inner.find('"') == std::string_view::npos ? inner : std::string_view{};
}

bool takes(const std::vector<admin::Argument>& arguments, std::string_view name) {
  return std::any_of(arguments.begin(), arguments.end(),
                     [&](const admin::Argument& argument) { return argument.name == name; });
}

Result<std::uint32_t> number_of(const std::string& text) {
  std::uint32_t number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size())
    return fail(ErrorKind::malformed, "a whole number is wanted");
  return number;
}

// What stands in the path, as its request wants it.
Result<Json> path_value(const Route& route, std::string_view name, const std::string& text) {
  const admin::Argument* argument = path_argument(route, name);
  if (argument == nullptr || argument->type != admin::ArgumentType::whole_number) return Json(text);
  const auto number = number_of(text);
  if (!number) return fail(ErrorKind::unavailable, "there is no such {}", name);
  return Json(*number);
}

std::vector<std::string> split_at_commas(std::string_view rest) {
  std::vector<std::string> parts;
  while (!rest.empty()) {
    const std::size_t comma = rest.find(',');
    if (comma != 0) parts.emplace_back(rest.substr(0, comma));
    rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
  }
  return parts;
}

// The same for the query. What is of no use as its type goes on as a text: the request's own check
// says what it wants.
Json query_value(admin::ArgumentType type, const std::string& text) {
  switch (type) {
    case admin::ArgumentType::whole_number:
      if (const auto number = number_of(text)) return *number;
      return text;
    case admin::ArgumentType::texts:
      return split_at_commas(text);
    case admin::ArgumentType::flag:
      if (text == "true" || text == "false") return text == "true";
      return text;
    default:
      return text;
  }
}

Result<void> add_body(Json& arguments, const http::Request& request, const Route& route) {
  if (request.body.empty()) return {};
  Json members = Json::parse(request.body, nullptr, /*allow_exceptions=*/false);
  if (!members.is_object()) return fail(ErrorKind::malformed, "the body must be one JSON object");
  const auto body = body_of(route);
  for (const auto& member : members.items()) {
    const bool known = std::any_of(body.begin(), body.end(), [&](const admin::Argument& argument) {
      return argument.name == member.key();
    });
    if (!known) return fail(ErrorKind::malformed, "the body has a member that is unknown here");
  }
  arguments.update(members);
  return {};
}

Result<void> add_query(Json& arguments, const Match& match) {
  const auto query = query_of(*match.route);
  for (const auto& [name, text] : match.query) {
    const std::string& wanted = name;  // a capture must not be a structured binding
    const auto known =
        std::find_if(query.begin(), query.end(),
                     [&](const admin::Argument& argument) { return argument.name == wanted; });
    if (known == query.end())
      return fail(ErrorKind::malformed, "the query has a parameter that is unknown here");
    arguments[name] = query_value(known->type, text);
  }
  return {};
}

// The members of the body, the parameters of the query and the path's values. An empty body has no
// members.
Result<Json> arguments_of(const http::Request& request, const Match& match) {
  Json arguments = Json::object();
  PF_TRY_VOID(add_body(arguments, request, *match.route));
  PF_TRY_VOID(add_query(arguments, match));
  for (const auto& [name, text] : match.path) {
    PF_TRY(Json value, path_value(*match.route, name, text));
    arguments[std::string(name)] = std::move(value);
  }
  return arguments;
}

bool is_json(std::string_view content_type) {
  return content_type == "application/json" || content_type.starts_with("application/json;");
}

std::vector<std::string> kinds_of(const Match& match) {
  std::vector<std::string> kinds;
  for (const auto& [name, value] : match.query)
    if (name == "kinds")
      for (std::string& kind : split_at_commas(value)) kinds.push_back(std::move(kind));
  return kinds;
}

// What a row other than JSON has done is its text.
http::Response answer_of(const Route& route, const Json& told) {
  http::Response response{.status = route.status,
                          .headers = {{"Content-Type", std::string(route.media)}},
                          .body = route.media == kJson ? dump(told) : told.get<std::string>()};
  if (!route.download.empty()) {
    response.headers.push_back(
        {"Content-Disposition", fmt::format("attachment; filename=\"{}\"", route.download)});
  }
  return response;
}

const char* name_of(Caller::Kind kind) {
  switch (kind) {
    case Caller::Kind::token:
      return "token";
    case Caller::Kind::password:
      return "password";
    case Caller::Kind::device:
      return "device";
  }
  return "device";
}

}  // namespace

void add_security_headers(http::Response& response) {
  for (const auto& [name, value] :
       {std::pair("Cache-Control", "no-store"), std::pair("X-Content-Type-Options", "nosniff"),
        std::pair("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
        std::pair("Referrer-Policy", "no-referrer"),
        std::pair("Cross-Origin-Resource-Policy", "same-origin")})
    if (!http::find_header(response.headers, name)) response.headers.push_back({name, value});
}

Answer Api::answer(const http::Request& request) {
  auto answer = route(request);
  if (auto* response = std::get_if<http::Response>(&answer)) add_security_headers(*response);
  if (auto* later = std::get_if<Later>(&answer)) {
    later->begin = [begin = std::move(later->begin)](std::function<void(http::Response)> send) {
      begin([send = std::move(send)](http::Response response) {
        add_security_headers(response);
        send(std::move(response));
      });
    };
  }
  return answer;
}

Answer Api::art(const http::Request& request, const Match& match) {
  const auto arguments = arguments_of(request, match);
  if (!arguments) return problem(arguments.error());
  return art_answer(host_.controls().library,
                    {.entry = (*arguments)["entry"].get<std::string>(),
                     .kind = (*arguments)["kind"].get<std::string>(),
                     .known_tags = std::string(request.header("If-None-Match"))});
}

Answer Api::route(const http::Request& request) {
  if (auto refusal = gate_.check_host(request)) return *std::move(refusal);
  const auto found = find_route(request.method, request.target);
  if (const auto* others = std::get_if<OtherMethods>(&found)) {
    http::Response response = problem(405, "wrong_method", "this path takes " + others->allowed);
    response.headers.push_back({"Allow", others->allowed});
    return response;
  }
  const auto* match = std::get_if<Match>(&found);
  if (match == nullptr)
    return problem(404, "not_found", "there is no such path; /api/v1/openapi.json lists them");
  const Route& row = *match->route;
  const auto caller = gate_.admit(request, row);
  if (!caller) return caller.error();
  // A form of a foreign page cannot say this, and a script of one may not.
  if (!request.body.empty() && !is_json(request.header("Content-Type")))
    return problem(415, "wrong_type", "send the body as application/json");
  if (row.own == Own::events) {
    Subscription subscription{.request = request,
                              .route = &row,
                              .kinds = kinds_of(*match),
                              .last_event_id = std::nullopt};
    subscription.request.body.clear();  // it means nothing here, and would be kept
    if (const auto id = http::find_header(request.headers, "Last-Event-ID"))
      subscription.last_event_id = std::string(*id);
    return subscription;
  }
  if (row.own == Own::art) return art(request, *match);
  if (row.own == Own::clip_video) {
    const auto arguments = arguments_of(request, *match);
    if (!arguments) return problem(arguments.error());
    return clip_video(host_, request, (*arguments)["clip"].get<std::string>());
  }
  if (row.own != Own::nothing) return own(request, row, *caller ? &**caller : nullptr);
  return act(request, *match);
}

http::Response Api::own(const http::Request& request, const Route& row, const Caller* caller) {
  switch (row.own) {
    case Own::log_in:
      return gate_.log_in(request);
    case Own::log_out:
      return gate_.log_out(request);
    case Own::document:
      return json_response(200, openapi_text());
    case Own::metrics:
      if (!host_.settings().now()->in_force.management.metrics)
        return problem(403, "switched_off",
                       "metrics are not told here: punktfunk-host config set management.metrics "
                       "true");
      return {.status = 200,
              .headers = {{"Content-Type", std::string(row.media)}},
              .body = metrics_.text(host_)};
    default:
      break;
  }
  // A page that was loaded anew still has its cookie and needs the token again. A foreign page may
  // have this sent, but not read it.
  const Json csrf_token = caller->csrf_token.empty() ? Json() : Json(caller->csrf_token);
  return json_response(200, dump({{"kind", name_of(caller->kind)},
                                  {"name", caller->name},
                                  {"scope", to_string(caller->may)},
                                  {"csrf_token", csrf_token}}));
}

// Between this look and the change another thread may edit too (the administration socket): that is
// a person at the machine, and the last one wins. All of HTTP's edits come through this one thread.
std::optional<http::Response> Api::check_tag(const http::Request& request, const Match& match) {
  const std::string_view wanted = request.header("If-Match");
  if (!match.route->tagged || wanted.empty() || request.method == "GET") return std::nullopt;
  const auto found = find_route("GET", request.target);
  const auto arguments = arguments_of({}, std::get<Match>(found));
  if (!arguments) return problem(arguments.error());
  const auto now = std::get<Match>(found).route->act(host_, *arguments);
  if (!now) return problem(now.error());
  if (lists_tag(wanted, tag_of_json(*now))) return std::nullopt;
  return problem(412, "changed_meanwhile", "somebody has changed this meanwhile: look at it again");
}

http::Response Api::act(const http::Request& request, const Match& match) {
  const Route& row = *match.route;
  if (auto refusal = check_tag(request, match)) return *std::move(refusal);
  auto arguments = arguments_of(request, match);
  if (!arguments) return problem(arguments.error());
  // What is changed elsewhere too looks itself, at the moment of the change.
  const std::string_view meant = only_tag(request.header("If-Match"));
  if (!meant.empty() && (takes(body_of(row), "revision") || takes(query_of(row), "revision")))
    (*arguments)["revision"] = meant;
  const auto told = row.act != nullptr ? row.act(host_, *arguments)
                                       : admin::handle(host_, row.requests.front(), *arguments);
  if (!told) return problem(told.error());
  if (row.schema.empty()) return {.status = row.status};
  http::Response response = answer_of(row, *told);
  if (!row.tagged) return response;
  std::string tag = row.media == kJson ? tag_of_json(*told) : tag_of(response.body);
  if (has_already(request, tag)) response = {.status = 304, .headers = {}, .body = {}};
  response.headers.push_back({"ETag", std::move(tag)});
  return response;
}

}  // namespace pf::management
