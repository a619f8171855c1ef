// Whole nvhttp requests: whoever asks, whatever for, there is an answer of bounded size, and nobody
// but a paired device gets anything done that changes the host.
#include "host/gamestream/server/nvhttp_rules.h"

#include <algorithm>

using namespace pf;
using namespace pf::gamestream;

// The first byte chooses who asks and what runs, the rest is the target.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::vector<AppEntry> apps{
      {.app = {.id = 1, .title = "Desktop", .hdr = false}, .needs_grant = false},
      {.app = {.id = 2, .title = "<&>", .hdr = true}, .needs_grant = true}};
  NvhttpView view;
  view.apps = &apps;
  view.encryption_required = (data[0] & 8) != 0;
  if ((data[0] & 4) != 0)
    view.running.push_back({.device = {}, .device_name = "", .app = apps[1].app});
  Asker asker{.way = static_cast<Asker::Way>(std::min(data[0] & 3, 2)), .device = {}};
  http::Request request;
  request.method = "GET";
  request.target.assign(reinterpret_cast<const char*>(data) + 1, size - 1);
  request.peer = request.local = Endpoint::loopback(1);
  const Decision decision = decide(request, asker, view);
  const bool changes =
      std::holds_alternative<DoLaunch>(decision) || std::holds_alternative<DoCancel>(decision);
  if (changes && asker.way != Asker::Way::paired) __builtin_trap();
  if (const auto* response = std::get_if<http::Response>(&decision);
      response != nullptr && response->body.size() > 8 * Query::kMaxTargetBytes)
    __builtin_trap();
  return 0;
}
