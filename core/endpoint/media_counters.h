// What a media session counts. Written by the session's own two threads, readable by any.
#pragma once

#include <atomic>
#include <cstdint>

namespace pf::endpoint {

struct MediaCounters {
  // Outgoing.
  std::atomic<std::uint64_t> frames_submitted{0};
  std::atomic<std::uint64_t> packets_sent{0};     // that the link took
  std::atomic<std::uint64_t> packets_refused{0};  // that it did not take
  std::atomic<std::uint64_t> bytes_sent{0};       // of whole datagrams

  // Incoming.
  std::atomic<std::uint64_t> packets_received{0};  // of the peer, whatever became of them
  std::atomic<std::uint64_t> packets_dropped{0};   // forged, replayed, malformed or stale ones
  std::atomic<std::uint64_t> bytes_received{0};    // of whole datagrams
  std::atomic<std::uint64_t> frames_completed{0};
  std::atomic<std::uint64_t> frames_dropped{0};  // begun and given up incomplete
  std::atomic<std::uint64_t> recovered_shards{0};
};

// One writer for each counter, so plain additions will do.
inline void add(std::atomic<std::uint64_t>& counter, std::uint64_t count) noexcept {
  counter.store(counter.load(std::memory_order_relaxed) + count, std::memory_order_relaxed);
}

}  // namespace pf::endpoint
