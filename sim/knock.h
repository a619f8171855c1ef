// One connection on which a client wants in: the control planes of both ends, without media and
// without TLS, and what the host's circumstances make of it. Each row of the table of close codes
// that a host refuses with is such a circumstance (docs/protocol/punktfunk1.md section 3.3).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/base/rng.h"
#include "core/message/close_code.h"
#include "sim/play.h"
#include "sim/sabotage.h"
#include "sim/stream_link.h"

namespace pf::sim {

enum class Circumstance : std::uint8_t {
  // The client streams, and leaves.
  host_is_open,
  device_is_paired,
  operator_approves,
  // And is put out.
  access_runs_out,
  device_is_unpaired,
  // Or is refused.
  wire_is_another,
  no_identity,
  operator_denies,
  operator_is_away,
  knocked_again,
  launch_is_forbidden,
  host_is_busy,
  set_up_fails,
  // It pairs, or may not.
  pin_is_right,
  pin_is_wrong,
  pairing_is_not_armed,
  pairing_is_for_another,
  pairing_is_too_soon,
  pairing_without_identity,
  disk_is_full,
};

struct Row {
  Circumstance circumstance{};
  std::string_view what;
  message::CloseCode code{};  // with which the connection ends, whoever ends it
  bool pairs = false;         // the client asks to be paired, not to be let in
  bool streams = false;       // it gets in
};
std::span<const Row> reject_table();

struct KnockParams {
  Row row;
  StreamFaults ways;             // in both directions
  Nanos patience{0};             // of whoever answers for the host, and of a client that is in
  std::optional<Nanos> lost_at;  // since the beginning: nothing passes any more
  Sabotage sabotage = Sabotage::none;
};

struct KnockOutcome {
  std::string violations;  // a line each
  bool streamed = false;
  Nanos length{0};
};

// Plays it to its end. `rng`: the network and both ends draw from it.
KnockOutcome knock(const KnockParams& params, Rng& rng);

// A client that comes back up to six times, each time to other circumstances, over other ways; the
// first circumstance follows from the seed, so that as many seeds as there are rows meet them all.
Outcome play_knocks(std::uint64_t seed);

}  // namespace pf::sim
