#include <cstring>

#include "core/base/check.h"
#include "host/display/desktop/desktop_process.h"

// A path that is accepted ends.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto news = pf::display::desktop::parse_desktop_news(data, size);
  if (!news) return 0;
  if (const auto* ready = std::get_if<pf_desktop_ready>(&*news))
    PF_CHECK(std::strlen(ready->wayland_socket) < sizeof ready->wayland_socket);
  return 0;
}
