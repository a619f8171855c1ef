#include "host/native/path_book.h"

#include <algorithm>

#include "core/message/shard_size.h"

namespace pf::native {

void PathBook::learn(const Endpoint& remote, std::uint32_t udp_bytes) {
  paths_.erase(std::remove_if(paths_.begin(), paths_.end(),
                              [&](const Path& path) { return path.remote.same_address(remote); }),
               paths_.end());
  if (udp_bytes >= message::kMostProvenUdpBytes) return;
  if (paths_.size() >= kMaxPaths) paths_.pop_front();
  paths_.push_back({remote, udp_bytes});
}

std::optional<std::uint32_t> PathBook::known(const Endpoint& remote) const noexcept {
  for (const Path& path : paths_) {
    if (path.remote.same_address(remote)) return path.udp_bytes;
  }
  return std::nullopt;
}

}  // namespace pf::native
