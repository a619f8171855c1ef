// What the narrowest link on the way carries, measured by every frame that crosses it.
//
// A host hands the packets of a frame to its socket at once. The narrowest link spreads them out:
// the bytes after the first, divided by the time between first and last, are that link's rate (a
// packet train: Jain and Routhier 1986; Dovrolis et al., "What do packet dispersion techniques
// measure?", 2001). So a change of capacity shows in the first frame after it, upwards too, without
// filling a queue to find out. Pure.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "core/base/time.h"

namespace pf::control {

class TrainCapacity {
 public:
  // Fewer packets say more about the clock than about the link.
  static constexpr std::uint32_t kLeastPackets = 4;
  // Trains looked back on: half a second of 60 Hz. What is measured in more than one span is the
  // least of them, so that capacity is believed quickly when it falls and slowly when it rises.
  static constexpr std::size_t kTrains = 32;
  static constexpr std::size_t kRecentTrains = 8;
  static constexpr std::size_t kNewestTrains = 3;

  // A frame's packets, as far as they came: `wire_bytes` of all but the first, IP headers included.
  void on_train(std::uint64_t wire_bytes, std::uint32_t packet_count, Nanos spread) noexcept;

  // Empty until a few trains were seen. `urgent`: a queue is building up, so the newest trains are
  // believed by themselves, which otherwise any hiccup of a radio would spoil.
  std::optional<std::uint32_t> kbps(bool urgent) const noexcept;

  // From first to last packet, on the average of the recent trains.
  Nanos mean_spread() const noexcept;

 private:
  struct Train {
    std::uint64_t wire_bytes = 0;
    Nanos spread{0};
  };
  std::uint32_t over_last(std::size_t count) const noexcept;

  std::array<Train, kTrains> trains_{};
  std::size_t seen_ = 0;
};

}  // namespace pf::control
