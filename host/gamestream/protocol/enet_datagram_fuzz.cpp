// Datagrams of strangers, before ENet sees them.
#include "host/gamestream/protocol/enet_datagram.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto datagram =
      pf::gamestream::parse_enet_datagram({reinterpret_cast<const std::byte*>(data), size});
  // It asks for a connection or has one.
  if (datagram && datagram->peer.has_value() == datagram->connect_data.has_value())
    __builtin_trap();
  return 0;
}
