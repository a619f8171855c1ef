// One line on standard error that says how the stream goes, renewed twice a second.
#pragma once

#include "client/probe/report.h"

namespace pf::probe {

class Progress {
 public:
  Progress(bool quiet, double seconds) noexcept;
  void show(const Report& report, double elapsed_s);
  void done();  // leaves the line

 private:
  static constexpr double kEvery_s = 0.5;
  bool quiet_;
  bool terminal_;  // else a line each time instead of the same one again
  double seconds_;
  double next_s_ = 0;
  bool shown_ = false;
};

}  // namespace pf::probe
