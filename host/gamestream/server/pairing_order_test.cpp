#include <gtest/gtest.h>

#include <array>

#include "core/runtime/system_clock.h"
#include "host/gamestream/protocol/pairing_book.h"
#include "host/gamestream/server/moonlight_testing.h"

namespace pf::gamestream {
namespace {

constexpr std::size_t kPhases = 4;
using Order = std::array<std::size_t, kPhases>;  // numbers of phases, from 1
constexpr Order kRight{1, 2, 3, 4};

// A client that knows the PIN and speaks its phases in this order. How often it was paired.
int pairings(const Order& order, const HostCertificate& host, MoonlightClient& client,
             const std::string& fourth) {
  SystemRng rng;
  PairingBook book(host, rng);
  const LocalTime now{seconds(1)};
  std::string challenge_answer;
  const auto ask = [&](const std::string& target) {
    return book.handle("10.0.0.7", *Query::parse(target), now).body;
  };
  for (const std::size_t phase : order) {
    if (phase == 1) {
      ask(client.phase_1());
      EXPECT_TRUE(book.enter_pin("", "4711", now));
    } else if (phase == 2) {
      challenge_answer = element_of(ask(client.phase_2("4711")), "challengeresponse");
    } else if (phase == 3) {
      ask(client.phase_3(challenge_answer));
    } else {
      ask(fourth);
    }
  }
  int paired = 0;
  while (const auto outcome = book.poll_outcome())
    paired += outcome->kind == PairingBook::Outcome::Kind::paired ? 1 : 0;
  return paired;
}

TEST(PairingOrder, OnlyTheFourPhasesInTheirOrderPair) {
  const HostCertificate host = testing_host_certificate();
  MoonlightClient client;
  const std::string fourth = client.phase_4();
  for (std::size_t number = 0; number < 256; ++number) {
    Order order{};
    for (std::size_t step = 0, rest = number; step < kPhases; ++step, rest /= kPhases)
      order[step] = rest % kPhases + 1;
    EXPECT_EQ(pairings(order, host, client, fourth), order == kRight ? 1 : 0)
        << fmt::format("{}", fmt::join(order, " "));
  }
}

}  // namespace
}  // namespace pf::gamestream
