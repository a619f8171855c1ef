// What calls of connections have in common.
#pragma once

#include "core/abi/connection.h"

namespace pf::abi {

// What a pull came to; `to_c` turns the value.
template <class Pulled, class Out, class ToC>
PunktfunkStatus give(Pulled&& pulled, Out& out, ToC&& to_c) {
  if (!pulled) return PUNKTFUNK_STATUS_CLOSED;
  if (!*pulled) return PUNKTFUNK_STATUS_NO_FRAME;
  out = to_c(**pulled);
  return PUNKTFUNK_STATUS_OK;
}

// A request or something to send: nothing goes once the session is over.
template <class Work>
PunktfunkStatus while_running(const PunktfunkConnection* handle, Work&& work) noexcept {
  return guarded(handle, [&](Connection& connection) {
    if (connection.endpoint->ending()) return PUNKTFUNK_STATUS_CLOSED;
    return work(connection);
  });
}

}  // namespace pf::abi
