// What a session costs and how much it did, counted by the threads of its pipeline. What became of
// each frame: host/recorder/session_trace.h.
#pragma once

#include <atomic>
#include <cstdint>

#include "core/base/time.h"
#include "host/recorder/session_trace.h"

namespace pf::pipeline {

using recorder::FrameRow;

// CPU time by stage, added up over the session; each stage has one writer.
struct StageCpu {
  std::atomic<std::int64_t> capture_ns{0};
  std::atomic<std::int64_t> convert_ns{0};
  std::atomic<std::int64_t> encode_ns{0};  // with the outlet's work on what the encoder gives out
  std::atomic<std::int64_t> packetise_ns{0};  // that work
  std::atomic<std::int64_t> send_ns{0};       // parity, seal, send
  std::atomic<std::int64_t> desktop_ns{0};  // the compositor of this session, a process of its own
};

struct StageCounts {
  std::atomic<std::uint64_t> captured{0};
  std::atomic<std::uint64_t> sent{0};
  std::atomic<std::uint64_t> epochs{0};
};

inline void add(std::atomic<std::int64_t>& total, Nanos part) noexcept {
  total.store(total.load(std::memory_order_relaxed) + part.count(), std::memory_order_relaxed);
}

}  // namespace pf::pipeline
