// The same questions to every encoder that probes well here.
#include <algorithm>
#include <deque>
#include <functional>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "client/decode/libavcodec/libavcodec_decoder.h"
#include "host/encode/modules.h"
#include "pattern/card.h"
#include "pattern/painter.h"
#include "pattern/reader.h"

namespace pf::encode {
namespace {

constexpr RefreshRate k60Hz{60, 1};

class FakeClock final : public Clock {
 public:
  LocalTime now() const noexcept override { return LocalTime(milliseconds(1000)); }
};

// Draws coded pictures and says how many of them were given back.
class Screen {
 public:
  explicit Screen(SizePx size)
      : size_(size),
        painter_(size),
        pixels_(std::size_t{size.width} * size.height * 4),
        canvas_{pixels_.data(), size, size.width * 4} {
    painter_.prepare(canvas_);
  }
  capture::RawFrame draw(std::uint32_t number) {
    painter_.draw({.frame_number = number, .drawn_at = milliseconds(16) * number}, canvas_);
    capture::RawFrame frame{
        .image = {pixels_.data(), size_, canvas_.stride_bytes},
        .captured_at = LocalTime(milliseconds(number)),
        .delivered_at = LocalTime(milliseconds(number) + microseconds(50)),
        .lease = capture::FrameLease(
            [](void* self, std::uint64_t) noexcept { ++static_cast<Screen*>(self)->given_back_; },
            this, 0)};
    for (const RectPx& area : painter_.damage()) (void)frame.damage_px.push(area);
    return frame;
  }
  int given_back() const { return given_back_; }

 private:
  SizePx size_;
  pattern::Painter painter_;
  std::vector<std::byte> pixels_;
  pattern::Canvas canvas_;
  int given_back_ = 0;
};

struct CollectedUnit final : PartSink {
  void on_part(const AccessUnitPart& part) noexcept override {
    if (part.first != (part_count == 0)) well_formed = false;
    if (last_count > 0) well_formed = false;
    ++part_count;
    last_count += part.last ? 1 : 0;
    idr = part.idr;
    recovery_anchor = part.recovery_anchor;
    id = part.id;
    captured_at = part.captured_at;
    submitted_at = part.submitted_at;
    part_offsets.push_back(static_cast<std::ptrdiff_t>(bytes.size()));
    bytes.insert(bytes.end(), part.bytes.begin(), part.bytes.end());
  }
  std::vector<int> nal_types() const {
    std::vector<int> types;
    for (std::size_t i = 0; i + 3 < bytes.size(); ++i) {
      if (bytes[i] == std::byte{0} && bytes[i + 1] == std::byte{0} &&
          bytes[i + 2] == std::byte{1}) {
        types.push_back(std::to_integer<int>(bytes[i + 3]) & 31);
      }
    }
    return types;
  }
  bool has(int nal_type) const {
    const auto types = nal_types();
    return std::count(types.begin(), types.end(), nal_type) > 0;
  }
  std::vector<std::byte> bytes;
  std::vector<std::ptrdiff_t> part_offsets;
  int part_count = 0;
  int last_count = 0;
  bool well_formed = true;
  bool idr = false, recovery_anchor = false;
  FrameId id{};
  LocalTime captured_at, submitted_at;
};

constexpr int kNalIdr = 5, kNalSps = 7, kNalPps = 8;

class Conformance : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    auto module = load_module(GetParam());
    ASSERT_TRUE(module) << module.error().what;
    backend_ = *module;
    const auto caps = backend_->probe();
    ASSERT_TRUE(caps) << caps.error().what;
  }

  std::unique_ptr<Encoder> open(const EncodeRequest& request) {
    auto encoder = backend_->open(request, clock_);
    EXPECT_TRUE(encoder) << encoder.error().what;
    return encoder ? std::move(*encoder) : nullptr;
  }
  static CollectedUnit encode(Encoder& encoder, Screen& screen, std::uint32_t number,
                              FrameDirective directive = {}) {
    CollectedUnit unit;
    directive.id = FrameId{number};
    const auto done = encoder.encode(screen.draw(number), directive, unit);
    EXPECT_TRUE(done) << done.error().what;
    EXPECT_TRUE(unit.well_formed);
    EXPECT_EQ(unit.last_count, 1);
    EXPECT_EQ(unit.id, directive.id);
    return unit;
  }

