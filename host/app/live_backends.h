// The backends as the settings want them now: what is opened next, for a new session or to mend
// one, comes from those that were chosen last. The doors and the pipeline see one set of functions
// that never changes. Any thread.
#pragma once

#include <memory>
#include <mutex>

#include "host/pipeline/backends.h"

namespace pf::app {

class LiveBackends {
 public:
  explicit LiveBackends(pipeline::Backends first);

  void set(pipeline::Backends chosen);
  // Outlived by this.
  pipeline::Backends functions();

 private:
  std::shared_ptr<const pipeline::Backends> now() const;

  mutable std::mutex mutex_;
  std::shared_ptr<const pipeline::Backends> chosen_;  // under mutex_
};

}  // namespace pf::app
