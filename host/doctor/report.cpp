#include "host/doctor/report.h"

namespace pf::doctor {
namespace {

using Json = nlohmann::ordered_json;

double ms(Nanos span) {
  return static_cast<double>(std::chrono::duration_cast<std::chrono::microseconds>(span).count()) /
         1000;
}

Json text_or_null(const std::string& text) { return text.empty() ? Json() : Json(text); }

Nanos sum(const std::vector<Step>& steps) {
  Nanos all{0};
  for (const Step& step : steps) all += step.took;
  return all;
}

const char* colour_of(State state) {
  switch (state) {
    case State::ok:
      return "\x1b[32m";
    case State::warning:
      return "\x1b[33m";
    case State::failed:
      return "\x1b[31m";
    default:
      return "\x1b[2m";
  }
}

}  // namespace

Json to_json(const Step& step) {
  return {{"name", step.rung->name},
          {"checks", step.rung->checks},
          {"state", to_string(step.finding.state)},
          {"took_ms", ms(step.took)},
          {"what", text_or_null(step.finding.what)},
          {"fix", text_or_null(step.finding.fix)}};
}

Json to_json(const std::vector<Step>& steps) {
  Json list = Json::array();
  for (const Step& step : steps) list.push_back(to_json(step));
  return {{"version", PF_VERSION},
          {"verdict", to_string(verdict(steps))},
          {"took_ms", ms(sum(steps))},
          {"rungs", std::move(list)}};
}

std::string to_text(const Step& step, bool coloured) {
  const std::string state = fmt::format(
      "{:>7}", step.finding.state == State::failed ? "FAILED" : to_string(step.finding.state));
  const std::string shown =
      coloured ? fmt::format("{}{}\x1b[0m", colour_of(step.finding.state), state) : state;
  std::string text = fmt::format("{}  {:>6.2f} s  {:<14} {}\n", shown, ms(step.took) / 1000,
                                 step.rung->name, step.finding.what);
  if (!step.finding.fix.empty()) text += fmt::format("{:>36}-> {}\n", "", step.finding.fix);
  return text;
}

std::string summary(const std::vector<Step>& steps) {
  const Step* const trouble = first_trouble(steps);
  if (trouble == nullptr)
    return fmt::format("\nAll is well, after {:.1f} s.\n", ms(sum(steps)) / 1000);
  return fmt::format("\n{}: {}: {}\nWhat mends it: {}\n",
                     trouble->finding.state == State::failed ? "Broken" : "It streams, but",
                     trouble->rung->name, trouble->finding.what, trouble->finding.fix);
}

}  // namespace pf::doctor
