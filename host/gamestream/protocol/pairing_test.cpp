#include <gtest/gtest.h>

#include "core/base/hex.h"
#include "core/crypto/aes128.h"
#include "host/gamestream/protocol/pairing_book.h"
#include "testing/vectors.h"

namespace pf::gamestream {
namespace {

using testing::unhex;

// Gives the numbers of the vectors, in the order in which a ceremony draws them.
class VectorRng final : public Rng {
 public:
  explicit VectorRng(std::vector<std::byte> bytes) : bytes_(std::move(bytes)) {}
  std::uint64_t next() noexcept override {
    std::uint64_t value = 0;
    for (unsigned i = 0; i < 8; ++i)
      value |= std::to_integer<std::uint64_t>(bytes_.at(at_++)) << 8 * i;
    return value;
  }

 private:
  std::vector<std::byte> bytes_;
  std::size_t at_ = 0;
};

std::string element(const std::string& body, const std::string& name) {
  const std::size_t begin = body.find("<" + name + ">");
  if (begin == std::string::npos) return "none";
  const std::size_t from = begin + name.size() + 2;
  return body.substr(from, body.find("</" + name + ">") - from);
}

class PairingTest : public ::testing::Test {
 protected:
  PairingTest() {
    const auto der = crypto::parse_rsa_certificate(text("host_cert_pem"));
    std::string key = "-----BEGIN PRIVATE KEY-----\n" +
                      base64(unhex(vector.at("host_key_pkcs8_der_hex"))) +
                      "-----END PRIVATE KEY-----\n";
    host.identity = *crypto::parse_identity(text("host_cert_pem"), key);
    // What clients get is the text as it stands in the file.
    host.identity.certificate_pem = text("host_cert_pem");
    host.signature = *crypto::certificate_signature(*der);
  }

  static std::string base64(const std::vector<std::byte>& bytes) {
    constexpr const char* kDigits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
      std::uint32_t group = 0;
      for (std::size_t j = 0; j < 3; ++j)
        group =
            group << 8 | (i + j < bytes.size() ? std::to_integer<std::uint32_t>(bytes[i + j]) : 0);
      for (std::size_t j = 0; j < 4; ++j)
        text += i + j <= bytes.size() ? kDigits[group >> (18 - 6 * j) & 63] : '=';
      if (i % 48 == 45) text += '\n';
    }
    return text + '\n';
  }

  std::string text(const char* name) const { return vector.at(name).get<std::string>(); }
  std::string pair(const std::string& parameters) {
    return book.handle("192.168.1.7", *Query::parse("/pair?uniqueid=abc&" + parameters), now).body;
  }
  void begin() {
    const auto answer =
        book.handle("192.168.1.7",
                    *Query::parse("/pair?uniqueid=abc&phrase=getservercert&salt=" + text("salt") +
                                  "&clientcert=" + text("clientcert_hex")),
                    now);
    ASSERT_TRUE(answer.ticket) << answer.body;
  }
  std::string released() {
    const auto release = book.poll_release();
    return release ? release->body : "nothing";
  }

  const nlohmann::json vector = testing::load_vectors("gamestream.json").at("pairing");
  LocalTime now{seconds(10)};
  HostCertificate host;
  VectorRng rng{unhex(text("server_secret") + text("server_challenge"))};
  PairingBook book{host, rng};
};

TEST_F(PairingTest, GoesAsWithARealClient) {
  begin();
  EXPECT_EQ(book.waiting().size(), 1u);
  ASSERT_TRUE(book.enter_pin("", text("pin"), now));
  const std::string first = released();
  EXPECT_EQ(element(first, "paired"), "1");
  EXPECT_EQ(element(first, "plaincert"), vector.at("plaincert_hex"));
  EXPECT_EQ(element(pair("clientchallenge=" + text("clientchallenge_param")), "challengeresponse"),
            vector.at("challengeresponse_element"));
  EXPECT_EQ(
      element(pair("serverchallengeresp=" + text("serverchallengeresp_param")), "pairingsecret"),
      vector.at("pairingsecret_element"));
  EXPECT_EQ(element(pair("clientpairingsecret=" + text("clientpairingsecret_param")), "paired"),
            "1");
  const auto outcome = book.poll_outcome();
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->kind, PairingBook::Outcome::Kind::paired);
  EXPECT_EQ(outcome->peer_address, "192.168.1.7");
  EXPECT_EQ(outcome->fingerprint,
            crypto::fingerprint(*crypto::parse_rsa_certificate(text("client_cert_pem"))));
  EXPECT_FALSE(book.next_timeout());
}

