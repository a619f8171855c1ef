// The last edge of every function of a handle: checks it, keeps what it stands for alive meanwhile,
// lets nothing be thrown outwards.
#pragma once

#include <cstdint>

#include "core/abi/handle_table.h"
#include "core/abi/include/punktfunk_core.h"

namespace pf::abi {

template <class T, class Work>
PunktfunkStatus guarded(HandleTable<T>& table, const void* handle, Work&& work) noexcept {
  if (handle == nullptr) return PUNKTFUNK_STATUS_NULL_POINTER;
  try {
    const auto use = table.use(reinterpret_cast<std::uintptr_t>(handle));
    if (!use) {
      return use.fault() == HandleFault::closed ? PUNKTFUNK_STATUS_CLOSED
                                                : PUNKTFUNK_STATUS_INVALID_ARG;
    }
    return work(*use);
  } catch (...) {
    return PUNKTFUNK_STATUS_PANIC;
  }
}

}  // namespace pf::abi
