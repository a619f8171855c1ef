// GameStream as a whole, where the settings want it: identity, pairing, nvhttp and the door. IPv4
// only.
#pragma once

#include <memory>
#include <string>

#include "core/base/rng.h"
#include "core/runtime/health_board.h"
#include "host/admin/administration.h"
#include "host/apps/catalogue.h"
#include "host/config/host_config.h"
#include "host/library/library.h"
#include "host/pipeline/backends.h"
#include "host/session/roster.h"
#include "host/trust/trust_registry.h"

namespace pf::app {

// What the rest of the host is to it. The references outlive it.
struct GameStreamPlace {
  std::string state_dir;
  std::string host_name;  // for people
  std::string host_id;    // 32 hexadecimal digits
  pipeline::Backends backends;
  trust::TrustRegistry& trust;
  session::Roster& roster;
  library::Library& library;  // whose pictures are shown
  HealthBoard& board;
  const Clock& clock;
  Rng& rng;
};

class GameStream {
 public:
  // Serves from now on, and says in the log what that means. Null: the settings do not want it.
  // `refused`: a port is taken, the identity is damaged, or the host listens on no IPv4 address.
  static Result<std::unique_ptr<GameStream>> open(const config::HostConfig& config,
                                                  const GameStreamPlace& place);
  virtual ~GameStream() = default;

  virtual Endpoint address() const = 0;  // of its HTTP server
  virtual admin::PinControl pins() = 0;

  // What the host is called, what streams get, and what there is to choose, from now on. Any
  // thread, one call at a time.
  virtual void set(const config::HostConfig& config, apps::Catalogue catalogue) = 0;
};

}  // namespace pf::app
