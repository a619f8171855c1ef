// Input from a real client over loopback to a real door, whose desktop notes what it is given.
#include <gtest/gtest.h>

#include <filesystem>
#include <thread>

#include "core/endpoint/client_endpoint.h"
#include "core/endpoint/pair_call.h"
#include "core/input/edge_repeater.h"
#include "core/input/input_testing.h"
#include "core/runtime/system_clock.h"
#include "host/input/recording/recording_sink.h"
#include "host/native/native_door.h"

namespace pf::native {
namespace {

using input::recording::Recording;
using input::recording::RecordingSink;
using namespace input::testing;

constexpr DisplayMode kMode{{640, 360}, {30, 1}};
constexpr Nanos kInputPatience = seconds(20);

// A desktop that shows nothing.
class DarkDisplay final : public display::VirtualDisplay {
 public:
  Result<void> set_mode(const DisplayMode&) override { return {}; }
  DisplayMode mode() const noexcept override { return kMode; }
  Result<display::CaptureTarget> capture_target(display::CaptureWay) override {
    return display::SyntheticOutput{};
  }
  Result<void> check() override { return {}; }
};
class DarkSource final : public capture::VideoSource {
 public:
  const capture::VideoFormat& format() const noexcept override { return format_; }
  Result<std::optional<capture::RawFrame>> next(Doorbell& bell, Nanos patience) override {
    bell.wait(patience);
    return std::nullopt;
  }

 private:
  const capture::VideoFormat format_{.size_px = kMode.size_px};
};
class IdleEncoder final : public encode::Encoder {
 public:
  const encode::StreamParameters& parameters() const noexcept override { return parameters_; }
  Result<void> encode(capture::RawFrame, const encode::FrameDirective&,
                      encode::PartSink&) override {
    return {};
  }
  Result<void> encode_again(const encode::FrameDirective&, encode::PartSink&) override {
    return {};
  }
  encode::EncodeCost last_cost() const noexcept override { return {}; }

 private:
  const encode::StreamParameters parameters_{.size_px = kMode.size_px, .refresh = kMode.refresh};
};

class InputAtTheDoor : public ::testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/pf-door-XXXXXX";
    ASSERT_NE(mkdtemp(name), nullptr);
    folder_ = name;
    trust_ = trust::TrustRegistry::open(folder_, rng_).value();
    open_door(true);
  }
  void open_door(bool open) {
    door_.reset();
    DoorParams params;
    params.listen = Endpoint::loopback(0);
    params.terms.open = open;
    params.backends.open_source = [](display::CaptureTarget, const Clock&) {
      return Result<std::unique_ptr<capture::VideoSource>>(std::make_unique<DarkSource>());
    };
    params.backends.open_encoder = [](const encode::EncodeRequest&, const Clock&) {
      return Result<std::unique_ptr<encode::Encoder>>(std::make_unique<IdleEncoder>());
    };
    params.backends.open_input = [this](display::InputTarget) {
      return Result<std::unique_ptr<input::InputSink>>(std::make_unique<RecordingSink>(recording_));
    };
    door_ =
        NativeDoor::open(std::move(params), tls_, *trust_, roster_, board_, clock_, rng_).value();
  }
  void TearDown() override {
    door_.reset();
    trust_.reset();
    std::filesystem::remove_all(folder_);
  }

  std::unique_ptr<endpoint::ClientEndpoint> connect(
      std::optional<crypto::Identity> identity = std::nullopt) {
    message::Hello hello;
    hello.mode = kMode;
    hello.codecs = {message::VideoCodec::h264};
    auto client = endpoint::ClientEndpoint::connect({.host = door_->address(),
                                                     .hello = hello,
                                                     .fingerprint = std::nullopt,
                                                     .identity = std::move(identity),
                                                     .patience = seconds(30)},
                                                    clock_, rng_);
    EXPECT_TRUE(client) << client.error().sentence;
    return client ? *std::move(client) : nullptr;
  }
  template <class Condition>
  bool wait_for(Condition condition) {
    for (const LocalTime end = clock_.now() + kInputPatience; clock_.now() < end;) {
      if (condition()) return true;
      std::this_thread::sleep_for(milliseconds(1));
    }
    return false;
  }
  bool arrives(const InputEvent& event) {
    return wait_for([&] {
      const auto events = recording_->events();
      return !events.empty() && events.back() == event;
    });
  }

