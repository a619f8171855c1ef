// A way between two ends on this machine on which packets get lost: stands at 127.0.0.2 in front of
// a host at 127.0.0.1, on the same media port, and drops what a seeded generator says.
//
// One client, one host; a thread of its own. What comes from the client opens the way back.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>

#include "core/base/endpoint.h"
#include "core/base/result.h"
#include "core/base/rng.h"
#include "core/runtime/doorbell.h"
#include "core/runtime/unique_fd.h"

namespace pf::doctor {

class LossyRelay {
 public:
  // `control` and `media`: of the host. `refused` when 127.0.0.2 cannot be had.
  static Result<std::unique_ptr<LossyRelay>> open(const Endpoint& control, const Endpoint& media);
  ~LossyRelay();
  LossyRelay(const LossyRelay&) = delete;
  LossyRelay& operator=(const LossyRelay&) = delete;

  Endpoint address() const noexcept { return address_; }  // for the client to dial
  // From now on, in each direction; 0 at first, so that a handshake need not be repeated.
  void lose(unsigned permille) noexcept { loss_permille_ = permille; }

  struct Counts {
    std::uint64_t passed = 0, dropped = 0;
  };
  Counts counts() const noexcept { return {passed_, dropped_}; }

 private:
  struct Lane {        // one port
    UniqueFd outside;  // where the client sends to
    UniqueFd inside;   // connected to the host
    Endpoint client;   // that sent last
  };

  explicit LossyRelay(std::array<Lane, 2> lanes, const Endpoint& address);
  void work();
  void inwards(Lane& lane);
  void outwards(Lane& lane);
  bool passes() noexcept;

  std::array<Lane, 2> lanes_;
  const Endpoint address_;
  SeededRng rng_{1};
  std::atomic<unsigned> loss_permille_{0};
  std::atomic<std::uint64_t> passed_{0}, dropped_{0};
  std::atomic<bool> over_{false};
  Doorbell bell_;
  std::thread thread_;
};

}  // namespace pf::doctor
