// The small machines that sessions are made of.
#include <gtest/gtest.h>

#include "core/control/clock_sync.h"
#include "core/control/loss_window.h"
#include "core/control/recovery.h"
#include "core/control/refresh_policy.h"
#include "core/control/session_clock.h"
#include "core/control/welcome_check.h"
#include "testing/vectors.h"

namespace pf::control {
namespace {

using nlohmann::json;

LocalTime at(Nanos since_start) { return LocalTime(seconds(1000) + since_start); }

TEST(ReadClock, AgreesWithTheReference) {
  const json rows = testing::load_vectors("gates.json")["clock"]["rows"];
  ASSERT_FALSE(rows.empty());
  for (const auto& row : rows) {
    const ClockReading reading = read_clock({.client_sent_ns = row["t1"].get<std::uint64_t>(),
                                             .host_received_ns = row["t2"].get<std::uint64_t>(),
                                             .host_sent_ns = row["t3"].get<std::uint64_t>(),
                                             .client_received_ns = row["t4"].get<std::uint64_t>()});
    EXPECT_EQ(reading.round_trip_ns, row["rtt"].get<std::int64_t>());
    EXPECT_EQ(reading.offset_ns, row["offset"].get<std::int64_t>());
  }
}

TEST(ReadClock, SaturatesOnAbsurdStamps) {
  constexpr std::uint64_t kMost = ~std::uint64_t{0};
  EXPECT_EQ(read_clock({0, kMost, kMost, 0}).offset_ns, INT64_MAX);
  EXPECT_EQ(read_clock({kMost, 0, 0, kMost}).offset_ns, -INT64_MAX - 1);
  EXPECT_EQ(read_clock({0, kMost, 0, kMost}).round_trip_ns, INT64_MAX);
}

TEST(SessionClock, KeepsItsOffset) {
  const SessionClock clock(at(Nanos(0)), WireTime(Nanos(1'751'500'000'000'000'000)));
  const LocalTime later = at(milliseconds(16));
  EXPECT_EQ(clock.to_wire(later).ns(), 1'751'500'000'016'000'000);
  EXPECT_EQ(clock.to_local(clock.to_wire(later)), later);
}

// Answers a probe after `there`, and brings the answer back after `back`; the host is `ahead`.
void round(ClockSync& sync, LocalTime& now, Nanos there, Nanos back, Nanos ahead) {
  const auto probe = sync.poll_probe(now);
  ASSERT_TRUE(probe);
  now += there;
  const WireTime host(now.since_epoch() + ahead);
  now += back;
  sync.on_echo({.client_sent_ns = probe->client_sent_ns, .host_received = host, .host_sent = host},
               now);
}

TEST(ClockSync, BelievesTheQuickestOfEightRounds) {
  ClockSync sync;
  LocalTime now = at(Nanos(0));
  constexpr Nanos kAhead = std::chrono::hours(400'000);
  sync.start(now);
  for (int i = 0; i < 8; ++i) {
    EXPECT_FALSE(sync.poll_map());
    const bool quick = i == 5;
    round(sync, now, quick ? microseconds(100) : milliseconds(3), microseconds(120), kAhead);
  }
  EXPECT_FALSE(sync.poll_probe(now));
  const auto map = sync.poll_map();
  ASSERT_TRUE(map);
  EXPECT_EQ(map->round_trip(), microseconds(220));
  const Nanos error = map->to_wire(now).since_epoch() - now.since_epoch() - kAhead;
  EXPECT_LE(std::chrono::abs(error), map->error_bound(now));
  EXPECT_EQ(map->to_local(map->to_wire(now)), now);
  EXPECT_GT(map->error_bound(now + seconds(60)), map->error_bound(now));
  // A millisecond of drift may have come together after this time.
  const Nanos soon = *sync.next_timeout() - now;
  EXPECT_GE(soon, ClockSync::kSoonestResync);
  EXPECT_LE(soon, seconds(2));
}

TEST(ClockSync, IsAbandonedWhenAnAnswerStaysAwayAndTriesAgainLater) {
  ClockSync sync;
  LocalTime now = at(Nanos(0));
  sync.start(now);
  round(sync, now, milliseconds(1), milliseconds(1), Nanos(0));
  ASSERT_TRUE(sync.poll_probe(now));
  EXPECT_EQ(sync.next_timeout(), now + ClockSync::kRoundTimeout);
  now += ClockSync::kRoundTimeout;
  sync.handle_timeout(now);
  EXPECT_FALSE(sync.poll_map());
  EXPECT_FALSE(sync.poll_probe(now));
  now += ClockSync::kResyncInterval;
  sync.handle_timeout(now);
  EXPECT_TRUE(sync.poll_probe(now));
}

TEST(ClockSync, IgnoresEchoesOfNothing) {
  ClockSync sync;
  sync.on_echo({.client_sent_ns = 5}, at(Nanos(0)));
  sync.start(at(Nanos(0)));
  const auto probe = sync.poll_probe(at(Nanos(0)));
  ASSERT_TRUE(probe);
  sync.on_echo({.client_sent_ns = probe->client_sent_ns + 1}, at(milliseconds(1)));
  EXPECT_FALSE(sync.poll_probe(at(milliseconds(1)))) << "the round is still open";
  sync.on_echo({.client_sent_ns = probe->client_sent_ns}, at(milliseconds(2)));
  sync.on_echo({.client_sent_ns = probe->client_sent_ns}, at(milliseconds(2)));
  EXPECT_TRUE(sync.poll_probe(at(milliseconds(2))));
  EXPECT_FALSE(sync.poll_probe(at(milliseconds(2))));
}

// A batch of the later kind: probes 7 ms apart, whatever the answers do.
void batch(ClockSync& sync, LocalTime& now, Nanos round_trip) {
  now = *sync.next_timeout();
  sync.handle_timeout(now);
  for (int i = 0; i < 8; ++i) {
    const auto probe = sync.poll_probe(now);
    ASSERT_TRUE(probe) << i;
    const WireTime host((now + round_trip / 2).since_epoch());
    sync.on_echo(
        {.client_sent_ns = probe->client_sent_ns, .host_received = host, .host_sent = host},
        now + round_trip);
    if (i < 7) now += ClockSync::kBatchSpacing;
  }
}

TEST(ClockSync, SetsWorseBatchesAsideButNotForEver) {
  ClockSync sync;
  LocalTime now = at(Nanos(0));
  sync.start(now);
  for (int i = 0; i < 8; ++i) round(sync, now, milliseconds(2), milliseconds(2), Nanos(0));
  ASSERT_TRUE(sync.poll_map());
  batch(sync, now, microseconds(5500));  // within one and a half of the best
  EXPECT_TRUE(sync.poll_map());
  batch(sync, now, milliseconds(30));
  EXPECT_FALSE(sync.poll_map());
  batch(sync, now, milliseconds(20));
  EXPECT_FALSE(sync.poll_map());
  batch(sync, now, milliseconds(25));
  const auto map = sync.poll_map();
  ASSERT_TRUE(map);
  EXPECT_EQ(map->round_trip(), milliseconds(20));
}

TEST(LossWindow, AgreesWithTheReferenceWhereNumbersSayNoMore) {
  for (const auto& row : json(testing::load_vectors("rules.json")["loss_ppm"]["rows"])) {
    // On top of earlier windows, since totals only grow.
    const ReceptionTotals before{.received = 10, .recovered = 20, .late = 5, .frames_dropped = 7};
    const ReceptionTotals now{.received = 10 + row["received"].get<std::uint64_t>(),
                              .recovered = 20 + row["recovered"].get<std::uint64_t>(),
                              .late = 5 + row["late"].get<std::uint64_t>(),
                              .frames_dropped = 7 + row["frames_dropped"].get<std::uint64_t>()};
    LossWindow window;
    (void)window.report(before);
    EXPECT_EQ(window.report(now), row["loss_ppm"].get<std::uint32_t>()) << row;
  }
  EXPECT_EQ(LossWindow().report({.recovered = 5, .frames_dropped = 1}), 1'000'000u);
  LossWindow window;
  (void)window.report({.received = 9});
  EXPECT_EQ(window.report({.received = 3, .late = 8}), 0u) << "nonsense is no loss";
}

TEST(LossWindow, SeesThePacketsOfFramesThatWereGivenUp) {
  LossWindow window;
  EXPECT_EQ(window.report({.received = 900, .packets_sent = 1000, .packets_opened = 900}),
            100'000u);
  EXPECT_EQ(window.report({.received = 1900, .packets_sent = 2000, .packets_opened = 1900}), 0u);
}

TEST(LossWindow, CountsAPacketThatIsOvertakenAtMostOnce) {
  LossWindow window;
  // Ten are always on their way behind the newest.
  EXPECT_EQ(window.report({.packets_sent = 1000, .packets_opened = 990}), 10'000u);
  EXPECT_EQ(window.report({.packets_sent = 2000, .packets_opened = 2000}), 0u);
  EXPECT_EQ(window.report({.packets_sent = 3000, .packets_opened = 2990}), 0u);
  EXPECT_EQ(window.report({.packets_sent = 4000, .packets_opened = 3980}), 10'000u);
}

TEST(LossWindow, ForgetsWhatWasLostOnPurpose) {
  LossWindow window;
  window.skip({.packets_sent = 1000, .packets_opened = 500});
  EXPECT_EQ(window.report({.packets_sent = 2000, .packets_opened = 1400}), 100'000u);
}

message::Hello hello() {
  message::Hello hello;
  hello.codecs = message::CodecSet{message::VideoCodec::h264};
  return hello;
}

message::Welcome welcome() {
  message::Welcome welcome;
  welcome.media_port = 5000;
  welcome.mode = {{1280, 720}, {60, 1}};
  welcome.codec = message::VideoCodec::h264;
  welcome.keys.aes128.fill()[0] = std::byte{1};
  return welcome;
}

TEST(WelcomeFault, FindsEveryUnusableAnswer) {
  EXPECT_FALSE(welcome_fault(hello(), welcome()));
  const auto faulty = [](auto change) {
    message::Welcome w = welcome();
    change(w);
    return welcome_fault(hello(), w).has_value();
  };
  EXPECT_TRUE(faulty([](auto& w) { w.media_port = 0; }));
  EXPECT_TRUE(faulty([](auto& w) { w.mode.size_px.width = 0; }));
  EXPECT_TRUE(faulty([](auto& w) { w.mode.size_px.height = 99'999; }));
  EXPECT_TRUE(faulty([](auto& w) { w.mode.refresh = {0, 1}; }));
  EXPECT_TRUE(faulty([](auto& w) { w.shard_bytes = 0; }));
  EXPECT_TRUE(faulty([](auto& w) { w.shard_bytes = 1407; }));
  EXPECT_TRUE(faulty([](auto& w) { w.shard_bytes = 9154; }));
  EXPECT_TRUE(faulty([](auto& w) { w.fec.max_data_per_block = 0; }));
  EXPECT_TRUE(faulty([](auto& w) { w.fec.percent = 91; }));
  EXPECT_TRUE(faulty([](auto& w) { w.fec.max_data_per_block = 60'000; }));
  EXPECT_TRUE(faulty([](auto& w) { w.fec.scheme = message::FecScheme::gf8; }));
  EXPECT_TRUE(faulty([](auto& w) {
    w.shard_bytes = 2;
    w.fec.max_data_per_block = 1;
  }));
  EXPECT_TRUE(faulty([](auto& w) { w.keys.aes128 = {}; }));
  EXPECT_TRUE(faulty([](auto& w) { w.codec = message::VideoCodec::av1; }));
  EXPECT_TRUE(faulty([](auto& w) {
    w.keys.cipher = message::Cipher::chacha20_poly1305;
    w.keys.chacha20.fill()[0] = std::byte{1};
  })) << "not offered";
  EXPECT_FALSE(faulty([](auto& w) {
    w.encrypted = false;
    w.keys.aes128 = {};
  }));
}

bool is_keyframe(const std::optional<Refresh>& refresh) {
  return refresh && std::holds_alternative<MakeKeyframe>(*refresh);
}
bool is_drop(const std::optional<Refresh>& refresh) {
  return refresh && std::holds_alternative<DropReferences>(*refresh);
}

TEST(RefreshPolicy, SpacesKeyframesAndOwesTheLastOne) {
  RefreshPolicy policy(false);
  EXPECT_TRUE(is_keyframe(policy.on_keyframe_request(at(Nanos(0)))));
  EXPECT_FALSE(policy.next_timeout());
  EXPECT_FALSE(policy.on_keyframe_request(at(milliseconds(100))));
  EXPECT_FALSE(policy.on_keyframe_request(at(milliseconds(200))));
  EXPECT_EQ(policy.next_timeout(), at(milliseconds(750)));
  EXPECT_FALSE(policy.handle_timeout(at(milliseconds(749))));
  EXPECT_TRUE(is_keyframe(policy.handle_timeout(at(milliseconds(750)))));
  EXPECT_FALSE(policy.next_timeout());
}

TEST(RefreshPolicy, CountsKeyframesThatNobodyAskedFor) {
  RefreshPolicy policy(false);
  policy.on_keyframe_sent(at(Nanos(0)));
  EXPECT_FALSE(policy.on_keyframe_request(at(milliseconds(300))));
  EXPECT_TRUE(is_keyframe(policy.handle_timeout(at(milliseconds(750)))));
}

TEST(RefreshPolicy, MakesAKeyframeOfLostFramesUnlessTheEncoderCanDoBetter) {
  RefreshPolicy plain(false);
  EXPECT_TRUE(is_keyframe(plain.on_frames_lost({.first_frame = 5, .last_frame = 6}, at(Nanos(0)))));
  RefreshPolicy able(true);
  EXPECT_TRUE(
      is_drop(able.on_frames_lost({.first_frame = 0xFFFFFFF0, .last_frame = 0xF0}, at(Nanos(0)))))
      << "the range wraps";
  EXPECT_TRUE(
      is_keyframe(able.on_frames_lost({.first_frame = 0, .last_frame = 257}, at(Nanos(0)))));
}

TEST(RefreshPolicy, SwallowsTwoEchoesOfAServedRange) {
  RefreshPolicy policy(true);
  const message::RfiRequest lost{.first_frame = 5, .last_frame = 6};
  EXPECT_TRUE(is_drop(policy.on_frames_lost(lost, at(Nanos(0)))));
  EXPECT_FALSE(policy.on_frames_lost(lost, at(milliseconds(100))));
  EXPECT_FALSE(policy.on_frames_lost(lost, at(milliseconds(200))));
  EXPECT_TRUE(is_drop(policy.on_frames_lost(lost, at(milliseconds(250)))));
  EXPECT_TRUE(is_drop(policy.on_frames_lost(lost, at(milliseconds(1300)))));
  EXPECT_FALSE(policy.on_frames_lost(lost, at(milliseconds(1400)))) << "a new episode";
}

bool asks_range(const std::optional<Recovery::Request>& request, std::uint32_t first,
                std::uint32_t last) {
  if (!request) return false;
  const auto* range = std::get_if<message::RfiRequest>(&*request);
  return range && *range == message::RfiRequest{.first_frame = first, .last_frame = last};
}
bool asks_keyframe(const std::optional<Recovery::Request>& request) {
  return request && std::holds_alternative<message::RequestKeyframe>(*request);
}

TEST(Recovery, AsksForARangeFirstAndForAKeyframeWhenNobodyAnswers) {
  Recovery recovery;
  recovery.on_gap(10, 12, at(Nanos(0)));
  EXPECT_TRUE(recovery.frozen());
  EXPECT_TRUE(asks_range(recovery.poll_request(at(Nanos(0))), 10, 12));
  EXPECT_FALSE(recovery.poll_request(at(Nanos(0))));
  EXPECT_EQ(recovery.next_timeout(), at(Recovery::kRangePatience));
  recovery.handle_timeout(at(Recovery::kRangePatience));
  EXPECT_FALSE(recovery.frozen()) << "a wrong picture beats a frozen one after a while";
  EXPECT_TRUE(asks_keyframe(recovery.poll_request(at(Recovery::kRangePatience))));
  const Nanos again = Recovery::kRangePatience + Recovery::kKeyframeSpacing;
  EXPECT_EQ(recovery.next_timeout(), at(again));
  EXPECT_FALSE(recovery.poll_request(at(again - Nanos(1))));
  EXPECT_TRUE(asks_keyframe(recovery.poll_request(at(again))));
  recovery.on_frame({.frame = 40, .keyframe = true}, at(again));
  EXPECT_FALSE(recovery.recovering());
  EXPECT_FALSE(recovery.next_timeout());
}

TEST(Recovery, JoinsGapsThatComeTooQuickly) {
  Recovery recovery;
  recovery.on_gap(10, 10, at(Nanos(0)));
  EXPECT_TRUE(recovery.poll_request(at(Nanos(0))));
  recovery.on_gap(12, 12, at(milliseconds(20)));
  recovery.on_gap(15, 16, at(milliseconds(40)));
  EXPECT_FALSE(recovery.poll_request(at(milliseconds(99))));
  EXPECT_EQ(recovery.next_timeout(), at(milliseconds(100)));
  EXPECT_TRUE(asks_range(recovery.poll_request(at(milliseconds(100))), 12, 16));
  EXPECT_EQ(recovery.range_requests(), 2u);
}

TEST(Recovery, AsksForAKeyframeWhenTheGapIsLongOrThePictureBroken) {
  Recovery long_gap;
  long_gap.on_gap(0xFFFFFFF0, 0x200, at(Nanos(0)));
  EXPECT_TRUE(asks_keyframe(long_gap.poll_request(at(Nanos(0)))));
  Recovery broken;
  broken.on_broken(at(Nanos(0)));
  EXPECT_TRUE(asks_keyframe(broken.poll_request(at(Nanos(0)))));
  broken.on_frame({.frame = 1, .recovery_anchor = true}, at(Nanos(0)));
  EXPECT_TRUE(broken.recovering()) << "an anchor does not mend a decoder";
}

TEST(Recovery, EndsWithAnAnchorOrTheSecondRefreshMark) {
  Recovery anchored;
  anchored.on_gap(1, 1, at(Nanos(0)));
  anchored.on_frame({.frame = 5}, at(Nanos(0)));
  EXPECT_TRUE(anchored.frozen());
  anchored.on_frame({.frame = 6, .recovery_anchor = true}, at(Nanos(0)));
  EXPECT_FALSE(anchored.recovering());
  Recovery marked;
  marked.on_gap(1, 1, at(Nanos(0)));
  marked.on_frame({.frame = 5, .recovery_point = true}, at(milliseconds(100)));
  marked.handle_timeout(at(milliseconds(600)));
  EXPECT_TRUE(marked.frozen()) << "more patience while marks come in";
  marked.on_frame({.frame = 9, .recovery_point = true}, at(milliseconds(700)));
  EXPECT_FALSE(marked.recovering());
}

}  // namespace
}  // namespace pf::control
