#include "client/probe/panel.h"

#include <algorithm>
#include <utility>

namespace pf::probe {
namespace {

Nanos period_of(double refresh_hz) { return Nanos(static_cast<std::int64_t>(1e9 / refresh_hz)); }

}  // namespace

Panel::Panel(double refresh_hz, endpoint::ClientEndpoint& client, LocalTime now)
    : client_(client), meter_(now, period_of(refresh_hz)), report_at_(now + kReportInterval) {}

void Panel::show(WireTime pts, LocalTime decoded_at) {
  if (decoded_at < still_until_) {
    held_ = pts;
    return;
  }
  if (held_)
    client_.presented(*std::exchange(held_, std::nullopt), meter_.next_latch(still_until_));
  client_.presented(pts, meter_.next_latch(decoded_at));
}

void Panel::on_picture(WireTime pts, LocalTime decoded_at) {
  show(pts, decoded_at);
  meter_.on_picture(decoded_at);
  if (decoded_at < report_at_) return;
  report_at_ = decoded_at + kReportInterval;
  auto report = meter_.take_report();
  const endpoint::ClockReading clock = client_.clock_reading();
  if (!report || !clock.synchronised) return;
  report->next_latch =
      WireTime(meter_.next_latch(decoded_at).since_epoch() + clock.host_minus_local);
  report->uncertainty_ns =
      static_cast<std::uint32_t>(std::min<std::int64_t>(clock.error_bound.count(), UINT32_MAX));
  PhaseNote note{.lead_us = report->lead_ns / 1000,
                 .coherence_permille = report->coherence_permille.value_or(0),
                 .applied_us = {}};
  const auto timings = client_.host_timings();
  if (!timings.empty() && timings.back().applied_phase_ns)
    note.applied_us = *timings.back().applied_phase_ns / 1000;
  notes_.push_back(note);
  client_.say(*report);
}

}  // namespace pf::probe
