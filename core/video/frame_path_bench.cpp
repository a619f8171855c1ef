// One frame through the whole of either side, without a network: time per frame of so many bytes
// with 20 per cent parity in packets of 1472 bytes.
#include <benchmark/benchmark.h>

#include <array>
#include <vector>

#include "core/base/rng.h"
#include "core/crypto/sealer.h"
#include "core/fec/gf16_codec.h"
#include "core/video/packetiser.h"
#include "core/video/reassembler.h"
#include "core/wire/v1/packet_header.h"

namespace pf::video {
namespace {

constexpr std::uint8_t kPercent = 20;
constexpr std::uint32_t kMaxFrameBytes = 8 << 20;

crypto::KeySource test_keys() {
  const std::array<std::byte, 4> salt{};
  return crypto::KeySource::aes128_gcm({}, salt, crypto::Direction::host_to_client);
}

class HostSide {
 public:
  PacketisedFrame lay_out(Bytes access_unit) {
    if (!packetiser_.begin(kPercent) || !packetiser_.add(access_unit)) std::abort();
    const FrameId id{frames_++};
    return packetiser_.finish({.id = id, .pts = WireTime(milliseconds(value(id))), .flags = 1});
  }
  void protect(const PacketisedFrame& frame) {
    write_parity(frame, codec_);
    sealer_.seal(frame.run);
  }
  void sent() { arena_.release_oldest(); }

 private:
  const message::PacketFormat& format_ = wire::v1::sealed_packets();
  PacketArena arena_{std::size_t{32} << 20};
  Packetiser packetiser_{{.format = &format_,
                          .max_frame_bytes = kMaxFrameBytes,
                          .rules = {.agreed_percent = kPercent}},
                         arena_};
  fec::Gf16Codec codec_{{4096, 3687}};
  crypto::Sealer sealer_{test_keys(), format_};
  std::uint64_t frames_ = 0;
};

std::vector<std::byte> access_unit_of(const benchmark::State& state) {
  std::vector<std::byte> bytes(static_cast<std::size_t>(state.range(0)));
  SeededRng(1).fill(bytes);
  return bytes;
}

void packetise(benchmark::State& state) {
  const auto access_unit = access_unit_of(state);
  HostSide host;
  for (auto _ : state) {
    host.lay_out(access_unit);
    host.sent();
  }
}

void packetise_parity_seal(benchmark::State& state) {
  const auto access_unit = access_unit_of(state);
  HostSide host;
  for (auto _ : state) {
    host.protect(host.lay_out(access_unit));
    host.sent();
  }
}

// The second argument is the loss in per mille. Laying out the frames is not counted.
void open_reassemble(benchmark::State& state) {
  const auto access_unit = access_unit_of(state);
  const auto loss = static_cast<std::uint64_t>(state.range(1));
  const message::PacketFormat& format = wire::v1::sealed_packets();
  HostSide host;
  fec::Gf16Codec codec({4096, 3687});
  crypto::Opener opener(test_keys(), format);
  Reassembler reassembler(format, {.max_shard_count = wire::v1::max_shards_per_block(4096, 1)},
                          codec);
  SeededRng rng(2);
  for (auto _ : state) {
    state.PauseTiming();
    const PacketisedFrame frame = host.lay_out(access_unit);
    host.protect(frame);
    state.ResumeTiming();
    for (std::uint32_t i = 0; i < frame.run.count; ++i) {
      if (rng.below(1000) < loss) continue;
      const auto packet = opener.open(frame.run.packet(i));
      if (auto whole = reassembler.push(*packet, LocalTime{})) reassembler.release(*whole);
    }
    host.sent();
  }
  if (reassembler.counters().frames_delivered != static_cast<std::uint64_t>(state.iterations())) {
    state.SkipWithError("frames were lost");
  }
}

BENCHMARK(packetise)->ArgName("bytes")->Arg(20'000)->Arg(64'000)->Arg(1'000'000)->Unit(
    benchmark::kMicrosecond);
BENCHMARK(packetise_parity_seal)
    ->ArgName("bytes")
    ->Arg(20'000)
    ->Arg(64'000)
    ->Arg(1'000'000)
    ->Unit(benchmark::kMicrosecond);
BENCHMARK(open_reassemble)
    ->ArgNames({"bytes", "loss"})
    ->Args({64'000, 0})
    ->Args({64'000, 20})
    ->Args({1'000'000, 0})
    ->Args({1'000'000, 20})
    ->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace pf::video
