// Which part of a standing queue's link is ours.
//
// A queue that is never empty serves all senders in proportion, so what arrives of ours meanwhile,
// divided by what the link carries, is our part of it: all, when nobody else sends. A radio that
// falls silent serves nobody for a while, and the frame that was under way then says so: the
// slowest frame does not count. Pure.
#pragma once

#include <cstdint>
#include <optional>

#include "core/base/time.h"

namespace pf::control {

class PartOfLink {
 public:
  // Fewer frames say nothing, besides the slowest one.
  static constexpr std::uint32_t kLeastFrames = 4;

  // Looks at what arrives from now on.
  void begin(LocalTime now) noexcept;
  // A frame of so many bytes on the wire came out of reassembly.
  void on_frame(double wire_bytes, LocalTime received) noexcept;

  LocalTime began_at() const noexcept { return began_at_; }
  // Between 0 and 1 or somewhat above, since a capacity is an estimate. Empty: too little arrived.
  std::optional<double> of(std::uint32_t capacity_kbps) const noexcept;

 private:
  struct Arrival {
    double wire_bytes = 0;
    Nanos took{0};  // since the one before
  };

  LocalTime began_at_;
  LocalTime last_received_;
  std::uint32_t frames_ = 0;
  Arrival all_, slowest_;
};

}  // namespace pf::control
