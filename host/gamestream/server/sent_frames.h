// Which picture a frame of the client's counting was: the client counts what we sent, from 1 and
// without a gap, the encoder what it made.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>

#include "core/base/frame_id.h"
#include "host/gamestream/protocol/video_packets.h"

namespace pf::gamestream {

class SentFrames {
 public:
  // Two seconds at 240 Hz; a client that misses more needs a key frame anyway.
  static constexpr std::uint32_t kMaxFrames = 512;

  // Send thread, for each frame, in order, before its first packet.
  void on_leaving(std::uint32_t frame_index, FrameId id, FrameKind kind) noexcept {
    ids_[frame_index % kMaxFrames].store(static_cast<std::uint32_t>(value(id)),
                                         std::memory_order_relaxed);
    if (kind == FrameKind::idr) newest_idr_.store(frame_index, std::memory_order_release);
    if (kind == FrameKind::after_invalidation)
      newest_anchor_.store(frame_index, std::memory_order_release);
    newest_.store(frame_index, std::memory_order_release);
  }

  // What is to be done about frames that a client lost.
  struct Answer {
    enum class Kind : std::uint8_t {
      nothing,  // a frame that it will get heals it, or the client speaks of frames that never were
      forget,   // these pictures
      idr,      // it is too long ago to tell
    };
    Kind kind = Kind::nothing;
    std::uint32_t first_id = 0, last_id = 0;  // low 32 bits of FrameId, both included
  };

  // Control thread. Both included. A client repeats itself, each time with more, until it gets a
  // picture that heals it: what such a picture on its way answers already is not asked again.
  Answer on_lost(std::uint32_t first, std::uint32_t last) noexcept {
    const std::uint32_t newest = newest_.load(std::memory_order_acquire);
    if (first == 0 || first > last || first > newest) return {};
    if (last < newest_idr_.load(std::memory_order_acquire)) return {};
    const bool asked = asked_first_ != 0 && first >= asked_first_ && first <= asked_last_;
    if (asked && last < newest_anchor_.load(std::memory_order_acquire)) return {};
    // A margin, since the send thread overwrites the oldest meanwhile.
    if (newest - first >= kMaxFrames - 8) return {.kind = Answer::Kind::idr};
    last = last < newest ? last : newest;
    asked_first_ = first;
    asked_last_ = last;
    return {.kind = Answer::Kind::forget, .first_id = id_of(first), .last_id = id_of(last)};
  }

  // Any thread; 0: none yet.
  std::uint32_t newest() const noexcept { return newest_.load(std::memory_order_acquire); }

 private:
  std::uint32_t id_of(std::uint32_t frame_index) const noexcept {
    return ids_[frame_index % kMaxFrames].load(std::memory_order_relaxed);
  }

  std::array<std::atomic<std::uint32_t>, kMaxFrames> ids_{};
  std::atomic<std::uint32_t> newest_{0}, newest_idr_{0}, newest_anchor_{0};
  std::uint32_t asked_first_ = 0, asked_last_ = 0;  // control thread: of the last answer
};

}  // namespace pf::gamestream
