// Foreign datagrams, and real ones with a few bytes changed: nothing that was not sealed opens,
// nothing opens twice.
#include <array>
#include <vector>

#include "core/base/check.h"
#include "core/crypto/sealer.h"
#include "core/wire/v1/packet_header.h"

using namespace pf;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::uint16_t kStride = 80;
  const std::array<std::byte, 4> salt{};
  const auto keys = crypto::KeySource::aes128_gcm({}, salt, crypto::Direction::host_to_client);
  const message::PacketFormat& format = wire::v1::sealed_packets();
  crypto::Sealer sealer(keys, format);
  crypto::Opener opener(keys, format);

  std::vector<std::byte> foreign(size);
  for (std::size_t i = 0; i < size; ++i) foreign[i] = std::byte{data[i]};
  PF_CHECK(!opener.open(foreign));

  // Each pair of input bytes: where a sealed packet is changed, and by what; no change every other
  // packet.
  std::array<std::byte, kStride> packet{};
  for (std::size_t i = 0; i + 1 < size && i < 64; i += 2) {
    sealer.seal({.base = packet.data(), .count = 1, .stride = kStride});
    std::array<std::byte, kStride> received = packet;
    const std::byte change = i % 4 == 0 ? std::byte{data[i + 1]} : std::byte{0};
    received[data[i] % kStride] ^= change;
    PF_CHECK(opener.open(received).has_value() == (change == std::byte{0}));
    if (change == std::byte{0}) {
      received = packet;
      PF_CHECK(opener.open(received).error() == crypto::OpenFault::replayed);
    }
  }
  return 0;
}
