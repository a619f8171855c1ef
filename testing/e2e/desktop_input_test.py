#!/usr/bin/env python3
"""What a person's hands do to the desktop, as a program in it sees it: pixel for pixel, finger for finger."""
import os
import random
import signal
import unittest
from math import ceil

from desktop import CANCEL, DOWN, FRAME, MOTION, UP, Fingers, Hands, logged_desktop
from harness import descendants

SIZES = [(1280, 720), (1281, 721), (3840, 2160)]
SCALES = [1, 1.5, 2]


def points_of(size, random_count=20):
    width, height = size
    some = random.Random(width * height)
    return [(0, 0), (width - 1, 0), (width - 1, height - 1), (0, height - 1), (width // 2, height // 2),
            *((some.randrange(width), some.randrange(height)) for _ in range(random_count))]


class PointerTest(unittest.TestCase):
    def at(self, desktop, event):
        """The pixel of the picture that an event of the program is at, which is never between two."""
        x, y = event["x"] * desktop.scale, event["y"] * desktop.scale
        # Wayland counts in 1/256 of a logical pixel.
        self.assertLess(abs(x - round(x)), desktop.scale / 256)
        self.assertLess(abs(y - round(y)), desktop.scale / 256)
        return round(x), round(y)

    def test_points_at_the_very_pixel_on_every_mode_and_scale(self):
        desktop, log = logged_desktop(self)
        for size in SIZES:
            for scale in SCALES:
                with self.subTest(size=size, scale=scale):
                    desktop.set_mode(size)
                    desktop.set_scale(scale)
                    log.wait("configure", width=ceil(size[0] / scale), height=ceil(size[1] / scale))
                    hands = Hands(self, desktop)
                    hands.move_to(size[0] // 3, size[1] // 3)
                    since = log.mark_behind(hands)
                    points = points_of(size)
                    for x, y in points:
                        hands.move_to(x, y)
                    seen = log.wait("motion", len(points), since)
                    self.assertEqual([self.at(desktop, event) for event in seen], points)
                    hands.close()
        self.assertEqual(desktop.stop(), 0, desktop.said())

    def test_takes_positions_on_surfaces_of_other_sizes(self):
        desktop, log = logged_desktop(self, size=(1920, 1080))
        hands = Hands(self, desktop)
        hands.move_to(5, 5)
        since = log.mark_behind(hands)
        hands.move_to(100, 50, extent=(640, 360))
        hands.move_to(700, 400, extent=(640, 360))  # outside: the last pixel
        hands.move_to(0xFFFFFFFF, 0, extent=(1, 1))
        seen = log.wait("motion", 3, since)
        self.assertEqual([self.at(desktop, event) for event in seen], [(300, 150), (1919, 1079), (1919, 0)])

    def test_stays_in_the_picture_and_tells_relative_motion(self):
        desktop, log = logged_desktop(self)
        hands = Hands(self, desktop)
        hands.move_to(100, 100)
        since = log.mark_behind(hands)
        hands.move(10.5, -3)
        hands.move(-5000, 5000)
        hands.move(2, -2)
        seen = log.wait("motion", 3, since)
        self.assertEqual([(event["x"], event["y"]) for event in seen], [(110.5, 97), (0, 719), (2, 717)])
        told = log.wait("relative_motion", 3, since)
        self.assertEqual([(event["dx"], event["dy"]) for event in told], [(10.5, -3), (-5000, 5000), (2, -2)])

    def test_lets_go_of_the_buttons_of_a_device_that_vanishes(self):
        desktop, log = logged_desktop(self)
        hands = Hands(self, desktop)
        hands.move_to(10, 10)
        hands.button(True)
        hands.button(True)  # told twice
        hands.button(True, 0x111)
        hands.button(False, 0x112)  # never held
        log.wait("button", 2)
        hands.close()
        log.wait("button", 2, pressed=False)
        seen = [(event["button"], event["pressed"]) for event in log.after(0, "button")]
        self.assertCountEqual(seen, [(0x110, True), (0x111, True), (0x110, False), (0x111, False)])

    def test_a_game_locks_the_pointer_and_sees_it_move(self):
        desktop, log = logged_desktop(self, "--pointer", "locked")
        hands = Hands(self, desktop)
        hands.move_to(640, 360)
        log.wait("constraint", active=True)
        since = log.mark_behind(hands)
        hands.move(3, 4)
        hands.move_to(645, 350)  # compared with where the person's own pointer was
        hands.move_to(646, 350)
        told = log.wait("relative_motion", 3, since)
        self.assertEqual([(event["dx"], event["dy"]) for event in told], [(3, 4), (5, -10), (1, 0)])
        self.assertEqual(log.after(since, "motion", "pointer_enter", "pointer_leave"), [])
        self.assertEqual(desktop.stop(), 0, desktop.said())

    def test_a_game_keeps_the_pointer_in_its_window(self):
        desktop, log = logged_desktop(self, "--pointer", "confined", size=(640, 360))
        hands = Hands(self, desktop)
        hands.move_to(600, 300)
        log.wait("constraint", active=True)
        game = descendants(desktop.process.pid)
        pid = next(pid for pid, name in game.items() if name.startswith("punktfunk-input"))
        os.kill(pid, signal.SIGSTOP)  # so that its window stays as small as it is
        desktop.set_mode((1920, 1080))
        hands.move_to(1900, 1000, (1920, 1080))
        hands.move_to(100, 1000, (1920, 1080))
        for _ in range(300):
            hands.move(random.uniform(-900, 900), random.uniform(-900, 900))
        hands.roundtrip()
        os.kill(pid, signal.SIGCONT)
        log.wait("configure", width=1920)
        seen = log.wait("motion", 2)
        self.assertEqual([(one["x"], one["y"]) for one in seen[:2]], [(639, 359), (100, 359)])
        self.assertTrue(all(one["x"] < 640 and one["y"] < 360 for one in log.after(0, "motion")[:200]))
        self.assertEqual(desktop.stop(), 0, desktop.said())

    def test_survives_two_axis_sources_in_one_frame(self):
        desktop, log = logged_desktop(self)
        hands = Hands(self, desktop)
        hands.move_to(10, 10)
        hands.send(hands.pointer, 7, hands.ms(), 0, 15 * 256, 1)  # axis_discrete
        hands.send(hands.pointer, 5, 1)  # axis_source: finger, of the axis before
        hands.send(hands.pointer, 7, hands.ms(), 1, -15 * 256, -1)
        hands.frame()
        steps = log.wait("axis_discrete", 2)
        self.assertEqual([(event["axis"], event["steps"]) for event in steps], [(0, 1), (1, -1)])
        self.assertEqual(desktop.stop(), 0, desktop.said())


class KeyboardTest(unittest.TestCase):
    def test_keys_mean_what_the_senders_keymap_says(self):
        desktop, log = logged_desktop(self)
        hands = Hands(self, desktop, keyboard=True)
        for shift in (0, 1):
            hands.modifiers(shift)
            for key in (30, 48):
                hands.key(key, True)
                hands.key(key, False)
        typed = [event["text"] for event in log.wait("key", 4, pressed=True)]
        self.assertEqual(typed, ["a", "b", "A", "€"])
        since = log.mark()
        text = "Grüße, 世界 ✓"
        desktop.run("wtype", text)  # with a keymap of its own
        typed = [event["text"] for event in log.wait("key", len(text), since, pressed=True)]
        self.assertEqual("".join(typed), text)
        since = log.mark()
        hands.key(30, True)
        self.assertEqual(log.wait("key", 1, since)[0]["text"], "A", "its own keymap and modifiers are back")
        self.assertEqual(desktop.stop(), 0, desktop.said())

    def test_lets_go_of_the_keys_of_a_keyboard_that_vanishes(self):
        desktop, log = logged_desktop(self)
        hands = Hands(self, desktop, keyboard=True)
        hands.modifiers(1)
        hands.key(30, True)
        hands.key(48, True)
        log.wait("key", 2, pressed=True)
        hands.close()
        released = log.wait("key", 2, pressed=False)
        self.assertCountEqual([event["key"] for event in released], [30, 48])
        self.assertEqual(log.wait("modifiers", 1, log.mark() - 3)[-1]["depressed"], 0)


class TouchTest(unittest.TestCase):
    def test_there_is_a_touch_screen_while_somebody_may_touch(self):
        desktop, log = logged_desktop(self)
        self.assertFalse(log.wait("seat")[0]["touch"])
        first, second = Fingers(self, desktop), Fingers(self, desktop)
        log.wait("seat", touch=True)
        first.close()
        since = log.mark()
        second.say(DOWN, 7, 10, 10)
        second.say(FRAME)
        log.wait("touch_down", 1, since)
        second.close()
        self.assertFalse(log.wait("seat", 1, since)[0]["touch"])
        self.assertEqual(desktop.stop(), 0, desktop.said())

    def test_fingers_come_down_move_and_rise_where_they_are(self):
        for size, scale in [((1280, 720), 1), ((1281, 721), 1.5), ((3840, 2160), 2)]:
            with self.subTest(size=size, scale=scale):
                desktop, log = logged_desktop(self, size=size)
                desktop.set_scale(scale)
                fingers = Fingers(self, desktop)
                log.wait("seat", touch=True)
                since = log.mark()
                right, bottom = size[0] - 1, size[1] - 1
                fingers.say(DOWN, 0xFFFFFFFF, 0, 0)
                fingers.say(DOWN, 3, right, bottom)
                fingers.say(FRAME)
                fingers.say(MOTION, 3, 100.5, 200.25)
                fingers.say(MOTION, 99, 1, 1)  # of no finger
                fingers.say(FRAME)
                fingers.say(UP, 0xFFFFFFFF)
                fingers.say(UP, 3)
                fingers.say(FRAME)
                log.wait("touch_frame", 3, since)
                kinds = ["touch_down", "touch_down", "touch_frame", "touch_motion", "touch_frame", "touch_up", "touch_up",
                         "touch_frame"]
                seen = log.after(since, *kinds)
                self.assertEqual([event["event"] for event in seen], kinds)
                at = [(event["x"] * scale, event["y"] * scale) for event in seen if "x" in event]
                for (x, y), (wanted_x, wanted_y) in zip(at, [(0, 0), (right, bottom), (100.5, 200.25)], strict=True):
                    self.assertAlmostEqual(x, wanted_x, delta=scale / 256)
                    self.assertAlmostEqual(y, wanted_y, delta=scale / 256)
                ids = [event["id"] for event in seen if "id" in event]
                self.assertEqual(ids, [ids[0], ids[1], ids[1], ids[0], ids[1]])
                self.assertNotEqual(ids[0], ids[1])
                self.assertEqual(desktop.stop(), 0, desktop.said())

    def test_a_sender_that_goes_away_has_touched_nothing(self):
        desktop, log = logged_desktop(self)
        fingers, others = Fingers(self, desktop), Fingers(self, desktop)
        log.wait("seat", touch=True)
        fingers.say(DOWN, 1, 10, 10)
        fingers.say(FRAME)
        log.wait("touch_frame")
        fingers.close()
        log.wait("touch_cancel")
        self.assertEqual(log.after(0, "touch_up"), [])
        others.say(DOWN, 1, 20, 20)
        others.say(FRAME)
        log.wait("touch_down", x=20, y=20)
        others.say(CANCEL)
        log.wait("touch_cancel", 2)
        others.say(UP, 1)  # it is no more
        others.say(DOWN, 1, 30, 30)
        others.say(FRAME)
        log.wait("touch_down", x=30, y=30)
        self.assertEqual(log.after(0, "touch_up"), [])
        self.assertEqual(desktop.stop(), 0, desktop.said())

    def test_is_bounded_and_closes_a_channel_that_says_nonsense(self):
        desktop, log = logged_desktop(self)
        fingers = Fingers(self, desktop)
        log.wait("seat", touch=True)
        for finger in range(20):
            fingers.say(DOWN, finger, finger, finger)
        for finger in range(20):
            fingers.say(DOWN, 5, 100, 100)  # again and again without an end
        fingers.say(FRAME)
        log.wait("touch_frame")
        self.assertEqual(len({event["id"] for event in log.after(0, "touch_down")}), 16)
        more = [Fingers(self, desktop) for _ in range(4)]
        self.assertTrue(more[3].was_closed(), "four channels are the most")
        more[0].say(77)
        self.assertTrue(more[0].was_closed())
        more[1].socket.send(b"short")
        self.assertTrue(more[1].was_closed())
        fingers.say(UP, 1)
        fingers.say(FRAME)
        log.wait("touch_frame", 2)
        self.assertEqual(desktop.stop(), 0, desktop.said())


if __name__ == "__main__":
    unittest.main()
