// What is said on the control stream, sealed as both ends must
// (docs/protocol/gamestream.md sections 8.2 to 8.5). Pure; the control thread alone uses it.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/secret.h"
#include "core/crypto/aead.h"
#include "core/crypto/aes128.h"

namespace pf::gamestream_client {

// Client → host. `payload` is written into the message by the functions below.
struct ControlMessage {
  std::uint16_t type = 0;
  std::vector<std::byte> payload;
};

// Of one FEC block of a frame that needed its parity, or was lost.
struct FecStatus {
  std::uint32_t frame_index = 0;
  std::uint16_t highest_received = 0;  // RTP sequence numbers
  std::uint16_t next_contiguous = 0;
  std::uint16_t missing_before_highest = 0;
  std::uint16_t data_count = 0, parity_count = 0;
  std::uint16_t received_data = 0, received_parity = 0;
  std::uint8_t fec_percent = 0;
  std::uint8_t block_index = 0, block_count = 1;
};

ControlMessage request_idr();  // also the first message of a connection
ControlMessage start_b();      // the second
ControlMessage periodic_ping();
ControlMessage invalidate_references(std::uint32_t first_frame, std::uint32_t last_frame);
ControlMessage fec_status(const FecStatus& status);
ControlMessage input_data(Bytes input_packet);

// Host → client.
struct PadRumble {
  std::uint16_t pad = 0, low_frequency = 0, high_frequency = 0;
};
struct HdrMode {
  bool enabled = false;
};
struct Termination {
  static constexpr std::uint32_t kGraceful = 0x80030023;
  std::uint32_t reason = 0;
};
struct PadOther {  // for pads, and not looked at: this client has none
  std::uint16_t type = 0;
};
using HostMessage = std::variant<PadRumble, HdrMode, Termination, PadOther>;
// Empty: of a type that no client knows, or not whole.
std::optional<HostMessage> parse_host_message(std::uint16_t type, Bytes payload);

class ControlSeal {
 public:
  enum class Iv : std::uint8_t { v2, legacy };

  ControlSeal(const Secret<16>& key, Iv iv);

  // Valid until the next call.
  Bytes seal(const ControlMessage& message);

  struct Opened {
    enum class Fault : std::uint8_t { none, malformed, forged, wrong_number };
    Fault fault = Fault::none;
    std::uint16_t type = 0;
    Bytes payload;  // borrowed from the packet
  };
  // A packet of the host, decrypted where it stands. All of its messages come on one channel in
  // order, so their numbers must count from 0 without a gap: stricter than stock clients are.
  Opened open(MutableBytes packet);

 private:
  const Iv iv_;
  std::unique_ptr<crypto::Aead> sealer_, opener_;
  crypto::Aes128GcmLongIv legacy_;
  std::uint32_t next_sequence_ = 0, host_sequence_ = 0;
  std::vector<std::byte> packet_;
};

}  // namespace pf::gamestream_client
