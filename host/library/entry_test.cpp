#include "host/library/entry.h"

#include <gtest/gtest.h>

#include "core/message/text.h"

namespace pf::library {
namespace {

TEST(EntryId, KeepsPlainKeysAndTellsOthersApart) {
  EXPECT_EQ(make_id("steam", "570"), "steam:570");
  EXPECT_EQ(make_id("desktop", "org.gnome.Chess"), "desktop:org.gnome.Chess");
  const std::string space = make_id("custom", "My Game"), other = make_id("custom", "My/Game");
  EXPECT_TRUE(space.starts_with("custom:My_Game-")) << space;
  EXPECT_NE(space, other);
  EXPECT_LE(make_id("desktop", std::string(10'000, 'x')).size(), kMaxIdBytes);
  EXPECT_NE(make_id("custom", ""), "custom:");
}

TEST(EntryTitle, LosesWhateverDeceivesAReader) {
  EXPECT_EQ(clean_title("  Portal\t2\n", ""), "Portal 2");
  EXPECT_EQ(clean_title("a\xE2\x80\xAE"
                        "fdp.exe",
                        ""),
            "afdp.exe");  // U+202E turns what follows
  EXPECT_EQ(clean_title("a\xE2\x80\x8B\xE2\x81\xA6"
                        "b\xEF\xBB\xBF\xC2\x85",
                        ""),
            "ab");
  EXPECT_EQ(clean_title("\x1b[31mred", ""), "[31mred");
  EXPECT_EQ(clean_title("\xFF\xFE", "570"), "570");
  EXPECT_EQ(clean_title("", ""), "?");
  EXPECT_EQ(clean_title("<script>alert(1)</script>", ""), "<script>alert(1)</script>");
  EXPECT_EQ(clean_title("Ünïcödé ✓", ""), "Ünïcödé ✓");
}

TEST(EntryTitle, IsCutBetweenCharacters) {
  std::string longest;
  for (int i = 0; i < 10'000; ++i) longest += "ü";
  const std::string title = clean_title(longest, "");
  EXPECT_LE(title.size(), kMaxTitleBytes);
  EXPECT_TRUE(message::is_utf8(title));
}

}  // namespace
}  // namespace pf::library
