// Verdicts about the rate as people and programs read them.
#pragma once

#include <span>
#include <string>

#include "sim/judge.h"

namespace pf::sim {

// A line for each link, over all of its runs the worst value; a heading first.
std::string judge_table(std::span<const Verdict> verdicts);

// A line for each run that was not good: in what, and the command that repeats it. Empty: all were.
std::string judge_complaints(std::span<const Verdict> verdicts);

// An array with an object for each run; times in milliseconds, rates in kbit/s.
std::string judge_json(std::span<const Verdict> verdicts);

// A whole SVG document: the rate against what the link has, and the queue below it, over time.
std::string judge_plot(const Verdict& verdict);

}  // namespace pf::sim
