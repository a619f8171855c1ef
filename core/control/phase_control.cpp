#include "core/control/phase_control.h"

#include <algorithm>
#include <cmath>

namespace pf::control {
namespace {

constexpr double kTurn = 2 * 3.14159265358979323846;

double as_double(Nanos span) noexcept { return static_cast<double>(span.count()); }
Nanos rounded(double ns) noexcept { return Nanos(std::llround(ns)); }

// Pictures and latches have a phase only if one period is a whole number of the other's: 60
// pictures on a 144 Hz screen wait for another time each. A screen's 59.94 Hz pass for 60.
bool fits(Nanos frame_period, Nanos panel_period) noexcept {
  constexpr double kOff = 0.01;
  const double ratio = as_double(frame_period) / as_double(panel_period);
  const double whole = std::round(ratio);
  return whole >= 1 && std::abs(ratio - whole) <= kOff * whole;
}

bool makes_sense(const message::PhaseReport& report, Nanos frame_period,
                 WireTime wire_now) noexcept {
  const Nanos period(report.period_ns);
  if (period < kLeastPanelPeriod || period > kMostPanelPeriod) return false;
  if (report.lead_ns > report.period_ns || report.uncertainty_ns >= report.period_ns / 2)
    return false;
  // Bounded before they are subtracted: a stamp may be any 64 bits.
  const WireTime soonest = wire_now - PhaseControl::kMostDistance;
  const WireTime latest = wire_now + PhaseControl::kMostDistance;
  if (report.next_latch < soonest || report.next_latch > latest) return false;
  const std::uint16_t coherence = report.coherence_permille.value_or(1000);
  if (coherence < PhaseControl::kLeastCoherencePermille || coherence > 1000) return false;
  return fits(frame_period, period);
}

// The standard deviation that a mean vector of this length stands for (Mardia, circular
// statistics).
double spread_ns(const message::PhaseReport& report) noexcept {
  constexpr double kOfTheSilent = 0.9;  // old clients do not say
  const double coherence =
      report.coherence_permille ? *report.coherence_permille / 1000.0 : kOfTheSilent;
  return report.period_ns / kTurn * std::sqrt(-2 * std::log(std::min(coherence, 1.0)));
}

}  // namespace

void PhaseMeter::on_picture(LocalTime ready) noexcept {
  const double angle = as_double(next_latch(ready) - ready) / as_double(period_) * kTurn;
  sum_x_ += std::cos(angle);
  sum_y_ += std::sin(angle);
  ++pictures_;
}

LocalTime PhaseMeter::next_latch(LocalTime now) const noexcept {
  const Nanos past = (now - latch_) % period_;
  return past > Nanos(0) ? now + (period_ - past) : now - past;
}

std::optional<message::PhaseReport> PhaseMeter::take_report() noexcept {
  if (pictures_ < kLeastPictures) return std::nullopt;
  double angle = std::atan2(sum_y_, sum_x_);
  if (angle < 0) angle += kTurn;
  const double lead_ns = angle / kTurn * as_double(period_);
  const double coherence = std::hypot(sum_x_, sum_y_) / pictures_;
  sum_x_ = sum_y_ = 0;
  pictures_ = 0;
  return message::PhaseReport{
      .period_ns = static_cast<std::uint32_t>(period_.count()),
      .lead_ns = static_cast<std::uint32_t>(std::llround(lead_ns)),
      .coherence_permille = static_cast<std::uint16_t>(std::min(1000.0, coherence * 1000))};
}

std::optional<Nanos> PhaseControl::on_report(const message::PhaseReport& report, Nanos frame_period,
                                             WireTime wire_now, LocalTime now) noexcept {
  if (!makes_sense(report, frame_period, wire_now)) return std::nullopt;
  if (moved_at_ && now - *moved_at_ < kSpacing) return std::nullopt;
  const double period_ns = report.period_ns;
  const double wanted_ns = std::min(as_double(kLeastLead) + 2 * spread_ns(report), period_ns / 2);
  // The shorter way round: half a period too early is half a period too late.
  const double early_ns = std::remainder(report.lead_ns - wanted_ns, period_ns);
  if (std::abs(early_ns) < as_double(kCloseEnough)) return std::nullopt;
  moved_at_ = now;
  return std::clamp(rounded(kGain * early_ns), -kMostStep, kMostStep);
}

}  // namespace pf::control
