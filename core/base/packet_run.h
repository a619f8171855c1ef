// Packets end to end at one stride: a frame, or one piece of a streamed frame, in the order of the
// wire. All have full size, so that a batch for segmentation offload is one pointer and one length.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace pf {

struct PacketRun {            // borrowed from whoever made it, mostly a PacketArena
  std::byte* base = nullptr;  // first wire byte of packet 0
  std::uint32_t count = 0;
  std::uint16_t stride = 0;  // wire bytes of every packet

  std::span<std::byte> packet(std::uint32_t index) const noexcept {
    return {base + std::size_t{index} * stride, stride};
  }
  // `length` packets from `first` on.
  PacketRun part(std::uint32_t first, std::uint32_t length) const noexcept {
    return {.base = base + std::size_t{first} * stride, .count = length, .stride = stride};
  }
  std::size_t bytes() const noexcept { return std::size_t{count} * stride; }
};

}  // namespace pf
