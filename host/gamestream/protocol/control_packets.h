// Packets of the control stream: sealing and opening (docs/protocol/gamestream.md section 8.2).
//
// One object for both directions of one session; each side numbers its packets from 0. The control
// thread alone uses it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/secret.h"
#include "core/crypto/aead.h"
#include "core/crypto/aes128.h"
#include "core/crypto/replay_window.h"

namespace pf::gamestream {

// One message inside a packet.
struct ControlText {
  std::uint16_t type = 0;
  Bytes payload;  // borrowed from the packet
};

enum class ControlIv : std::uint8_t {
  v2,      // tells directions apart
  legacy,  // for clients that do not ask for v2: both directions and every 256th packet share one
};

class ControlPackets {
 public:
  // Input packets, the largest, are far smaller.
  static constexpr std::size_t kMaxPayloadBytes = 1024;

  ControlPackets(const Secret<16>& key, ControlIv iv);

  // The bytes of the next packet to the client, valid until the next call.
  Bytes seal(std::uint16_t type, Bytes payload);

  enum class Fault : std::uint8_t { none, malformed, forged, replayed };
  struct Opened {
    Fault fault = Fault::none;
    ControlText text;
  };
  // What a packet of the client says; it is decrypted where it stands. Numbers come in order only
  // within an ENet channel, so those of one window are taken in any order, each once.
  Opened open(MutableBytes packet) noexcept;

 private:
  void encrypt(std::uint32_t sequence, MutableBytes text, std::span<std::byte, 16> tag) noexcept;
  bool decrypt(std::uint32_t sequence, MutableBytes text,
               std::span<const std::byte, 16> tag) noexcept;

  const ControlIv iv_;
  std::unique_ptr<crypto::Aead> sealer_, opener_;
  crypto::Aes128GcmLongIv legacy_;
  std::uint32_t next_sequence_ = 0;
  crypto::ReplayWindow seen_;
  std::vector<std::byte> packet_;
};

}  // namespace pf::gamestream
