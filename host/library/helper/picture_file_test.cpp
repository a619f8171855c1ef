#include "host/library/helper/picture_file.h"

#include <gtest/gtest.h>
#include <png.h>

#include <cstring>
#include <fstream>

#include "host/library/helper/jpeg_pixels.h"
#include "host/library/image_head.h"
#include "host/library/tree_testing.h"

namespace pf::library {
namespace {

std::string sample(const char* name) {
  std::ifstream file(std::string(PF_CORPUS "/jpeg_pixels/") + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(PictureFile, IsGivenAsItIsToABrowser) {
  const Tree tree;
  const std::string jpeg = sample("plain");
  const auto picture = load_picture(tree.write("a.jpg", jpeg), false);
  ASSERT_TRUE(picture) << picture.error().what;
  EXPECT_EQ(picture->media_type, "image/jpeg");
  EXPECT_EQ(picture->bytes, jpeg);
}

TEST(PictureFile, BecomesAPngForMoonlightClients) {
  const Tree tree;
  for (const char* name : {"plain", "progressive", "grey"}) {
    const auto picture = load_picture(tree.write("a.jpg", sample(name)), true);
    ASSERT_TRUE(picture) << name << ": " << picture.error().what;
    EXPECT_EQ(picture->media_type, "image/png");
    png_image image;
    std::memset(&image, 0, sizeof image);
    image.version = PNG_IMAGE_VERSION;
    ASSERT_TRUE(
        png_image_begin_read_from_memory(&image, picture->bytes.data(), picture->bytes.size()));
    EXPECT_EQ(image.width, 16u);
    image.format = PNG_FORMAT_RGB;
    std::vector<std::uint8_t> pixels(PNG_IMAGE_SIZE(image));
    EXPECT_TRUE(png_image_finish_read(&image, nullptr, pixels.data(), 0, nullptr));
  }
}

TEST(PictureFile, StaysAPngThatItIs) {
  const Tree tree;
  const auto picture = load_picture(tree.write("a", png_head(6, 9) + "rest"), true);
  ASSERT_TRUE(picture);
  EXPECT_EQ(picture->bytes, png_head(6, 9) + "rest");
}

TEST(PictureFile, IsRefusedWithAReason) {
  const Tree tree;
  const std::string whole = sample("plain");
  const auto kind = [&](std::string_view bytes) {
    const auto picture = load_picture(tree.write("a", bytes), true);
    return picture ? ErrorKind::lost : picture.error().kind;
  };
  EXPECT_EQ(kind("GIF89a"), ErrorKind::refused);
  EXPECT_EQ(
      kind(std::string_view("RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x57\x02\0\x83\x03\0", 30)),
      ErrorKind::refused);
  EXPECT_EQ(kind(jpeg_head(16, 16)), ErrorKind::malformed);  // no tables, no picture
  EXPECT_EQ(kind(sample("cmyk")), ErrorKind::malformed);
  EXPECT_EQ(load_picture(tree.path("none"), true).error().kind, ErrorKind::unavailable);
  tree.hole("big", 100 << 20, png_head(6, 9));
  EXPECT_EQ(load_picture(tree.path("big"), true).error().kind, ErrorKind::exhausted);
}

TEST(JpegPixels, AreAsFewAsWillDo) {
  const auto pixels = decode_jpeg(as_bytes(sample("plain")), 4);
  ASSERT_TRUE(pixels) << pixels.error().what;
  EXPECT_EQ(pixels->size_px, (SizePx{4, 6}));
}

}  // namespace
}  // namespace pf::library
