#include "core/crypto/sealer.h"

#include <array>
#include <cstdio>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/base/rng.h"
#include "core/wire/v1/packet_header.h"
#include "testing/vectors.h"

namespace pf::crypto {
namespace {

const message::PacketFormat& kFormat = wire::v1::sealed_packets();
constexpr std::array<std::byte, 4> kSalt{std::byte{0x91}, std::byte{0x22}, std::byte{0x33},
                                         std::byte{0x44}};

template <std::size_t N>
Secret<N> secret(const nlohmann::json& hex) {
  const auto bytes = testing::unhex(hex);
  return Secret<N>(std::span<const std::byte, N>(bytes));
}

KeySource keys_of(const nlohmann::json& vector) {
  const auto salt = testing::unhex(vector.at("salt"));
  const std::span<const std::byte, 4> salt_bytes(salt);
  const auto direction = static_cast<Direction>(vector.at("direction").get<int>());
  return vector.at("algorithm") == "AES-128-GCM"
             ? KeySource::aes128_gcm(secret<16>(vector.at("key")), salt_bytes, direction)
             : KeySource::chacha20_poly1305(secret<32>(vector.at("key")), salt_bytes, direction);
}

KeySource test_keys(Direction direction = Direction::host_to_client) {
  Secret<16> key;
  key.fill()[0] = std::byte{1};
  return KeySource::aes128_gcm(key, kSalt, direction);
}

std::uint64_t number_of(const nlohmann::json& value) {
  return value.is_string() ? std::stoull(value.get<std::string>()) : value.get<std::uint64_t>();
}

// Packets of 100 bytes that can be sealed.
struct Packets {
  explicit Packets(std::uint32_t count) : memory(count * std::size_t{100}) {
    SeededRng(3).fill(memory);
    run = {.base = memory.data(), .count = count, .stride = 100};
  }
  std::vector<std::byte> memory;
  PacketRun run;
};

// Those that can do it on this machine. One that cannot is named, since nothing is said of it then.
std::vector<AeadEngine> engines_for(Cipher cipher) {
  std::vector<AeadEngine> engines;
  const std::array<std::byte, kMaxKeyBytes> key{};
  for (const AeadEngine& engine : aead_engines()) {
    if (engine.make(cipher, Bytes(key).first(cipher == Cipher::aes128_gcm ? 16 : 32),
                    Aead::Use::seal)) {
      engines.push_back(engine);
    } else {
      std::printf("not run here: %s for cipher %d\n", std::string(engine.name).c_str(),
                  static_cast<int>(cipher));
    }
  }
  return engines;
}

TEST(KeySource, MakesTheNonceFromSaltDirectionAndNumber) {
  const auto vectors = testing::load_vectors("crypto.json");
  for (const auto& vector : vectors.at("nonces")) {
    const auto salt = testing::unhex(vector.at("salt"));
    const auto direction = static_cast<Direction>(vector.at("direction").get<int>());
    const KeySource keys =
        KeySource::aes128_gcm({}, std::span<const std::byte, 4>(salt), direction);
    EXPECT_EQ(to_hex(keys.nonce(number_of(vector.at("seq")))),
              vector.at("nonce").get<std::string>());
  }
}

TEST(KeySource, TakesWhatTheEndsAgreedOn) {
  message::MediaKeys agreed;
  agreed.aes128.fill()[0] = std::byte{1};
  agreed.chacha20.fill()[31] = std::byte{2};
  agreed.salt = kSalt;
  const KeySource gcm = KeySource::from(agreed, Direction::client_to_host);
  EXPECT_EQ(gcm.cipher(), Cipher::aes128_gcm);
  EXPECT_EQ(to_hex(gcm.key(0)), "01" + std::string(30, '0'));
  EXPECT_EQ(to_hex(gcm.nonce(7)), "912233440000000000000007");
  agreed.cipher = Cipher::chacha20_poly1305;
  const KeySource chacha = KeySource::from(agreed, Direction::host_to_client);
  EXPECT_EQ(to_hex(chacha.key(0)), std::string(62, '0') + "02");
  EXPECT_EQ(to_hex(chacha.nonce(7)), "112233440000000000000007");
}

TEST(Aead, SealsAndOpensTheKnownDatagrams) {
  const auto vectors = testing::load_vectors("crypto.json");
  for (const auto& vector : vectors.at("sealed")) {
    SCOPED_TRACE(vector.at("name").get<std::string>());
    const KeySource keys = keys_of(vector);
    const std::uint64_t number = number_of(vector.at("seq"));
    const auto text = testing::unhex(vector.at("plaintext"));
    const auto aad = testing::unhex(vector.at("aad"));
    const auto datagram = testing::unhex(vector.at("datagram"));
    for (const AeadEngine& engine : engines_for(keys.cipher())) {
      SCOPED_TRACE(engine.name);
      auto sealed = text;
      std::array<std::byte, kTagBytes> tag{};
      const auto sealing = engine.make(keys.cipher(), keys.key(0), Aead::Use::seal);
      sealing->seal(keys.nonce(number), aad, sealed, sealed.data(), tag);
      EXPECT_EQ(to_hex(aad) + to_hex(sealed) + to_hex(tag),
                vector.at("datagram").get<std::string>());

      auto received = datagram;
      Opener opener(keys, kFormat, {&engine, 1});
      const auto opened = opener.open(received);
      ASSERT_TRUE(opened);
      EXPECT_EQ(to_hex(*opened), vector.at("plaintext").get<std::string>());
    }
  }
}

// Every length up to a few blocks of the widest kernel, and lengths as packets have them.
TEST(Aead, EveryEngineAnswersLikeTheLast) {
  SeededRng rng(5);
  for (const Cipher cipher : {Cipher::aes128_gcm, Cipher::chacha20_poly1305}) {
    std::array<std::byte, kMaxKeyBytes> key;
    rng.fill(key);
    const Bytes key_bytes = Bytes(key).first(cipher == Cipher::aes128_gcm ? 16 : 32);
    const AeadEngine& last = aead_engines().back();
    const auto reference = last.make(cipher, key_bytes, Aead::Use::seal);
    for (const AeadEngine& engine : engines_for(cipher)) {
      SCOPED_TRACE(engine.name);
      const auto sealing = engine.make(cipher, key_bytes, Aead::Use::seal);
      const auto opening = engine.make(cipher, key_bytes, Aead::Use::open);
      for (std::size_t round = 0; round < 700; ++round) {
        const std::size_t bytes = round < 600 ? round : 600 + rng.below(9000);
        std::vector<std::byte> text(bytes), aad(rng.below(20)), sealed(bytes), expected(bytes);
        Nonce nonce;
        std::array<std::byte, kTagBytes> tag, expected_tag;
        for (const MutableBytes filled :
             {MutableBytes(text), MutableBytes(aad), MutableBytes(nonce)})
          rng.fill(filled);
        reference->seal(nonce, aad, text, expected.data(), expected_tag);
        sealing->seal(nonce, aad, text, sealed.data(), tag);
        ASSERT_EQ(sealed, expected) << bytes;
        ASSERT_EQ(tag, expected_tag) << bytes;

        std::array<std::byte, kTagBytes> wrong = tag;
        wrong[rng.below(kTagBytes)] ^= static_cast<std::byte>(1u << rng.below(8));
        auto damaged = sealed;
        ASSERT_FALSE(opening->open(nonce, aad, damaged, wrong)) << bytes;
        ASSERT_TRUE(opening->open(nonce, aad, sealed, tag)) << bytes;
        ASSERT_EQ(sealed, text) << bytes;
      }
    }
  }
}

TEST(Aead, SealsWhereTheTextStandsAsElsewhere) {
  for (const AeadEngine& engine : engines_for(Cipher::aes128_gcm)) {
    Packets packets(3), in_place(3);
    const std::vector<std::byte> before = packets.memory;
    std::vector<std::byte> sealed(packets.memory.size());
    Sealer copying(test_keys(), kFormat, {&engine, 1}), sealing(test_keys(), kFormat, {&engine, 1});
    const PacketRun copy = copying.seal_copy(packets.run, sealed.data());
    sealing.seal(in_place.run);
    EXPECT_EQ(copy.count, 3u);
    EXPECT_EQ(sealed, in_place.memory);
    EXPECT_EQ(packets.memory, before);
    EXPECT_EQ(copying.next_number(), 3u);
  }
}

TEST(Aead, TakesTheFirstEngineThatServesTheCipher) {
  const AeadEngine none{"none", [](Cipher, Bytes, Aead::Use) { return std::unique_ptr<Aead>(); }};
  const std::array engines{none, aead_engines().back()};
  Packets packets(1);
  Sealer sealer(test_keys(), kFormat, engines);
  sealer.seal(packets.run);
  EXPECT_TRUE(Opener(test_keys(), kFormat).open(packets.run.packet(0)));
}

TEST(Sealer, NumbersPacketsOnceAndInOrderWhateverTheRuns) {
  Sealer sealer(test_keys(), kFormat);
  for (const std::uint32_t count : {1u, 3u, 0u, 2u}) {
    Packets packets(count);
    const std::uint64_t first = sealer.next_number();
    sealer.seal(packets.run);
    for (std::uint32_t i = 0; i < count; ++i) {
      EXPECT_EQ(kFormat.read_number(packets.run.packet(i).first(8), 0), first + i);
    }
  }
  EXPECT_EQ(sealer.next_number(), 6u);
}

TEST(Opener, GivesBackWhatWasSealedOnceOnly) {
  Packets packets(4);
  const std::vector<std::byte> before = packets.memory;
  Sealer sealer(test_keys(), kFormat);
  sealer.seal(packets.run);
  const std::vector<std::byte> replay(packets.run.packet(2).begin(), packets.run.packet(2).end());

  Opener opener(test_keys(), kFormat);
  EXPECT_FALSE(opener.newest_number());
  for (const std::uint32_t i : {2u, 0u, 3u, 1u}) {  // any order
    const auto opened = opener.open(packets.run.packet(i));
    ASSERT_TRUE(opened);
    EXPECT_TRUE(std::equal(opened->begin(), opened->end(), before.begin() + i * 100 + 8));
  }
  auto again = replay;
  EXPECT_EQ(opener.open(again).error(), OpenFault::replayed);
  EXPECT_EQ(opener.counters().opened, 4u);
  EXPECT_EQ(opener.counters().replayed, 1u);
  EXPECT_EQ(opener.newest_number(), 3u);
}

TEST(Opener, RefusesForgeriesAndTheyMoveNothing) {
  Packets packets(1);
  Sealer sealer(test_keys(), kFormat);
  sealer.seal(packets.run);
  Opener opener(test_keys(), kFormat);
  const auto attempt = [&](auto change) {
    std::vector<std::byte> datagram = packets.memory;
    change(datagram);
    const auto opened = opener.open(datagram);
    return opened ? std::nullopt : std::optional(opened.error());
  };
  EXPECT_EQ(attempt([](auto& d) { d[0] ^= std::byte{0x80}; }), OpenFault::forged);   // the number
  EXPECT_EQ(attempt([](auto& d) { d[50] ^= std::byte{1}; }), OpenFault::forged);     // the text
  EXPECT_EQ(attempt([](auto& d) { d.back() ^= std::byte{1}; }), OpenFault::forged);  // the tag
  EXPECT_EQ(attempt([](auto& d) { d.pop_back(); }), OpenFault::forged);
  EXPECT_EQ(attempt([](auto& d) { std::fill(d.begin(), d.end(), std::byte{0}); }),
            OpenFault::forged);
  EXPECT_EQ(attempt([](auto& d) { d.resize(23); }), OpenFault::too_short);
  EXPECT_EQ(attempt([](auto& d) { d.clear(); }), OpenFault::too_short);
  EXPECT_EQ(attempt([](auto&) {}), std::nullopt);
  EXPECT_EQ(opener.counters().forged, 5u);
  EXPECT_EQ(opener.counters().too_short, 2u);
}

TEST(Opener, RefusesTheOtherDirectionAndTheOtherKey) {
  Packets packets(2);
  Sealer sealer(test_keys(Direction::client_to_host), kFormat);
  sealer.seal(packets.run);
  Opener other_direction(test_keys(Direction::host_to_client), kFormat);
  EXPECT_EQ(other_direction.open(packets.run.packet(0)).error(), OpenFault::forged);
  Opener other_key(KeySource::aes128_gcm({}, kSalt, Direction::client_to_host), kFormat);
  EXPECT_EQ(other_key.open(packets.run.packet(1)).error(), OpenFault::forged);
}

}  // namespace
}  // namespace pf::crypto
