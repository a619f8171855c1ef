// The nvhttp server of GameStream: HTTP and HTTPS, over which Moonlight clients find the host's
// state, pair, and start and end sessions. IPv4 only, as its control stream (libenet 1.3) is.
//
// One I/O thread turns both (host/http). What takes longer is handed on, with the reply: pairing to
// the desk, launches to the door through the LaunchBox. Nothing here waits.
// Source: docs/protocol/gamestream.md sections 2 to 6.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/base/endpoint.h"
#include "core/base/result.h"
#include "core/base/rng.h"
#include "host/gamestream/protocol/offer.h"
#include "host/gamestream/server/launch_box.h"
#include "host/gamestream/server/nvhttp_rules.h"
#include "host/gamestream/server/pairing_desk.h"
#include "host/trust/trust_registry.h"

namespace pf::gamestream {

// All ports lie at fixed distances from one (section 1).
struct Ports {
  std::uint16_t base = 47989;
  std::uint16_t http() const noexcept { return base; }
  std::uint16_t https() const noexcept { return offset(-5); }
  std::uint16_t video() const noexcept { return offset(9); }
  std::uint16_t control() const noexcept { return offset(10); }
  std::uint16_t audio() const noexcept { return offset(11); }
  std::uint16_t rtsp() const noexcept { return offset(21); }

 private:
  std::uint16_t offset(int distance) const noexcept {
    return static_cast<std::uint16_t>(base + distance);
  }
};

// Takes a PNG, which it shares; called once, on any thread.
using BoxArtAnswer = std::function<void(std::shared_ptr<const std::string> png)>;

struct NvhttpParams {
  Endpoint listen;  // IPv4; its port means nothing
  Ports ports;
  std::string host_name;
  std::string unique_id;  // for ever the same
  Offer offer;
  std::vector<AppEntry> apps;
  std::function<void()> on_list;  // a client has asked for the list; does not wait
  // The picture of an app that is offered; does not wait.
  std::function<void(std::int32_t app_id, BoxArtAnswer answer)> box_art;
};

class NvhttpServer {
 public:
  // Listens from now on; whoever answers for the LaunchBox does so already. `exhausted`: a port is
  // taken. The references outlive the server; `rng` is safe to use from any thread.
  static Result<std::unique_ptr<NvhttpServer>> open(NvhttpParams params,
                                                    const HostCertificate& certificate,
                                                    trust::TrustRegistry& trust,
                                                    LaunchBox& launches, PairingDesk& pairings,
                                                    const Clock& clock, Rng& rng);
  virtual ~NvhttpServer() = default;

  // What clients may choose from now on. Any thread.
  virtual void set_apps(std::vector<AppEntry> apps) = 0;
  // What the host is called from now on. Any thread.
  virtual void set_name(std::string name) = 0;
};

}  // namespace pf::gamestream
