// Where a front door takes encoded pictures from us, and sends them. It stands between two threads:
// the video thread offers parts, the send thread runs.
#pragma once

#include "core/base/result.h"
#include "core/runtime/supervised_thread.h"
#include "host/encode/encoder.h"

namespace pf::pipeline {

class FrameOutlet : public encode::PartSink {
 public:
  // Video thread. After every (re)open of the encoder; the next access unit is an IDR.
  virtual void begin_epoch(const encode::StreamParameters& parameters) = 0;
  // Video thread. Room for the plan's worst picture; rings the video thread's bell when it comes.
  virtual bool has_room() noexcept = 0;
  // Send thread: takes what was offered, protects, seals, paces and sends it until the shift is
  // over.
  virtual Result<void> run(Shift& shift) = 0;
};

}  // namespace pf::pipeline
