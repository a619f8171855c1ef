// A connection to a Wayland compositor as a client: what capture needs of it, and its waiting,
// which ends for a ring of the bell as well. The generated protocol headers stay inside the .cpp
// files of this room.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/runtime/doorbell.h"

struct wl_display;
struct wl_output;
struct wl_registry;
struct wl_shm;
struct zwlr_screencopy_manager_v1;

namespace pf::capture::wlr {

class WaylandConnection {
 public:
  // Blocks for two round trips. `unavailable` when there is no compositor, or it does not serve
  // screencopy 3.
  static Result<std::unique_ptr<WaylandConnection>> open(const std::string& socket);
  ~WaylandConnection();
  WaylandConnection(const WaylandConnection&) = delete;
  WaylandConnection& operator=(const WaylandConnection&) = delete;

  wl_shm* shm() const noexcept { return shm_; }
  zwlr_screencopy_manager_v1* screencopy() const noexcept { return screencopy_; }

  // `unavailable` names the outputs that are there. An empty name is the first output.
  Result<wl_output*> output(const std::string& name) const;

  // Sends what is queued, waits until something arrives or the bell rings or patience is over, and
  // runs the handlers of what has arrived. False when the bell rang (the ring is taken) or nothing
  // came. Without a bell, only the compositor wakes it. `lost` when the compositor is gone.
  Result<bool> dispatch(Doorbell* bell, Nanos patience);

 private:
  struct Output {
    std::uint32_t global = 0;
    wl_output* handle = nullptr;
    std::string name;
  };
  struct Listeners;

  WaylandConnection() = default;
  void add_output(std::uint32_t global, std::uint32_t version);
  Failure broken() const;

  wl_display* display_ = nullptr;
  wl_registry* registry_ = nullptr;
  wl_shm* shm_ = nullptr;
  zwlr_screencopy_manager_v1* screencopy_ = nullptr;
  std::vector<std::unique_ptr<Output>> outputs_;
};

}  // namespace pf::capture::wlr
