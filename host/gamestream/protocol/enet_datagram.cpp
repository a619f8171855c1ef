#include "host/gamestream/protocol/enet_datagram.h"

#include <array>

namespace pf::gamestream {
namespace {

constexpr std::uint16_t kPeerMask = 0x0FFF, kNobody = 0x0FFF;
constexpr std::uint16_t kCompressed = 0x4000, kTimed = 0x8000;

enum Command : std::uint8_t {
  kAcknowledge = 1,
  kConnect = 2,
};
// Of the commands' bodies, by type; 0: there is none of this type.
struct Shape {
  std::uint8_t body_bytes = 0;
  bool data_follows = false;  // as many bytes as the field at the end of the first four says
  std::uint8_t length_at = 0;
};
constexpr std::array<Shape, 13> kShapes{{
    {},
    {4},            // acknowledge
    {44},           // connect
    {40},           // verify connect
    {4},            // disconnect
    {0},            // ping
    {2, true, 0},   // send reliable
    {4, true, 2},   // send unreliable
    {20, true, 2},  // send fragment
    {4, true, 2},   // send unsequenced
    {8},            // bandwidth limit
    {12},           // throttle configure
    {20, true, 2},  // send unreliable fragment
}};
// ENet reads no more of them, either.
constexpr int kMaxCommands = 32;

std::optional<std::uint32_t> read_connect(ByteReader& reader) noexcept {
  const auto type = reader.big<std::uint8_t>() & 0x0F;
  reader.take(3);  // channel, sequence
  const Bytes body = reader.take(kShapes[kConnect].body_bytes);
  if (!reader.ok() || type != kConnect) return std::nullopt;
  return ByteReader(body.last(4)).big<std::uint32_t>();
}

std::optional<std::uint16_t> last_acknowledged(ByteReader& reader) noexcept {
  std::optional<std::uint16_t> time;
  for (int i = 0; i < kMaxCommands && reader.remaining() > 0; ++i) {
    const std::size_t type = reader.big<std::uint8_t>() & 0x0F;
    reader.take(3);
    if (type == 0 || type >= kShapes.size()) break;
    const Shape& shape = kShapes[type];
    const Bytes body = reader.take(shape.body_bytes);
    if (!reader.ok()) break;
    if (type == kAcknowledge) time = ByteReader(body.last(2)).big<std::uint16_t>();
    if (shape.data_follows)
      reader.take(ByteReader(body.subspan(shape.length_at, 2)).big<std::uint16_t>());
  }
  return time;
}

}  // namespace

std::optional<EnetDatagram> parse_enet_datagram(Bytes datagram) noexcept {
  ByteReader reader(datagram);
  const auto head = reader.big<std::uint16_t>();
  if ((head & kTimed) != 0) reader.big<std::uint16_t>();
  if (!reader.ok() || (head & kCompressed) != 0) return std::nullopt;
  if ((head & kPeerMask) == kNobody) {
    const auto data = read_connect(reader);
    if (!data) return std::nullopt;
    return EnetDatagram{.connect_data = data};
  }
  return EnetDatagram{.peer = static_cast<std::uint16_t>(head & kPeerMask),
                      .acknowledged_time_ms = last_acknowledged(reader)};
}

}  // namespace pf::gamestream
