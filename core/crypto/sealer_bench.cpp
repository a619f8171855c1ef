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

void packet_sizes(benchmark::internal::Benchmark* bench) {
  bench->ArgName("bytes")->Arg(1200)->Arg(1472);
}

void count_packets(benchmark::State& state) {
  const auto packets = static_cast<double>(state.iterations() * kPackets);
  state.counters["per_packet"] =
      benchmark::Counter(packets, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void seal(benchmark::State& state, Cipher cipher, AeadEngines engines) {
  const auto stride = static_cast<std::uint16_t>(state.range(0));
  std::vector<std::byte> memory(kPackets * std::size_t{stride});
  Sealer sealer(keys_for(cipher), wire::v1::sealed_packets(), engines);
  for (auto _ : state) sealer.seal({.base = memory.data(), .count = kPackets, .stride = stride});
  count_packets(state);
}

// What was sealed opens once, so the sealing in between is not counted.
void open(benchmark::State& state, Cipher cipher, AeadEngines engines) {
  const auto stride = static_cast<std::uint16_t>(state.range(0));
  std::vector<std::byte> memory(kPackets * std::size_t{stride});
  const PacketRun run{.base = memory.data(), .count = kPackets, .stride = stride};
  Sealer sealer(keys_for(cipher), wire::v1::sealed_packets(), engines);
  Opener opener(keys_for(cipher), wire::v1::sealed_packets(), engines);
  for (auto _ : state) {
    state.PauseTiming();
    sealer.seal(run);
    state.ResumeTiming();
    for (std::uint32_t i = 0; i < run.count; ++i) {
      if (!opener.open(run.packet(i))) return state.SkipWithError("did not open");
    }
  }
  count_packets(state);
}

BENCHMARK_CAPTURE(seal, aes128_gcm, Cipher::aes128_gcm, aead_engines())->Apply(packet_sizes);
BENCHMARK_CAPTURE(seal, aes128_gcm_openssl, Cipher::aes128_gcm, aead_engines().last(1))
    ->Apply(packet_sizes);
BENCHMARK_CAPTURE(seal, chacha20_poly1305, Cipher::chacha20_poly1305, aead_engines())
    ->Apply(packet_sizes);
BENCHMARK_CAPTURE(open, aes128_gcm, Cipher::aes128_gcm, aead_engines())->Apply(packet_sizes);
BENCHMARK_CAPTURE(open, aes128_gcm_openssl, Cipher::aes128_gcm, aead_engines().last(1))
    ->Apply(packet_sizes);

}  // namespace
}  // namespace pf::crypto
