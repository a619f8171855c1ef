// What is known of the ways to clients from their earlier sessions. Kept in memory alone: a host
// that starts again learns it again, within ten seconds of a session. Control thread only.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "core/base/endpoint.h"

namespace pf::native {

class PathBook {
 public:
  // More clients than a host serves in a day; the one that was measured longest ago is forgotten.
  static constexpr std::size_t kMaxPaths = 256;

  // UDP payload that packets to this address may have, whatever the port.
  void learn(const Endpoint& remote, std::uint32_t udp_bytes);
  // Empty: nothing is known, or that it is an ordinary Ethernet.
  std::optional<std::uint32_t> known(const Endpoint& remote) const noexcept;

 private:
  struct Path {
    Endpoint remote;
    std::uint32_t udp_bytes = 0;
  };
  std::deque<Path> paths_;  // the newest last; never an Ethernet
};

}  // namespace pf::native
