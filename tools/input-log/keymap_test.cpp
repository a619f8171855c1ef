#include "tools/input-log/keymap.h"

#include <sys/mman.h>
#include <unistd.h>

#include <string_view>

#include <gtest/gtest.h>

#include "core/runtime/unique_fd.h"

namespace pf::input_log {
namespace {

// Two keys on two levels of Shift: KEY_A (code 30, xkb 38) and KEY_ENTER (28, xkb 36).
constexpr std::string_view kText = R"(xkb_keymap {
  xkb_keycodes { minimum = 8; maximum = 255; <A> = 38; <RET> = 36; <LFSH> = 50; };
  xkb_types {
    type "ONE_LEVEL" { modifiers = none; level_name[1] = "Any"; };
    type "TWO_LEVEL" { modifiers = Shift; map[Shift] = 2; level_name[1] = "B"; level_name[2] = "S"; };
  };
  xkb_compatibility { interpret Any + AnyOf(all) { action = NoAction(); }; };
  xkb_symbols {
    name[1] = "Test";
    key <A> { type = "TWO_LEVEL", [ a, EuroSign ] };
    key <RET> { type = "ONE_LEVEL", [ Return ] };
  };
};
)";

Result<void> load(Keymap& keymap, std::string_view text) {
  const UniqueFd fd(memfd_create("keymap", MFD_CLOEXEC));
  EXPECT_EQ(write(fd.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
  return keymap.load(fd.get(), text.size());
}

TEST(Keymap, SaysWhatKeysTypeUnderTheModifiersInForce) {
  Keymap keymap;
  ASSERT_TRUE(load(keymap, kText));
  EXPECT_EQ(keymap.layouts(), std::vector<std::string>{"Test"});
  EXPECT_EQ(keymap.meaning(30).keysym, "a");
  EXPECT_EQ(keymap.meaning(30).text, "a");
  keymap.set_modifiers(1, 0, 0, 0);
  EXPECT_EQ(keymap.meaning(30).keysym, "EuroSign");
  EXPECT_EQ(keymap.meaning(30).text, "€");
  EXPECT_EQ(keymap.meaning(28).keysym, "Return");
  EXPECT_EQ(keymap.meaning(100).keysym, "NoSymbol");
  EXPECT_EQ(keymap.meaning(100).text, "");
}

TEST(Keymap, KnowsNothingWithoutOne) {
  Keymap keymap;
  EXPECT_EQ(keymap.meaning(30).text, "");
  ASSERT_TRUE(load(keymap, kText));
  EXPECT_FALSE(load(keymap, "no keymap"));
  EXPECT_FALSE(keymap.load(-1, 0));
  EXPECT_EQ(keymap.meaning(30).text, "") << "the old one is not in force any more";
}

}  // namespace
}  // namespace pf::input_log
