#include "host/gamestream/protocol/control_session.h"

#include <gtest/gtest.h>

#include "host/gamestream/protocol/control_testing.h"
#include "testing/vectors.h"

namespace pf::gamestream {
namespace {

using message::InputKind;

Secret<16> some_key() {
  std::array<std::byte, 16> bytes{};
  bytes[3] = std::byte{7};
  return Secret<16>(bytes);
}

constexpr int kKeyDown = 3, kButtonDown = 8, kRelativeMotion = 7;

class ControlSessionTest : public ::testing::Test {
 protected:
  ControlSessionParams params(ControlIv iv = ControlIv::v2) {
    return {.key = some_key(), .iv = iv, .grants = message::Grants::all(), .picture = {1280, 720}};
  }
  void start() {
    session.handle(ControlUp{}, now);
    say(client.seal(0x0302, {0, 0}));
    say(client.seal(0x0307, {0}));
    drain();
  }
  void say(std::vector<std::byte> packet) { session.handle(ControlPacket{packet}, now); }
  std::vector<ControlSession::Output> drain() {
    std::vector<ControlSession::Output> all;
    while (auto output = session.poll()) all.push_back(*std::move(output));
    return all;
  }
  template <class T>
  std::vector<T> drain_of() {
    std::vector<T> all;
    for (const auto& output : drain()) {
      if (const auto* what = std::get_if<T>(&output)) all.push_back(*what);
    }
    return all;
  }
  std::vector<std::pair<std::uint16_t, std::vector<std::byte>>> heard_by_client() {
    std::vector<std::pair<std::uint16_t, std::vector<std::byte>>> all;
    for (const auto& sent : drain_of<SendControlPacket>()) {
      const auto text = client.open(sent.bytes);
      EXPECT_TRUE(text);
      if (text) all.push_back(*text);
    }
    return all;
  }
  void press_key(int code) { say(client.seal_input(kKeyDown, {0, code, 0x80, 0, 0, 0})); }
  // To the session's next wish, again and again.
  void pass(Nanos time) {
    const LocalTime end = now + time;
    for (auto due = session.next_timeout(); due && *due <= end; due = session.next_timeout()) {
      now = std::max(now, *due);
      session.handle_timeout(now);
    }
    now = end;
  }

