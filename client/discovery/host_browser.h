// Keeps a table of the hosts on the local network, for as long as the object lives.
#pragma once

#include <functional>
#include <mutex>
#include <vector>

#include "client/discovery/host_table.h"
#include "core/base/time.h"
#include "core/runtime/health_board.h"
#include "core/runtime/supervised_thread.h"

namespace pf::discovery {

class HostBrowser {
 public:
  // `on_change` is called on the browser's thread after the table has changed: ring a bell there.
  // `board` and `clock` outlive the browser.
  HostBrowser(HealthBoard& board, const Clock& clock, std::function<void()> on_change);

  std::vector<FoundHost> hosts() const;  // any thread

 private:
  template <class Change>
  void edit(Change&& change);

  const std::function<void()> on_change_;
  mutable std::mutex mutex_;
  HostTable table_;  // guarded by mutex_
  const mdns::BrowseEvents events_;
  Doorbell bell_;
  SupervisedThread thread_;  // last: it uses the above
};

}  // namespace pf::discovery