TEST_F(PairingTest, ShowsAWrongPinInTheFourthPhase) {
  begin();
  ASSERT_TRUE(book.enter_pin("192.168.1.7",
                             vector.at("wrong_pin_case").at("host_pin").get<std::string>(), now));
  EXPECT_EQ(element(released(), "paired"), "1");
  EXPECT_EQ(element(pair("clientchallenge=" + text("clientchallenge_param")), "paired"), "1");
  EXPECT_EQ(element(pair("serverchallengeresp=" + text("serverchallengeresp_param")), "paired"),
            "1");
  const std::string last = pair("clientpairingsecret=" + text("clientpairingsecret_param"));
  EXPECT_EQ(element(last, "paired"), "0");
  EXPECT_NE(last.find("status_code=\"200\""), std::string::npos);
  const auto outcome = book.poll_outcome();
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->kind, PairingBook::Outcome::Kind::wrong_pin);
  EXPECT_FALSE(book.poll_outcome());
  EXPECT_NE(
      pair("clientpairingsecret=" + text("clientpairingsecret_param")).find("Invalid uniqueid"),
      std::string::npos);
}

TEST_F(PairingTest, EndsWithAPhaseOutOfOrder) {
  begin();
  const std::string early = pair("clientchallenge=" + text("clientchallenge_param"));
  EXPECT_EQ(element(early, "paired"), "0");
  EXPECT_NE(early.find("status_code=\"400\""), std::string::npos);
  EXPECT_EQ(element(released(), "paired"), "0");  // phase 1, which nobody will answer any more
  EXPECT_FALSE(book.enter_pin("", text("pin"), now));
}

TEST_F(PairingTest, RefusesWhatItCannotUse) {
  const auto refused = [&](const std::string& parameters) {
    return element(pair(parameters), "paired") == "0";
  };
  EXPECT_TRUE(refused("phrase=getservercert&salt=00&clientcert=" + text("clientcert_hex")));
  EXPECT_TRUE(refused("phrase=getservercert&salt=" + text("salt") + "&clientcert=00ff"));
  EXPECT_TRUE(refused("phrase=getservercert&salt=" + text("salt")));
  EXPECT_TRUE(refused("clientchallenge=00"));
  EXPECT_NE(book.handle("192.168.1.7", *Query::parse("/pair?phrase=getservercert"), now)
                .body.find("Missing uniqueid"),
            std::string::npos);
}

TEST_F(PairingTest, TellsOfAClientThatLeavesAfterThePin) {
  begin();
  const auto ticket = book.enter_pin("", "0000", now);
  ASSERT_TRUE(ticket);
  book.give_up("192.168.1.7", *Query::parse("/unpair?uniqueid=abc"));
  const auto outcome = book.poll_outcome();
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->ticket, *ticket);
  EXPECT_EQ(outcome->kind, PairingBook::Outcome::Kind::abandoned);
}

TEST_F(PairingTest, WaitsThreeMinutesForThePin) {
  begin();
  now = now + PairingBook::kPinPatience;
  EXPECT_EQ(book.next_timeout(), now);
  book.handle_timeout(now);
  EXPECT_EQ(element(released(), "paired"), "0");
  EXPECT_TRUE(book.waiting().empty());
}

