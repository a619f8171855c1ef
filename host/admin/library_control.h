// The library, seen from who administers the host. Any thread; nobody waits.
#pragma once

#include <functional>
#include <memory>

#include "host/library/library.h"

namespace pf::admin {

// Empty functions: this host has none.
struct LibraryControl {
  std::function<std::shared_ptr<const library::Shelf>()> now;
  std::function<void()> scan;
  std::function<void(Nanos age)> look;  // scans if the last scan is older
  std::function<void(library::Library::ArtAsk ask)> art;
};

}  // namespace pf::admin
