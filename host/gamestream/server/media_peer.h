// Where one stream of a session goes: learnt from pings by the control thread, read by the thread
// that sends.
#pragma once

#include <optional>

#include "core/base/endpoint.h"
#include "core/runtime/published.h"

namespace pf::gamestream {

class MediaPeer {
 public:
  // Control thread.
  void set(const Endpoint& endpoint) noexcept { where_.put({endpoint}); }

  // Any thread. Empty: it has not shown itself yet.
  std::optional<Endpoint> get() const noexcept {
    const Endpoint endpoint = where_.get().endpoint;
    return endpoint.empty() ? std::nullopt : std::optional(endpoint);
  }

 private:
  struct alignas(8) Where {
    Endpoint endpoint;
  };
  Published<Where> where_;
};

}  // namespace pf::gamestream
