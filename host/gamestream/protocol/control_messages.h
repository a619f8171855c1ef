// What is said on the control stream (docs/protocol/gamestream.md sections 8.3 and 8.5). Numbers
// are little-endian but where noted; what does not parse is no message.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <variant>

#include "core/base/bytes.h"
#include "host/gamestream/protocol/control_packets.h"

namespace pf::gamestream {

// Client → host.
struct RequestIdr {};  // also the first message of a connection
struct StartB {};      // the second
struct InvalidateReferences {
  std::uint32_t first = 0, last = 0;  // frame indices, both inclusive
};
struct Ping {};  // every 100 ms; that it comes is all it says
struct InputData {
  Bytes packet;  // input_packets.h; borrowed
};
// Of a frame that was lost or needed its parity. Big-endian on the wire.
struct FecStatus {
  std::uint32_t frame_index = 0;
  std::uint16_t missing_before_highest = 0;
  std::uint16_t data_count = 0, parity_count = 0;
  std::uint16_t received_data = 0, received_parity = 0;
  std::uint8_t block_index = 0, block_count = 0;

  bool recovered() const noexcept { return received_data + received_parity >= data_count; }
};
struct LongTermReferenceAck {
  std::uint32_t frame_index = 0;
};
// Empty: of a type that we do not know, or not whole. Clients may send new ones.
using ClientControl = std::variant<RequestIdr, StartB, InvalidateReferences, Ping, InputData,
                                   FecStatus, LongTermReferenceAck>;
std::optional<ClientControl> parse_client_control(const ControlText& text);

// Host → client. Each writes the message's text into `room`, which it is part of.
using ControlRoom = std::array<std::byte, 32>;

struct PadRumble {
  std::uint16_t pad = 0, low_frequency = 0, high_frequency = 0;  // until changed
};
struct PadTriggerRumble {
  std::uint16_t pad = 0, left = 0, right = 0;
};
struct PadMotionRequest {
  std::uint16_t pad = 0, rate_hz = 0;  // 0: stop
  std::uint8_t kind = 1;               // 1 acceleration, 2 gyro
};
struct PadLed {
  std::uint16_t pad = 0;
  std::uint8_t red = 0, green = 0, blue = 0;
};
struct PadTriggerEffects {
  std::uint16_t pad = 0;
  std::uint8_t which = 0;  // 4 right, 8 left
  std::uint8_t left_kind = 0, right_kind = 0;
  std::array<std::byte, 10> left{}, right{};
};
struct HdrMode {
  bool enabled = false;
  // Chromaticities × 50 000 (red, green, blue, white, x and y each), then peak luminance in nits,
  // least in 1/10 000 nit, MaxCLL, MaxFALL, peak of a whole picture.
  std::array<std::uint16_t, 13> metadata{};
};
enum class TerminationReason : std::uint32_t {
  graceful = 0x80030023,
  protected_content = 0x800e9302,
  conversion_failed = 0x800e9403,
};
struct Termination {
  TerminationReason reason = TerminationReason::graceful;
};
using HostControl = std::variant<PadRumble, PadTriggerRumble, PadMotionRequest, PadLed,
                                 PadTriggerEffects, HdrMode, Termination>;
ControlText write_host_control(const HostControl& message, ControlRoom& room);

}  // namespace pf::gamestream
