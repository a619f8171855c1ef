#include "host/library/image_head.h"

#include <gtest/gtest.h>

#include "host/library/art_file.h"
#include "host/library/tree_testing.h"

namespace pf::library {
namespace {

using namespace std::string_literals;

std::string said(std::string_view bytes) {
  const auto head = parse_image_head(as_bytes(bytes));
  if (!head) return "none";
  return fmt::format("{} {}x{}", media_type(head->format), head->size_px.width,
                     head->size_px.height);
}

TEST(ImageHead, TellsFormatAndSize) {
  EXPECT_EQ(said(png_head(600, 900)), "image/png 600x900");
  EXPECT_EQ(said(jpeg_head(600, 900)), "image/jpeg 600x900");
  EXPECT_EQ(said("RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x57\x02\0\x83\x03\0"s),
            "image/webp 600x900");
  EXPECT_EQ(said("RIFF\0\0\0\0WEBPVP8 \x0a\0\0\0\0\0\0\x9d\x01\x2a\x58\x02\x84\x03"s),
            "image/webp 600x900");
  EXPECT_EQ(said("RIFF\0\0\0\0WEBPVP8L\x0a\0\0\0\x2f\x57\xc2\xe0\0"s), "image/webp 600x900");
}

TEST(ImageHead, RefusesWhatIsNoPictureOfAnybodys) {
  EXPECT_EQ(said(""), "none");
  EXPECT_EQ(said("<svg onload=alert(1)>"), "none");
  EXPECT_EQ(said("GIF89a\1\0\1\0"s), "none");
  EXPECT_EQ(said(png_head(0, 10)), "none");
  EXPECT_EQ(said(png_head(100'000, 10)), "none");
  EXPECT_EQ(said("\xFF\xD8\xFF\xE0\0\0"s), "none");  // a segment that is shorter than its length
  for (std::size_t size = 0; size < 24; ++size)
    EXPECT_EQ(said(png_head(9, 9).substr(0, size)), "none");
}

TEST(ArtFile, IsRefusedWithAReason) {
  const Tree tree;
  const auto reason = [&](const char* name) {
    const auto art = look_at_art(tree.path(name));
    return art ? std::string("taken") : art.error().what;
  };
  tree.write("good.png", png_head(60, 90));
  tree.write("text.png", "no picture");
  tree.hole("huge.png", 100 << 20, png_head(60, 90));
  tree.fifo("fifo.png");
  tree.folder("folder.png");
  tree.link("loop.png", tree.path("loop.png"));
  EXPECT_EQ(reason("good.png"), "taken");
  EXPECT_NE(reason("text.png").find("is no PNG, JPEG or WebP picture"), std::string::npos);
  EXPECT_NE(reason("huge.png").find("has 104857600 bytes, and 8388608 are the most"),
            std::string::npos);
  EXPECT_NE(reason("fifo.png").find("is no regular file"), std::string::npos);
  EXPECT_NE(reason("folder.png").find("is no regular file"), std::string::npos);
  EXPECT_NE(reason("loop.png").find("cannot read"), std::string::npos);
  EXPECT_NE(reason("none.png").find("cannot read"), std::string::npos);
}

TEST(ArtFile, HasAnotherTagWhenItHasChanged) {
  const Tree tree;
  const std::string path = tree.write("art.png", png_head(60, 90));
  const auto before = look_at_art(path);
  tree.write("art.png", png_head(61, 90) + "more");
  const auto after = look_at_art(path);
  ASSERT_TRUE(before && after);
  EXPECT_EQ(before->tag.size(), 16u);
  EXPECT_NE(before->tag, after->tag);
}

}  // namespace
}  // namespace pf::library
