#include "host/admin/requests.h"

#include <algorithm>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/message/text.h"
#include "host/admin/arguments.h"
#include "host/admin/request_tables.h"

namespace pf::admin {
namespace {

std::vector<Request> make_requests() {
  std::vector<Request> all;
  const auto add = [&](std::span<const Request> rows) {
    all.insert(all.end(), rows.begin(), rows.end());
  };
  add(host_requests());
  add(pairing_requests());
  add(device_requests());
  add(session_requests());
  add(recording_requests());
  add(blackbox_requests());
  add(equipment_requests());
  add(application_requests());
  add(library_requests());
  add(setting_requests());
  add(log_requests());
  add(access_requests());
  add(doctor_requests());
  return all;
}

bool suits(ArgumentType type, const Json& value) {
  switch (type) {
    case ArgumentType::text:
      return value.is_string();
    case ArgumentType::whole_number:
      return value.is_number_integer();
    case ArgumentType::texts:
      return value.is_array() && std::all_of(value.begin(), value.end(),
                                             [](const Json& item) { return item.is_string(); });
    case ArgumentType::flag:
      return value.is_boolean();
    case ArgumentType::settings:
      return value.is_object();
    case ArgumentType::value:
      return true;
  }
  return false;
}

const char* name_of(ArgumentType type) {
  switch (type) {
    case ArgumentType::text:
      return "a text";
    case ArgumentType::whole_number:
      return "a whole number";
    case ArgumentType::texts:
      return "a list of texts";
    case ArgumentType::flag:
      return "true or false";
    case ArgumentType::settings:
      return "an object with a value for each key";
    case ArgumentType::value:
      return "a value";
  }
  return "something else";
}

Result<void> check(const Request& request, const Json& arguments) {
  if (!arguments.is_object()) return fail(ErrorKind::malformed, "args must be an object");
  for (const auto& item : arguments.items()) {
    const auto known =
        std::find_if(request.arguments.begin(), request.arguments.end(),
                     [&](const Argument& argument) { return argument.name == item.key(); });
    if (known == request.arguments.end()) {
      return fail(ErrorKind::malformed, "{} takes no argument \"{}\"", request.name,
                  message::printable(item.key(), kShownBytes));
    }
    if (!suits(known->type, item.value()))
      return fail(ErrorKind::malformed, "{} must be {}", known->name, name_of(known->type));
  }
  for (const Argument& argument : request.arguments) {
    if (argument.required && !arguments.contains(std::string(argument.name))) {
      return fail(ErrorKind::malformed, "{} needs the argument {}: {}", request.name, argument.name,
                  argument.sentence);
    }
  }
  return {};
}

// Texts of ours and of peers are UTF-8 already; a library's text may not be.
std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::span<const Request> requests() {
  static const std::vector<Request> all = make_requests();
  return all;
}

std::string_view error_code(ErrorKind kind) noexcept {
  switch (kind) {
    case ErrorKind::unavailable:
      return "not_found";
    case ErrorKind::malformed:
      return "bad_argument";
    case ErrorKind::refused:
      return "refused";
    case ErrorKind::exhausted:
      return "exhausted";
    default:
      return "failed";
  }
}

Result<Json> handle(Administration& administration, std::string_view name, const Json& arguments) {
  for (const Request& request : requests()) {
    if (request.name != name) continue;
    PF_TRY_VOID(check(request, arguments));
    return request.handle(administration, arguments);
  }
  return fail(ErrorKind::malformed, "there is no request \"{}\"",
              message::printable(name, kShownBytes));
}

std::string answer_line(Administration& administration, std::string_view line) {
  const Json question = Json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!question.is_object() || !question.contains("op") || !question["op"].is_string()) {
    return error_line("bad_argument",
                      "a request is one line of JSON such as {\"op\": \"status\", \"args\": {}}");
  }
  const auto answer = handle(administration, question["op"].get_ref<const std::string&>(),
                             question.value("args", Json::object()));
  if (answer) return dump({{"ok", *answer}});
  return error_line(error_code(answer.error().kind), answer.error().what);
}

std::string error_line(std::string_view code, std::string_view sentence) {
  return dump({{"error", {{"code", code}, {"sentence", sentence}}}});
}

}  // namespace pf::admin
