// The memory of outgoing frames: one mapping per stream, taken when the session starts, handed out
// as runs of shards in a ring. The producer (video thread) takes and trims, the consumer (send
// thread) releases, in the order taken.
//
// Whenever everything has been released the ring begins at its start again, so that a stream
// touches only as much memory as its largest backlog needed, whatever its worst frame could be.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "core/base/packet_run.h"

namespace pf::video {

class PacketArena {
 public:
  // A second's worth of frames at 240 Hz would fit; a backlog that long has been given up before.
  static constexpr std::size_t kMaxRuns = 256;

  explicit PacketArena(std::size_t bytes);

  std::size_t capacity_bytes() const noexcept { return capacity_bytes_; }

  // What a run takes of the capacity.
  static std::size_t run_bytes(std::uint32_t count, std::uint16_t stride) noexcept {
    return rounded(std::size_t{count} * stride);
  }

  // Producer. `count` shards, stride bytes each, of which nothing is initialised. Empty: full; try
  // again when a run was released.
  std::optional<PacketRun> take(std::uint32_t count, std::uint16_t stride) noexcept;
  bool has_room(std::uint32_t count, std::uint16_t stride) const noexcept;

  // Producer. Gives back the end of the newest run, which nobody else has seen yet. Trimmed to none
  // it is as if it had not been taken.
  void trim_newest(PacketRun& run, std::uint32_t count) noexcept;

  // Consumer. The oldest run goes back.
  void release_oldest() noexcept;

 private:
  // Runs begin on cache lines: two threads work on neighbours.
  static constexpr std::size_t kAlignBytes = 64;
  static std::size_t rounded(std::size_t bytes) noexcept {
    return (bytes + kAlignBytes - 1) / kAlignBytes * kAlignBytes;
  }
  std::optional<std::size_t> place(std::size_t bytes) const noexcept;

  struct Run {
    std::size_t begin;
    std::size_t end;
  };
  const std::size_t capacity_bytes_;
  std::unique_ptr<std::byte[], void (*)(void*)> memory_;
  std::array<Run, kMaxRuns> runs_{};
  alignas(64) std::atomic<std::size_t> taken_{0};  // runs ever taken; the producer's
  alignas(64) std::atomic<std::size_t> released_{0};
};

}  // namespace pf::video