  FakeClock clock_;
  const EncoderBackend* backend_ = nullptr;
};

pattern::YuvView view_of(const decode::DecodedPicture& picture) {
  pattern::YuvView view{.size_px = picture.size_px, .full_range = picture.full_range};
  for (int i = 0; i < 3; ++i) {
    view.planes[i] = picture.planes[i];
    view.stride_bytes[i] = picture.stride_bytes[i];
  }
  return view;
}

TEST_P(Conformance, StartsWithAKeyFrameAndGivesFurtherOnesOnlyOnDemand) {
  const SizePx size{640, 360};
  const auto encoder = open({.size_px = size, .refresh = k60Hz, .bitrate_kbps = 3000});
  Screen screen(size);
  for (std::uint32_t i = 0; i < 400; ++i) {
    const bool wanted = i == 0 || i == 150 || i == 151;
    const CollectedUnit unit = encode(*encoder, screen, i, {.idr = wanted && i > 0});
    ASSERT_EQ(unit.idr, wanted) << i;
    ASSERT_EQ(unit.has(kNalIdr), wanted) << i;
    ASSERT_EQ(unit.has(kNalSps), wanted) << i;
    ASSERT_EQ(unit.has(kNalPps), wanted) << i;
  }
}

TEST_P(Conformance, GivesAPictureThatSaysWhatWasDrawnForEachOneAtOnce) {
  const SizePx size{640, 360};
  const auto encoder = open({.size_px = size, .refresh = k60Hz, .bitrate_kbps = 1000, .slices = 4});
  auto decoder = decode::open_libavcodec_decoder();
  ASSERT_TRUE(decoder);
  Screen screen(size);
  for (std::uint32_t i = 0; i < 90; ++i) {
    const CollectedUnit unit = encode(*encoder, screen, 1000 + i);
    EXPECT_EQ(unit.captured_at, LocalTime(milliseconds(1000 + i)));
    EXPECT_EQ(unit.submitted_at, clock_.now());
    const auto picture = (*decoder)->decode(unit.bytes, unit.id);
    ASSERT_TRUE(picture && *picture) << i;
    EXPECT_EQ((*picture)->size_px, size);
    const auto reading = pattern::read_picture(view_of(**picture));
    ASSERT_TRUE(reading) << i;
    EXPECT_EQ(reading->stamp.frame_number, 1000 + i);
    EXPECT_FALSE(reading->torn);
  }
  EXPECT_EQ(screen.given_back(), 90);
}

TEST_P(Conformance, GivesNoPictureToWhomASliceIsMissing) {
  const SizePx size{640, 360};
  const auto encoder = open({.size_px = size, .refresh = k60Hz, .bitrate_kbps = 3000, .slices = 4});
  auto decoder = decode::open_libavcodec_decoder();
  ASSERT_TRUE(decoder);
  Screen screen(size);
  ASSERT_TRUE((*decoder)->decode(encode(*encoder, screen, 0).bytes, FrameId{0}));
  for (std::size_t slice = 0; slice < 4; ++slice) {
    CollectedUnit unit = encode(*encoder, screen, static_cast<std::uint32_t>(slice) + 1);
    const auto begin = unit.bytes.begin();
    unit.bytes.erase(begin + unit.part_offsets[slice],
                     slice == 3 ? unit.bytes.end() : begin + unit.part_offsets[slice + 1]);
    const auto picture = (*decoder)->decode(unit.bytes, unit.id);
    ASSERT_TRUE(picture);
    EXPECT_FALSE(picture->has_value()) << slice;
  }
}

TEST_P(Conformance, SendsEachPictureInAsManyPartsAsSlicesWereAskedFor) {
  const SizePx size{640, 360};
  const auto encoder = open({.size_px = size, .refresh = k60Hz, .bitrate_kbps = 3000, .slices = 4});
  Screen screen(size);
  for (std::uint32_t i = 0; i < 5; ++i) {
    const CollectedUnit unit = encode(*encoder, screen, i);
    EXPECT_EQ(unit.part_count, 4);
    const auto types = unit.nal_types();
    EXPECT_EQ(std::count_if(types.begin(), types.end(), [](int t) { return t == 1 || t == 5; }), 4);
  }
}

