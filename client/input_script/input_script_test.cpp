#include "client/input_script/input_script.h"

#include <gtest/gtest.h>

#include "client/input_script/key_names.h"
#include "core/input/keys.h"

namespace pf::input_script {
namespace {

using message::InputEvent;
using message::InputKind;

constexpr SizePx kScreen{1280, 720};
constexpr std::uint32_t kWhole = 1280u << 16 | 720;

std::vector<InputEvent> events(std::string_view text) {
  const auto script = parse_input_script(text, kScreen);
  EXPECT_TRUE(script) << script.error().what;
  std::vector<InputEvent> events;
  if (script) {
    for (const Step& step : script->steps) events.push_back(step.event.value_or(InputEvent{}));
  }
  return events;
}

std::string complaint(std::string_view text) {
  const auto script = parse_input_script(text, kScreen);
  return script ? "" : script.error().what;
}

TEST(InputScript, SaysEveryKindOfEvent) {
  EXPECT_EQ(events("key a\nkey lshift down\nkey lshift up"),
            (std::vector<InputEvent>{{InputKind::key_down, 0x41},
                                     {InputKind::key_up, 0x41},
                                     {InputKind::key_down, 0xA0},
                                     {InputKind::key_up, 0xA0}}));
  EXPECT_EQ(events("text aé€𝄞"), (std::vector<InputEvent>{{InputKind::text_input, 'a'},
                                                          {InputKind::text_input, 0xE9},
                                                          {InputKind::text_input, 0x20AC},
                                                          {InputKind::text_input, 0x1D11E}}));
  EXPECT_EQ(events("move +10 -3"), (std::vector<InputEvent>{{InputKind::mouse_move, 0, 10, -3}}));
  EXPECT_EQ(events("moveto 640 360\nmoveto 1 2 640x360"),
            (std::vector<InputEvent>{{InputKind::mouse_move_absolute, 0, 640, 360, kWhole},
                                     {InputKind::mouse_move_absolute, 0, 1, 2, 640u << 16 | 360}}));
  EXPECT_EQ(events("button left\nbutton x2 down"),
            (std::vector<InputEvent>{{InputKind::mouse_button_down, 1},
                                     {InputKind::mouse_button_up, 1},
                                     {InputKind::mouse_button_down, 5}}));
  EXPECT_EQ(events("scroll vertical -1\nscroll horizontal 0.5"),
            (std::vector<InputEvent>{{InputKind::mouse_scroll, 0, -120},
                                     {InputKind::mouse_scroll, 1, 60}}));
  EXPECT_EQ(events("touch 7 down 1 2\ntouch 7 move 3 4\ntouch 7 up"),
            (std::vector<InputEvent>{{InputKind::touch_down, 7, 1, 2, kWhole},
                                     {InputKind::touch_move, 7, 3, 4, kWhole},
                                     {InputKind::touch_up, 7}}));
  const auto script = parse_input_script("release", kScreen);
  ASSERT_TRUE(script);
  ASSERT_EQ(script->steps.size(), 1u);
  EXPECT_FALSE(script->steps[0].event);
}

TEST(InputScript, KeepsTimeAndLines) {
  const auto script = parse_input_script(
      "# a comment\r\n\n  wait 0.5\nkey a down\n@2 key a up\n@2\n\twait 0.25  \nmove 1 1\nwait 1",
      kScreen);
  ASSERT_TRUE(script) << script.error().what;
  ASSERT_EQ(script->steps.size(), 3u);
  EXPECT_EQ(script->steps[0].at, milliseconds(500));
  EXPECT_EQ(script->steps[0].line, 4u);
  EXPECT_EQ(script->steps[1].at, seconds(2));
  EXPECT_EQ(script->steps[2].at, milliseconds(2250));
  EXPECT_EQ(script->steps[2].line, 8u);
  EXPECT_EQ(script->length, milliseconds(3250));
  EXPECT_FALSE(script->types_text);
  EXPECT_TRUE(parse_input_script("text # is no comment here", kScreen)->types_text);
  EXPECT_TRUE(parse_input_script("", kScreen)->steps.empty());
}

TEST(InputScript, SaysOnWhichLineWhatIsWrong) {
  EXPECT_EQ(complaint("wait 1\nkeys a").substr(0, 29), "line 2: 'keys' is no command:");
  EXPECT_EQ(complaint("key hyper"),
            "line 1: 'hyper' is no key: there are a, 7, f5, enter, lshift, 0x41, …");
  EXPECT_EQ(complaint("key a sideways"), "line 1: 'sideways': write down, up, or nothing for both");
  EXPECT_EQ(complaint("wait 2\n@1 key a"),
            "line 2: @1 is in the past: by then 2.000 s have gone by");
  EXPECT_EQ(complaint("move 1"), "line 1: '' is no number of pixels");
  EXPECT_EQ(complaint("move 1 2 3"), "line 1: there is something left over: '3'");
  EXPECT_EQ(complaint("moveto 1 2 0x5"), "line 1: '0x5' is no size: write WxH, like 1280x720");
  EXPECT_EQ(complaint("text \xC3\x28"), "line 1: the text is not UTF-8");
  for (const char* line : {"@",
                           "@x",
                           "@-1 key a",
                           "wait",
                           "wait -1",
                           "wait nan",
                           "wait inf",
                           "wait 1e9",
                           "key",
                           "text",
                           "text  ",
                           "move a b",
                           "moveto 1",
                           "moveto 1 2 9x99999",
                           "moveto 1.5 2",
                           "move 99999999999 0",
                           "button",
                           "button 1",
                           "scroll",
                           "scroll up 1",
                           "scroll vertical",
                           "scroll vertical 0",
                           "scroll vertical 1e9",
                           "scroll vertical nan",
                           "touch",
                           "touch x up",
                           "touch 1",
                           "touch 1 up 2",
                           "touch 1 down",
                           "touch -1 up",
                           "release all",
                           "key 0x",
                           "key 0x00",
                           "key 0xff",
                           "key f25",
                           "key A",
                           "text \xED\xA0\x80",
                           "text \xC0\x80",
                           "text \xF5\x80\x80\x80",
                           "text \xE2\x82"}) {
    EXPECT_NE(complaint(line), "") << line;
  }
}

TEST(InputScript, IsBounded) {
  EXPECT_NE(complaint(std::string(kMaxFileBytes + 1, '\n')), "");
  std::string much;
  for (std::size_t i = 0; i <= kMaxSteps; ++i) much += "move 1 1\n";
  EXPECT_NE(complaint(much).find("at most"), std::string::npos);
  EXPECT_NE(complaint("wait 80000\nwait 80000"), "");
}

TEST(KeyNames, AreKeysThatKeyboardsHave) {
  for (const char* name : {"a", "z", "0", "9", "f1", "f12", "f24", "enter", "escape", "left",
                           "pad0", "pad9", "lshift", "altgr", "super", "slash", "0x41", "print"}) {
    const auto key = key_of_name(name);
    ASSERT_TRUE(key) << name;
    EXPECT_TRUE(input::evdev_key(*key)) << name;
  }
  EXPECT_EQ(key_of_name("q"), 0x51);
  EXPECT_FALSE(key_of_name(""));
}

}  // namespace
}  // namespace pf::input_script
