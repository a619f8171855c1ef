#include "host/config/app_edit.h"

#include <gtest/gtest.h>

#include "host/config/config_file.h"

namespace pf::config {
namespace {

AppConfig app(std::string name, std::vector<std::string> command = {"run"}) {
  AppConfig made;
  made.name = std::move(name);
  made.command = std::move(command);
  return made;
}

AppConfig read(std::string_view toml, std::size_t index = 0) {
  const auto config = parse_config(toml, "t");
  EXPECT_TRUE(config) << config.error().what;
  return config && index < config->apps.size() ? config->apps[index] : AppConfig{};
}

constexpr std::string_view kTwo =
    "# mine\n"
    "[video]\n"
    "bitrate_kbps = 8000  # enough\n"
    "\n"
    "# the first\n"
    "[[app]]\n"
    "name = \"One\"   # it is called so\n"
    "command = [\n  \"one\", # with a comment\n  \"--fast\",\n]\n"
    "\n"
    "# the second\n"
    "[[app]]\n"
    "name = 'Two'\n"
    "command = [\"two\"]\n"
    "ends_session = false\n"
    "[[app.prep]]\n"
    "run = [\"true\"]\n"
    "\n"
    "[network]\n"
    "port = 9778\n";

TEST(AppEdit, AddsAtTheEnd) {
  AppConfig full = app("Race \"2\"", {"race", "--in ü", ""});
  full.working_folder = "/tmp";
  full.image = "/tmp/race.png";
  full.mode = *parse_display_mode("1280x720@60");
  full.ends_session = false;
  full.prep = {{.run = {"a", "b"}, .undo = {}}, {.run = {}, .undo = {"c"}}};
  const auto first = add_app("", full);
  ASSERT_TRUE(first) << first.error().what;
  EXPECT_EQ(read(*first), full);
  const auto third = add_app(kTwo, full);
  ASSERT_TRUE(third) << third.error().what;
  EXPECT_TRUE(third->starts_with(std::string(kTwo) + "\n[[app]]\n"));
  EXPECT_EQ(read(*third, 2), full);
  EXPECT_TRUE(add_app("[video]\nslices = 2", app("x")));  // no line feed at the end
}

TEST(AppEdit, ChangesOnlyWhatDiffers) {
  AppConfig next = read(kTwo);
  next.command = {"one", "--slow"};
  next.working_folder = "/tmp";
  const auto text = change_app(kTwo, "One", next);
  ASSERT_TRUE(text) << text.error().what;
  EXPECT_EQ(*text,
            "# mine\n[video]\nbitrate_kbps = 8000  # enough\n\n# the first\n[[app]]\n"
            "name = \"One\"   # it is called so\ncommand = [\"one\", \"--slow\"]\n"
            "working_folder = \"/tmp\"\n\n# the second\n[[app]]\nname = 'Two'\n"
            "command = [\"two\"]\nends_session = false\n[[app.prep]]\nrun = [\"true\"]\n\n"
            "[network]\nport = 9778\n");
}

TEST(AppEdit, TakesOutWhatIsTheDefaultAgain) {
  AppConfig next = read(kTwo, 1);
  next.ends_session = true;
  next.name = "Three";
  const auto text = change_app(kTwo, "Two", next);
  ASSERT_TRUE(text) << text.error().what;
  EXPECT_EQ(text->find("ends_session"), std::string::npos);
  EXPECT_NE(text->find("name = \"Three\"\ncommand = [\"two\"]\n[[app.prep]]"), std::string::npos);
  EXPECT_TRUE(text->ends_with("\n[network]\nport = 9778\n"));
}

TEST(AppEdit, SetsAndClearsPreparations) {
  AppConfig next = read(kTwo);
  next.prep = {{.run = {"x", "\"prep\""}, .undo = {"y"}}};
  const auto with = change_app(kTwo, "One", next);
  ASSERT_TRUE(with) << with.error().what;
  EXPECT_EQ(read(*with), next);
  next.prep = {};
  const auto without = change_app(*with, "One", next);
  ASSERT_TRUE(without) << without.error().what;
  EXPECT_EQ(*without, kTwo);
  // Those of the second have headers of their own.
  AppConfig second = read(kTwo, 1);
  second.prep = {};
  EXPECT_EQ(change_app(kTwo, "Two", second).error().kind, ErrorKind::refused);
}

TEST(AppEdit, RemovesOneAndNoComments) {
  const auto text = remove_app(kTwo, "One");
  ASSERT_TRUE(text) << text.error().what;
  EXPECT_EQ(text->find("\"one\""), std::string::npos);
  EXPECT_NE(text->find("# the first\n\n# the second\n[[app]]\nname = 'Two'"), std::string::npos);
  const auto none = remove_app(*text, "Two");
  ASSERT_TRUE(none) << none.error().what;
  EXPECT_TRUE(parse_config(*none, "t")->apps.empty());
  EXPECT_TRUE(none->ends_with("[network]\nport = 9778\n"));
}

TEST(AppEdit, WhatWasAddedAndRemovedLeavesNoTrace) {
  const auto added = add_app(kTwo, app("x"));
  ASSERT_TRUE(added);
  const auto removed = remove_app(*added, "x");
  ASSERT_TRUE(removed) << removed.error().what;
  EXPECT_EQ(*removed, std::string(kTwo) + "\n");
}

TEST(AppEdit, KeepsForeignLineEndsAndMarks) {
  const std::string text = "\xEF\xBB\xBF[[app]]\r\nname = \"One\"\r\ncommand = [\"one\"]\r\n";
  AppConfig next = read(text);
  next.working_folder = "/x";
  const auto changed = change_app(text, "One", next);
  ASSERT_TRUE(changed) << changed.error().what;
  EXPECT_EQ(*changed, text + "working_folder = \"/x\"\r\n");
  EXPECT_EQ(*remove_app(text, "One"), "\xEF\xBB\xBF");
}

TEST(AppEdit, RefusesWithAReason) {
  EXPECT_EQ(add_app(kTwo, app("One")).error().what, "there is an application \"One\" already");
  EXPECT_EQ(add_app(kTwo, app("Desktop")).error().kind, ErrorKind::malformed);
  EXPECT_EQ(change_app(kTwo, "Nine", app("Nine")).error().kind, ErrorKind::unavailable);
  EXPECT_EQ(change_app(kTwo, "One", app("Two")).error().kind, ErrorKind::malformed);
  EXPECT_EQ(remove_app(kTwo, "Nine").error().kind, ErrorKind::unavailable);
  EXPECT_EQ(remove_app("[[app", "x").error().kind, ErrorKind::malformed);
  const char* inline_list = "app = [{ name = \"a\", command = [\"b\"] }]\n";
  EXPECT_EQ(remove_app(inline_list, "a").error().kind, ErrorKind::refused);
  EXPECT_EQ(change_app(inline_list, "a", app("c")).error().kind, ErrorKind::refused);
  EXPECT_FALSE(add_app(inline_list, app("c")));
}

}  // namespace
}  // namespace pf::config
