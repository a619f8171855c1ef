#!/usr/bin/env python3
"""X11 programs in the desktop: seen, sized, typed into, pointed at; and what happens when they or Xwayland die."""
import os
import re
import signal
import socket
import subprocess
import time
import unittest
from pathlib import Path

from desktop import DOWN, FRAME, UP, Desktop, Fingers, Hands, InputLog
from harness import PATIENCE_S, wait_until
from x11 import BUTTON_PRESS, FOCUS_IN, KEY_PRESS, MOTION, connect

RED, GREEN, BLUE = 0xD02010, 0x12AB34, 0x1040C0


def rgb(colour):
    return colour >> 16, colour >> 8 & 0xFF, colour & 0xFF


class X11Test(unittest.TestCase):
    def open(self, command="exec sleep 1000", **shape):
        self.desktop = Desktop(self, ["sh", "-c", 'echo $DISPLAY > "$XDG_RUNTIME_DIR/display"; ' + command], **shape)
        path = self.desktop.folder / "display"
        self.display = wait_until(lambda: path.exists() and path.read_text().strip(), "the command has a DISPLAY")
        return self.desktop

    def newest_display(self):
        return ([self.display] + re.findall(r"find us at DISPLAY=(:\d+)", self.desktop.said()))[-1]

    def connect(self):
        return connect(self, self.newest_display)

    def knock(self):
        """Connects for a moment, which makes Xwayland start; false when there is no socket just now."""
        with socket.socket(socket.AF_UNIX) as knocking:
            knocking.setblocking(False)
            try:
                knocking.connect(f"/tmp/.X11-unix/X{self.newest_display()[1:]}")
                return True
            except OSError:
                return False

    def servers(self):
        """The pids of this desktop's Xwayland."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if (folder / "comm").read_text() == "Xwayland\n" and \
                        str(self.desktop.folder).encode() in (folder / "environ").read_bytes():
                    found.append(int(folder.name))
            except OSError:
                pass
        return found

    def kill_servers(self):
        for pid in self.servers():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass

    def shows(self, colour, *points):
        def there():
            picture = self.desktop.picture()
            return all(picture(*point) == rgb(colour) for point in points)
        wait_until(there, f"{colour:06x} at {points}")

    def end(self):
        self.assertEqual(self.desktop.stop(), 0, self.desktop.said())
        wait_until(lambda: not self.servers(), "Xwayland has ended with the desktop")


class RealPrograms(X11Test):
    def test_are_shown_typed_into_pointed_at_and_follow_a_mode_switch(self):
        desktop = self.open()
        said = desktop.folder / "xev"
        with open(said, "w") as out:
            xev = subprocess.Popen(["xev", "-name", "looked at"], stdout=out, env=desktop.environment(DISPLAY=self.display))
        self.addCleanup(xev.wait)
        self.addCleanup(xev.kill)

        def says(pattern):
            return wait_until(lambda: re.search(pattern, said.read_text(), re.DOTALL), f"xev says {pattern}")
        says(r"ConfigureNotify.*width 1280, height 720")
        self.shows(0xFFFFFF, (0, 0), (1279, 719), (640, 360))
        says("FocusIn")
        # Not wtype: X11 programs look a key up when they come to it, and its keymap has gone by then.
        hands = Hands(self, desktop, keyboard=True)
        for shift, key in ((0, 30), (1, 30), (1, 48)):
            hands.modifiers(shift)
            hands.key(key, True)
            hands.key(key, False)
        hands.modifiers(0)
        says(r'KeyPress.*keysym 0x61, a\).*KeyPress.*keysym 0x41, A\).*KeyPress.*keysym 0x20ac, EuroSign\)')
        hands.move_to(1279, 719)
        hands.move_to(3, 700)
        hands.button(True)
        hands.button(False)
        says(r"(Motion|Enter)Notify[^(]*\(1279,719\)")
        says(r"ButtonPress.*\(3,700\).*button 1.*ButtonRelease")
        desktop.set_mode((1600, 900))
        says(r"ConfigureNotify.*width 1600, height 900")
        self.shows(0xFFFFFF, (1599, 899))
        xev.kill()
        self.shows(0, (800, 450))
        self.end()


class Windows(X11Test):
    def test_cost_nothing_before_there_is_one(self):
        self.open()
        time.sleep(0.5)
        self.assertEqual(self.servers(), [])
        self.end()

    def test_fill_the_output_on_every_mode_and_scale(self):
        desktop = self.open()
        x = self.connect()
        window = x.window(GREEN)
        x.wait_geometry(window, 0, 0, 1280, 720)
        for size, scale, wanted in [((1281, 721), 1, (1281, 721)), ((1281, 721), 1.5, (854, 481)), ((3840, 2160), 2, (1920, 1080)),
                                    ((640, 360), 1, (640, 360))]:
            with self.subTest(size=size, scale=scale):
                desktop.set_mode(size)
                desktop.set_scale(scale)
                x.wait_geometry(window, 0, 0, *wanted)
        self.shows(GREEN, (0, 0), (639, 359))
        x.resize(window, 50, 50)
        time.sleep(0.2)
        x.wait_geometry(window, 0, 0, 640, 360)
        self.end()

    def test_get_the_pixel_that_was_pointed_at(self):
        desktop = self.open(size=(1288, 721))  # Xwayland keeps its pointer within a multiple of 8 pixels across
        x = self.connect()
        window = x.window(GREEN)
        x.wait_geometry(window, 0, 0, 1288, 721)
        self.shows(GREEN, (1287, 720))
        hands = Hands(self, desktop)
        hands.move_to(5, 5)
        points = [(0, 0), (1287, 720), (1287, 0), (640, 361), (17, 700)]
        for point in points:
            hands.move_to(*point)
            hands.button(True)
            hands.button(False)
        pressed = x.wait_event(BUTTON_PRESS, window, len(points))
        at = [(int.from_bytes(event[24:26], "little"), int.from_bytes(event[26:28], "little")) for event in pressed]
        self.assertEqual(at, points)
        self.assertTrue(x.wait_event(MOTION, window))
        fingers = Fingers(self, desktop)  # Xwayland makes a pointer of them, rounding down

        def tapped():  # the first ones come before Xwayland has found the touch screen
            for action in (DOWN, FRAME, UP, FRAME):
                fingers.say(action, 1, 100, 200)
            return x.pump() and len(x.wait_event(BUTTON_PRESS, window)) > len(points)
        wait_until(tapped, "a finger presses")
        last = x.wait_event(BUTTON_PRESS, window, len(points) + 1)[-1]
        self.assertAlmostEqual(last[24] + last[25] * 256, 100, delta=1)
        self.assertAlmostEqual(last[26] + last[27] * 256, 200, delta=1)
        self.end()

    def test_of_a_game_go_full_screen_and_come_back(self):
        desktop = self.open()
        x = self.connect()
        window = x.window(RED, size=(300, 200), fixed=True)
        x.wait_geometry(window, 490, 260, 300, 200)
        self.shows(RED, (490, 260), (789, 459))
        self.shows(0, (489, 260), (790, 459))
        x.set_fullscreen(window, True)
        x.wait_geometry(window, 0, 0, 1280, 720)
        self.shows(RED, (0, 0), (1279, 719))
        desktop.set_mode((1600, 900))
        x.wait_geometry(window, 0, 0, 1600, 900)
        x.set_fullscreen(window, False)
        x.wait_geometry(window, 650, 350, 300, 200)
        x.resize(window, 400, 100)
        x.wait_geometry(window, 600, 400, 400, 100)
        other = x.window(BLUE, size=(100, 100), fixed=True, fullscreen=True)  # from the start
        x.wait_geometry(other, 0, 0, 1600, 900)
        self.end()

    def test_that_place_themselves_lie_above_where_they_want(self):
        desktop = self.open()
        x = self.connect()
        window = x.window(GREEN)
        self.shows(GREEN, (100, 100))
        menu = x.window(BLUE, size=(60, 40), at=(100, 50), menu=True)
        self.shows(BLUE, (100, 50), (159, 89))
        self.shows(GREEN, (99, 50), (160, 89))
        hands = Hands(self, desktop)
        hands.move_to(110, 60)
        hands.button(True)
        hands.button(False)
        pressed = x.wait_event(BUTTON_PRESS, menu)[0]
        self.assertEqual((pressed[24], pressed[26]), (10, 10))
        x.destroy(menu)
        self.shows(GREEN, (155, 60))
        desktop.run("wtype", "k")
        self.assertTrue(x.wait_event(KEY_PRESS, window))
        self.end()

    def test_share_the_keyboard_with_wayland_programs(self):
        desktop = self.open('exec "$PF_BIN_DIR/punktfunk-input-log" --file "$XDG_RUNTIME_DIR/log"')
        log = InputLog(desktop.folder / "log")
        log.wait("keyboard_enter")
        x = self.connect()
        first = x.window(GREEN)
        x.wait_event(FOCUS_IN, first, position=4)
        log.wait("keyboard_leave")
        second = x.window(RED)
        x.wait_event(FOCUS_IN, second, position=4)
        desktop.run("wtype", "x")
        self.assertTrue(x.wait_event(KEY_PRESS, second))
        x.destroy(second)
        x.wait_event(FOCUS_IN, first, 2, position=4)
        desktop.run("wtype", "y")
        self.assertTrue(x.wait_event(KEY_PRESS, first))
        since = log.mark()
        x.close()
        log.wait("keyboard_enter", 1, since)
        desktop.run("wtype", "z")
        self.assertEqual(log.wait("key", 1, since)[0]["text"], "z")
        self.assertEqual([event["text"] for event in log.after(0, "key") if event["pressed"]], ["z"])
        self.end()


class Deaths(X11Test):
    def test_of_xwayland_are_healed_for_the_next_program(self):
        desktop = self.open('exec "$PF_BIN_DIR/punktfunk-input-log" --file "$XDG_RUNTIME_DIR/log"')
        log = InputLog(desktop.folder / "log")
        log.wait("keyboard_enter")
        for round in range(4):
            with self.subTest(round=round):
                x = self.connect()
                window = x.window(GREEN)
                x.wait_geometry(window, 0, 0, 1280, 720)
                self.shows(GREEN, (5, 5))
                since = log.mark()
                self.kill_servers()
                x.wait_death()
                log.wait("keyboard_enter", 1, since)
                self.shows(0x203040, (5, 5))
        self.end()

    def test_of_xwayland_while_it_starts_are_survived(self):
        desktop = self.open()
        for _ in range(3):
            wait_until(lambda: self.servers() or (self.knock() and False), "Xwayland starts")
            self.kill_servers()
        x = self.connect()
        window = x.window(GREEN)
        x.wait_geometry(window, 0, 0, 1280, 720)
        self.end()

    def test_of_programs_leave_the_others_alone(self):
        self.open()
        x, y = self.connect(), self.connect()
        window = x.window(GREEN)
        x.wait_geometry(window, 0, 0, 1280, 720)
        other = y.window(RED)
        self.shows(RED, (5, 5))
        y.close()
        self.shows(GREEN, (5, 5))
        self.desktop.run("wtype", "k")
        self.assertTrue(x.wait_event(KEY_PRESS, window))
        self.assertTrue(other)
        self.end()

    def test_of_the_desktop_take_xwayland_along(self):
        desktop = self.open()
        x = self.connect()
        x.wait_geometry(x.window(GREEN), 0, 0, 1280, 720)
        self.assertTrue(self.servers())
        for server in self.servers():
            self.assertRegex(Path(f"/proc/{server}/limits").read_text(), r"Max core file size +0 +0 ")
        desktop.process.kill()
        desktop.process.wait(PATIENCE_S)
        x.wait_death()
        wait_until(lambda: not self.servers(), "Xwayland has ended with the desktop")
        self.assertEqual(list(desktop.folder.glob("core*")), [], "it aborts, but leaves no core file")


if __name__ == "__main__":
    unittest.main()
