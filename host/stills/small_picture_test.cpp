#include "host/stills/small_picture.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstring>

#include <jpeglib.h>

namespace pf::stills {
namespace {

// A picture with gaps between its rows that must not be looked at.
struct Painted {
  Painted(SizePx size, std::uint32_t gap_bytes)
      : stride_bytes(size.width * 4 + gap_bytes),
        pixels(std::size_t{stride_bytes} * size.height, std::byte{0xEE}),
        image{pixels.data(), size, stride_bytes, capture::PixelFormat::bgrx} {}
  void set(std::uint32_t x, std::uint32_t y, std::array<int, 3> bgr) {
    std::byte* at = pixels.data() + std::size_t{y} * stride_bytes + std::size_t{x} * 4;
    for (std::size_t i = 0; i < 3; ++i) at[i] = static_cast<std::byte>(bgr[i]);
    at[3] = std::byte{0};
  }
  void fill(std::array<int, 3> bgr) {
    for (std::uint32_t y = 0; y < image.size_px.height; ++y)
      for (std::uint32_t x = 0; x < image.size_px.width; ++x) set(x, y, bgr);
  }
  std::uint32_t stride_bytes;
  std::vector<std::byte> pixels;
  capture::CpuImage image;
};

TEST(SmallPicture, IsTheMeanOfSquares) {
  Painted painted({4, 2}, 12);
  painted.fill({10, 20, 30});
  painted.set(2, 0, {0, 0, 0});
  painted.set(3, 0, {0, 0, 0});
  painted.set(2, 1, {255, 255, 255});
  painted.set(3, 1, {255, 255, 255});
  const SmallPicture small = shrink(painted.image, 2);
  EXPECT_EQ(small.size_px, (SizePx{2, 1}));
  ASSERT_EQ(small.bgrx.size(), 8u);
  EXPECT_EQ(small.bgrx[0], std::byte{10});
  EXPECT_EQ(small.bgrx[2], std::byte{30});
  EXPECT_EQ(small.bgrx[4], std::byte{128});
}

TEST(SmallPicture, FitsWhateverTheModeIs) {
  for (const SizePx size : {SizePx{1280, 720},
                            {1920, 1080},
                            {2560, 1440},
                            {479, 300},
                            {480, 270},
                            {481, 270},
                            {961, 1},
                            {1, 961},
                            {3841, 7},
                            {500, 2000}}) {
    Painted painted(size, 4);
    painted.fill({1, 2, 3});
    const SmallPicture small = shrink(painted.image, 480);
    EXPECT_LE(small.size_px.width, 480u) << size.width;
    EXPECT_GE(small.size_px.width, 1u) << size.width;
    EXPECT_GE(small.size_px.height, 1u) << size.width;
    EXPECT_EQ(small.bgrx.size(), std::size_t{small.size_px.width} * small.size_px.height * 4);
    EXPECT_EQ(small.bgrx[small.bgrx.size() - 2], std::byte{3});
  }
}

TEST(SmallPicture, BecomesAFileThatABrowserReads) {
  Painted painted({64, 48}, 0);
  painted.fill({200, 40, 20});  // blue
  const auto jpeg = to_jpeg(shrink(painted.image, 64));
  ASSERT_TRUE(jpeg);
  EXPECT_LT(jpeg->size(), 2'000u);

  jpeg_decompress_struct codec{};
  jpeg_error_mgr errors{};
  codec.err = jpeg_std_error(&errors);
  jpeg_create_decompress(&codec);
  jpeg_mem_src(&codec, reinterpret_cast<const unsigned char*>(jpeg->data()), jpeg->size());
  ASSERT_EQ(jpeg_read_header(&codec, TRUE), JPEG_HEADER_OK);
  jpeg_start_decompress(&codec);
  EXPECT_EQ(codec.output_width, 64u);
  EXPECT_EQ(codec.output_height, 48u);
  std::array<JSAMPLE, 64 * 3> row{};
  JSAMPLE* rows = row.data();
  jpeg_read_scanlines(&codec, &rows, 1);
  EXPECT_NEAR(row[0], 20, 6);
  EXPECT_NEAR(row[1], 40, 6);
  EXPECT_NEAR(row[2], 200, 6);
  jpeg_destroy_decompress(&codec);
}

}  // namespace
}  // namespace pf::stills
