// What a PunktfunkSession* stands for.
#pragma once

#include <memory>
#include <mutex>

#include "core/abi/guard.h"
#include "core/abi/handle_table.h"
#include "core/abi/include/punktfunk_core.h"
#include "core/abi/plane.h"
#include "core/endpoint/client_media.h"
#include "core/endpoint/host_media.h"

namespace pf::abi {

struct Session {
  Plane out, in;
  std::unique_ptr<endpoint::HostMedia> host;  // one of the two
  std::unique_ptr<endpoint::ClientMedia> client;

  std::mutex callback_mutex;  // guards the two
  PunktfunkInputCb input_callback = nullptr;
  void* input_user = nullptr;

  const endpoint::MediaDoor& door() const noexcept { return host ? host->door() : client->door(); }
};

// All sessions of the process. Never destroyed: threads may still be in there when main() returns.
HandleTable<Session>& sessions();

// As a handle; NULL: there are as many as can be.
PunktfunkSession* hand_out(std::unique_ptr<Session> session);

template <class Work>
PunktfunkStatus guarded(PunktfunkSession* handle, Work&& work) noexcept {
  return guarded(sessions(), handle, work);
}

// Likewise, in one of the session's planes.
template <class Work>
PunktfunkStatus guarded(PunktfunkSession* handle, Plane Session::*plane, Work&& work) noexcept {
  return guarded(handle, [&](Session& session) {
    const Plane::Turn turn(session.*plane);
    return turn ? work(session) : PUNKTFUNK_STATUS_INVALID_ARG;
  });
}

}  // namespace pf::abi