  std::string folder_;
  const SystemClock clock_;
  SystemRng rng_;
  HealthBoard board_;
  const crypto::Identity identity_ = crypto::make_identity(crypto::host_names("test")).value();
  const quic::TlsIdentity tls_ =
      quic::TlsIdentity::from_pem(identity_.certificate_pem, identity_.key_pem.reveal()).value();
  const std::shared_ptr<Recording> recording_ = std::make_shared<Recording>();
  input::InputCounts counts_;  // of the session that ended last
  std::atomic<int> over_{0};
  std::unique_ptr<trust::TrustRegistry> trust_;
  session::Roster roster_{{.open_display =
                               [](const display::DisplayRequest&) {
                                 return Result<std::unique_ptr<display::VirtualDisplay>>(
                                     std::make_unique<DarkDisplay>());
                               }},
                          board_,
                          clock_,
                          [this](const session::SessionReport& report) {
                            counts_ = report.input;
                            ++over_;
                          }};
  std::unique_ptr<NativeDoor> door_;
};

TEST_F(InputAtTheDoor, ReachesTheDesktopInOrder) {
  const auto client = connect();
  EXPECT_TRUE(client->welcome().capabilities.has(message::Capability::takes_text_input));
  const std::vector<InputEvent> events{position(3, 4, kMode.size_px),
                                       button(1, true),
                                       key('A', true),
                                       text(U'😀'),
                                       key('A', false),
                                       button(1, false),
                                       scroll(0, -120)};
  for (const InputEvent& event : events) client->send(event);
  ASSERT_TRUE(arrives(events.back()));
  EXPECT_EQ(recording_->events(), events);
}

TEST_F(InputAtTheDoor, IsLetGoOfWhenTheWindowLosesTheFocus) {
  const auto client = connect();
  client->send(key('W', true));
  client->send(button(3, true));
  ASSERT_TRUE(arrives(button(3, true)));
  client->let_go_of_input();
  EXPECT_TRUE(wait_for([&] { return recording_->held_count() == 0; }));
}

constexpr message::Grants only(message::Grant grant) {
  return message::Grants::from_bits(1u << static_cast<unsigned>(grant));
}

TEST_F(InputAtTheDoor, GoesAsFarAsTheDeviceMayAndEndsWhenItMayNoMore) {
  open_door(false);
  const crypto::Identity tablet = crypto::make_identity(crypto::client_names()).value();
  const auto armed = trust_->arm_pairing({}, clock_.now());
  const auto paired = endpoint::pair_with_host({.host = door_->address(),
                                                .identity = tablet,
                                                .pin = crypto::SecretText(std::string(armed.pin)),
                                                .device_name = "tablet"},
                                               clock_, rng_);
  ASSERT_TRUE(paired) << paired.error().sentence;
  const auto client = connect(tablet);
  client->send(key('W', true));
  ASSERT_TRUE(arrives(key('W', true)));
  const auto set_grants = [&](message::Grants grants) {
    ASSERT_TRUE(trust_->set_access(crypto::fingerprint(tablet.certificate_der),
                                   {.grants = grants, .expires_at = std::nullopt}));
    ASSERT_TRUE(wait_for([&] { return client->access().grants == grants; }));
  };
  set_grants(only(message::Grant::pointer));
  EXPECT_TRUE(arrives(key('W', false))) << "let go of, as it may not hold it any more";
  client->send(key('A', true));
  client->send(button(1, true));
  EXPECT_TRUE(arrives(button(1, true)));
  set_grants({});
  EXPECT_TRUE(arrives(button(1, false)));
  client->send(motion(1, 1));
  client->send(text(U'a'));
  client->close(message::CloseCode::done);
  ASSERT_TRUE(wait_for([&] { return over_ == 1; }));
  EXPECT_EQ(counts_.passed, 2u);
  EXPECT_GE(counts_.not_granted, 1u) << "the last ones may have been lost with the connection";
  EXPECT_EQ(recording_->held_count(), 0u);
}

