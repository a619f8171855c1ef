#include "host/gamestream/server/pairing_desk.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <atomic>
#include <filesystem>
#include <future>

#include "core/runtime/system_clock.h"
#include "host/gamestream/server/moonlight_testing.h"

namespace pf::gamestream {
namespace {

using Kind = PinOutcome::Kind;

class Desk : public ::testing::Test {
 protected:
  // The answer to a request of the client, when it comes.
  std::future<std::string> ask(const std::string& target, const std::string& from = "10.0.0.7") {
    auto promise = std::make_shared<std::promise<std::string>>();
    auto future = promise->get_future();
    EXPECT_TRUE(desk_->ask(
        PairingAsk{.peer_address = from,
                   .query = *Query::parse(target),
                   .answer = [promise](std::string body) { promise->set_value(std::move(body)); },
                   .abandoned = [this] { return hung_up_.load(); }}));
    return future;
  }
  std::string answer(const std::string& target) { return ask(target).get(); }

  void wait_for_waiting(std::size_t count) {
    while (desk_->waiting().size() != count) std::this_thread::sleep_for(milliseconds(2));
  }
  PinOutcome outcome() {
    for (;;) {
      if (const auto last = desk_->last_outcome()) return *last;
      std::this_thread::sleep_for(milliseconds(2));
    }
  }
  // Phases 1 to 4; the last answer.
  std::string pair(const std::string& typed, const std::string& shown) {
    auto first = ask(client_.phase_1());
    wait_for_waiting(1);
    EXPECT_TRUE(desk_->enter_pin({.pin = typed, .device = "", .name = "tv", .access = access_}));
    EXPECT_EQ(element_of(first.get(), "paired"), "1");
    const std::string second = answer(client_.phase_2(shown));
    const std::string third = answer(client_.phase_3(element_of(second, "challengeresponse")));
    return answer(client_.phase_4());
  }

  TestingFolder folder_;
  HostCertificate host_ = testing_host_certificate();
  SystemClock clock_;
  SystemRng rng_;
  HealthBoard board_;
  std::unique_ptr<trust::TrustRegistry> trust_ = *trust::TrustRegistry::open(folder_.path(), rng_);
  std::unique_ptr<PairingDesk> desk_ =
      std::make_unique<PairingDesk>(host_, *trust_, board_, clock_, rng_);
  MoonlightClient client_;
  trust::Access access_;
  std::atomic<bool> hung_up_{false};
};

TEST_F(Desk, PairsADeviceWithWhatTheOperatorGrants) {
  access_.grants = trust::Grants::from_bits(1);
  EXPECT_EQ(element_of(pair("4711", "4711"), "paired"), "1");
  EXPECT_EQ(outcome().kind, Kind::paired);
  const auto devices = trust_->devices();
  ASSERT_EQ(devices.size(), 1u);
  EXPECT_EQ(devices[0].kind, trust::DeviceKind::moonlight);
  EXPECT_EQ(devices[0].name, "tv");
  EXPECT_EQ(devices[0].fingerprint, client_.fingerprint());
  EXPECT_EQ(devices[0].access, access_);
}

TEST_F(Desk, KeepsADeviceOutWhosePinWasWrong) {
  EXPECT_EQ(element_of(pair("4711", "4712"), "paired"), "0");
  EXPECT_EQ(outcome().kind, Kind::wrong_pin);
  EXPECT_TRUE(trust_->devices().empty());
}

TEST_F(Desk, SaysNotPairedWhenTheDiskRefuses) {
  std::filesystem::create_directory(folder_.path() + "/paired.json.new");
  EXPECT_EQ(element_of(pair("4711", "4711"), "paired"), "0");
  EXPECT_EQ(outcome().kind, Kind::not_saved);
  EXPECT_TRUE(trust_->devices().empty());
}

TEST_F(Desk, ForgetsAClientThatHungUp) {
  auto first = ask(client_.phase_1());
  wait_for_waiting(1);
  hung_up_ = true;
  wait_for_waiting(0);
  EXPECT_EQ(desk_->enter_pin({.pin = "4711", .device = "", .name = "", .access = {}}).error().kind,
            ErrorKind::unavailable);
}

TEST_F(Desk, UnpairEndsAPairingThatIsUnderWayAndNothingElse) {
  pair("4711", "4711");
  auto first = ask(client_.phase_1());
  wait_for_waiting(1);
  ASSERT_TRUE(desk_->ask(UnpairAsk{"10.0.0.7", *Query::parse("/unpair?uniqueid=0123")}));
  EXPECT_EQ(element_of(first.get(), "paired"), "0");
  EXPECT_EQ(trust_->devices().size(), 1u);
}

TEST_F(Desk, AnswersWhatIsParkedWhenTheHostEnds) {
  auto first = ask(client_.phase_1());
  wait_for_waiting(1);
  desk_.reset();
  EXPECT_EQ(element_of(first.get(), "paired"), "0");
}

}  // namespace
}  // namespace pf::gamestream
