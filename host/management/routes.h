// The management API as a table: one row for each operation. The router, the OpenAPI document and
// the tests are made from it, so an operation cannot be half there. The rows are in routes_*.cpp, a
// file for each subject with its schemas (subject.h).
//
// What an operation does is a request of host/admin, the same that the administration socket
// carries, or a small function over such requests. Its arguments are the names in braces of the
// path and the members of the JSON body, or of the query where there is no body. Immutable; any
// thread.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "core/base/result.h"
#include "host/admin/requests.h"

namespace pf::management {

inline constexpr std::string_view kPrefix = "/api/v1";

// Who may ask. Tokens and the password are host/access's; each may what those before it may.
enum class Need : std::uint8_t {
  nothing,
  device,  // a paired device by its certificate, and everybody below
  read,
  control,
  admin,
};
std::string_view to_string(Need need) noexcept;

// What the API itself does, and no request of host/admin.
enum class Own : std::uint8_t {
  nothing,
  log_in,
  log_out,
  who_am_i,
  document,
  events,
  metrics,
  art,
  clip_video,
};

using Do = Result<nlohmann::ordered_json> (*)(admin::Administration&,
                                              const nlohmann::ordered_json& arguments);

struct Route {
  std::string_view method;
  std::string_view path;  // below kPrefix: "/devices/{device}"
  std::string_view id;    // operationId
  std::string_view sentence;
  Need need;
  std::string_view schema;  // of the answer (schemas.h); empty: there is none, 204
  int status = 200;         // of the answer
  // The requests of host/admin whose arguments it takes; does the first of them unless `act` is
  // set.
  std::vector<std::string_view> requests;
  Do act = nullptr;
  // The answer of this row's path has an ETag; If-Match is honoured.
  bool tagged = false;
  Own own = Own::nothing;
  // Other than JSON: what is done gives one text, which is the body as it is.
  std::string_view media = "application/json";
  bool at_root = false;            // the path is not below kPrefix
  bool repeatable = false;         // of a POST: see is_idempotent()
  std::string_view download = {};  // the name of the file that a browser makes of it
};

std::span<const Route> routes();

// What is asked twice does what is asked once (RFC 9110 section 9.2.2), so that who lost the answer
// may ask again. Our PATCHes say what is to be, never by how much.
bool is_idempotent(const Route& route);

// Those arguments of the row's requests that its path does not hold. All are optional when there is
// more than one request. GET and DELETE have no body, the others no query.
std::vector<admin::Argument> body_of(const Route& route);
std::vector<admin::Argument> query_of(const Route& route);

// The argument that {name} in the row's path stands for; nullptr: a text that no request knows.
const admin::Argument* path_argument(const Route& route, std::string_view name);

}  // namespace pf::management
