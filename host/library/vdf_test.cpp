#include "host/library/vdf.h"

#include <gtest/gtest.h>

#include "core/base/bytes.h"

namespace pf::library {
namespace {

using namespace std::string_literals;

TEST(TextVdf, ReadsMapsTextsEscapesCommentsAndBareWords) {
  const auto file = parse_text_vdf(
      "// Steam's\n"
      "\"AppState\"\n{\n"
      "  \"appid\" \"570\"\t[$LINUX]\n"
      "  \"name\" \"A \\\"quoted\\\" \\\\ name\\n\"\n"
      "  Bare word\n"
      "  \"empty\" \"\"\n"
      "  \"UserConfig\" { \"language\" \"german\" }\n"
      "}\n");
  ASSERT_TRUE(file) << file.error().what;
  const VdfNode* const app = file->find("appstate");  // case does not count
  ASSERT_NE(app, nullptr);
  EXPECT_EQ(app->number("AppID"), 570u);
  EXPECT_EQ(app->text("name"), "A \"quoted\" \\ name\n");
  EXPECT_EQ(app->text("bare"), "word");
  EXPECT_EQ(app->text("nothing"), "");
  EXPECT_EQ(app->number("name"), std::nullopt);
  ASSERT_NE(app->find("UserConfig"), nullptr);
  EXPECT_EQ(app->find("UserConfig")->text("language"), "german");
}

TEST(TextVdf, NamesTheLineWhereAFileIsBroken) {
  const auto reason = [](std::string_view text) {
    const auto file = parse_text_vdf(text);
    return file ? std::string("it was read") : file.error().what;
  };
  EXPECT_EQ(reason("\"a\"\n{\n"), "line 3: the file ends within a map");
  EXPECT_EQ(reason("\"a\" \"b"), "line 1: a quotation mark that is never closed");
  EXPECT_EQ(reason("\n}"), "line 2: a brace closes what was never opened");
  EXPECT_EQ(reason("\"a\""), "line 1: a key without a value");
  EXPECT_EQ(reason("\"a\" }"), "line 1: a word is wanted here");
}

TEST(TextVdf, RefusesWhatIsDeepEnoughToExhaustTheStack) {
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "a{";
  const auto file = parse_text_vdf(deep);
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().what, "line 1: maps within maps, too deep");
}

TEST(TextVdf, RefusesMoreThanAnybodyKeeps) {
  std::string many;
  for (std::size_t i = 0; i <= kMaxVdfNodes; ++i) many += "a b\n";
  EXPECT_FALSE(parse_text_vdf(many));
}

TEST(BinaryVdf, ReadsWhatSteamWrites) {
  const std::string bytes =
      "\0shortcuts\0"
      "\0"
      "0\0"
      "\2appid\0\x15\xCD\x5B\x87"
      "\1AppName\0My Game\0"
      "\7big\0\1\0\0\0\1\0\0\0"
      "\0tags\0\1"
      "0\0favourite\0\x08"
      "\x08\x08\x08"s;
  const auto file = parse_binary_vdf(as_bytes(bytes));
  ASSERT_TRUE(file) << file.error().what;
  const VdfNode* const list = file->find("shortcuts");
  ASSERT_NE(list, nullptr);
  ASSERT_EQ(list->children.size(), 1u);
  const VdfNode& game = list->children[0];
  EXPECT_EQ(game.number("appid"), 0x875BCD15u);
  EXPECT_EQ(game.text("appname"), "My Game");
  EXPECT_EQ(game.number("big"), 0x1'0000'0001u);
  EXPECT_EQ(game.find("tags")->text("0"), "favourite");
}

TEST(BinaryVdf, EveryPieceOfAFileIsReadOrRefused) {
  const std::string bytes = "\0a\0\1b\0text\0\2c\0\1\2\3\4\x08\x08"s;
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto file = parse_binary_vdf(as_bytes(std::string_view(bytes).substr(0, size)));
    // At the end of the top a map need not be closed.
    const bool whole = size == 0 || size == bytes.size() - 1;
    EXPECT_EQ(file.has_value(), whole) << size;
  }
  EXPECT_TRUE(parse_binary_vdf(as_bytes(bytes)));
}

TEST(BinaryVdf, RefusesUnknownTypesAndDepth) {
  EXPECT_FALSE(parse_binary_vdf(as_bytes("\x42key\0value\0"s)));
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "\0a\0"s;
  EXPECT_FALSE(parse_binary_vdf(as_bytes(deep)));
}

}  // namespace
}  // namespace pf::library
