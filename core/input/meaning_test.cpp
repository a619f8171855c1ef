// What events mean: keys, soundness, coordinates.
#include <gtest/gtest.h>
#include <linux/input-event-codes.h>
#include <rapidcheck.h>

#include <cmath>
#include <set>

#include "core/input/input_testing.h"
#include "core/input/keys.h"
#include "core/input/sound_event.h"

namespace pf::input {
namespace {

using namespace testing;

TEST(Keys, NamePlacesWhateverIsPrintedOnThem) {
  EXPECT_EQ(evdev_key('Q'), KEY_Q);  // also where it types an A
  EXPECT_EQ(evdev_key('1'), KEY_1);
  EXPECT_EQ(evdev_key(0x70), KEY_F1);
  EXPECT_EQ(evdev_key(0x87), KEY_F24);
  EXPECT_EQ(evdev_key(0x6C), KEY_KPENTER);
  EXPECT_EQ(evdev_key(0x0D), KEY_ENTER);
  EXPECT_EQ(evdev_key(0xE2), KEY_102ND);
  EXPECT_EQ(evdev_key(0xA5), KEY_RIGHTALT);
  EXPECT_EQ(evdev_key(0x2C), KEY_SYSRQ);
  EXPECT_EQ(evdev_key(0xDE), KEY_APOSTROPHE);
  EXPECT_EQ(evdev_key(0xB3), KEY_PLAYPAUSE);
  EXPECT_EQ(evdev_key(0xAC), KEY_HOMEPAGE);
}

TEST(Keys, CountOnlyTheLowBitsOfACode) { EXPECT_EQ(evdev_key(0x8000'0000 + 'A'), KEY_A); }

TEST(Keys, AreLeftWhereACodeDoesNotSayWhichSide) {
  EXPECT_EQ(canonical_key(0x10), 0xA0);
  EXPECT_EQ(canonical_key(0x11), 0xA2);
  EXPECT_EQ(canonical_key(0x12), 0xA4);
  EXPECT_EQ(evdev_key(0x10), KEY_LEFTSHIFT);
}

TEST(Keys, HaveOnePlaceEachAndComeBack) {
  std::set<std::uint16_t> places;
  for (unsigned code = 0; code < kKeyCodes; ++code) {
    const auto evdev = evdev_key(code);
    if (!evdev || canonical_key(code) != code) continue;
    EXPECT_TRUE(places.insert(*evdev).second) << code;
    EXPECT_LT(*evdev, 248) << "an X keycode is 8 more, and has 8 bits";
    EXPECT_EQ(key_of_evdev(*evdev), code);
  }
  EXPECT_GE(places.size(), 104u) << "a full keyboard";
  EXPECT_EQ(evdev_key(0), std::nullopt);
  EXPECT_EQ(evdev_key(0xFF), std::nullopt);
  EXPECT_EQ(key_of_evdev(0), std::nullopt);
}

TEST(Buttons, AreFive) {
  EXPECT_EQ(evdev_button(1), BTN_LEFT);
  EXPECT_EQ(evdev_button(2), BTN_MIDDLE);
  EXPECT_EQ(evdev_button(3), BTN_RIGHT);
  EXPECT_EQ(evdev_button(4), BTN_SIDE);
  EXPECT_EQ(evdev_button(5), BTN_EXTRA);
  EXPECT_EQ(evdev_button(0), std::nullopt);
  EXPECT_EQ(evdev_button(6), std::nullopt);
}

TEST(SoundEvent, LosesWhatMeansNothing) {
  EXPECT_FALSE(sound_event(key(0xFF, true)));
  EXPECT_FALSE(sound_event(button(0, true)));
  EXPECT_FALSE(sound_event(button(6, true)));
  EXPECT_FALSE(sound_event(scroll(2, 120)));
  EXPECT_FALSE(sound_event(scroll(0, 0)));
  EXPECT_FALSE(sound_event(position(1, 1, {0, 720})));
  EXPECT_FALSE(sound_event(position(1, 1, {1280, 0})));
  EXPECT_FALSE(sound_event(finger(InputKind::touch_down, 1, 1, 1, {0, 0})));
  EXPECT_TRUE(sound_event(finger(InputKind::touch_up, 1, 1, 1, {0, 0})));
  for (const char32_t scalar : {0u, 0x1Bu, 0x7Fu, 0x9Fu, 0xD800u, 0xDFFFu, 0x110000u, 0xFFFFFFFFu})
    EXPECT_FALSE(sound_event(text(scalar))) << static_cast<std::uint32_t>(scalar);
  for (const char32_t scalar : {U'\n', U'\t', U' ', U'ä', U'€', U'😀', U'\U0010FFFF'})
    EXPECT_TRUE(sound_event(text(scalar))) << static_cast<std::uint32_t>(scalar);
}

TEST(SoundEvent, KnowsSixteenGamepads) {
  const auto with = [](InputKind kind, std::uint32_t code, std::uint32_t flags) {
    return sound_event({.kind = kind, .code = code, .flags = flags}).has_value();
  };
  EXPECT_TRUE(with(InputKind::gamepad_button, 0x1000, 15));
  EXPECT_FALSE(with(InputKind::gamepad_button, 0x1000, 16));
  EXPECT_FALSE(with(InputKind::gamepad_button, 0x3000, 0)) << "two at once";
  EXPECT_FALSE(with(InputKind::gamepad_button, 0x400000, 0));
  EXPECT_FALSE(with(InputKind::gamepad_button, 0x1000, 0x100));
  EXPECT_TRUE(with(InputKind::gamepad_axis, 5, 0));
  EXPECT_FALSE(with(InputKind::gamepad_axis, 6, 0));
  EXPECT_TRUE(with(InputKind::gamepad_state, 0, 0xFF00'000F));
  EXPECT_FALSE(with(InputKind::gamepad_state, 0, 0xFF00'0010));
  EXPECT_TRUE(with(InputKind::gamepad_arrival, 1, 0x300));
}

TEST(SoundEvent, StaysSoundWhateverCame) {
  rc::check([](std::uint8_t kind, std::uint32_t code, std::int32_t x, std::int32_t y,
               std::uint32_t flags) {
    const InputEvent wild{.kind = InputKind{static_cast<std::uint8_t>(kind % message::kInputKinds)},
                          .code = code,
                          .x = x,
                          .y = y,
                          .flags = flags};
    const auto sound = sound_event(wild);
    if (!sound) return;
    RC_ASSERT(sound->kind == wild.kind);
    RC_ASSERT(sound_event(*sound) == sound);
    if (sound->kind == InputKind::mouse_move) {
      RC_ASSERT(std::abs(sound->x) <= kMaxMotionPx && std::abs(sound->y) <= kMaxMotionPx);
    }
    if (sound->kind == InputKind::touch_down) {
      const SizePx surface = surface_of(*sound);
      RC_ASSERT(sound->x >= 0 && sound->x <= static_cast<std::int32_t>(surface.width));
      RC_ASSERT(sound->y >= 0 && sound->y <= static_cast<std::int32_t>(surface.height));
    }
  });
}

// The pixels of every mode that somebody has, from a surface of the same size.
TEST(Coordinates, AreExactToThePixelWhenTheSurfaceIsTheScreen) {
  for (const std::uint32_t length : {1u, 64u, 600u, 641u, 720u, 1080u, 1281u, 1366u, 1440u, 1920u,
                                     2160u, 2560u, 3440u, 3840u, 5120u, 7680u, 16384u}) {
    for (std::uint32_t px = 0; px <= length; ++px)
      ASSERT_EQ(on_output_256(static_cast<std::int32_t>(px), length, length),
                static_cast<std::int32_t>(px * 256));
  }
}

TEST(Coordinates, AreExactToThePixelOnEveryScale) {
  rc::check([] {
    const auto surface = *rc::gen::inRange<std::uint32_t>(1, 65536);
    const auto output = *rc::gen::inRange<std::uint32_t>(1, 16385);
    const auto px = *rc::gen::inRange<std::uint32_t>(0, surface + 1);
    const std::int32_t at = on_output_256(static_cast<std::int32_t>(px), surface, output);
    const auto exact = static_cast<unsigned __int128>(px) * output;  // over surface
    RC_ASSERT(static_cast<std::uint64_t>(at / 256) == static_cast<std::uint64_t>(exact / surface));
    RC_ASSERT(static_cast<std::uint64_t>(at) == static_cast<std::uint64_t>(exact * 256 / surface));
  });
}

}  // namespace
}  // namespace pf::input
