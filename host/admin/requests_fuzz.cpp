// Foreign bytes as a request: whatever comes, the answer is one line of JSON, and the host's list
// of devices keeps its bound.
#include <nlohmann/json.hpp>

#include "core/base/check.h"
#include "core/runtime/system_clock.h"
#include "host/admin/admin_testing.h"
#include "host/admin/requests.h"

using namespace pf;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static admin::TestingHost host;
  const std::string answer =
      admin::answer_line(host.administration, {reinterpret_cast<const char*>(data), size});
  PF_CHECK(answer.find('\n') == std::string::npos);
  const auto json = nlohmann::json::parse(answer, nullptr, false);
  PF_CHECK(json.is_object() && json.size() == 1);
  PF_CHECK(json.contains("ok") || json["error"]["sentence"].is_string());
  PF_CHECK(host.trust->devices().size() <= trust::kMaxDevices);
  return 0;
}
