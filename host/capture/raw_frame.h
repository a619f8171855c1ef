// One captured picture. It is moved, not shared: whoever holds a compositor's buffer is visible.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "core/base/display_mode.h"
#include "core/base/fixed_list.h"
#include "core/base/time.h"

namespace pf::capture {

enum class PixelFormat : std::uint8_t {
  bgrx,  // bytes B, G, R, ignored: DRM XRGB8888 on little endian
};

// Borrowed until the frame's lease goes. The pointer stays the same mapping across frames of one
// buffer.
struct CpuImage {
  const std::byte* pixels = nullptr;
  SizePx size_px;
  std::uint32_t stride_bytes = 0;
  PixelFormat format = PixelFormat::bgrx;
};

// Gives a buffer back to whoever lent it, once.
class FrameLease {
 public:
  using GiveBack = void (*)(void* lender, std::uint64_t token) noexcept;

  FrameLease() = default;
  FrameLease(GiveBack give_back, void* lender, std::uint64_t token) noexcept
      : give_back_(give_back), lender_(lender), token_(token) {}
  FrameLease(FrameLease&& other) noexcept { *this = std::move(other); }
  FrameLease& operator=(FrameLease&& other) noexcept {
    if (this != &other) {
      reset();
      give_back_ = std::exchange(other.give_back_, nullptr);
      lender_ = other.lender_;
      token_ = other.token_;
    }
    return *this;
  }
  ~FrameLease() { reset(); }

  void reset() noexcept {
    if (GiveBack give_back = std::exchange(give_back_, nullptr)) give_back(lender_, token_);
  }

 private:
  GiveBack give_back_ = nullptr;
  void* lender_ = nullptr;
  std::uint64_t token_ = 0;
};

using Damage = FixedList<RectPx, 16>;  // empty: unknown, assume all

struct RawFrame {
  CpuImage image;
  LocalTime
      captured_at;  // when the compositor committed the picture (its own CLOCK_MONOTONIC stamp)
  LocalTime delivered_at;  // when it was in our hands
  LocalTime drawn_at;      // a program drew the newest of it; LocalTime{}: none did, or nobody says
  Nanos compositor_late{0};  // the most that it was behind with anything since the frame before
  Damage damage_px;  // what changed since the frame this source returned before; dropped frames
                     // added up
  FrameLease lease;  // must go before its source does
};

}  // namespace pf::capture
