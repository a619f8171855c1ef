// Climbs the ladder: asks rung after rung, tells each turn, and stops at the first that failed.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/base/time.h"
#include "host/doctor/finding.h"
#include "host/doctor/rungs.h"

namespace pf::doctor {

struct Step {
  const Rung* rung = nullptr;
  Finding finding{State::waiting, {}, {}};
  Nanos took{0};
};

struct ClimbOptions {
  // Names of the only rungs to ask; empty: all.
  std::vector<std::string> only;
  bool keeps_going = false;  // past a rung that failed
};

// The last rungs ask each other's results, so they come together; `told` is called when a rung
// begins and when it has ended.
using Told = std::function<void(const Step&)>;
std::vector<Step> climb(Patient& patient, const ClimbOptions& options, const Told& told);

// The worst: failed, warning or ok.
State verdict(const std::vector<Step>& steps) noexcept;
// The first that failed, else the first warning; nullptr: neither.
const Step* first_trouble(const std::vector<Step>& steps) noexcept;

}  // namespace pf::doctor
