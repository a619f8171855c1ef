// A screen that nobody has: it refreshes at a fixed rate, so that the host learns when pictures are
// wanted, and the report how long they waited.
#pragma once

#include <cstdint>
#include <vector>

#include "core/control/phase_control.h"
#include "core/endpoint/client_endpoint.h"

namespace pf::probe {

// What was told the host, once a second, and what it made of it.
struct PhaseNote {
  std::uint32_t lead_us = 0;  // from decoded to latched, on the average
  std::uint32_t coherence_permille = 0;
  std::optional<std::int32_t> applied_us;  // the host's shift at that time; empty: it says nothing
};

class Panel {
 public:
  static constexpr Nanos kReportInterval = seconds(1);

  // `client` outlives the panel.
  Panel(double refresh_hz, endpoint::ClientEndpoint& client, LocalTime now);

  // A picture was decoded: it is shown at the next refresh. Tells the host when it is time.
  void on_picture(WireTime pts, LocalTime decoded_at);
  // Nothing new is shown until then; of what comes meanwhile the newest is, afterwards.
  void stand_still(LocalTime until) noexcept { still_until_ = until; }
  const std::vector<PhaseNote>& notes() const noexcept { return notes_; }

 private:
  void show(WireTime pts, LocalTime decoded_at);

  endpoint::ClientEndpoint& client_;
  control::PhaseMeter meter_;
  LocalTime report_at_;
  LocalTime still_until_;
  std::optional<WireTime> held_;  // while it stands still
  std::vector<PhaseNote> notes_;
};

}  // namespace pf::probe
