// Foreign requests to the management API, with an administrator's token: whatever comes, the answer
// is JSON of the right kind, and the lists keep their bounds.
//
// "METHOD TARGET\n", lines "Name: value", an empty line, the body.
#include <nlohmann/json.hpp>

#include "core/base/check.h"
#include "host/admin/admin_testing.h"
#include "host/management/api.h"

using namespace pf;

namespace {

struct World {
  admin::TestingHost host;
  management::Api api{host.administration, {"box"}, host.rng};
  std::string token =
      host.access->create_token("fuzz", access::Scope::admin, {}, host.administration.now().wall)
          ->secret;
  World() { host.pair(1, "tablet"); }
};

std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  return line;
}

http::Request parse(std::string_view text) {
  http::Request request;
  const std::string_view first = take_line(text);
  const std::size_t space = first.find(' ');
  request.method = first.substr(0, space);
  request.target = space == std::string_view::npos ? "/" : first.substr(space + 1);
  for (std::string_view line = take_line(text); !line.empty(); line = take_line(text)) {
    const std::size_t colon = line.find(": ");
    if (colon == std::string_view::npos) continue;
    request.headers.push_back(
        {std::string(line.substr(0, colon)), std::string(line.substr(colon + 2))});
  }
  request.body = text;
  return request;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static World world;
  http::Request request = parse({reinterpret_cast<const char*>(data), size});
  // The password costs a tenth of a second for each try: not here.
  if (request.target.find("login") != std::string::npos) return 0;
  request.headers.push_back({"Host", "localhost"});
  request.headers.push_back({"Authorization", "Bearer " + world.token});
  request.headers.push_back({"Content-Type", "application/json"});
  // Its own token may be gone, which is well; the next input has another.
  if (!world.host.access->check_token(world.token, world.host.administration.now().wall)) {
    world.token =
        world.host.access
            ->create_token("fuzz", access::Scope::admin, {}, world.host.administration.now().wall)
            ->secret;
  }
  const auto answer = world.api.answer(request);
  if (const auto* response = std::get_if<http::Response>(&answer)) {
    PF_CHECK(response->status >= 200 && response->status < 500);
    const auto json = nlohmann::json::parse(response->body, nullptr, false);
    PF_CHECK(response->status == 204 ? response->body.empty() : json.is_object());
    PF_CHECK(response->status < 400 || json["detail"].is_string());
  }
  PF_CHECK(world.host.trust->devices().size() <= trust::kMaxDevices);
  return 0;
}
