#include <cmath>
#include <cstring>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/base/bt709.h"
#include "core/base/rng.h"
#include "pattern/card.h"
#include "pattern/painter.h"
#include "pattern/reader.h"

namespace pf::pattern {
namespace {

struct Picture {
  explicit Picture(SizePx size)
      : pixels(std::size_t{size.width} * size.height * 4),
        canvas{pixels.data(), size, size.width * 4} {}
  std::vector<std::byte> pixels;
  Canvas canvas;
};

// The plain conversion by the book, chroma as the mean of its four pixels.
struct Planes {
  explicit Planes(const Canvas& from) {
    const std::uint32_t width = from.size_px.width, height = from.size_px.height;
    const std::uint32_t chroma_width = (width + 1) / 2, chroma_height = (height + 1) / 2;
    y.resize(std::size_t{width} * height);
    u.resize(std::size_t{chroma_width} * chroma_height);
    v.resize(u.size());
    std::vector<double> u_sum(u.size()), v_sum(u.size()), count(u.size());
    for (std::uint32_t row = 0; row < height; ++row) {
      for (std::uint32_t column = 0; column < width; ++column) {
        const auto* px = reinterpret_cast<const std::uint8_t*>(from.pixels) +
                         std::size_t{row} * from.stride_bytes + column * 4;
        const auto yuv = bt709::from_rgb({double(px[2]), double(px[1]), double(px[0])});
        y[std::size_t{row} * width + column] = bt709::to_code(yuv.y);
        const std::size_t at = std::size_t{row / 2} * chroma_width + column / 2;
        u_sum[at] += yuv.u;
        v_sum[at] += yuv.v;
        count[at] += 1;
      }
    }
    for (std::size_t i = 0; i < u.size(); ++i) {
      u[i] = bt709::to_code(u_sum[i] / count[i]);
      v[i] = bt709::to_code(v_sum[i] / count[i]);
    }
    view = {.size_px = from.size_px,
            .planes = {y.data(), u.data(), v.data()},
            .stride_bytes = {width, chroma_width, chroma_width}};
  }
  std::vector<std::uint8_t> y, u, v;
  YuvView view;
};

RC_GTEST_PROP(CodedPicture, SaysInEverySizeWhatWasDrawn, ()) {
  const SizePx size{*rc::gen::inRange(kSmallestPx.width, 1500u),
                    *rc::gen::inRange(kSmallestPx.height, 1200u)};
  const Stamp stamp{
      .frame_number = *rc::gen::arbitrary<std::uint32_t>(),
      .drawn_at = microseconds(*rc::gen::inRange<std::int64_t>(0, std::int64_t{1} << 48))};
  Picture picture(size);
  Painter painter(size);
  painter.prepare(picture.canvas);
  painter.draw(stamp, picture.canvas);
  const Planes planes(picture.canvas);
  const auto reading = read_picture(planes.view);
  RC_ASSERT(reading.has_value());
  RC_ASSERT(reading->stamp == stamp);
  RC_ASSERT(!reading->torn);
  RC_ASSERT(check_card(planes.view).largest_error <= 2.0);
}

TEST(CodedPicture, IsReadInSnowToo) {
  const Stamp stamp{.frame_number = 71, .drawn_at = seconds(3)};
  Picture picture({1280, 720}), next({1280, 720});
  Painter painter({1280, 720}, Painter::Scene::snow);
  painter.prepare(picture.canvas);
  painter.prepare(next.canvas);
  painter.draw(stamp, picture.canvas);
  const auto reading = read_picture(Planes(picture.canvas).view);
  ASSERT_TRUE(reading);
  EXPECT_EQ(reading->stamp, stamp);

  painter.draw({.frame_number = 72, .drawn_at = seconds(3)}, next.canvas);
  std::size_t changed = 0;
  for (std::size_t i = 0; i < picture.pixels.size(); ++i)
    changed += picture.pixels[i] != next.pixels[i];
  EXPECT_GT(changed, picture.pixels.size() / 4);
}

RC_GTEST_PROP(CodedPicture, ChangesOnlyWhereItSaysSo, ()) {
  const SizePx size{*rc::gen::inRange(kSmallestPx.width, 1400u),
                    *rc::gen::inRange(kSmallestPx.height, 900u)};
  Picture before(size), after(size);
  Painter painter(size);
  for (const Picture* picture : {&before, &after}) painter.prepare(picture->canvas);
  painter.draw({.frame_number = 5, .drawn_at = milliseconds(100)}, before.canvas);
  painter.draw({.frame_number = 9, .drawn_at = milliseconds(350)}, after.canvas);
  for (const RectPx& area : painter.damage()) {
    RC_ASSERT(area.x + area.width <= size.width);
    RC_ASSERT(area.y + area.height <= size.height);
    fill(before.canvas, area, 0);
    fill(after.canvas, area, 0);
  }
  RC_ASSERT(before.pixels == after.pixels);
}

TEST(CodedPicture, KeepsToASmallBlockAtLeastInTheSmallestSize) {
  const Layout layout = layout_of(kSmallestPx);
  EXPECT_EQ(layout.block_px, kSmallestBlockPx);
  EXPECT_GE(patch_of(layout, 0).width, 16u);
  EXPECT_GE(patch_of(layout, 0).height, 16u);
}

TEST(CodedPicture, IsTornWhenItsHalvesComeFromTwoFrames) {
  const SizePx size{1280, 720};
  Picture older(size), newer(size);
  Painter painter(size);
  for (const Picture* picture : {&older, &newer}) painter.prepare(picture->canvas);
  painter.draw({.frame_number = 41, .drawn_at = milliseconds(16)}, older.canvas);
  painter.draw({.frame_number = 42, .drawn_at = milliseconds(33)}, newer.canvas);
  std::memcpy(older.pixels.data(), newer.pixels.data(), older.pixels.size() / 2);
  const auto reading = read_picture(Planes(older.canvas).view);
  ASSERT_TRUE(reading);
  EXPECT_TRUE(reading->torn);
  EXPECT_EQ(reading->stamp.frame_number, 42u);
}

TEST(CodedPicture, IsNotSeenInNoiseNorInOneColourNorInASmallPicture) {
  SeededRng rng(3);
  std::vector<std::uint8_t> plane(640 * 360);
  const YuvView view{.size_px = {640, 360},
                     .planes = {plane.data(), plane.data(), plane.data()},
                     .stride_bytes = {640, 320, 320}};
  for (const int value : {0, 16, 128, 235, 255}) {
    std::fill(plane.begin(), plane.end(), static_cast<std::uint8_t>(value));
    EXPECT_FALSE(read_picture(view)) << value;
  }
  for (auto& pixel : plane) pixel = static_cast<std::uint8_t>(rng.below(256));
  EXPECT_FALSE(read_picture(view));
  YuvView small = view;
  small.size_px = {319, 180};
  EXPECT_FALSE(read_picture(small));
}

TEST(Stamp, FailsItsCheckWhenAnyBitFlips) {
  const StampBits bits = write_stamp({.frame_number = 123456, .drawn_at = seconds(98765)});
  for (std::uint32_t i = 0; i < kBandBits; ++i) {
    StampBits flipped = bits;
    flipped.flip(i);
    EXPECT_FALSE(parse_stamp(flipped)) << i;
  }
}

TEST(ColourCard, NamesThePatchThatIsOff) {
  const SizePx size{1280, 720};
  Picture picture(size);
  Painter painter(size);
  painter.prepare(picture.canvas);
  EXPECT_LE(check_card(Planes(picture.canvas).view).largest_error, 2.0);
  fill(picture.canvas, patch_of(painter.layout(), 3), 0xC29678);  // skin, with 10 too little blue
  const CardCheck check = check_card(Planes(picture.canvas).view);
  EXPECT_STREQ(check.patch, "skin");
  EXPECT_NEAR(check.largest_error, 10, 2);
}

TEST(FullTime, RestoresWhatTheStampHasNoRoomFor) {
  const Nanos drawn = seconds(1'800'000'000) + microseconds(123'456);
  const Nanos shown = parse_stamp(write_stamp({.frame_number = 1, .drawn_at = drawn}))->drawn_at;
  for (const Nanos distance :
       {Nanos(0), Nanos(milliseconds(20)), Nanos(-milliseconds(20)), Nanos(seconds(86'400))}) {
    EXPECT_EQ(full_time(shown, drawn + distance), drawn);
  }
}

}  // namespace
}  // namespace pf::pattern
