#include "core/crypto/aes128.h"

#include <array>

#include <gtest/gtest.h>

#include "testing/vectors.h"

namespace pf::crypto {
namespace {

Secret<16> key_of(const char* hex) {
  const auto bytes = testing::unhex(hex);
  return Secret<16>(std::span<const std::byte, 16>(bytes.data(), 16));
}
std::array<std::byte, 16> block_of(const char* hex) {
  const auto bytes = testing::unhex(hex);
  std::array<std::byte, 16> block{};
  std::copy(bytes.begin(), bytes.end(), block.begin());
  return block;
}

// NIST SP 800-38A, F.1.1 and F.2.1: the first block.
constexpr const char* kKey = "2b7e151628aed2a6abf7158809cf4f3c";
constexpr const char* kText = "6bc1bee22e409f96e93d7e117393172a";

TEST(Aes128, EncryptsTheBlocksOfTheStandard) {
  auto text = testing::unhex(kText);
  Aes128Ecb ecb(key_of(kKey));
  ecb.encrypt(text);
  EXPECT_EQ(to_hex(text), "3ad77bb40d7a3660a89ecaf32466ef97");
  ecb.decrypt(text);
  EXPECT_EQ(to_hex(text), kText);
}

TEST(Aes128, ChainsAndPads) {
  const auto text = testing::unhex(kText);
  const auto iv = block_of("000102030405060708090a0b0c0d0e0f");
  Aes128Cbc cbc(key_of(kKey));
  std::vector<std::byte> sealed(Aes128Cbc::padded_bytes(text.size()));
  ASSERT_EQ(sealed.size(), 32u);
  cbc.encrypt(iv, text, sealed.data());
  EXPECT_EQ(to_hex(Bytes(sealed).first(16)), "7649abac8119b246cee98e9b12e9197d");

  std::vector<std::byte> opened(sealed.size());
  EXPECT_EQ(cbc.decrypt(iv, sealed, opened.data()), text.size());
  EXPECT_TRUE(std::equal(text.begin(), text.end(), opened.begin()));
  sealed.back() ^= std::byte{1};
  EXPECT_FALSE(cbc.decrypt(iv, sealed, opened.data()));
  EXPECT_FALSE(cbc.decrypt(iv, Bytes(sealed).first(17), opened.data()));
  EXPECT_FALSE(cbc.decrypt(iv, {}, opened.data()));
}

TEST(Aes128, OpensWhatItSealedUnderALongIvAndNothingElse) {
  auto text = testing::unhex(kText);
  const auto iv = block_of("05000000000000000000000000000000");
  Aes128GcmLongIv gcm(key_of(kKey));
  std::array<std::byte, 16> tag{};
  gcm.seal(iv, text, tag);
  auto copy = text;
  EXPECT_TRUE(gcm.open(iv, copy, tag));
  EXPECT_EQ(to_hex(copy), kText);
  tag[3] ^= std::byte{1};
  EXPECT_FALSE(gcm.open(iv, text, tag));
}

}  // namespace
}  // namespace pf::crypto
