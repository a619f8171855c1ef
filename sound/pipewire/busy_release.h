// Makes a sound server listen again to programs that it has forgotten.
//
// PipeWire 0.3.65 does not read what a program says while it waits on its behalf for another one:
// for the session manager when the program looks at the metadata (module-metadata/metadata.c), for
// the program when the manager sets its ports (node_set_param() in impl-node.c). When both happen
// in one instant it waits for each on behalf of the other and reads neither ever again: the program
// is silent although it is linked, and the manager links nobody any more. That is common when a
// manager is replaced, since every program looks at the new one's metadata while it sets their
// ports.
//
// A request about a program's permissions ends such waiting, also one that changes none
// (update_busy() in impl-client.c). So this sends one for every program, each 200 ms for two
// seconds after something new has come. To a server that is well it means nothing.
//
// The connection must neither look at metadata nor set anybody's parameters, or it might be
// forgotten itself; streams may be on it.
#pragma once

#include <memory>

#include "core/base/result.h"
#include "sound/pipewire/connection.h"

namespace pf::sound {

// One owner, any thread. The connection outlives it.
class BusyRelease {
 public:
  static Result<std::unique_ptr<BusyRelease>> open(Connection& connection);
  ~BusyRelease();
  BusyRelease(const BusyRelease&) = delete;
  BusyRelease& operator=(const BusyRelease&) = delete;

 private:
  struct Insides;
  explicit BusyRelease(std::unique_ptr<Insides> insides) noexcept;
  std::unique_ptr<Insides> insides_;
};

}  // namespace pf::sound