TEST_P(Conformance, KeepsColoursWithinTwoAndTagsThem) {
  const SizePx size{1280, 720};
  const auto encoder = open({.size_px = size, .refresh = k60Hz, .bitrate_kbps = 40'000});
  const ColourDescription colour = encoder->parameters().colour;
  EXPECT_EQ(colour.matrix, 1);
  auto decoder = decode::open_libavcodec_decoder();
  ASSERT_TRUE(decoder);
  Screen screen(size);
  pattern::CardCheck check;
  for (std::uint32_t i = 0; i < 20; ++i) {
    const CollectedUnit unit = encode(*encoder, screen, i);
    const auto picture = (*decoder)->decode(unit.bytes, unit.id);
    ASSERT_TRUE(picture && *picture);
    EXPECT_EQ((*picture)->matrix, colour.matrix);
    EXPECT_EQ((*picture)->full_range, colour.full_range);
    check = pattern::check_card(view_of(**picture));
  }
  EXPECT_LE(check.largest_error, 2.0) << check.patch;
}

TEST_P(Conformance, ConvertsToTheMatrixAndRangeThatAreAskedForAndKeepsOnePictureIfToldSo) {
  const SizePx size{640, 360};
  auto decoder = decode::open_libavcodec_decoder();
  ASSERT_TRUE(decoder);
  for (const ColourDescription& colour :
       {ColourDescription{.matrix = 6}, ColourDescription{.matrix = 9, .full_range = true}}) {
    const auto encoder = open({.size_px = size,
                               .refresh = k60Hz,
                               .bitrate_kbps = 20'000,
                               .colour = colour,
                               .max_reference_pictures = 1});
    EXPECT_EQ(encoder->parameters().colour.matrix, colour.matrix);
    Screen screen(size);
    for (std::uint32_t i = 0; i < 3; ++i) {
      const CollectedUnit unit = encode(*encoder, screen, i);
      const auto picture = (*decoder)->decode(unit.bytes, unit.id);
      ASSERT_TRUE(picture && *picture);
      EXPECT_EQ((*picture)->matrix, colour.matrix);
      EXPECT_EQ((*picture)->full_range, colour.full_range);
    }
  }
  EXPECT_FALSE(
      backend_->open({.size_px = size, .refresh = k60Hz, .colour = {.matrix = 2}}, clock_));
}

TEST_P(Conformance, FollowsTheBitRateWithinTwoSecondsWithoutAKeyFrame) {
  const SizePx size{640, 360};
  const auto encoder = open({.size_px = size, .refresh = k60Hz, .bitrate_kbps = 800});
  Screen screen(size);
  std::uint32_t number = 0;
  const auto mean_bytes_at = [&](std::uint32_t kbps) {
    std::size_t bytes = 0;
    for (int i = 0; i < 120; ++i, ++number) {
      const CollectedUnit unit = encode(*encoder, screen, number, {.bitrate_kbps = kbps});
      if (number > 0) {
        EXPECT_FALSE(unit.idr) << number;
      }
      if (i >= 60) bytes += unit.bytes.size();
    }
    EXPECT_EQ(encoder->parameters().bitrate_kbps, kbps);
    return static_cast<double>(bytes) / 60;
  };
  const auto budget = [](std::uint32_t kbps) { return kbps * 1000.0 / 8 / 60; };
  const double low = mean_bytes_at(400), high = mean_bytes_at(1200), low_again = mean_bytes_at(400);
  EXPECT_LT(low, budget(400) * 1.25);
  EXPECT_GT(high, low * 1.5);
  EXPECT_LT(low_again, budget(400) * 1.25);
}

bool same_pixels(const decode::DecodedPicture& a, const decode::DecodedPicture& b) {
  for (int plane = 0; plane < 3; ++plane) {
    const std::uint32_t shift = plane == 0 ? 0 : 1;
    for (std::uint32_t y = 0; y < a.size_px.height >> shift; ++y) {
      const std::uint8_t* const in_a = a.planes[plane] + std::size_t{a.stride_bytes[plane]} * y;
      const std::uint8_t* const in_b = b.planes[plane] + std::size_t{b.stride_bytes[plane]} * y;
      if (!std::equal(in_a, in_a + (a.size_px.width >> shift), in_b)) return false;
    }
  }
  return true;
}

// One decoder gets everything, the other loses pictures: from the answer on they show the same.
TEST_P(Conformance, AnswersALossWithAPictureThatNeedsNothingOfWhatWasLost) {
  const SizePx size{1280, 720};
  const auto encoder = open({.size_px = size, .refresh = k60Hz, .bitrate_kbps = 8000, .slices = 2});
  if (!encoder->parameters().drops_references) GTEST_SKIP() << "answers with key frames";
  auto whole = decode::open_libavcodec_decoder(), lossy = decode::open_libavcodec_decoder();
  ASSERT_TRUE(whole && lossy);
  Screen screen(size);
  constexpr std::uint32_t kFirst = 1000;
  for (std::uint32_t i = 0; i < 60; ++i) {
    const std::uint32_t number = kFirst + i;
    FrameDirective directive;
    // Heard of two or three pictures later, twice.
    if (i == 22) directive.lost = LostFrames{FrameId{kFirst + 20}, FrameId{kFirst + 20}};
    if (i == 43) directive.lost = LostFrames{FrameId{kFirst + 40}, FrameId{kFirst + 41}};
    const CollectedUnit unit = encode(*encoder, screen, number, directive);
    EXPECT_EQ(unit.idr, i == 0) << i;
    EXPECT_EQ(unit.recovery_anchor, directive.lost.has_value()) << i;
    const auto expected = (*whole)->decode(unit.bytes, unit.id);
    ASSERT_TRUE(expected && *expected) << i;
    // Neither the lost ones nor what refers to them reach the decoder.
    if ((i >= 20 && i < 22) || (i >= 40 && i < 43)) continue;
    const auto picture = (*lossy)->decode(unit.bytes, unit.id);
    ASSERT_TRUE(picture && *picture) << i;
    EXPECT_TRUE(same_pixels(**picture, **expected)) << i;
    const auto reading = pattern::read_picture(view_of(**picture));
    ASSERT_TRUE(reading) << i;
    EXPECT_EQ(reading->stamp.frame_number, number);
    EXPECT_FALSE(reading->torn);
  }
}

// Shows nothing from a loss until its answer, and complains anew with every picture until then.
class LosingClient {
 public:
  LosingClient() {
    auto whole = decode::open_libavcodec_decoder(), lossy = decode::open_libavcodec_decoder();
    EXPECT_TRUE(whole && lossy);
    whole_ = std::move(*whole);
    lossy_ = std::move(*lossy);
  }
  // What it complains of, if it does.
  std::optional<LostFrames> take(const CollectedUnit& unit, bool arrives) {
    const auto expected = whole_->decode(unit.bytes, unit.id);
    EXPECT_TRUE(expected && *expected) << value(unit.id);
    if (arrives && (unit.idr || unit.recovery_anchor)) first_lost_.reset();
    if (!arrives && !first_lost_) first_lost_ = unit.id;
    if (first_lost_) return LostFrames{*first_lost_, unit.id};
    const auto picture = lossy_->decode(unit.bytes, unit.id);
    const bool shown = picture && *picture && expected && *expected;
    EXPECT_TRUE(shown && same_pixels(**picture, **expected)) << value(unit.id);
    ++shown_;
    return std::nullopt;
  }
  int shown() const { return shown_; }

 private:
  std::unique_ptr<decode::Decoder> whole_, lossy_;
  std::optional<FrameId> first_lost_;
  int shown_ = 0;
};

// Answers are lost as well, and the way back takes one, two and three pictures.
TEST_P(Conformance, IsDecodedWholeHoweverOftenPicturesAreLost) {
  const SizePx size{640, 360};
  const auto encoder = open({.size_px = size, .refresh = k60Hz, .bitrate_kbps = 4000});
  if (!encoder->parameters().drops_references) GTEST_SKIP() << "answers with key frames";
  Screen screen(size);
  LosingClient client;
  std::mt19937 random(7);
  std::deque<std::pair<std::uint32_t, LostFrames>> complaints;  // and when they are heard
  int key_frames = 0;
  for (std::uint32_t i = 1; i <= 600; ++i) {
    FrameDirective directive;
    for (; !complaints.empty() && complaints.front().first <= i; complaints.pop_front())
      directive.lost = complaints.front().second;
    const CollectedUnit unit = encode(*encoder, screen, i, directive);
    key_frames += unit.idr ? 1 : 0;
    const bool arrives = i == 1 || random() % 100 >= 15;
    if (const auto lost = client.take(unit, arrives)) complaints.push_back({i + i / 200, *lost});
    if (HasFailure()) return;
  }
  EXPECT_GT(client.shown(), 400);
  EXPECT_LT(key_frames, 15);  // most losses need none
}

// H.264 numbers its pictures modulo a power of two.
TEST_P(Conformance, IsDecodedWholeWhereTheNumbersOfLostPicturesWrap) {
  const SizePx size{320, 180};
  const auto encoder = open({.size_px = size, .refresh = k60Hz, .bitrate_kbps = 400});
  if (!encoder->parameters().drops_references) GTEST_SKIP() << "answers with key frames";
  Screen screen(size);
  LosingClient client;
  FrameDirective directive;
  for (std::uint32_t i = 0; i < 4120; ++i) {
    const CollectedUnit unit = encode(*encoder, screen, i, directive);
    const bool lost = i > 0 && (i % 512 == 0 || i % 512 == 100);
    directive.lost = client.take(unit, !lost);
    if (HasFailure()) return;
  }
}

TEST_P(Conformance, AnswersALossThatLeavesNothingWithAKeyFrame) {
  const SizePx size{640, 360};
  const auto encoder = open({.size_px = size, .refresh = k60Hz, .bitrate_kbps = 3000});
  if (!encoder->parameters().drops_references) GTEST_SKIP() << "answers with key frames";
  Screen screen(size);
  const auto lost = [](std::uint32_t first, std::uint32_t last) {
    return FrameDirective{.lost = LostFrames{FrameId{first}, FrameId{last}}};
  };
  for (std::uint32_t i = 0; i < 30; ++i) EXPECT_EQ(encode(*encoder, screen, i).idr, i == 0);
  // Longer ago than it keeps pictures.
  EXPECT_TRUE(encode(*encoder, screen, 30, lost(1, 28)).idr);
  EXPECT_FALSE(encode(*encoder, screen, 31).idr);
  // With the key frame itself.
  EXPECT_TRUE(encode(*encoder, screen, 32, lost(30, 30)).idr);
  EXPECT_FALSE(encode(*encoder, screen, 33).idr);
  // Before the key frame, which has healed it.
  const CollectedUnit healed = encode(*encoder, screen, 34, lost(29, 31));
  EXPECT_FALSE(healed.idr || healed.recovery_anchor);
}

TEST_P(Conformance, RepeatsAPictureThatWasGoodEnoughForNextToNothing) {
  const SizePx size{640, 360};
  const auto encoder = open({.size_px = size, .refresh = k60Hz, .bitrate_kbps = 1000});
  auto decoder = decode::open_libavcodec_decoder();
  ASSERT_TRUE(decoder);
  Screen screen(size);
  std::uint32_t i = 0;
  for (; i < 30; ++i) {
    const CollectedUnit unit = encode(*encoder, screen, i);
    ASSERT_TRUE((*decoder)->decode(unit.bytes, unit.id));
  }
  for (; i < 36; ++i) {
    CollectedUnit again;
    const bool key_frame = i == 34;
    ASSERT_TRUE(
        encoder->encode_again({.id = FrameId{i}, .idr = key_frame, .as_before = true}, again));
    const auto picture = (*decoder)->decode(again.bytes, again.id);
    ASSERT_TRUE(picture && *picture);
    const auto reading = pattern::read_picture(view_of(**picture));
    ASSERT_TRUE(reading);
    EXPECT_EQ(reading->stamp.frame_number, 29u);
    EXPECT_EQ(again.idr, key_frame);
    // A key frame has to be a picture; openh264 has no way to say that nothing is wanted.
    if (!key_frame && GetParam() == std::string_view("x264")) {
      EXPECT_LT(again.bytes.size(), 100u);
    }
  }
  EXPECT_GT(encode(*encoder, screen, i).bytes.size(), 1000u);
}

TEST_P(Conformance, EncodesTheSamePictureAgain) {
  const SizePx size{640, 360};
  const auto encoder = open({.size_px = size, .refresh = k60Hz, .bitrate_kbps = 3000});
  CollectedUnit none;
  EXPECT_EQ(encoder->encode_again({}, none).error().kind, ErrorKind::refused);
  auto decoder = decode::open_libavcodec_decoder();
  ASSERT_TRUE(decoder);
  Screen screen(size);
  const CollectedUnit first = encode(*encoder, screen, 7);
  ASSERT_TRUE((*decoder)->decode(first.bytes, first.id));
  CollectedUnit again;
  ASSERT_TRUE(encoder->encode_again({.id = FrameId{8}, .idr = true}, again));
  EXPECT_TRUE(again.well_formed && again.idr && again.last_count == 1);
  EXPECT_EQ(again.captured_at, clock_.now());
  const auto picture = (*decoder)->decode(again.bytes, again.id);
  ASSERT_TRUE(picture && *picture);
  const auto reading = pattern::read_picture(view_of(**picture));
  ASSERT_TRUE(reading);
  EXPECT_EQ(reading->stamp.frame_number, 7u);
}

TEST_P(Conformance, PadsOddSizesToTheNextEvenOne) {
  for (const SizePx size :
       {SizePx{641, 361}, SizePx{853, 480}, SizePx{640, 361}, SizePx{1366, 768}}) {
    const auto encoder = open({.size_px = size, .refresh = k60Hz, .bitrate_kbps = 3000});
    const SizePx even{(size.width + 1) / 2 * 2, (size.height + 1) / 2 * 2};
    EXPECT_EQ(encoder->parameters().size_px, even);
    auto decoder = decode::open_libavcodec_decoder();
    ASSERT_TRUE(decoder);
    Screen screen(size);
    const CollectedUnit unit = encode(*encoder, screen, 3);
    const auto picture = (*decoder)->decode(unit.bytes, unit.id);
    ASSERT_TRUE(picture && *picture);
    EXPECT_EQ((*picture)->size_px, even);
    // The client knows the mode, and with it what to cut off.
    pattern::YuvView view = view_of(**picture);
    view.size_px = size;
    const auto reading = pattern::read_picture(view);
    ASSERT_TRUE(reading);
    EXPECT_EQ(reading->stamp.frame_number, 3u);
  }
}

TEST_P(Conformance, RefusesWhatItCannotDoWithASentence) {
  for (const EncodeRequest& request :
       {EncodeRequest{.codec = Codec::av1, .size_px = {640, 360}, .refresh = k60Hz},
        EncodeRequest{.size_px = {0, 0}, .refresh = k60Hz},
        EncodeRequest{.size_px = {99999, 99999}, .refresh = k60Hz},
        EncodeRequest{.size_px = {640, 360}, .refresh = {0, 1}}}) {
    const auto encoder = backend_->open(request, clock_);
    ASSERT_FALSE(encoder);
    EXPECT_FALSE(encoder.error().what.empty());
  }
  const auto encoder = open({.size_px = {640, 360}, .refresh = k60Hz});
  Screen screen({320, 180});
  CollectedUnit unit;
  EXPECT_EQ(encoder->encode(screen.draw(0), {}, unit).error().kind, ErrorKind::malformed);
  EXPECT_EQ(screen.given_back(), 1);
}

INSTANTIATE_TEST_SUITE_P(Encoders, Conformance, testing::Values("x264", "openh264"),
                         [](const auto& chosen) { return std::string(chosen.param); });

TEST(Modules, AreUnavailableWithASentenceWhenTheyAreNotThere) {
  const auto module = load_module("nothing");
  ASSERT_FALSE(module);
  EXPECT_EQ(module.error().kind, ErrorKind::unavailable);
  EXPECT_EQ(module.error().what, "punktfunk-encoder-nothing.so is not installed");
}

}  // namespace
}  // namespace pf::encode
