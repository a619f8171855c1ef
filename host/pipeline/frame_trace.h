// Why was a frame late? One row for each access unit with the instant of every stage on the host,
// in a ring of the last minute and more. The client's half is joined to it by the wire's pts.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <vector>

#include "core/base/frame_id.h"
#include "core/base/time.h"

namespace pf::pipeline {

struct FrameRow {
  FrameId id{};
  LocalTime captured;    // the compositor committed the picture
  LocalTime delivered;   // it was in our hands
  LocalTime submitted;   // converted, handed to the codec
  LocalTime encoded;     // its last part left the codec
  LocalTime first_sent;  // the first batch was handed to the socket
  LocalTime last_sent;   // and the last
  std::uint32_t bytes = 0;
  std::uint32_t packets = 0;
  bool idr = false;
};

class TraceRing {  // one writer, any reader; a short lock once a frame, never once a packet
 public:
  static constexpr std::size_t kMaxRows = 16'384;  // a minute at 240 Hz and some more; 1.4 MB

  TraceRing() { rows_.reserve(kMaxRows); }
  void add(const FrameRow& row) {
    std::lock_guard lock(mutex_);
    if (rows_.size() < kMaxRows) {
      rows_.push_back(row);
    } else {
      rows_[added_ % kMaxRows] = row;
    }
    ++added_;
  }
  std::vector<FrameRow> rows() const {  // oldest first
    std::lock_guard lock(mutex_);
    std::vector<FrameRow> ordered;
    ordered.reserve(rows_.size());
    const std::size_t oldest = rows_.size() < kMaxRows ? 0 : added_ % kMaxRows;
    for (std::size_t i = 0; i < rows_.size(); ++i)
      ordered.push_back(rows_[(oldest + i) % rows_.size()]);
    return ordered;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<FrameRow> rows_;
  std::size_t added_ = 0;
};

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
