// Control packets, and the messages and input inside them as if they had been opened.
#include <cmath>

#include "host/gamestream/protocol/control_messages.h"
#include "host/gamestream/protocol/input_packets.h"

using namespace pf;
using namespace pf::gamestream;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes bytes{reinterpret_cast<const std::byte*>(data), size};
  for (const ControlIv iv : {ControlIv::v2, ControlIv::legacy}) {
    std::vector<std::byte> packet(bytes.begin(), bytes.end());
    static_cast<void>(ControlPackets(Secret<16>(), iv).open(packet));
  }
  ByteReader reader(bytes);
  const auto type = reader.little<std::uint16_t>();
  const ControlText text{.type = type, .payload = reader.rest()};
  const auto message = parse_client_control(text);
  if (!message) return 0;
  if (const auto* input = std::get_if<InputData>(&*message)) {
    const auto packet = parse_input_packet(input->packet);
    if (!packet) return 0;
    if (const auto* touch = std::get_if<TouchInput>(&*packet);
        touch != nullptr && !(touch->x >= 0 && touch->x <= 1 && std::isfinite(touch->pressure)))
      __builtin_trap();
  }
  return 0;
}
