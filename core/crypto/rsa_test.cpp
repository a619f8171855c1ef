#include "core/crypto/rsa.h"

#include <gtest/gtest.h>

#include "testing/vectors.h"

namespace pf::crypto {
namespace {

class RsaTest : public ::testing::Test {
 protected:
  const nlohmann::json pairing = testing::load_vectors("gamestream.json").at("pairing");
  std::vector<std::byte> client() const {
    return *parse_rsa_certificate(pairing.at("client_cert_pem").get<std::string>());
  }
};

TEST_F(RsaTest, ReadsTheCertificatesOfMoonlight) {
  const auto signature = certificate_signature(client());
  ASSERT_TRUE(signature);
  EXPECT_EQ(to_hex(*signature), pairing.at("client_cert_signature"));
}

TEST_F(RsaTest, VerifiesWhatAClientSigned) {
  const auto secret = testing::unhex(pairing.at("client_secret"));
  auto signature = testing::unhex(pairing.at("client_secret_signature"));
  EXPECT_TRUE(verify_rsa_sha256(client(), secret, signature));
  signature[9] ^= std::byte{1};
  EXPECT_FALSE(verify_rsa_sha256(client(), secret, signature));
  EXPECT_FALSE(verify_rsa_sha256(client(), secret, {}));
  EXPECT_FALSE(verify_rsa_sha256(as_bytes("no certificate"), secret, signature));
}

TEST_F(RsaTest, MakesAnIdentityThatSigns) {
  const auto identity = make_rsa_identity("punktfunk GameStream");
  ASSERT_TRUE(identity);
  const auto signature = sign_rsa_sha256(*identity, as_bytes("message"));
  ASSERT_TRUE(signature);
  EXPECT_EQ(signature->size(), 256u);
  EXPECT_TRUE(verify_rsa_sha256(identity->certificate_der, as_bytes("message"), *signature));
  EXPECT_TRUE(parse_identity(identity->certificate_pem, identity->key_pem.reveal()));
}

TEST_F(RsaTest, RefusesOtherKeysAndNonsense) {
  EXPECT_FALSE(parse_rsa_certificate(make_identity(client_names())->certificate_pem));
  EXPECT_FALSE(
      parse_rsa_certificate("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"));
  EXPECT_FALSE(parse_rsa_certificate(std::string(1 << 20, 'x')));
  EXPECT_FALSE(certificate_signature(as_bytes("nothing")));
}

}  // namespace
}  // namespace pf::crypto
