#include "host/management/schemas.h"

#include <nlohmann/json.hpp>

#include "host/management/subject.h"

namespace pf::management {

const Json& schemas() {
  static const Json all = [] {
    Json made = Json::object();
    for (const Subject& subject : subjects()) made.update(subject.schemas);
    return made;
  }();
  return all;
}

}  // namespace pf::management
