#include "core/video/frame_window.h"

namespace pf::video {
namespace {

// The id nearest to `newest` with these low 32 bits.
FrameId expand(std::uint32_t index, FrameId newest) noexcept {
  const auto step = static_cast<std::int32_t>(index - static_cast<std::uint32_t>(value(newest)));
  return FrameId{value(newest) + static_cast<std::uint64_t>(static_cast<std::int64_t>(step))};
}

// Stamps are the peer's words, so their difference may not overflow.
bool too_old(WireTime pts, WireTime newest, Nanos patience = FrameWindow::kPatience) noexcept {
  const auto age_ns = static_cast<std::int64_t>(static_cast<std::uint64_t>(newest.ns()) -
                                                static_cast<std::uint64_t>(pts.ns()));
  return Nanos(age_ns) > patience;
}

}  // namespace

FrameWindow::FrameWindow(FrameMemory& memory, fec::FecCodec& codec, ReceptionCounters& counters,
                         Incomplete incomplete) noexcept
    : memory_(memory), codec_(codec), counters_(counters), incomplete_(incomplete) {}

std::optional<ReassembledFrame> FrameWindow::push(const message::Packet& packet,
                                                  LocalTime received_at) noexcept {
  const message::PacketHeader& header = packet.header;
  if (!advance(header)) {
    counters_.reject(PacketRejection::stale);
    return std::nullopt;
  }
  Slot& slot = slot_of(header.frame_index);
  if (slot.state == State::unseen || slot.index != header.frame_index)
    open(slot, header, received_at);
  if (slot.state != State::open) {
    count_after_the_end(slot, header);
    return std::nullopt;
  }
  slot.last_at = received_at;
  const std::uint32_t recovered_before = slot.assembly.recovered_count();
  switch (slot.assembly.add(packet, codec_, memory_)) {
    case ShardOutcome::stored:
      break;
    case ShardOutcome::surplus:
      ++counters_.surplus;
      break;
    case ShardOutcome::late:
      ++counters_.late;
      break;
    case ShardOutcome::duplicate:
      ++counters_.duplicate;
      break;
    case ShardOutcome::inconsistent:
      counters_.reject(PacketRejection::inconsistent);
      return std::nullopt;
    case ShardOutcome::no_memory:
      counters_.reject(PacketRejection::no_memory);
      return std::nullopt;
    case ShardOutcome::broken:
      counters_.reject(PacketRejection::inconsistent);
      give_up(slot);
      return std::nullopt;
  }
  ++counters_.received;
  ++slot.packets;
  counters_.recovered += slot.assembly.recovered_count() - recovered_before;
  if (!slot.assembly.complete()) return std::nullopt;
  return deliver(slot);
}

// Moves the window on when the packet is of a newer frame. False: its frame is too far behind.
bool FrameWindow::advance(const message::PacketHeader& header) noexcept {
  if (!started_) {
    started_ = true;
    newest_ = FrameId{header.frame_index};
    newest_pts_ = header.pts;
    return true;
  }
  const auto newest_index = static_cast<std::uint32_t>(value(newest_));
  if (!message::newer_index(newest_index, header.frame_index)) {
    if (newest_index - header.frame_index >= kFrames) return false;
    const Slot& slot = slot_of(header.frame_index);
    const bool seen = slot.state != State::unseen && slot.index == header.frame_index;
    return seen || !too_old(header.pts, newest_pts_);
  }
  newest_ = expand(header.frame_index, newest_);
  newest_pts_ = header.pts;
  for (Slot& slot : slots_) {
    if (slot.state == State::unseen) continue;
    const bool behind = header.frame_index - slot.index >= kFrames;
    if (slot.state == State::open) {
      if (may_have_holes(slot) && too_old(slot.pts, newest_pts_, kPartialPatience)) {
        give_up_with_holes(slot);
      } else if (behind || too_old(slot.pts, newest_pts_)) {
        give_up(slot);
      }
    }
    if (behind) {
      if (slot.state == State::with_holes) slot.assembly.clear(memory_);  // nobody asked
      slot.state = State::unseen;
    }
  }
  return true;
}

void FrameWindow::open(Slot& slot, const message::PacketHeader& header,
                       LocalTime received_at) noexcept {
  slot.state = State::open;
  slot.index = header.frame_index;
  slot.rebuilt_left = 0;
  slot.packets = 0;
  slot.pts = header.pts;
  slot.flags = header.flags;
  slot.first_at = received_at;
  slot.assembly.begin(header);
}

void FrameWindow::give_up(Slot& slot) noexcept {
  slot.assembly.clear(memory_);
  slot.state = State::given_up;
  ++counters_.frames_dropped;
}

bool FrameWindow::may_have_holes(const Slot& slot) const noexcept {
  return incomplete_ == Incomplete::handed_up &&
         (slot.flags & message::frame_flags::kChunkAligned) != 0;
}

// What it lacks counts as lost all the same.
void FrameWindow::give_up_with_holes(Slot& slot) noexcept {
  const auto missing = slot.assembly.fill_holes();
  if (!missing) return give_up(slot);
  slot.missing = *missing;
  slot.state = State::with_holes;
  ++counters_.frames_dropped;
  ++counters_.frames_partial;
}

std::optional<ReassembledFrame> FrameWindow::poll_partial() noexcept {
  if (incomplete_ == Incomplete::dropped) return std::nullopt;
  Slot* oldest = nullptr;
  for (Slot& slot : slots_) {
    if (slot.state != State::with_holes) continue;
    if (oldest == nullptr || message::newer_index(slot.index, oldest->index)) oldest = &slot;
  }
  if (oldest == nullptr) return std::nullopt;
  ReassembledFrame frame = take(*oldest);
  frame.missing_count = oldest->missing;
  oldest->state = State::given_up;
  return frame;
}

// A packet of a frame that was delivered or given up. Which data shards of a delivered frame had
// been rebuilt is no longer known; since the network seldom duplicates and the replay window drops
// what it does, any that still arrives is taken for one of them as long as some are left.
void FrameWindow::count_after_the_end(Slot& slot, const message::PacketHeader& header) noexcept {
  if (slot.state != State::delivered) {
    counters_.reject(PacketRejection::stale);
    return;
  }
  ++counters_.received;
  if (header.shard_index >= header.data_count) {
    ++counters_.surplus;
  } else if (slot.rebuilt_left > 0) {
    --slot.rebuilt_left;
    ++counters_.late;
  } else {
    ++counters_.duplicate;
  }
}

std::optional<ReassembledFrame> FrameWindow::deliver(Slot& slot) noexcept {
  if (!slot.assembly.tiled()) {
    give_up(slot);
    return std::nullopt;
  }
  slot.rebuilt_left = slot.assembly.recovered_count();
  slot.state = State::delivered;
  ++counters_.frames_delivered;
  return take(slot);
}

// The frame as it is, out of the slot.
ReassembledFrame FrameWindow::take(Slot& slot) noexcept {
  ReassembledFrame frame{.id = expand(slot.index, newest_),
                         .pts = slot.pts,
                         .flags = slot.flags,
                         .bytes = {},
                         .first_received_at = slot.first_at,
                         .last_received_at = slot.last_at,
                         .packet_count = slot.packets,
                         .recovered_count = slot.assembly.recovered_count(),
                         .memory = {}};
  const std::uint32_t frame_bytes = slot.assembly.frame_bytes();
  frame.memory = slot.assembly.hand_over(memory_);
  frame.bytes = {frame.memory.begin, frame_bytes};
  return frame;
}

}  // namespace pf::video
