#include "host/gamestream/protocol/input_translator.h"

#include <gtest/gtest.h>

#include "core/input/sound_event.h"

namespace pf::gamestream {
namespace {

using message::InputEvent;
using message::InputKind;

constexpr SizePx kPicture{1920, 1080};

class InputTranslatorTest : public ::testing::Test {
 protected:
  std::vector<InputEvent> translate(const InputPacket& packet) {
    const auto events = translator.translate(packet);
    return {events.begin(), events.end()};
  }
  static std::string spelled(const std::vector<InputEvent>& events) {
    std::string text;
    for (const InputEvent& event : events) {
      const bool down = event.kind == InputKind::key_down ||
                        event.kind == InputKind::mouse_button_down ||
                        event.kind == InputKind::touch_down;
      text += fmt::format("{}{:x} ", down ? "+" : "-", event.code);
    }
    return text;
  }
  std::string key(std::uint8_t code, bool down, std::uint8_t modifiers = 0) {
    return spelled(translate(KeyInput{.down = down, .key = code, .modifiers = modifiers}));
  }
  InputTranslator translator{kPicture};
};

TEST_F(InputTranslatorTest, PassesKeysByTheirPlaces) {
  EXPECT_EQ(key(0x41, true), "+41 ");
  EXPECT_EQ(key(0x41, false), "-41 ");
  EXPECT_EQ(key(0x10, true), "+a0 ");  // a Shift that does not say which
}

TEST_F(InputTranslatorTest, PressesAModifierThatNobodyHolds) {
  EXPECT_EQ(key(0x43, true, 2), "+a2 +43 ");
  EXPECT_EQ(key(0x43, true, 2), "+43 ");  // repeated by the client
  EXPECT_EQ(key(0x43, false, 2), "-43 -a2 ");
  EXPECT_EQ(key(0x44, true, 0), "+44 ");
}

TEST_F(InputTranslatorTest, LeavesModifiersAloneThatTheClientHolds) {
  EXPECT_EQ(key(0xA3, true, 2), "+a3 ");  // the right one will do
  EXPECT_EQ(key(0x43, true, 2), "+43 ");
  EXPECT_EQ(key(0x43, false, 2), "-43 ");
  EXPECT_EQ(key(0xA3, false, 0), "-a3 ");
  EXPECT_EQ(key(0xA0, true, 3), "+a0 ");  // nor does a modifier press another
}

TEST_F(InputTranslatorTest, DoesNotShiftTheNextKey) {
  EXPECT_EQ(key(0x41, true, 1), "+a0 +41 ");
  EXPECT_EQ(key(0x42, true, 0), "-a0 +42 ");
  EXPECT_EQ(key(0x41, false, 0), "-41 ");
  EXPECT_EQ(key(0x42, false, 0), "-42 ");
}

TEST_F(InputTranslatorTest, GivesALentModifierToTheClientWhoPressesIt) {
  EXPECT_EQ(key(0x41, true, 1), "+a0 +41 ");
  EXPECT_EQ(key(0xA0, true, 1), "+a0 ");
  EXPECT_EQ(key(0x41, false, 1), "-41 ");
  EXPECT_EQ(key(0xA0, false, 0), "-a0 ");
}

TEST_F(InputTranslatorTest, KnowsThatKeysWentUpWithoutIt) {
  key(0xA0, true, 1);
  translator.on_released(input::Device::keyboard);
  EXPECT_EQ(key(0x41, true, 1), "+a0 +41 ");
}

TEST_F(InputTranslatorTest, ReadsOneCodePoint) {
  const auto scalar = [&](const char* utf8) { return translate(TextInput{utf8})[0].code; };
  EXPECT_EQ(scalar("a"), U'a');
  EXPECT_EQ(scalar("\xc3\xa9"), U'\u00e9');
  EXPECT_EQ(scalar("\xe2\x82\xac"), U'\u20ac');
  EXPECT_EQ(scalar("\xf0\x9f\x98\x80"), U'\U0001F600');
  // What is none can be typed nowhere.
  for (const char* none : {"\x80", "\xc3", "\xc3\x28", "\xc0\xaf", "\xe0\x80\xaf", "ab",
                           "\xf8\x88\x80\x80", "\xff\xff\xff\xff"}) {
    EXPECT_FALSE(input::sound_event(translate(TextInput{none})[0])) << none;
  }
  EXPECT_FALSE(input::sound_event(translate(TextInput{"\xed\xa0\x80"})[0]));  // a surrogate
}

TEST_F(InputTranslatorTest, PutsTheMouseOnTheSamePixel) {
  for (std::int16_t x = 0; x < 1920; ++x) {
    const auto event = translate(MousePosition{.x = x, .y = 0, .last_x = 1919, .last_y = 1079})[0];
    ASSERT_EQ(event.x, x);
    ASSERT_EQ(input::on_output_256(event.x, input::surface_of(event).width, 1920), x * 256);
  }
}

TEST_F(InputTranslatorTest, ReachesEveryEdgeFromASmallerWindow) {
  const auto at = [&](std::int16_t x, std::int16_t y) {
    const auto event = translate(MousePosition{.x = x, .y = y, .last_x = 639, .last_y = 359})[0];
    return std::pair(event.x, event.y);
  };
  EXPECT_EQ(at(0, 0), std::pair(0, 0));
  EXPECT_EQ(at(639, 359), std::pair(1919, 1079));
  EXPECT_EQ(at(700, -3), std::pair(1919, 0));
}

TEST_F(InputTranslatorTest, ScrollsBothWaysInFractionsOfANotch) {
  EXPECT_EQ(translate(Scroll{.amount = -30})[0],
            (InputEvent{.kind = InputKind::mouse_scroll, .code = 0, .x = -30}));
  EXPECT_EQ(translate(Scroll{.amount = 240, .horizontal = true})[0],
            (InputEvent{.kind = InputKind::mouse_scroll, .code = 1, .x = 240}));
}

TEST_F(InputTranslatorTest, FollowsFingers) {
  const auto touch = [&](ContactEvent event, std::uint32_t id) {
    return spelled(translate(TouchInput{.event = event, .pointer_id = id, .x = 1, .y = 0.5f}));
  };
  EXPECT_EQ(touch(ContactEvent::move, 7), "");  // it is not there
  EXPECT_EQ(touch(ContactEvent::hover, 7), "");
  EXPECT_EQ(touch(ContactEvent::down, 7), "+7 ");
  EXPECT_EQ(touch(ContactEvent::down, 8), "+8 ");
  EXPECT_EQ(touch(ContactEvent::move, 8), "-8 ");
  EXPECT_EQ(touch(ContactEvent::cancel, 7), "-7 ");
  EXPECT_EQ(touch(ContactEvent::cancel_all, 0), "-8 ");
  for (std::uint32_t id = 0; id < 16; ++id) EXPECT_NE(touch(ContactEvent::down, id), "");
  EXPECT_EQ(touch(ContactEvent::down, 99), "");
  EXPECT_EQ(translate(TouchInput{.event = ContactEvent::cancel_all}).size(), 16u);
}

TEST_F(InputTranslatorTest, MovesTheMouseWithAPen) {
  const auto pen = [&](ContactEvent event, std::uint8_t buttons) {
    return spelled(translate(PenInput{.event = event, .buttons = buttons}));
  };
  EXPECT_EQ(pen(ContactEvent::hover, 0), "-0 ");
  EXPECT_EQ(pen(ContactEvent::down, 0), "-0 +1 ");
  EXPECT_EQ(pen(ContactEvent::move, 1), "-0 +3 ");
  EXPECT_EQ(pen(ContactEvent::up, 1), "-0 -1 ");
  EXPECT_EQ(pen(ContactEvent::button_only, 2), "+2 -3 ");
  EXPECT_EQ(pen(ContactEvent::hover_leave, 2), "-2 ");
}

TEST_F(InputTranslatorTest, PlugsPadsInAndOut) {
  EXPECT_EQ(translate(PadArrival{.pad = 1, .kind = 2})[0],
            (InputEvent{.kind = InputKind::gamepad_arrival, .code = 2, .flags = 1}));
  EXPECT_TRUE(translate(PadArrival{.pad = 1, .kind = 3}).empty());
  auto events = translate(PadState{.pad = 1,
                                   .active_mask = 2,
                                   .buttons = 0x211001,
                                   .left_trigger = 3,
                                   .right_trigger = 4,
                                   .left_x = -1,
                                   .left_y = 2});
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0], (InputEvent{.kind = InputKind::gamepad_state,
                                   .code = 0x211001,
                                   .x = static_cast<std::int32_t>(0xFFFF0002),
                                   .flags = 0x01030401}));
  events = translate(PadState{.pad = 0, .active_mask = 3});  // nobody has announced it
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0].kind, InputKind::gamepad_arrival);
  events = translate(PadState{.pad = 0, .active_mask = 2});
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].kind, InputKind::gamepad_remove);
  EXPECT_TRUE(translate(PadState{.pad = 0, .active_mask = 2}).empty());
  const auto left = translator.leave();
  ASSERT_EQ(left.size(), 1u);
  EXPECT_EQ(input::pad_of(left[0]), 1u);
}

}  // namespace
}  // namespace pf::gamestream