TEST_F(PairingTest, AsksWhoseThePinIsWhenTwoWait) {
  begin();
  book.handle("192.168.1.8", *Query::parse("/pair?uniqueid=abc&phrase=getservercert&salt=zz"), now);
  SeededRng other(1);
  PairingBook two(host, other);
  for (const char* peer : {"10.0.0.1", "10.0.0.2"}) {
    two.handle(peer,
               *Query::parse("/pair?uniqueid=abc&phrase=getservercert&salt=" + text("salt") +
                             "&clientcert=" + text("clientcert_hex")),
               now);
  }
  EXPECT_EQ(two.enter_pin("", "1234", now).error().kind, ErrorKind::refused);
  EXPECT_EQ(two.enter_pin("10.0.0.2", "12345", now).error().kind, ErrorKind::malformed);
  EXPECT_TRUE(two.enter_pin("10.0.0.2", "1234", now));
  ASSERT_EQ(two.waiting().size(), 1u);
  const std::string print = to_hex(two.waiting()[0].fingerprint);
  EXPECT_EQ(two.enter_pin(print.substr(0, 3), "1234", now).error().kind, ErrorKind::unavailable);
  two.give_up("10.0.0.1", *Query::parse("/unpair?uniqueid=abc"));
  EXPECT_TRUE(two.waiting().empty());
}

TEST_F(PairingTest, BoundsWhatStrangersBegin) {
  SeededRng other(1);
  PairingBook many(host, other);
  for (int i = 0; i < 40; ++i) {
    many.handle("10.0.0." + std::to_string(i),
                *Query::parse("/pair?uniqueid=abc&phrase=getservercert&salt=" + text("salt") +
                              "&clientcert=" + text("clientcert_hex")),
                now);
  }
  EXPECT_EQ(many.waiting().size(), PairingBook::kMaxCeremonies);
}

TEST_F(PairingTest, LeavesRoomForOthersThanOneStranger) {
  SeededRng other(1);
  PairingBook many(host, other);
  const auto begin_from = [&](const char* peer, int id) {
    return many.handle(peer,
                       *Query::parse(fmt::format("/pair?uniqueid={}&phrase=getservercert&salt={}"
                                                 "&clientcert={}",
                                                 id, text("salt"), text("clientcert_hex"))),
                       now);
  };
  for (int i = 0; i < 10; ++i) begin_from("10.0.0.1", i);
  EXPECT_EQ(many.waiting().size(), PairingBook::kMaxCeremoniesPerAddress);
  EXPECT_TRUE(begin_from("10.0.0.2", 1).ticket);
  ASSERT_TRUE(many.enter_pin("10.0.0.2", "1234", now));
  const std::string print = to_hex(many.waiting()[0].fingerprint);
  EXPECT_EQ(many.enter_pin(print.substr(0, 8), "1234", now).error().kind, ErrorKind::refused)
      << "one certificate, four times";
}

TEST(Query, ReadsWhatClientsSend) {
  const auto query = Query::parse(
      "/launch?appid=881448767&Mode=1920x1080x60&rikeyid=-1234567890&x=a%20b+c&rikey=00FF");
  ASSERT_TRUE(query);
  EXPECT_EQ(query->path(), "/launch");
  EXPECT_EQ(query->number("appid"), 881448767);
  EXPECT_EQ(query->number("rikeyid"), -1234567890);
  EXPECT_EQ(query->text("mode"), "1920x1080x60");
  EXPECT_EQ(query->text("x"), "a b c");
  EXPECT_EQ(query->bytes("rikey"), unhex("00ff"));
  EXPECT_FALSE(query->number("mode"));
  EXPECT_FALSE(query->number("absent"));
}

TEST(Query, RefusesWhatNoClientSends) {
  EXPECT_FALSE(Query::parse(""));
  EXPECT_FALSE(Query::parse("launch"));
  EXPECT_FALSE(Query::parse("/a?b=%"));
  EXPECT_FALSE(Query::parse("/a?b=%zz"));
  EXPECT_FALSE(Query::parse("/a?b=%00"));
  EXPECT_FALSE(Query::parse("/" + std::string(Query::kMaxTargetBytes, 'a')));
  std::string many = "/a?";
  for (int i = 0; i < 100; ++i) many += "&b" + std::to_string(i) + "=1";
  EXPECT_FALSE(Query::parse(many));
}

}  // namespace
}  // namespace pf::gamestream
