#include "host/gamestream/protocol/control_messages.h"

namespace pf::gamestream {
namespace {

// Types from the client. 0x5502 means something else in each direction.
constexpr std::uint16_t kPing = 0x0200, kInput = 0x0206, kInvalidate = 0x0301, kIdr = 0x0302,
                        kStartB = 0x0307, kLongTermAck = 0x0350, kFecStatus = 0x5502;
// Types to the client.
constexpr std::uint16_t kRumble = 0x010b, kTermination = 0x0109, kHdrMode = 0x010e,
                        kTriggerRumble = 0x5500, kMotion = 0x5501, kLed = 0x5502,
                        kTriggerEffects = 0x5503;

std::optional<ClientControl> parse_invalidation(Bytes payload) {
  ByteReader reader(payload);
  InvalidateReferences frames;
  frames.first = reader.little<std::uint32_t>();
  reader.little<std::uint32_t>();
  frames.last = reader.little<std::uint32_t>();
  if (!reader.ok()) return std::nullopt;
  return frames;
}

std::optional<ClientControl> parse_fec_status(Bytes payload) {
  ByteReader reader(payload);
  FecStatus status;
  status.frame_index = reader.big<std::uint32_t>();
  reader.big<std::uint16_t>();  // highest sequence number received
  reader.big<std::uint16_t>();  // next one in line
  status.missing_before_highest = reader.big<std::uint16_t>();
  status.data_count = reader.big<std::uint16_t>();
  status.parity_count = reader.big<std::uint16_t>();
  status.received_data = reader.big<std::uint16_t>();
  status.received_parity = reader.big<std::uint16_t>();
  reader.big<std::uint8_t>();  // percent
  status.block_index = reader.big<std::uint8_t>();
  status.block_count = reader.big<std::uint8_t>();
  if (!reader.ok()) return std::nullopt;
  return status;
}

struct Writer {
  ByteWriter& to;

  std::uint16_t operator()(const PadRumble& rumble) {
    to.little(std::uint32_t{0});
    to.little(rumble.pad);
    to.little(rumble.low_frequency);
    to.little(rumble.high_frequency);
    return kRumble;
  }
  std::uint16_t operator()(const PadTriggerRumble& rumble) {
    to.little(rumble.pad);
    to.little(rumble.left);
    to.little(rumble.right);
    return kTriggerRumble;
  }
  std::uint16_t operator()(const PadMotionRequest& request) {
    to.little(request.pad);
    to.little(request.rate_hz);
    to.little(request.kind);
    return kMotion;
  }
  std::uint16_t operator()(const PadLed& led) {
    to.little(led.pad);
    to.little(led.red);
    to.little(led.green);
    to.little(led.blue);
    return kLed;
  }
  std::uint16_t operator()(const PadTriggerEffects& effects) {
    to.little(effects.pad);
    to.little(effects.which);
    to.little(effects.left_kind);
    to.little(effects.right_kind);
    to.put(effects.left);
    to.put(effects.right);
    return kTriggerEffects;
  }
  std::uint16_t operator()(const HdrMode& mode) {
    to.little(static_cast<std::uint8_t>(mode.enabled));
    for (const std::uint16_t value : mode.metadata) to.little(value);
    return kHdrMode;
  }
  std::uint16_t operator()(const Termination& termination) {
    to.big(static_cast<std::uint32_t>(termination.reason));
    return kTermination;
  }
};

}  // namespace

std::optional<ClientControl> parse_client_control(const ControlText& text) {
  switch (text.type) {
    case kIdr:
      return RequestIdr{};
    case kStartB:
      return StartB{};
    case kInvalidate:
      return parse_invalidation(text.payload);
    case kPing:
      return Ping{};
    case kInput:
      return InputData{text.payload};
    case kFecStatus:
      return parse_fec_status(text.payload);
    case kLongTermAck: {
      ByteReader reader(text.payload);
      const LongTermReferenceAck ack{reader.little<std::uint32_t>()};
      if (!reader.ok()) return std::nullopt;
      return ack;
    }
    default:
      return std::nullopt;
  }
}

ControlText write_host_control(const HostControl& message, ControlRoom& room) {
  ByteWriter writer(room);
  const std::uint16_t type = std::visit(Writer{writer}, message);
  return {.type = type, .payload = writer.written()};
}

}  // namespace pf::gamestream
