// Puts packets of sound back into their order and keeps them until they are to be played.
//
// It knows numbers, not sound: what a missing packet sounds like is the player's business
// (audio_player.h). Packets come in any order, more than once, or never; numbers wrap. A number
// that lies further off than the buffer reaches is not believed until several in a row say the
// same: then the sender has begun to count anew. Memory is taken once, for as many packets as
// 320 ms of the shortest frames there are.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>

#include "core/base/bytes.h"
#include "core/base/time.h"

namespace pf::audio {

class JitterBuffer {
 public:
  static constexpr std::uint32_t kMaxPackets = 320;
  // What a QUIC datagram can carry on any path that the project uses, 1444 bytes, and a reserve.
  static constexpr std::size_t kMaxPacketBytes = 1500;
  // As many in a row from elsewhere are the sender's new count.
  static constexpr std::uint32_t kStrangersUntilBelieved = 3;

  enum class Put : std::uint8_t {
    kept,
    duplicate,
    late,       // its turn is over
    stranger,   // its number is far from all others
    restarted,  // kept, and all others were dropped: the sender counts anew
    oversized,
  };
  struct Packet {
    std::uint32_t sequence = 0;
    WireTime pts;
    Bytes bytes;  // empty: silence. Borrowed until the next put()
  };
  struct Taken {
    enum class Kind : std::uint8_t { packet, missing, nothing };
    Kind kind = Kind::nothing;
    Packet packet;  // with `missing`, its number only
  };

  JitterBuffer();

  Put put(const Packet& packet) noexcept;

  // The next in order. `missing`: it has not come, but a later one has; `nothing`: neither.
  Taken take() noexcept;
  // As take() would, if packets are missing: they are passed over until one is there.
  void skip_missing() noexcept;

  // The oldest give way until no more than so many wait.
  void drop_until(std::uint32_t waiting) noexcept;

  // From the next in order to the newest, those that are missing included.
  std::uint32_t waiting() const noexcept { return static_cast<std::uint32_t>(end_ - next_); }

 private:
  struct Slot {
    bool taken = false;
    std::uint16_t size = 0;
    WireTime pts;
    std::array<std::byte, kMaxPacketBytes> bytes;
  };

  Slot& slot(std::uint64_t number) noexcept { return slots_[number % kMaxPackets]; }
  Put on_stranger(const Packet& packet) noexcept;
  void keep(std::uint64_t number, const Packet& packet) noexcept;
  void pass(std::uint64_t until) noexcept;

  std::unique_ptr<Slot[]> slots_;
  // Numbers that do not wrap; the low half is the packet's. Far from 0, so that there is a past.
  std::uint64_t next_ = 0;
  std::uint64_t end_ = 0;  // the newest and one; next_ if there is none
  bool begun_ = false;
  std::uint32_t stranger_ = 0;  // the newest of a row of them
  std::uint32_t strangers_ = 0;
};

}  // namespace pf::audio
