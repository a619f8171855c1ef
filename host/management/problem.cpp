#include "host/management/problem.h"

#include <cerrno>

#include <nlohmann/json.hpp>

#include "host/admin/requests.h"

namespace pf::management {
namespace {

int status_of(ErrorKind kind) noexcept {
  switch (kind) {
    case ErrorKind::unavailable:
      return 404;
    case ErrorKind::malformed:
      return 400;
    case ErrorKind::refused:
      return 403;
    case ErrorKind::exhausted:
      return 409;
    default:
      return 500;
  }
}

}  // namespace

http::Response problem(int status, std::string_view code, std::string_view detail) {
  const nlohmann::ordered_json json = {{"type", "urn:punktfunk:problem:" + std::string(code)},
                                       {"title", http::reason_phrase(status)},
                                       {"status", status},
                                       {"detail", detail},
                                       {"code", code}};
  return {.status = status,
          .headers = {{"Content-Type", "application/problem+json"}},
          .body = json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace)};
}

http::Response problem(const Error& error) {
  if (error.os_code == ESTALE) return problem(412, "changed_meanwhile", error.what);
  if (error.os_code == ENOSPC || error.os_code == EDQUOT || error.os_code == EFBIG)
    return problem(507, "disk_full", error.what);
  return problem(status_of(error.kind), admin::error_code(error.kind), error.what);
}

}  // namespace pf::management
