// The frames of one kind that are under way: the newest and the 63 before it
// (docs/protocol/punktfunk1.md section 12.2). Decides which packets still matter, when a frame is
// done and when it is given up.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "core/base/frame_id.h"
#include "core/base/time.h"
#include "core/fec/fec_codec.h"
#include "core/message/packet.h"
#include "core/video/frame_assembly.h"
#include "core/video/frame_memory.h"
#include "core/video/reception.h"

namespace pf::video {

// What becomes of frames that lack shards for good.
enum class Incomplete : std::uint8_t {
  dropped,
  handed_up,  // those whose shards decode by themselves, with zeros for what is missing
};

class FrameWindow {
 public:
  // Frames with an index this far behind the newest are given up, and packets of them not looked
  // at.
  static constexpr std::uint32_t kFrames = 64;
  // So are frames captured this much before the newest.
  static constexpr Nanos kPatience = milliseconds(120);
  // And those that are handed up incomplete.
  static constexpr Nanos kPartialPatience = milliseconds(30);

  // `memory`, `codec` and `counters` outlive the window; windows may share them.
  FrameWindow(FrameMemory& memory, fec::FecCodec& codec, ReceptionCounters& counters,
              Incomplete incomplete) noexcept;

  // A frame that this packet completed.
  std::optional<ReassembledFrame> push(const message::Packet& packet,
                                       LocalTime received_at) noexcept;

  // The oldest frame that was given up with holes, if one waits.
  std::optional<ReassembledFrame> poll_partial() noexcept;

 private:
  // A frame with holes was given up, and waits for poll_partial() with its holes filled.
  enum class State : std::uint8_t { unseen, open, delivered, with_holes, given_up };
  struct Slot {
    State state = State::unseen;
    std::uint32_t index = 0;
    std::uint32_t rebuilt_left = 0;  // of a delivered frame: rebuilt shards that may yet arrive
    std::uint32_t packets = 0;
    std::uint32_t missing = 0;  // data shards of a frame with holes
    WireTime pts;
    std::uint32_t flags = 0;
    LocalTime first_at;
    LocalTime last_at;
    FrameAssembly assembly;
  };

  bool advance(const message::PacketHeader& header) noexcept;
  Slot& slot_of(std::uint32_t index) noexcept { return slots_[index % kFrames]; }
  void open(Slot& slot, const message::PacketHeader& header, LocalTime received_at) noexcept;
  bool may_have_holes(const Slot& slot) const noexcept;
  void give_up(Slot& slot) noexcept;
  void give_up_with_holes(Slot& slot) noexcept;
  void count_after_the_end(Slot& slot, const message::PacketHeader& header) noexcept;
  std::optional<ReassembledFrame> deliver(Slot& slot) noexcept;
  ReassembledFrame take(Slot& slot) noexcept;

  FrameMemory& memory_;
  fec::FecCodec& codec_;
  ReceptionCounters& counters_;
  const Incomplete incomplete_;
  std::array<Slot, kFrames> slots_;
  bool started_ = false;
  FrameId newest_{};
  WireTime newest_pts_;
};

}  // namespace pf::video
