// How much sound waits for a device beyond its next cycle, so that whoever writes may wake late.
//
// What a writer has used of it in the last 15 to 20 seconds, and kSpare besides, is kept; it grows
// at once when that was not enough. Counted in samples of each channel. One thread.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace pf::client_audio {

class OutputReserve {
 public:
  static constexpr std::uint32_t kSpare = 240;   // 5 ms
  static constexpr std::uint32_t kFirst = 480;   // 10 ms
  static constexpr std::uint32_t kMost = 1'920;  // 40 ms: then the machine is too busy to be heard

  OutputReserve() noexcept { used_.fill(kFirst - kSpare); }

  std::uint32_t frames() const noexcept { return frames_; }

  // A cycle of `played` is over, of which `missing` had not been written; or `left` was left over.
  void on_cycle(std::uint32_t played, std::uint32_t left, std::uint32_t missing) noexcept {
    played_ += played;
    if (played_ >= kBlock) {
      played_ = 0;
      block_ = (block_ + 1) % used_.size();
      used_[block_] = 0;
      frames_ = std::min(frames_, wished());
    }
    const std::uint32_t used = frames_ + missing - std::min(left, frames_ + missing);
    used_[block_] = std::max(used_[block_], used);
    frames_ = std::max(frames_, wished());
  }

 private:
  static constexpr std::uint32_t kBlock = 240'000;  // 5 s

  std::uint32_t wished() const noexcept {
    return std::clamp(*std::max_element(used_.begin(), used_.end()) + kSpare, kSpare, kMost);
  }

  std::uint32_t frames_ = kFirst;
  std::array<std::uint32_t, 4> used_;  // at most, in each block
  std::size_t block_ = 0;
  std::uint32_t played_ = 0;
};

}  // namespace pf::client_audio
