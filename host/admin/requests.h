// Requests to the host as JSON: a table of names, arguments and handlers over Administration. Knows
// no socket and no HTTP; the same rows serve both.
//
//   {"op": "pair", "args": {"lifetime_s": 120}}
//   {"ok": {"pin": "1234", …}}   or   {"error": {"code": "bad_argument", "sentence": "…"}}
//
// docs/administration.md lists the requests, and a test compares it with this table.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "core/base/result.h"
#include "host/admin/administration.h"

namespace pf::admin {

enum class ArgumentType : std::uint8_t {
  text,
  whole_number,  // not negative
  texts,
  flag,
  settings,  // values of settings by their keys
  value,     // whatever JSON has: the row says what suits
};

struct Argument {
  std::string_view name;
  ArgumentType type;
  bool required;
  std::string_view sentence;
};

struct Request {
  std::string_view name;
  std::string_view sentence;
  std::span<const Argument> arguments;
  // `arguments` is an object that the row has been checked against. Errors as Administration has
  // them.
  Result<nlohmann::ordered_json> (*handle)(Administration&,
                                           const nlohmann::ordered_json& arguments);
};

std::span<const Request> requests();

// What an error is called towards programs: stable. "not_found", "bad_argument", "refused",
// "exhausted" or "failed".
std::string_view error_code(ErrorKind kind) noexcept;

// `malformed` when an argument is missing, unknown or of another type: names it.
Result<nlohmann::ordered_json> handle(Administration& administration, std::string_view name,
                                      const nlohmann::ordered_json& arguments);

// The whole exchange: a request's text in, its answer's text out. Never fails: that is an answer
// too. Neither has a line feed.
std::string answer_line(Administration& administration, std::string_view line);

// The answer to what was not even read.
std::string error_line(std::string_view code, std::string_view sentence);

}  // namespace pf::admin
