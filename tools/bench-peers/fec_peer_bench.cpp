// Our own erasure codes and sealing, under the contract of README.md.
#include <array>
#include <memory>

#include "core/crypto/sealer.h"
#include "core/fec/gf16_codec.h"
#include "core/fec/gf8_codec.h"
#include "core/wire/v1/packet_header.h"
#include "tools/bench-peers/workload.h"

namespace pf::bench_peers {
namespace {

struct Code {
  const char* name;
  const char* field;  // how its operations begin
  unsigned max_shard_count;
  std::unique_ptr<fec::FecCodec> (*make)(unsigned k, unsigned m);
};

std::unique_ptr<fec::FecCodec> make_gf16(unsigned k, unsigned m) {
  return std::make_unique<fec::Gf16Codec>(fec::Gf16Codec::Limits{k, m});
}

std::unique_ptr<fec::FecCodec> make_gf8(unsigned, unsigned) {
  return std::make_unique<fec::Gf8Codec>();
}

constexpr Code kCodes[] = {
    {"punktfunk-gf16", "gf16", 65535, make_gf16},
    {"punktfunk-gf8", "gf8", 255, make_gf8},
};

void run_code(const Code& code, const Shape& shape, double milliseconds) {
  const std::size_t data_bytes = std::size_t{shape.k} * shape.bytes;
  const std::size_t parity_bytes = std::size_t{shape.m} * shape.bytes;
  auto memory = original_data(shape, parity_bytes);
  const fec::ShardBlock block{.data = reinterpret_cast<std::byte*>(memory.data()),
                              .parity = reinterpret_cast<std::byte*>(memory.data() + data_bytes),
                              .stride = shape.bytes,
                              .shard_bytes = shape.bytes,
                              .data_count = static_cast<std::uint16_t>(shape.k),
                              .parity_count = static_cast<std::uint16_t>(shape.m)};
  const auto codec = code.make(shape.k, shape.m);
  Checksum checksum;
  if (shape.lost == 0) {
    const double ns = time_ns(milliseconds, [&] { codec->encode(block); });
    checksum.add(memory.data() + data_bytes, parity_bytes);
    return report(code.name, shape, ns, checksum.value());
  }
  codec->encode(block);
  std::vector<std::uint8_t> present(shape.k + shape.m, 1);
  for (unsigned i = 0; i < shape.k; ++i) {
    if (!is_lost(shape, i)) continue;
    present[i] = 0;
    std::memset(memory.data() + std::size_t{i} * shape.bytes, 0, shape.bytes);
  }
  const double ns = time_ns(milliseconds, [&] {
    if (!codec->recover(block, present)) std::abort();
  });
  for (unsigned i = 0; i < shape.k; ++i) {
    if (present[i] == 0) checksum.add(memory.data() + std::size_t{i} * shape.bytes, shape.bytes);
  }
  report(code.name, shape, ns, checksum.value());
}

void run_seal(const Shape& shape, double milliseconds) {
  const message::PacketFormat& format = wire::v1::sealed_packets();
  const auto stride =
      static_cast<std::uint16_t>(format.clear_bytes + shape.bytes + format.tag_bytes);
  std::vector<std::byte> memory(std::size_t{shape.k} * stride);
  const std::array<std::byte, 4> salt{};
  crypto::Sealer sealer(crypto::KeySource::aes128_gcm({}, salt, crypto::Direction::host_to_client),
                        format);
  const double ns = time_ns(milliseconds, [&] {
    sealer.seal({.base = memory.data(), .count = shape.k, .stride = stride});
  });
  report("punktfunk-aes128gcm", shape, ns, 0);
}

void run(const Shape& shape, double milliseconds) {
  if (shape.op == "seal") return run_seal(shape, milliseconds);
  for (const Code& code : kCodes) {
    if (shape.op.rfind(code.field, 0) == 0 && shape.k + shape.m <= code.max_shard_count)
      run_code(code, shape, milliseconds);
  }
}

}  // namespace
}  // namespace pf::bench_peers

int main(int argc, char** argv) {
  return pf::bench_peers::for_each_shape(argc, argv, pf::bench_peers::run);
}
