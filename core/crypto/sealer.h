// Sealing and opening of whole packets (docs/protocol/punktfunk1.md section 10.2).
//
// A Sealer owns the packet counter of its direction, so no number, and with it no nonce, can be
// used twice. Opening authenticates first and asks the replay window after, so that a forgery moves
// nothing. Each belongs to one thread at a time. Which bytes carry the number is the wire
// generation's business: see message::PacketFormat.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include <tl/expected.hpp>

#include "core/base/bytes.h"
#include "core/base/packet_run.h"
#include "core/crypto/aead.h"
#include "core/crypto/key_source.h"
#include "core/crypto/replay_window.h"
#include "core/message/packet.h"

namespace pf::crypto {

class Sealer {
 public:
  Sealer(const KeySource& keys, const message::PacketFormat& format,
         AeadEngines engines = aead_engines());
  Sealer(const Sealer&) = delete;  // a copy would count the same numbers again
  Sealer& operator=(const Sealer&) = delete;
  Sealer(Sealer&&) = default;

  // Every packet of the run, in order, gets the next number: its clear bytes and its tag are
  // written, what lies between is encrypted where it stands. Each packet must be sealed exactly
  // once, by this or by seal_copy().
  void seal(PacketRun run) noexcept { seal_copy(run, run.base); }

  // The same into run.bytes() of other memory, which it answers as a run; the packets stay readable
  // where they are.
  PacketRun seal_copy(PacketRun run, std::byte* into) noexcept;

  std::uint64_t next_number() const noexcept { return next_number_; }

 private:
  void seal_packet(Bytes packet, MutableBytes into) noexcept;

  KeySource keys_;
  const message::PacketFormat* format_;
  AeadEngines engines_;
  std::unique_ptr<Aead> aead_;
  std::uint64_t key_index_;
  std::uint64_t next_number_ = 0;
};

enum class OpenFault : std::uint8_t {
  too_short,  // cannot hold a number and a tag
  forged,     // not sealed with our key for this direction, or damaged
  replayed,   // authentic, but seen before or older than the replay window
};

class Opener {
 public:
  struct Counters {
    std::uint64_t opened = 0;
    std::uint64_t too_short = 0;
    std::uint64_t forged = 0;
    std::uint64_t replayed = 0;
  };
  Opener(const KeySource& keys, const message::PacketFormat& format,
         AeadEngines engines = aead_engines());

  // The header and shard inside `datagram`, decrypted where they stand. On a fault the datagram is
  // garbage.
  [[nodiscard]] tl::expected<MutableBytes, OpenFault> open(MutableBytes datagram) noexcept;

  const Counters& counters() const noexcept { return counters_; }
  // Of the packets opened. The peer numbers every packet from 0 on, so what was opened fewer than
  // this and one was lost, or is still on its way. Empty before the first.
  std::optional<std::uint64_t> newest_number() const noexcept { return window_.newest(); }

 private:
  KeySource keys_;
  const message::PacketFormat* format_;
  AeadEngines engines_;
  std::unique_ptr<Aead> aead_;
  std::uint64_t key_index_;
  ReplayWindow window_;
  Counters counters_;
};

}  // namespace pf::crypto
