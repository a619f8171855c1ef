#include "core/crypto/spake2.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <sodium.h>

#include <algorithm>

#include "core/base/hex.h"
#include "testing/vectors.h"

namespace pf::crypto {
namespace {

using testing::load_vectors;
using testing::unhex;

// Gives the bytes of one scalar, then zeros: 512 bits that reduce to the scalar itself.
class ScalarRng final : public Rng {
 public:
  explicit ScalarRng(const std::string& decimal) {
    for (const char digit : decimal) {
      unsigned carry = static_cast<unsigned>(digit - '0');
      for (auto& byte : bytes_) {
        carry += 10u * byte;
        byte = static_cast<std::uint8_t>(carry);
        carry >>= 8;
      }
    }
  }
  std::uint64_t next() noexcept override {
    std::uint64_t word = 0;
    for (unsigned i = 0; i < 8; ++i) {
      if (at_ < bytes_.size()) word |= std::uint64_t{bytes_[at_++]} << (8 * i);
    }
    return word;
  }

 private:
  std::array<std::uint8_t, 32> bytes_{};
  std::size_t at_ = 0;
};

std::string text(const nlohmann::json& value) { return value.get<std::string>(); }

struct Ceremony {
  std::string pin;
  std::vector<std::byte> client, host;
};
Ceremony ceremony_of(const nlohmann::json& row) {
  if (row.contains("pin")) {
    return {text(row["pin"]), unhex(row["client_fp"]), unhex(row["host_fp"])};
  }
  return {text(row["password"]), unhex(row["idA_hex"]), unhex(row["idB_hex"])};
}

TEST(Spake2, ComputesTheKnownMessagesAndKeys) {
  int checked = 0;
  const auto vectors = load_vectors("spake2.json");
  for (const auto& row : vectors["vectors"]) {
    if (!row.contains("scalar_a")) continue;  // has no points
    const Ceremony ceremony = ceremony_of(row);
    ScalarRng rng_a(text(row["scalar_a"])), rng_b(text(row["scalar_b"]));
    const Spake2 client(PairingSide::client, ceremony.pin, ceremony.client, ceremony.host, rng_a);
    const Spake2 host(PairingSide::host, ceremony.pin, ceremony.client, ceremony.host, rng_b);
    EXPECT_EQ(to_hex(client.message()), text(row["msg_a"]));
    EXPECT_EQ(to_hex(host.message()), text(row["msg_b"]));
    const auto key_a = client.finish(host.message());
    const auto key_b = host.finish(client.message());
    ASSERT_TRUE(key_a && key_b);
    EXPECT_EQ(to_hex(key_a->reveal()), text(row["session_key"]));
    EXPECT_EQ(*key_a, *key_b);
    ++checked;
    if (!row.contains("confirm_host")) continue;
    Fingerprint client_print, host_print;
    std::copy(ceremony.client.begin(), ceremony.client.end(), client_print.begin());
    std::copy(ceremony.host.begin(), ceremony.host.end(), host_print.begin());
    EXPECT_EQ(to_hex(confirmation(PairingSide::host, *key_a, client_print, host_print)),
              text(row["confirm_host"]));
    EXPECT_EQ(to_hex(confirmation(PairingSide::client, *key_a, client_print, host_print)),
              text(row["confirm_client"]));
  }
  EXPECT_EQ(checked, 3);
}

TEST(Spake2, RefusesWhatTheVectorsCallErrors) {
  SeededRng rng(1);
  const Spake2 client(PairingSide::client, "0000", {}, {}, rng);
  const auto vectors = load_vectors("spake2.json");
  for (const auto& row : vectors["errors"]) {
    EXPECT_FALSE(client.finish(unhex(row["msg"]))) << row["name"];
  }
}

TEST(Spake2, RefusesPointsThatNoHonestEndSends) {
  SeededRng rng(2);
  const Spake2 host(PairingSide::host, "0000", {}, {}, rng);
  const char* const points[] = {
      // Low order: 1, -1, the two of order 4, the four of order 8 (RFC 7748's list, compressed).
      "0100000000000000000000000000000000000000000000000000000000000000",
      "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "0000000000000000000000000000000000000000000000000000000000000000",
      "0000000000000000000000000000000000000000000000000000000000000080",
      "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
      "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
      "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
      "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
      // Not below the field's prime.
      "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
      // No point has this y.
      "0200000000000000000000000000000000000000000000000000000000000000",
  };
  for (const char* point : points) {
    EXPECT_FALSE(host.finish(*from_hex(std::string("41") + point))) << point;
  }
}

// X = pw·M without a secret of its own: the shared point would be the neutral one.
TEST(Spake2, RefusesAMessageWithoutASecretInIt) {
  ScalarRng one("1");
  const Spake2 client(PairingSide::client, "4321", {}, {}, one);
  Spake2::Message bare = client.message();
  std::array<unsigned char, 32> scalar{1}, base;
  ASSERT_EQ(crypto_scalarmult_ed25519_base_noclamp(base.data(), scalar.data()), 0);
  auto* point = reinterpret_cast<unsigned char*>(bare.data() + 1);
  ASSERT_EQ(crypto_core_ed25519_sub(point, point, base.data()), 0);

  SeededRng rng(3);
  const Spake2 host(PairingSide::host, "4321", {}, {}, rng);
  EXPECT_FALSE(host.finish(bare));
  EXPECT_TRUE(host.finish(client.message()));
}

RC_GTEST_PROP(Spake2, KeysAgreeExactlyWhenPinAndIdentitiesDo, (std::uint64_t seed)) {
  SeededRng rng(seed);
  const auto draw_pin = [&] { return std::string(1, static_cast<char>('0' + rng.below(3))); };
  const std::string pin_a = draw_pin(), pin_b = draw_pin();
  const std::string id = "id", other_id = rng.below(3) == 0 ? "other" : "id";
  const Spake2 client(PairingSide::client, pin_a, as_bytes(id), as_bytes(id), rng);
  const Spake2 host(PairingSide::host, pin_b, as_bytes(id), as_bytes(other_id), rng);
  const auto key_a = client.finish(host.message()), key_b = host.finish(client.message());
  RC_ASSERT(key_a && key_b);
  RC_ASSERT((*key_a == *key_b) == (pin_a == pin_b && id == other_id));
}

TEST(Spake2, NeverTakesItsOwnMessageBack) {
  SeededRng rng(4);
  const Spake2 client(PairingSide::client, "1234", {}, {}, rng);
  EXPECT_FALSE(client.finish(client.message()));
}

TEST(Confirmation, IsComparedWhole) {
  Confirmation a{}, b{};
  EXPECT_TRUE(same(a, b));
  b[31] = std::byte{1};
  EXPECT_FALSE(same(a, b));
}

}  // namespace
}  // namespace pf::crypto
