// What a device may do in a session and when that ends: who has to be told, and when it is over.
//
// Pure, a part of HostSession. Times are of the local clock: whoever knows the calendar turns dates
// into them. Source: docs/protocol/punktfunk1.md section 6.6.
#pragma once

#include <array>
#include <chrono>
#include <optional>

#include "core/base/time.h"
#include "core/message/control_message.h"

namespace pf::control {

struct AccessTerms {
  message::Grants grants = message::Grants::all();
  std::optional<LocalTime> until;  // none: no end
  bool operator==(const AccessTerms&) const = default;
};

class AccessWatch {
 public:
  // The client is told when so much is left.
  static constexpr std::array<std::chrono::seconds, 2> kWarnings{std::chrono::seconds(300),
                                                                 std::chrono::seconds(60)};

  explicit AccessWatch(const AccessTerms& terms) noexcept : terms_(terms) {}

  message::Grants grants() const noexcept { return terms_.grants; }
  bool ended(LocalTime now) const noexcept { return terms_.until && *terms_.until <= now; }
  // Rounded up, so that it is 0 only when there is no end.
  std::chrono::seconds remaining(LocalTime now) const noexcept;

  void change(const AccessTerms& terms) noexcept { terms_ = terms; }
  message::AccessUpdate update(LocalTime now) const noexcept;

  // The next warning after `now`, or the end; empty: neither will come.
  std::optional<LocalTime> next_after(LocalTime now) const noexcept;

 private:
  AccessTerms terms_;
};

}  // namespace pf::control
