#include <cmath>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/base/bt709.h"
#include "core/base/rng.h"
#include "host/convert/yuv_picture.h"

namespace pf::convert {
namespace {

struct Image {
  Image(SizePx size, std::uint64_t seed, std::uint32_t spare_bytes = 0)
      : pixels(std::size_t{size.height} * (size.width * 4 + spare_bytes)),
        view{pixels.data(), size, size.width * 4 + spare_bytes} {
    SeededRng(seed).fill(pixels);
  }
  std::vector<std::byte> pixels;
  capture::CpuImage view;
};

// Both layouts as Y, U, V without padding, to compare.
std::vector<std::uint8_t> flat(const YuvPlanes& picture) {
  std::vector<std::uint8_t> all;
  const std::uint32_t width = picture.size_px.width, height = picture.size_px.height;
  for (std::uint32_t y = 0; y < height; ++y) {
    const auto* row = picture.planes[0] + std::size_t{y} * picture.stride_bytes[0];
    all.insert(all.end(), row, row + width);
  }
  for (std::uint32_t plane = 0; plane < 2; ++plane) {
    for (std::uint32_t y = 0; y < height / 2; ++y) {
      for (std::uint32_t x = 0; x < width / 2; ++x) {
        all.push_back(picture.layout == ChromaLayout::nv12
                          ? picture.planes[1][y * picture.stride_bytes[1] + x * 2 + plane]
                          : picture.planes[1 + plane][y * picture.stride_bytes[1] + x]);
      }
    }
  }
  return all;
}

std::vector<std::uint8_t> convert_with(const Kernel& kernel, const Image& image,
                                       ChromaLayout layout, const YuvColour& colour = {}) {
  YuvPicture picture(image.view.size_px, layout);
  const SizePx size = picture.planes().size_px;
  kernel.convert(image.view, {0, 0, size.width, size.height}, picture.planes(),
                 coefficients_of(colour));
  return flat(picture.planes());
}

RC_GTEST_PROP(Kernels, AgreeBitForBitInEverySizeAndLayout, ()) {
  const SizePx size{*rc::gen::inRange(1u, 130u), *rc::gen::inRange(1u, 20u)};
  const Image image(size, *rc::gen::arbitrary<std::uint64_t>(), *rc::gen::inRange(0u, 3u) * 4);
  const YuvColour colour{*rc::gen::element(Matrix::bt601, Matrix::bt709, Matrix::bt2020),
                         *rc::gen::arbitrary<bool>()};
  const auto expected = convert_with(kernels()[0], image, ChromaLayout::nv12, colour);
  for (const Kernel& kernel : kernels()) {
    if (!kernel.runs_here()) continue;
    RC_ASSERT(convert_with(kernel, image, ChromaLayout::nv12, colour) == expected);
    RC_ASSERT(convert_with(kernel, image, ChromaLayout::i420, colour) == expected);
  }
}

TEST(Kernels, StayWithinOneOfTheExactFormula) {
  const SizePx size{512, 128};
  const Image image(size, 42);
  const auto converted = convert_with(fastest_kernel(), image, ChromaLayout::i420);
  const auto* px = reinterpret_cast<const std::uint8_t*>(image.pixels.data());
  int differ = 0;
  for (std::uint32_t y = 0; y < size.height; y += 2) {
    for (std::uint32_t x = 0; x < size.width; x += 2) {
      bt709::Rgb mean;
      for (std::uint32_t i = 0; i < 4; ++i) {
        const std::size_t at = std::size_t{y + i / 2} * size.width + x + i % 2;
        const bt709::Rgb c{double(px[at * 4 + 2]), double(px[at * 4 + 1]), double(px[at * 4])};
        const int exact = bt709::to_code(bt709::from_rgb(c).y);
        ASSERT_LE(std::abs(converted[at] - exact), 1);
        differ += converted[at] != exact ? 1 : 0;
        mean = {mean.r + c.r / 4, mean.g + c.g / 4, mean.b + c.b / 4};
      }
      const auto exact = bt709::from_rgb(mean);
      const std::size_t chroma = std::size_t{y / 2} * (size.width / 2) + x / 2;
      const std::size_t luma_count = std::size_t{size.width} * size.height;
      ASSERT_LE(std::abs(converted[luma_count + chroma] - bt709::to_code(exact.u)), 1);
      ASSERT_LE(std::abs(converted[luma_count * 5 / 4 + chroma] - bt709::to_code(exact.v)), 1);
    }
  }
  EXPECT_LT(differ, static_cast<int>(size.width * size.height) / 200);
}

// One colour all over, and what H.273 says of it; pure ones reach the ends of full range.
TEST(Kernels, KnowTheMatricesAndRangesThatClientsAskFor) {
  struct Case {
    Matrix matrix;
    double red, blue;
  };
  constexpr std::uint8_t kColours[][3] = {{255, 0, 0},     {0, 255, 0},    {0, 0, 255},
                                          {255, 255, 255}, {17, 130, 200}, {0, 0, 0}};
  for (const Case& c : {Case{Matrix::bt601, 0.299, 0.114}, Case{Matrix::bt709, 0.2126, 0.0722},
                        Case{Matrix::bt2020, 0.2627, 0.0593}}) {
    for (const auto& [r, g, b] : kColours) {
      for (const bool full : {false, true}) {
        Image image({32, 2}, 1);
        for (std::size_t i = 0; i < image.pixels.size(); i += 4) {
          image.pixels[i] = std::byte(b);
          image.pixels[i + 1] = std::byte(g);
          image.pixels[i + 2] = std::byte(r);
        }
        const auto converted =
            convert_with(fastest_kernel(), image, ChromaLayout::i420, {c.matrix, full});
        const double luma = c.red * r + (1 - c.red - c.blue) * g + c.blue * b;
        const double chroma = full ? 1.0 : 224.0 / 255.0;
        EXPECT_NEAR(converted.front(), full ? luma : 16 + luma * 219.0 / 255.0, 1);
        EXPECT_NEAR(converted[64], 128 + chroma * (b - luma) / (2 * (1 - c.blue)), 1);
        EXPECT_NEAR(converted.back(), 128 + chroma * (r - luma) / (2 * (1 - c.red)), 1);
      }
    }
  }
}

TEST(Kernels, PutBlackWhiteAndGreyWhereTheStandardSays) {
  for (const int value : {0, 128, 255}) {
    Image image({34, 4}, 1);
    for (std::byte& byte : image.pixels) byte = std::byte(value);
    const auto converted = convert_with(fastest_kernel(), image, ChromaLayout::nv12);
    EXPECT_EQ(converted.front(), value == 0 ? 16 : value == 255 ? 235 : 126);
    EXPECT_EQ(converted.back(), 128);
  }
}

TEST(Kernels, RepeatTheLastColumnAndRowOfAnOddImage) {
  const Image image({35, 5}, 9);
  const auto converted = convert_with(fastest_kernel(), image, ChromaLayout::nv12);
  for (std::uint32_t y = 0; y < 5; ++y) EXPECT_EQ(converted[y * 36 + 35], converted[y * 36 + 34]);
  for (std::uint32_t x = 0; x < 36; ++x) EXPECT_EQ(converted[5 * 36 + x], converted[4 * 36 + x]);
}

RC_GTEST_PROP(YuvPicture, IsWholeAfterConvertingOnlyWhatChanged, ()) {
  const SizePx size{*rc::gen::inRange(1u, 200u), *rc::gen::inRange(1u, 40u)};
  Image image(size, 5);
  YuvPicture kept(size, ChromaLayout::nv12);
  RC_ASSERT(kept.update(image.view, {}).has_value());
  capture::Damage damage;
  for (int i = *rc::gen::inRange(1, 5); i > 0; --i) {
    RectPx rect;
    rect.x = *rc::gen::inRange(0u, size.width);
    rect.y = *rc::gen::inRange(0u, size.height);
    rect.width = *rc::gen::inRange(1u, size.width - rect.x + 1);
    rect.height = *rc::gen::inRange(1u, size.height - rect.y + 1);
    RC_ASSERT(damage.push(rect));
    for (std::uint32_t y = rect.y; y < rect.y + rect.height; ++y) {
      for (std::uint32_t x = rect.x * 4; x < (rect.x + rect.width) * 4; ++x) {
        image.pixels[y * image.view.stride_bytes + x] ^= std::byte{0x5A};
      }
    }
  }
  RC_ASSERT(kept.update(image.view, damage).has_value());
  YuvPicture fresh(size, ChromaLayout::nv12);
  RC_ASSERT(fresh.update(image.view, {}).has_value());
  RC_ASSERT(flat(kept.planes()) == flat(fresh.planes()));
}

TEST(YuvPicture, RefusesAnotherSizeAndDamageOutside) {
  const Image image({64, 64}, 1), other({64, 32}, 1);
  YuvPicture picture({64, 64}, ChromaLayout::nv12);
  EXPECT_EQ(picture.update(other.view, {}).error().kind, ErrorKind::malformed);
  ASSERT_TRUE(picture.update(image.view, {}));
  capture::Damage damage;
  ASSERT_TRUE(damage.push({1, 1, 0xFFFFFFFF, 2}));
  EXPECT_EQ(picture.update(image.view, damage).error().kind, ErrorKind::malformed);
}

}  // namespace
}  // namespace pf::convert
