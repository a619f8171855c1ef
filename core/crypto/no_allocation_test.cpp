// Sealing and opening take nothing from the heap once they run: neither of C++ nor of OpenSSL.
#include <openssl/crypto.h>

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <vector>

#include "core/crypto/sealer.h"
#include "core/wire/v1/packet_header.h"
#include "testing/no_alloc.h"

namespace pf::crypto {
namespace {

void* counted_malloc(std::size_t bytes, const char* /*file*/, int /*line*/) {
  return testing::counted_allocation(bytes);
}
void* counted_realloc(void* memory, std::size_t bytes, const char* /*file*/, int /*line*/) {
  testing::allocation_count.fetch_add(1);
  return std::realloc(memory, bytes);
}
void counted_free(void* memory, const char* /*file*/, int /*line*/) { std::free(memory); }

// Only possible before OpenSSL allocates for the first time.
const bool kCountsOpenSsl =
    CRYPTO_set_mem_functions(counted_malloc, counted_realloc, counted_free) == 1;

TEST(NoAllocation, SealingAndOpeningTakeNothingFromTheHeap) {
  ASSERT_TRUE(kCountsOpenSsl);
  constexpr std::uint16_t kStride = 1472;
  constexpr std::uint32_t kPackets = 32;
  const std::array<std::byte, 4> salt{};
  for (const KeySource& keys :
       {KeySource::aes128_gcm({}, salt, Direction::host_to_client),
        KeySource::chacha20_poly1305({}, salt, Direction::host_to_client)}) {
    for (const AeadEngines engines : {aead_engines(), aead_engines().last(1)}) {
      Sealer sealer(keys, wire::v1::sealed_packets(), engines);
      Opener opener(keys, wire::v1::sealed_packets(), engines);
      std::vector<std::byte> memory(kPackets * std::size_t{kStride});
      const PacketRun run{.base = memory.data(), .count = kPackets, .stride = kStride};
      std::uint64_t after_warm_up = 0;
      for (int round = 0; round < 40; ++round) {
        const testing::AllocationCount count;
        sealer.seal(run);
        for (std::uint32_t i = 0; i < run.count; ++i) ASSERT_TRUE(opener.open(run.packet(i)));
        if (round > 0) after_warm_up += count.now();
      }
      EXPECT_EQ(after_warm_up, 0u);
    }
  }
}

}  // namespace
}  // namespace pf::crypto
