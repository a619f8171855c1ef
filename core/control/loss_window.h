// How much was lost since the last loss report, as the report says it.
//
// The specification's formula (docs/protocol/punktfunk1.md section 6.2) counts shards that error
// correction rebuilt. It is blind to the packets of frames that were given up, and with them to
// exactly the loss that parity should have been raised for. Every packet carries a number, so what
// is missing is known whatever became of its frame: the report says that, in the same field, and
// the formula only where it finds more. Pure.
#pragma once

#include <cstdint>

namespace pf::control {

// Counted since the session began, by whoever puts packets together. All of them only grow.
struct ReceptionTotals {
  std::uint64_t received = 0;        // shards
  std::uint64_t recovered = 0;       // data shards rebuilt by error correction
  std::uint64_t late = 0;            // arrived after they had been rebuilt
  std::uint64_t frames_dropped = 0;  // begun and never completed
  std::uint64_t packets_sent = 0;    // by the host, as the newest packet number says
  std::uint64_t packets_opened = 0;  // authentic and new
};

class LossWindow {
 public:
  // Lost packets for a million since the call before. A dropped frame adds 50 000: what parity
  // there was did not do.
  std::uint32_t report(const ReceptionTotals& now) noexcept;

  // What was lost until now was lost on purpose (a speed test) and is in no report.
  void skip(const ReceptionTotals& now) noexcept;

 private:
  std::uint64_t lost_since(const ReceptionTotals& now) noexcept;

  ReceptionTotals before_;
  // Packets on their way count as missing when others have overtaken them, and come after all. Only
  // what exceeds the most that was ever missing is new.
  std::uint64_t reported_lost_ = 0;
};

}  // namespace pf::control
