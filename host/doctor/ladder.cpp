#include "host/doctor/ladder.h"

#include <algorithm>

#include "host/doctor/patient.h"

namespace pf::doctor {

std::string_view to_string(State state) noexcept {
  switch (state) {
    case State::waiting:
      return "waiting";
    case State::running:
      return "running";
    case State::ok:
      return "ok";
    case State::warning:
      return "warning";
    case State::failed:
      return "failed";
    case State::skipped:
      return "skipped";
  }
  return "waiting";
}

std::vector<Step> climb(Patient& patient, const ClimbOptions& options, const Told& told) {
  std::vector<Step> steps;
  for (const Rung& rung : rungs()) {
    const auto& only = options.only;
    if (only.empty() || std::find(only.begin(), only.end(), rung.name) != only.end())
      steps.push_back({.rung = &rung});
  }
  for (Step& step : steps) {
    step.finding.state = State::running;
    told(step);
    const LocalTime began = patient.clock().now();
    step.finding = step.rung->look(patient);
    step.took = patient.clock().now() - began;
    const bool trouble =
        step.finding.state == State::failed || step.finding.state == State::warning;
    if (trouble && step.finding.fix.empty()) step.finding.fix = step.rung->fix;
    told(step);
    if (step.finding.state == State::failed && !options.keeps_going) break;
  }
  return steps;
}

State verdict(const std::vector<Step>& steps) noexcept {
  const Step* const trouble = first_trouble(steps);
  return trouble == nullptr ? State::ok : trouble->finding.state;
}

const Step* first_trouble(const std::vector<Step>& steps) noexcept {
  for (const State state : {State::failed, State::warning}) {
    for (const Step& step : steps)
      if (step.finding.state == state) return &step;
  }
  return nullptr;
}

}  // namespace pf::doctor
