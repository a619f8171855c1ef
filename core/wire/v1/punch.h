// The packet by which a host learns where a client's media socket is, and which keeps that way open
// through a NAT (docs/protocol/punktfunk1.md section 10.1).
#pragma once

#include <string_view>

#include "core/base/time.h"

namespace pf::wire::v1 {

// The whole packet, unsealed.
inline constexpr std::string_view kPunch = "PFpunch1";

// When a client sends the next one: often at first, so that the host learns the address, then as
// keep-alive. Pure.
class PunchSchedule {
 public:
  explicit constexpr PunchSchedule(LocalTime now) noexcept : due_(now) {}

  constexpr LocalTime due() const noexcept { return due_; }
  constexpr void on_sent(LocalTime now) noexcept {
    due_ = now + (++sent_ < kFirstCount ? kFirstSpacing : kLaterSpacing);
  }

 private:
  static constexpr int kFirstCount = 15;
  static constexpr Nanos kFirstSpacing = milliseconds(200);
  static constexpr Nanos kLaterSpacing = seconds(2);

  LocalTime due_;
  int sent_ = 0;
};

}  // namespace pf::wire::v1