  LocalTime now{seconds(100)};
  ControlSession session{params(), now};
  ControlClientEnd client{some_key()};
};

TEST_F(ControlSessionTest, StartsTheStreamOnceAndSaysThatItIsNotHdr) {
  session.handle(ControlUp{}, now);
  EXPECT_TRUE(drain().empty());
  say(client.seal(0x0302, {0, 0}));
  EXPECT_TRUE(drain().empty());  // only the slot of an old message
  say(client.seal(0x0307, {0}));
  const auto outputs = drain();
  ASSERT_EQ(outputs.size(), 2u);
  EXPECT_TRUE(std::holds_alternative<StreamWanted>(outputs[0]));
  const auto text = client.open(std::get<SendControlPacket>(outputs[1]).bytes);
  ASSERT_TRUE(text);
  EXPECT_EQ(text->first, 0x010e);
  EXPECT_EQ(text->second, std::vector<std::byte>(27));
  say(client.seal(0x0307, {0}));
  EXPECT_TRUE(drain().empty());
}

TEST_F(ControlSessionTest, SpeaksWithClientsThatAskForTheLegacyIv) {
  ControlSession old(params(ControlIv::legacy), now);
  ControlClientEnd old_client(some_key(), ControlIv::legacy);
  old.handle(ControlUp{}, now);
  auto packet = old_client.seal(0x0307, {0});
  old.handle(ControlPacket{packet}, now);
  EXPECT_TRUE(std::holds_alternative<StreamWanted>(*old.poll()));
  EXPECT_EQ(old_client.open(std::get<SendControlPacket>(*old.poll()).bytes)->first, 0x010e);
}

TEST_F(ControlSessionTest, PassesOnWhatTheClientHasLost) {
  start();
  say(client.seal(0x0302, {0, 0}));
  EXPECT_EQ(drain_of<KeyframeWanted>().size(), 1u);
  say(client.seal(0x0301,
                  {10, 0, 0, 0, 0, 0, 0, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}));
  const auto lost = drain_of<InvalidateReferences>();
  ASSERT_EQ(lost.size(), 1u);
  EXPECT_EQ(lost[0].first, 10u);
  EXPECT_EQ(lost[0].last, 12u);
  say(client.seal(0x5502, {0, 0, 0, 9, 0, 120, 0, 118, 0, 1, 0, 5, 0, 2, 0, 4, 0, 0, 40, 0, 1}));
  const auto status = drain_of<FecStatus>();
  ASSERT_EQ(status.size(), 1u);
  EXPECT_EQ(status[0].frame_index, 9u);
}

TEST_F(ControlSessionTest, InjectsWhatTheDeviceMayDo) {
  start();
  press_key(0x41);
  const auto pressed = drain_of<InjectInput>();
  ASSERT_EQ(pressed.size(), 1u);
  EXPECT_EQ(pressed[0].event.kind, InputKind::key_down);
  EXPECT_EQ(pressed[0].event.code, 0x41u);
  // Grants: pointer only.
  session.handle(ControlGrants{message::Grants::from_bits(1u << 1)}, now);
  const auto released = drain_of<ReleaseInput>();
  ASSERT_EQ(released.size(), 2u);
  EXPECT_EQ(released[0].device, input::Device::keyboard);
  EXPECT_EQ(released[1].device, input::Device::gamepad);
  press_key(0x41);
  EXPECT_TRUE(drain().empty());
  EXPECT_EQ(session.input_counts().not_granted, 1u);
  say(client.seal_input(kButtonDown, {1}));
  EXPECT_EQ(drain_of<InjectInput>().size(), 1u);
  // A touch pad, likewise of the gamepad that it may not use.
  say(client.seal_input(0x55000007, {0, 2, 50, 0}));
  EXPECT_TRUE(drain().empty());
}

TEST_F(ControlSessionTest, LetsGoWhenTheClientFallsSilent) {
  start();
  press_key(0x41);
  drain();
  pass(input::InputGate::kSilence);
  EXPECT_EQ(drain_of<ReleaseInput>().size(), 1u);
  EXPECT_FALSE(session.over());
  pass(ControlSession::kSilence - input::InputGate::kSilence);
  const auto outputs = drain();
  ASSERT_FALSE(outputs.empty());
  EXPECT_EQ(std::get<ControlOver>(outputs.back()).why, ControlOver::Why::silent);
}

TEST_F(ControlSessionTest, LivesAsLongAsTheClientPings) {
  start();
  for (int i = 0; i < 600; ++i) {
    pass(milliseconds(100));
    say(client.seal(0x0200, {4, 0, 0, 0, 0, 0, 0, 0}));
  }
  EXPECT_FALSE(session.over());
}

TEST_F(ControlSessionTest, IsOverWhenNobodyComes) {
  pass(ControlSession::kConnectPatience);
  EXPECT_TRUE(session.over());
  EXPECT_EQ(drain_of<ControlOver>()[0].why, ControlOver::Why::never_came);
}

TEST_F(ControlSessionTest, UnplugsAndReleasesWhenTheClientLeaves) {
  start();
  say(client.seal_input(0x55000004, {2, 1, 0, 0, 0, 0, 0, 0}));
  EXPECT_EQ(drain_of<InjectInput>()[0].event.kind, InputKind::gamepad_arrival);
  session.handle(ControlDown{}, now);
  const auto outputs = drain();
  ASSERT_EQ(outputs.size(), 4u);
  EXPECT_EQ(std::get<InjectInput>(outputs[0]).event.kind, InputKind::gamepad_remove);
  EXPECT_FALSE(std::get<ReleaseInput>(outputs[1]).device);
  EXPECT_EQ(std::get<ControlOver>(outputs[3]).why, ControlOver::Why::left);
  EXPECT_EQ(std::get<ControlOver>(outputs[3]).input.passed, 1u);
  EXPECT_FALSE(session.next_timeout());
}

TEST_F(ControlSessionTest, SaysWhyItEnds) {
  start();
  session.handle(ControlEnd{}, now);
  const auto outputs = drain();
  ASSERT_EQ(outputs.size(), 4u);
  const auto text = client.open(std::get<SendControlPacket>(outputs[0]).bytes);
  ASSERT_TRUE(text);
  EXPECT_EQ(text->first, 0x0109);
  EXPECT_EQ(to_hex(text->second), "80030023");
  EXPECT_TRUE(std::holds_alternative<PartFromClient>(outputs[2]));
  // Nothing matters any more.
  press_key(0x41);
  EXPECT_TRUE(drain().empty());
}

TEST_F(ControlSessionTest, RumblesNoMoreThanMattersAndTheNewestLast) {
  start();
  for (std::uint16_t strength = 1; strength <= 100; ++strength)
    session.handle(PadRumble{.pad = 1, .low_frequency = strength}, now);
  EXPECT_EQ(heard_by_client().size(), 1u);
  pass(PadFeedback::kSpacing);
  const auto second = heard_by_client();
  ASSERT_EQ(second.size(), 1u);
  EXPECT_EQ(second[0].first, 0x010b);
  EXPECT_EQ(std::to_integer<int>(second[0].second[6]), 100);
  session.handle(PadRumble{.pad = 1, .low_frequency = 100}, now);
  pass(PadFeedback::kSpacing);
  EXPECT_TRUE(heard_by_client().empty());  // it rumbles like that already
  session.handle(PadMotionRequest{.pad = 0, .rate_hz = 100, .kind = 1}, now);
  session.handle(PadMotionRequest{.pad = 0, .rate_hz = 200, .kind = 2}, now);
  session.handle(PadLed{.pad = 0, .red = 255}, now);
  session.handle(PadRumble{.pad = 99}, now);
  EXPECT_EQ(heard_by_client().size(), 3u);
}

TEST_F(ControlSessionTest, SaysTheEffectsOfBothTriggers) {
  start();
  session.handle(PadTriggerEffects{.pad = 0, .which = 8, .left_kind = 1}, now);
  session.handle(PadTriggerEffects{.pad = 0, .which = 4, .right_kind = 1}, now);
  EXPECT_EQ(heard_by_client().size(), 2u);
  session.handle(PadTriggerEffects{.pad = 0, .which = 8, .left_kind = 2}, now);
  session.handle(PadTriggerEffects{.pad = 0, .which = 4, .right_kind = 2}, now);
  pass(PadFeedback::kSpacing);
  EXPECT_EQ(heard_by_client().size(), 2u);
}

TEST_F(ControlSessionTest, TellsWhatAPadCanDoBeforeItIsPluggedIn) {
  start();
  drain();
  auto packet = client.seal_input(0x55000004, {3, 2, 0x22, 0x01, 0, 0, 0, 0});
  session.handle(ControlPacket{packet}, now);
  const auto outputs = drain();
  ASSERT_EQ(outputs.size(), 2u);
  const auto* report = std::get_if<PadReport>(&outputs[0]);
  ASSERT_TRUE(report);
  EXPECT_EQ(std::get<PadArrival>(*report).capabilities, 0x122);
  const auto* event = std::get_if<InjectInput>(&outputs[1]);
  ASSERT_TRUE(event);
  EXPECT_EQ(event->event.kind, message::InputKind::gamepad_arrival);
  EXPECT_EQ(event->event.flags, 3u);
}

TEST_F(ControlSessionTest, KeepsWhatThePadsShallDoUntilSomebodyCanHearIt) {
  session.handle(PadLed{.pad = 0, .blue = 9}, now);
  EXPECT_TRUE(drain().empty());
  session.handle(ControlUp{}, now);
  pass(milliseconds(1));
  EXPECT_EQ(heard_by_client().size(), 1u);
}

TEST_F(ControlSessionTest, HearsNobodyElse) {
  start();
  auto packet = client.seal(0x0302, {0, 0});
  const auto good = packet;
  for (std::size_t i = 0; i < good.size(); ++i) {
    packet = good;
    packet[i] ^= std::byte{1};
    say(packet);
  }
  for (std::size_t size = 0; size < good.size(); ++size)
    say(std::vector<std::byte>(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size)));
  EXPECT_TRUE(drain().empty());
  EXPECT_EQ(session.counts().packets, 2u);
  say(good);
  say(good);  // once more
  EXPECT_EQ(drain_of<KeyframeWanted>().size(), 1u);
  EXPECT_EQ(session.counts().replayed, 1u);
  // Nor do strangers keep it alive.
  for (int i = 0; i < 120; ++i) {
    pass(milliseconds(100));
    say(std::vector<std::byte>(60));
  }
  EXPECT_TRUE(session.over());
}

TEST_F(ControlSessionTest, CountsWhatItDoesNotKnow) {
  start();
  say(client.seal(0x0999, {1, 2, 3}));
  say(client.seal_input(0x1234, {}));
  say(client.seal_input(kRelativeMotion, {0, 1}));  // too short
  say(client.seal_input(
      0x55000002, std::initializer_list<int>{0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                                             0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}));  // hovers
  EXPECT_TRUE(drain().empty());
  EXPECT_EQ(session.counts().unknown, 1u);
  EXPECT_EQ(session.counts().unknown_input, 2u);
  EXPECT_EQ(session.counts().not_injectable, 1u);
}

TEST_F(ControlSessionTest, TakesNoMoreInputThanAHandCouldMake) {
  start();
  press_key(0x41);
  for (int i = 0; i < 10'000; ++i) say(client.seal_input(kRelativeMotion, {0, 1, 0, 1}));
  const auto outputs = drain();
  std::size_t injected = 0;
  bool released = false;
  for (const auto& output : outputs) {
    injected += std::holds_alternative<InjectInput>(output) ? 1 : 0;
    released = released || std::holds_alternative<ReleaseInput>(output);
  }
  EXPECT_LE(injected, input::InputGate::kMaxBurst);
  EXPECT_TRUE(released);
}

TEST_F(ControlSessionTest, ReadsWhatARealClientSealed) {
  const auto vectors = testing::load_vectors("gamestream.json").at("control");
  const auto key = testing::unhex(vectors.at("rikey"));
  ControlSessionParams with_key = params();
  with_key.key = Secret<16>(std::span<const std::byte, 16>(key.data(), 16));
  ControlSession real(with_key, now);
  real.handle(ControlUp{}, now);
  for (const auto& vector : vectors.at("v2_client_to_host")) {
    auto wire = testing::unhex(vector.at("wire"));
    real.handle(ControlPacket{wire}, now);
  }
  EXPECT_EQ(real.counts().packets, vectors.at("v2_client_to_host").size());
  EXPECT_EQ(real.counts().unknown + real.counts().unknown_input, 0u);
}

}  // namespace
}  // namespace pf::gamestream
