// Whatever a client reports of its way, the rate stays between its bounds.
#include "core/base/bytes.h"
#include "host/gamestream/protocol/stock_client_rate.h"

using namespace pf;
using namespace pf::gamestream;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ByteReader reader({reinterpret_cast<const std::byte*>(data), size});
  constexpr std::uint32_t kAskedKbps = 20'000;
  StockClientRate rate({.asked_kbps = kAskedKbps});
  SentTotals sent;
  LocalTime now{seconds(1)};
  while (reader.remaining() > 0) {
    switch (reader.little<std::uint8_t>() % 4) {
      case 0:
        now += milliseconds(reader.little<std::uint8_t>());
        sent.frames += reader.little<std::uint8_t>();
        sent.packets += reader.little<std::uint16_t>();
        sent.access_unit_bytes += reader.little<std::uint16_t>();
        sent.wire_bytes += reader.little<std::uint32_t>();
        rate.update(sent, milliseconds(reader.little<std::uint8_t>()), now);
        break;
      case 1:
        rate.on_round_trip(milliseconds(reader.little<std::uint16_t>()), now);
        break;
      case 2:
        rate.on_fec_status({.frame_index = reader.little<std::uint8_t>(),
                            .missing_before_highest = reader.little<std::uint16_t>(),
                            .data_count = reader.little<std::uint16_t>(),
                            .parity_count = reader.little<std::uint16_t>(),
                            .received_data = reader.little<std::uint16_t>(),
                            .received_parity = reader.little<std::uint16_t>()});
        break;
      default:
        rate.on_keyframe_wanted();
        rate.on_frames_lost(reader.little<std::uint8_t>(), reader.little<std::uint8_t>());
        break;
    }
    if (rate.bitrate_kbps() > kAskedKbps || rate.fec_percent() < 20 || rate.fec_percent() > 100 ||
        rate.min_parity() > 64)
      __builtin_trap();
  }
  return 0;
}
