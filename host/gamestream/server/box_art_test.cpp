#include "host/gamestream/server/box_art.h"

#include <gtest/gtest.h>
#include <png.h>

#include <cstring>
#include <set>
#include <vector>

namespace pf::gamestream {
namespace {

TEST(BoxArt, IsAPictureThatADecoderTakes) {
  const std::string art = default_box_art();
  EXPECT_LT(art.size(), 40'000u);
  png_image image;
  std::memset(&image, 0, sizeof image);
  image.version = PNG_IMAGE_VERSION;
  ASSERT_TRUE(png_image_begin_read_from_memory(&image, art.data(), art.size()));
  EXPECT_EQ(image.width, 300u);
  EXPECT_EQ(image.height, 400u);
  image.format = PNG_FORMAT_RGBA;
  std::vector<std::uint32_t> pixels(image.width * image.height);
  ASSERT_TRUE(png_image_finish_read(&image, nullptr, pixels.data(), 0, nullptr)) << image.message;
  EXPECT_EQ(std::set<std::uint32_t>(pixels.begin(), pixels.end()).size(), 4u);
}

}  // namespace
}  // namespace pf::gamestream
