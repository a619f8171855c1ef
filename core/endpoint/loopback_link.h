// Two ends joined within one process: what one sends the other receives, in order. For tests and
// measurements; it can lose packets regularly.
#pragma once

#include <memory>
#include <utility>

#include "core/endpoint/media_link.h"

namespace pf::endpoint {

class LoopbackLink {
 public:
  struct Ends {
    std::unique_ptr<MediaLink> host;
    std::unique_ptr<MediaLink> client;
  };
  struct Params {
    // In each direction; taken when used. What does not fit is refused.
    std::size_t queue_bytes = std::size_t{32} << 20;
    // Every so manieth packet that an end sends is lost on the way; 0: none.
    std::uint32_t host_drop_period = 0;
    std::uint32_t client_drop_period = 0;
  };

  // The ends may live on different threads and die in any order.
  static Ends make(const Params& params);
};

}  // namespace pf::endpoint
