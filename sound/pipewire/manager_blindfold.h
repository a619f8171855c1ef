// Keeps a session manager that has just come from telling programs that there is no device.
//
// wireplumber 0.4.13 looks for a device for each program that plays as soon as it has set their
// ports, now and then just before it has elected the default one; then it sends the program an
// error
// ("no node available", policy-node.lua), and most end. Moments later it would have linked it. So
// whoever plays or records when a manager comes has his connection hidden from it for two seconds:
// it sees the nodes and links them, but knows nobody to send an error to.
//
// The connection must neither look at metadata nor set anybody's parameters, see BusyRelease.
#pragma once

#include <memory>

#include "core/base/result.h"
#include "sound/pipewire/connection.h"

namespace pf::sound {

// One owner, any thread. The connection outlives it.
class ManagerBlindfold {
 public:
  static Result<std::unique_ptr<ManagerBlindfold>> open(Connection& connection);
  ~ManagerBlindfold();
  ManagerBlindfold(const ManagerBlindfold&) = delete;
  ManagerBlindfold& operator=(const ManagerBlindfold&) = delete;

 private:
  struct Insides;
  explicit ManagerBlindfold(std::unique_ptr<Insides> insides) noexcept;
  std::unique_ptr<Insides> insides_;
};

}  // namespace pf::sound