TEST_F(InputAtTheDoor, LeavesNothingDownHoweverASessionEnds) {
  constexpr int kSessions = 24;
  for (int i = 0; i < kSessions; ++i) {
    SeededRng rng(static_cast<std::uint64_t>(i) + 1);
    auto client = connect();
    ASSERT_NE(client, nullptr);
    const auto count = 1 + rng.below(200);
    for (std::uint64_t n = 0; n < count; ++n) client->send(random_event(rng));
    client->send(key('W', true));
    if (i % 2 == 0) {
      ASSERT_TRUE(wait_for([&] { return recording_->held_count() > 0; }));
    }
    switch (i % 4) {
      case 0:
        client->close(message::CloseCode::quit);
        break;
      case 1:
        client->close(message::CloseCode::done);
        break;
      case 2:
        (void)roster_.end_session(static_cast<unsigned>(i) + 1);
        break;
      default:
        break;  // gone
    }
    client.reset();
    ASSERT_TRUE(wait_for([&] { return over_ == i + 1; }));
    ASSERT_EQ(recording_->held_count(), 0u) << "session " << i + 1;
  }
  EXPECT_EQ(recording_->wrong_edges(), 0u);
}

// Hands that do everything at random, 2000 times a second. The long form takes 50 s and is for
// `make check-long`, which asks for disabled tests.
class Storm : public InputAtTheDoor {
 protected:
  void play(int event_count, Nanos pause) {
    const auto client = connect();
    SeededRng rng(11);
    input::HeldTracker told;
    std::vector<InputEvent> expected;
    std::int64_t x = 0, y = 0;
    LocalTime next = clock_.now();
    const auto is_edge = [](const InputEvent& event) {
      return input::EdgeRepeater::is_edge(event.kind) || event.kind == InputKind::text_input;
    };
    for (int i = 0; i < event_count; ++i) {
      const InputEvent event = random_event(rng);
      client->send(event);
      if (told.admit(event) && is_edge(event)) expected.push_back(*input::sound_event(event));
      if (event.kind == InputKind::mouse_move) {
        x += event.x;
        y += event.y;
      }
      next = next + pause;
      if (const Nanos wait = next - clock_.now(); wait > Nanos(0))
        std::this_thread::sleep_for(wait);
    }
    std::vector<InputEvent> edges;
    std::size_t looked_at = 0;
    const bool all = wait_for([&] {
      const auto events = recording_->events();
      for (; looked_at < events.size(); ++looked_at) {
        const InputEvent& event = events[looked_at];
        if (is_edge(event)) edges.push_back(event);
        if (event.kind == InputKind::mouse_move) {
          x -= event.x;
          y -= event.y;
        }
      }
      return edges.size() >= expected.size() && x == 0 && y == 0;
    });
    EXPECT_TRUE(all) << edges.size() << " of " << expected.size();
    EXPECT_TRUE(edges == expected);
    EXPECT_EQ(recording_->wrong_edges(), 0u);
  }
};

TEST_F(Storm, OfThreeThousandEventsNoneIsLostOrReordered) { play(3'000, microseconds(500)); }

TEST_F(Storm, DISABLED_OfAHundredThousandEventsNoneIsLostOrReordered) {
  play(100'000, microseconds(500));
}

}  // namespace
}  // namespace pf::native
