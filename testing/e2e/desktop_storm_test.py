#!/usr/bin/env python3
"""Everything at once and in no sensible order, against a desktop built with sanitizers: it must not mind."""
import os
import random
import struct
import subprocess
import time
import unittest

from desktop import ADD_OUTPUT, REMOVE_OUTPUT, SET_MODE, SET_SCALE, Fingers, Hands
from desktop_x11_test import X11Test
from harness import BIN, wait_until

# PF_STORM_SECONDS makes it longer, PF_STORM_SEED another one.
SECONDS = float(os.environ.get("PF_STORM_SECONDS", "6"))
SEED = int(os.environ.get("PF_STORM_SEED", "1"))
SIZES = [(1, 1), (64, 48), (640, 360), (1281, 721), (1920, 1080)]


class Storm(X11Test):
    def test_a_desktop_outlives_it_and_still_works(self):
        self.random = random.Random(SEED)
        desktop = self.open(size=(640, 360))
        self.outputs, self.windows, self.fingers, self.hands, self.programs = {0}, [], [], [], []
        self.x11 = None
        deeds = [self.order, self.point, self.point, self.touch, self.touch, self.type, self.show, self.show_x11, self.vanish,
                 self.kill_xwayland]
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            self.random.choice(deeds)()
            # What it answers is read, or it would not be able to say more.
            desktop.control.setblocking(False)
            try:
                while desktop.control.recv(200):
                    pass
            except BlockingIOError:
                pass
            self.assertIsNone(desktop.process.poll(), f"seed {SEED}: " + desktop.said())
        desktop.control.setblocking(True)
        for number in sorted(self.outputs):
            desktop.order(REMOVE_OUTPUT, number)
        for program in self.programs:
            program.kill()
            program.wait()
        if self.x11 is not None:
            self.x11.close()
        desktop.order(ADD_OUTPUT, 0, 640, 360, 60, 1)
        x = self.connect()
        window = x.window(0x12AB34)
        x.wait_geometry(window, 0, 0, 640, 360)
        hands = Hands(self, desktop)
        hands.move_to(300, 300)
        self.shows(0x12AB34, (5, 5), (639, 5))
        self.end()

    def order(self):
        pick = self.random
        number = pick.randrange(3)
        kind = pick.choice([ADD_OUTPUT, SET_MODE, SET_MODE, SET_SCALE, REMOVE_OUTPUT])
        if kind == SET_SCALE:
            self.desktop.order(kind, number, pick.choice([0, 120, 150, 180, 240, 480, 0xFFFFFFFF]))
        elif kind == REMOVE_OUTPUT:
            self.desktop.order(kind, number)
            self.outputs.discard(number)
        else:
            self.desktop.order(kind, number, *pick.choice(SIZES), pick.choice([30, 60, 0]), 1)
            self.outputs.add(number)

    def point(self):
        pick = self.random
        try:
            if not self.hands or len(self.hands) < 4 and pick.random() < 0.2:
                self.hands.append(Hands(self, self.desktop, keyboard=True))
            hands = pick.choice(self.hands)
            hands.move_to(pick.randrange(2000), pick.randrange(2000), (pick.randrange(2000), 1000))
            hands.move(pick.uniform(-3000, 3000), pick.uniform(-3000, 3000))
            hands.button(pick.random() < 0.5, 0x110 + pick.randrange(20))
            hands.roundtrip()
        except KeyError:  # no output to point at
            pass

    def touch(self):
        pick = self.random
        if not self.fingers or len(self.fingers) < 6 and pick.random() < 0.1:
            self.fingers.append(Fingers(self, self.desktop))
        fingers = pick.choice(self.fingers)
        try:
            for _ in range(5):
                fingers.socket.send(struct.pack("IIii", pick.randrange(5), pick.randrange(20), pick.randrange(-2**31, 2**31),
                                                pick.randrange(0, 2000 * 256)))
        except OSError:  # the fifth channel was refused
            self.fingers.remove(fingers)

    def type(self):
        if self.hands:
            hands = self.random.choice(self.hands)
            hands.modifiers(self.random.randrange(2))
            for _ in range(3):
                hands.key(self.random.randrange(255), self.random.random() < 0.5)

    def show(self):
        if len(self.programs) < 4:
            wish = self.random.choice(["free", "locked", "confined"])
            self.programs.append(subprocess.Popen([BIN / "punktfunk-input-log", "--pointer", wish], stdout=subprocess.DEVNULL,
                                                  stderr=subprocess.DEVNULL, env=self.desktop.environment()))

    def show_x11(self):
        pick = self.random
        try:
            if self.x11 is None:
                if not self.knock():
                    return
                self.x11 = self.connect()
            x = self.x11
            deed = pick.randrange(5)
            if deed <= 1 or not self.windows:
                self.windows.append(x.window(pick.randrange(1 << 24), (pick.randrange(1, 900), 99), (pick.randrange(-99, 999), 9),
                                             menu=pick.random() < 0.4, fixed=pick.random() < 0.3,
                                             fullscreen=pick.random() < 0.3))
            elif deed == 2:
                x.set_fullscreen(pick.choice(self.windows), pick.random() < 0.5)
            elif deed == 3:
                x.resize(pick.choice(self.windows), pick.randrange(1, 5000), pick.randrange(1, 5000))
            else:
                x.destroy(self.windows.pop(pick.randrange(len(self.windows))))
            x.pump()
        except (OSError, AssertionError):  # it was killed
            self.x11, self.windows = None, []

    def vanish(self):
        pick = self.random
        things = pick.choice([self.fingers, self.hands, self.programs])
        if not things:
            return
        thing = things.pop(pick.randrange(len(things)))
        if isinstance(thing, subprocess.Popen):
            thing.kill()
            thing.wait()
        else:
            thing.close()

    def kill_xwayland(self):
        if self.random.random() < 0.3:
            self.kill_servers()


if __name__ == "__main__":
    unittest.main()
