#include "host/management/subject.h"

namespace pf::management {

std::span<const Subject> subjects() {
  // A line each, so that several may be added at once.
  // clang-format off
  static const std::vector<Subject> all{
      host_subject(),
      session_subject(),
      still_subject(),
      recording_subject(),
      blackbox_subject(),
      device_subject(),
      pairing_subject(),
      equipment_subject(),
      application_subject(),
      library_subject(),
      setting_subject(),
      log_subject(),
      access_subject(),
      document_subject(),
      doctor_subject(),
  };
  // clang-format on
  return all;
}

Result<Json> ask(Administration& host, std::string_view request) {
  return admin::handle(host, request, Json::object());
}

Result<Json> one_of(const Json& list, const char* key, const Json& wanted, const char* what) {
  for (const Json& one : list)
    if (one[key] == wanted) return one;
  return fail(ErrorKind::unavailable, "there is no such {}", what);
}

}  // namespace pf::management
