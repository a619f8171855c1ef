#include "core/mdns/way.h"

#include "core/mdns/ways.h"

namespace pf::mdns {

Result<std::string> find_way() {
  Doorbell bell;
  PollLoop loop(bell);
  if (Daemon::open(loop)) return std::string(DaemonWay::kName);
  PF_TRY_VOID(OwnResponder::open(loop, {}));
  return std::string(OwnWay::kName);
}

}  // namespace pf::mdns
