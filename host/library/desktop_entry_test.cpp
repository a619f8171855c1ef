#include "host/library/desktop_entry.h"

#include <gtest/gtest.h>

namespace pf::library {
namespace {

using Words = std::vector<std::string>;

Words command(std::string exec) {
  DesktopEntry entry;
  entry.name = "My Game";
  entry.icon = "game";
  entry.exec = std::move(exec);
  const auto words = command_of(entry, "/menu/game.desktop");
  return words ? *words : Words{"refused", words.error().what};
}

TEST(DesktopEntry, ReadsItsOwnGroupOnly) {
  const auto entry = parse_desktop_entry(
      "# a comment\r\n"
      "[Other]\nName=no\n\n"
      "[Desktop Entry]\r\n"
      "Type=Application\n"
      "Name = Two\\sWords\n"
      "Name[de]=Zwei Wörter\n"
      "Exec=game %U\n"
      "Categories=Game;ActionGame;\n"
      "NoDisplay=false\n"
      "[Desktop Action new]\nName=no\nExec=no\n");
  ASSERT_TRUE(entry) << entry.error().what;
  EXPECT_EQ(entry->name, "Two Words");
  EXPECT_EQ(entry->exec, "game %U");
  EXPECT_TRUE(entry->has_category("Game"));
  EXPECT_FALSE(entry->has_category("Action"));
  EXPECT_FALSE(entry->hidden);
}

TEST(DesktopEntry, SaysWhatIsBroken) {
  EXPECT_EQ(parse_desktop_entry("Name=x\n").error().what, "it has no [Desktop Entry]");
  EXPECT_EQ(parse_desktop_entry("[Desktop Entry]\nnonsense\n").error().what,
            "line 2 is neither a group nor a key");
  EXPECT_FALSE(parse_desktop_entry(std::string(100'000, '\n')));
}

TEST(DesktopEntry, CutsItsCommandAsTheSpecificationSays) {
  EXPECT_EQ(command("game --fast"), (Words{"game", "--fast"}));
  EXPECT_EQ(command("\"/opt/my game/run\" \"a \\\"b\\\" \\$c\""),
            (Words{"/opt/my game/run", "a \"b\" $c"}));
  EXPECT_EQ(command("game %F %i --name %c %k 100%%"),
            (Words{"game", "--icon", "game", "--name", "My Game", "/menu/game.desktop", "100%"}));
  EXPECT_EQ(command("game \"\""), (Words{"game", ""}));
}

TEST(DesktopEntry, RefusesCommandsThatMakeNoSense) {
  EXPECT_EQ(command(""), (Words{"refused", "its Exec has no program"}));
  EXPECT_EQ(command("%U"), (Words{"refused", "its Exec has no program"}));
  EXPECT_EQ(command("a \"b"),
            (Words{"refused", "its Exec has a quotation mark that is never closed"}));
  EXPECT_EQ(command("a %z"), (Words{"refused", "its Exec has a field that nobody knows"}));
  EXPECT_EQ(command("a %"), (Words{"refused", "its Exec has a field that nobody knows"}));
  std::string many = "a";
  for (int i = 0; i < 100; ++i) many += " b";
  EXPECT_EQ(command(many).front(), "refused");
}

}  // namespace
}  // namespace pf::library
