// The speed test, translated.
#include "core/abi/connection_edge.h"

namespace pf::abi {
namespace {

// Of a packet beside its shard: what the contract counts, without the seal and what IP adds.
constexpr std::uint64_t kPacketHeaderBytes = 40;

float percent(std::uint64_t part, std::uint64_t whole) noexcept {
  return whole == 0
             ? 0
             : static_cast<float>(100.0 * static_cast<double>(part) / static_cast<double>(whole));
}

PunktfunkProbeResult to_c(const control::SpeedTested& tested, std::uint16_t shard_bytes) noexcept {
  const message::ProbeResult& sent = tested.sent;
  const std::uint64_t came = tested.received_packets;
  const std::uint64_t elapsed_ms =
      came < 2 ? sent.duration_ms
               : static_cast<std::uint64_t>(tested.received_for / milliseconds(1));
  const std::uint64_t bytes = came * (shard_bytes + kPacketHeaderBytes);
  return {
      .done = 1,
      .recv_bytes = bytes,
      .recv_packets = static_cast<std::uint32_t>(came),
      .host_bytes = sent.bytes_sent,
      .host_packets = sent.packets_sent,
      .elapsed_ms = static_cast<std::uint32_t>(elapsed_ms),
      .throughput_kbps = elapsed_ms == 0 ? 0 : static_cast<std::uint32_t>(bytes * 8 / elapsed_ms),
      .loss_pct = came < sent.wire_packets_sent
                      ? percent(sent.wire_packets_sent - came, sent.wire_packets_sent)
                      : 0,
      .host_drop_pct =
          percent(sent.send_dropped, std::uint64_t{sent.wire_packets_sent} + sent.send_dropped),
      .wire_packets_sent = sent.wire_packets_sent,
      .send_dropped = sent.send_dropped};
}

}  // namespace
}  // namespace pf::abi

using namespace pf::abi;

extern "C" PunktfunkStatus punktfunk_connection_speed_test(const PunktfunkConnection* c,
                                                           uint32_t target_kbps,
                                                           uint32_t duration_ms) {
  return while_running(c, [&](Connection& connection) {
    if (target_kbps == 0 || duration_ms == 0) return PUNKTFUNK_STATUS_INVALID_ARG;
    connection.speed_test_begun = true;
    connection.endpoint->begin_speed_test(
        {.target_kbps = target_kbps, .length = pf::milliseconds(duration_ms)});
    return PUNKTFUNK_STATUS_OK;
  });
}

extern "C" PunktfunkStatus punktfunk_connection_probe_result(const PunktfunkConnection* c,
                                                             PunktfunkProbeResult* out) {
  return guarded(c, [&](Connection& connection) {
    if (out == nullptr) return PUNKTFUNK_STATUS_NULL_POINTER;
    *out = {};
    if (!connection.speed_test_begun) return PUNKTFUNK_STATUS_OK;
    const auto tested = connection.endpoint->speed_tested();
    if (tested) *out = to_c(*tested, connection.endpoint->welcome().shard_bytes);
    // Nobody will answer any more.
    if (!tested && connection.endpoint->ending()) return PUNKTFUNK_STATUS_CLOSED;
    return PUNKTFUNK_STATUS_OK;
  });
}
