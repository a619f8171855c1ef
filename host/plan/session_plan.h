// Everything a session will do, decided once, by a pure function, before anything is opened.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/display_mode.h"
#include "core/base/result.h"
#include "core/message/handshake.h"

namespace pf::plan {

// What this host offers, from its configuration.
struct HostOffer {
  std::uint32_t default_bitrate_kbps = 20'000;
  std::uint32_t fec_percent = 10;
  bool fec_adaptive = true;
  std::uint32_t slices = 1;
  std::vector<std::string> command;
  std::string run_as;
};

struct SessionPlan {
  DisplayMode mode;
  std::uint32_t bitrate_kbps = 0;
  std::uint32_t fec_percent = 0;
  bool fec_adaptive = true;
  std::uint32_t slices = 1;
  std::uint16_t shard_bytes = 0;
  std::uint16_t max_data_per_block = 0;
  std::uint32_t max_frame_bytes = 0;  // the largest access unit that memory is taken for
  std::vector<std::string> command;
  std::string run_as;
};

// The largest mode anybody may ask for; beyond it a display costs more memory than a mistake
// should.
inline constexpr SizePx kLargestMode{7680, 4320};
inline constexpr SizePx kSmallestMode{64, 64};
inline constexpr std::uint32_t kHighestRefreshHz = 480;

// `refused` with a sentence for the client when the mode is nonsense or no codec is shared.
Result<SessionPlan> plan_session(const HostOffer& offer, const message::Hello& hello,
                                 bool peer_is_ipv6);

}  // namespace pf::plan
