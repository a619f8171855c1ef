#include "core/crypto/identity.h"

#include <string>

#include <gtest/gtest.h>

#include "core/base/hex.h"

namespace pf::crypto {
namespace {

bool contains(Bytes bytes, std::string_view text) {
  return as_text(bytes).find(text) != std::string_view::npos;
}

TEST(Identity, IsMadeWithTheNamesAndDatesOfAHost) {
  const auto identity = make_identity(host_names("living-room"));
  ASSERT_TRUE(identity);
  EXPECT_TRUE(contains(identity->certificate_der, "punktfunk"));
  EXPECT_TRUE(contains(identity->certificate_der, "living-room"));
  EXPECT_TRUE(contains(identity->certificate_der, "localhost"));
  EXPECT_TRUE(contains(identity->certificate_der, "200101000000Z"));  // UTCTime up to 2049
  EXPECT_TRUE(contains(identity->certificate_der, "400101000000Z"));
  EXPECT_EQ(identity->certificate_pem.rfind("-----BEGIN CERTIFICATE-----", 0), 0u);
  EXPECT_EQ(identity->key_pem.reveal().rfind("-----BEGIN PRIVATE KEY-----", 0), 0u);
}

TEST(Identity, SurvivesItsPemForm) {
  const auto made = make_identity(client_names());
  ASSERT_TRUE(made);
  const auto read = parse_identity(made->certificate_pem, made->key_pem.reveal());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->certificate_der, made->certificate_der);
  EXPECT_EQ(fingerprint(read->certificate_der), fingerprint(made->certificate_der));
}

TEST(Identity, EachIsDifferent) {
  const auto a = make_identity(client_names());
  const auto b = make_identity(client_names());
  ASSERT_TRUE(a && b);
  EXPECT_NE(fingerprint(a->certificate_der), fingerprint(b->certificate_der));
}

TEST(Identity, ALocalNameThatIsNoHostNameIsLeftOut) {
  const auto identity = make_identity(host_names("living room,DNS:example.org"));
  ASSERT_TRUE(identity);
  EXPECT_FALSE(contains(identity->certificate_der, "example.org"));
}

TEST(Identity, RefusesTextsThatAreNoneAndKeysOfOthers) {
  const auto a = make_identity(client_names());
  const auto b = make_identity(client_names());
  ASSERT_TRUE(a && b);
  EXPECT_EQ(parse_identity("", a->key_pem.reveal()).error().kind, ErrorKind::malformed);
  EXPECT_EQ(parse_identity(a->certificate_pem, "nonsense").error().kind, ErrorKind::malformed);
  EXPECT_EQ(parse_identity(a->certificate_pem, b->key_pem.reveal()).error().kind,
            ErrorKind::malformed);
  EXPECT_EQ(parse_identity(std::string(1 << 20, 'x'), "").error().kind, ErrorKind::malformed);
}

TEST(Fingerprint, IsReadInEitherCase) {
  const auto identity = make_identity(client_names());
  ASSERT_TRUE(identity);
  const Fingerprint own = fingerprint(identity->certificate_der);
  EXPECT_EQ(parse_fingerprint(to_hex(own)), own);
  EXPECT_FALSE(parse_fingerprint(to_hex(own).substr(2)));
  EXPECT_FALSE(parse_fingerprint("not a fingerprint"));
  EXPECT_EQ(to_hex(sha256(as_bytes("abc"))),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Identity, SaysFromWhenToWhenItIsGood) {
  const auto dates = validity(make_identity(host_names("")).value().certificate_der).value();
  EXPECT_EQ(dates.from, WireTime(seconds(1'577'836'800)));   // 2020-01-01
  EXPECT_EQ(dates.until, WireTime(seconds(2'208'988'800)));  // 2040-01-01
  EXPECT_FALSE(validity(Bytes{}));
}

}  // namespace
}  // namespace pf::crypto
