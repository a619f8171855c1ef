// Time per packet, 64 packets at a time as a frame has them.
#include <benchmark/benchmark.h>

#include <array>
#include <vector>

#include "core/crypto/sealer.h"
#include "core/wire/v1/packet_header.h"

namespace pf::crypto {
namespace {

constexpr std::uint32_t kPackets = 64;

KeySource keys_for(Cipher cipher) {
  const std::array<std::byte, 4> salt{};
  return cipher == Cipher::aes128_gcm
             ? KeySource::aes128_gcm({}, salt, Direction::host_to_client)
             : KeySource::chacha20_poly1305({}, salt, Direction::host_to_client);
}

void seal(benchmark::State& state, Cipher cipher) {
  const auto stride = static_cast<std::uint16_t>(state.range(0));
  std::vector<std::byte> memory(kPackets * std::size_t{stride});
  Sealer sealer(keys_for(cipher), wire::v1::sealed_packets());
  for (auto _ : state) sealer.seal({.base = memory.data(), .count = kPackets, .stride = stride});
  const auto packets = static_cast<double>(state.iterations() * kPackets);
  state.counters["per_packet"] =
      benchmark::Counter(packets, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void seal_and_open(benchmark::State& state, Cipher cipher) {
  const auto stride = static_cast<std::uint16_t>(state.range(0));
  std::vector<std::byte> memory(kPackets * std::size_t{stride});
  const PacketRun run{.base = memory.data(), .count = kPackets, .stride = stride};
  Sealer sealer(keys_for(cipher), wire::v1::sealed_packets());
  Opener opener(keys_for(cipher), wire::v1::sealed_packets());
  for (auto _ : state) {
    sealer.seal(run);
    for (std::uint32_t i = 0; i < run.count; ++i) {
      if (!opener.open(run.packet(i))) return state.SkipWithError("did not open");
    }
  }
  const auto packets = static_cast<double>(state.iterations() * kPackets);
  state.counters["per_packet"] =
      benchmark::Counter(packets, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

BENCHMARK_CAPTURE(seal, aes128_gcm, Cipher::aes128_gcm)->ArgName("bytes")->Arg(1200)->Arg(1472);
BENCHMARK_CAPTURE(seal, chacha20_poly1305, Cipher::chacha20_poly1305)
    ->ArgName("bytes")
    ->Arg(1200)
    ->Arg(1472);
BENCHMARK_CAPTURE(seal_and_open, aes128_gcm, Cipher::aes128_gcm)->ArgName("bytes")->Arg(1472);

}  // namespace
}  // namespace pf::crypto
