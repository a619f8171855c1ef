#include "host/gamestream/server/launch.h"

#include <algorithm>
#include <array>

#include "core/base/hex.h"

namespace pf::gamestream {

LaunchTokens draw_tokens(Rng& rng) {
  std::array<std::byte, 8> random{};
  rng.fill(random);
  return {.ping_payload = to_hex(random),
          .connect_data = std::max<std::uint32_t>(1, static_cast<std::uint32_t>(rng.next()))};
}

}  // namespace pf::gamestream
