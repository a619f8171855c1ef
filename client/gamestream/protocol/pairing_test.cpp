#include "client/gamestream/protocol/pairing.h"

#include <gtest/gtest.h>

#include "core/crypto/rsa.h"
#include "testing/vectors.h"

namespace pf::gamestream_client {
namespace {

using testing::unhex;

// Draws the numbers of the vectors.
class VectorRng final : public Rng {
 public:
  explicit VectorRng(std::vector<std::byte> bytes) : bytes_(std::move(bytes)) {}
  std::uint64_t next() noexcept override {
    const auto value = detail::load<std::uint64_t>(bytes_.data() + at_, false);
    at_ += sizeof value;
    return value;
  }

 private:
  std::vector<std::byte> bytes_;
  std::size_t at_ = 0;
};

class PairingClientTest : public ::testing::Test {
 protected:
  const nlohmann::json vector = testing::load_vectors("gamestream.json").at("pairing");
  crypto::Identity identity = client_identity();
  VectorRng rng{unhex(text("salt") + text("client_challenge") + text("client_secret"))};
  PairingClient client{identity, text("pin"), rng};

  std::string text(const char* name) const { return vector.at(name).get<std::string>(); }

  static std::string base64(const std::vector<std::byte>& bytes) {
    constexpr const char* kDigits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    std::uint32_t bits = 0;
    unsigned count = 0;
    for (const std::byte byte : bytes) {
      bits = bits << 8 | std::to_integer<std::uint32_t>(byte);
      for (count += 8; count >= 6; count -= 6) out += kDigits[bits >> (count - 6) & 63];
    }
    if (count > 0) out += kDigits[bits << (6 - count) & 63];
    while (out.size() % 4 != 0) out += '=';
    for (std::size_t at = 64; at < out.size(); at += 65) out.insert(at, 1, '\n');
    return out;
  }
  crypto::Identity client_identity() const {
    auto made = crypto::parse_identity(text("client_cert_pem"),
                                       "-----BEGIN PRIVATE KEY-----\n" +
                                           base64(unhex(vector.at("client_key_pkcs8_der_hex"))) +
                                           "\n-----END PRIVATE KEY-----\n");
    EXPECT_TRUE(made) << made.error().what;
    made->certificate_pem = text("client_cert_pem");
    return *made;
  }

  static XmlElement answer(const char* name = "", const std::string& value = "",
                           const char* paired = "1") {
    XmlElement root{.name = "root", .attributes = {}, .text = {}, .children = {}};
    root.children.push_back({"paired", {}, paired, {}});
    if (*name != '\0') root.children.push_back({name, {}, value, {}});
    return root;
  }
  std::string parameters() { return client.question() ? client.question()->parameters : "none"; }
};

TEST_F(PairingClientTest, AsksAndProvesWhatTheVectorsSay) {
  EXPECT_EQ(parameters(),
            "phrase=getservercert&salt=" + text("salt") + "&clientcert=" + text("clientcert_hex"));
  EXPECT_TRUE(client.question()->waits_for_pin);
  ASSERT_TRUE(client.answer(answer("plaincert", text("plaincert_hex"))));
  EXPECT_EQ(client.host_certificate_pem(), text("host_cert_pem"));
  EXPECT_EQ(parameters(), "clientchallenge=" + text("clientchallenge_param"));
  ASSERT_TRUE(client.answer(answer("challengeresponse", text("challengeresponse_element"))));
  EXPECT_EQ(parameters(), "serverchallengeresp=" + text("serverchallengeresp_param"));
  ASSERT_TRUE(client.answer(answer("pairingsecret", text("pairingsecret_element"))));
  EXPECT_EQ(parameters(), "clientpairingsecret=" + text("clientpairingsecret_param"));
  ASSERT_TRUE(client.answer(answer()));
  EXPECT_TRUE(client.question()->over_tls);
  EXPECT_EQ(parameters(), "phrase=pairchallenge");
  ASSERT_TRUE(client.answer(answer()));
  EXPECT_FALSE(client.question());
}

TEST_F(PairingClientTest, HearsThatThePinWasAnother) {
  ASSERT_TRUE(client.answer(answer("plaincert", text("plaincert_hex"))));
  ASSERT_TRUE(client.answer(answer("challengeresponse", text("challengeresponse_element"))));
  ASSERT_TRUE(client.answer(answer("pairingsecret", text("pairingsecret_element"))));
  const auto verdict = client.answer(answer("", "", "0"));
  ASSERT_FALSE(verdict);
  EXPECT_EQ(verdict.error().kind, ErrorKind::refused);
}

TEST_F(PairingClientTest, DoesNotBelieveAHostThatAgreesWithoutKnowingThePin) {
  ASSERT_TRUE(client.answer(answer("plaincert", text("plaincert_hex"))));
  std::string other = text("challengeresponse_element");
  other[0] = other[0] == '0' ? '1' : '0';
  ASSERT_TRUE(client.answer(answer("challengeresponse", other)));
  ASSERT_TRUE(client.answer(answer("pairingsecret", text("pairingsecret_element"))));
  const auto verdict = client.answer(answer());
  ASSERT_FALSE(verdict);
  EXPECT_EQ(verdict.error().kind, ErrorKind::malformed);
}

TEST_F(PairingClientTest, NoticesAnImpostorWithoutTheKey) {
  ASSERT_TRUE(client.answer(answer("plaincert", text("plaincert_hex"))));
  ASSERT_TRUE(client.answer(answer("challengeresponse", text("challengeresponse_element"))));
  std::string forged = text("pairingsecret_element");
  forged.back() = forged.back() == '0' ? '1' : '0';
  EXPECT_FALSE(client.answer(answer("pairingsecret", forged)));
  EXPECT_FALSE(client.answer(answer("pairingsecret", "00")));
  EXPECT_FALSE(client.answer(answer("pairingsecret", "xyz")));
}

TEST_F(PairingClientTest, AnEmptyCertificateMeansSomebodyElseIsPairing) {
  const auto busy = client.answer(answer("plaincert", ""));
  ASSERT_FALSE(busy);
  EXPECT_EQ(busy.error().kind, ErrorKind::refused);
}

}  // namespace
}  // namespace pf::gamestream_client
