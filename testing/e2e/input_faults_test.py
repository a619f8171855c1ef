"""Whoever holds keys goes away without a word, or what takes the keys does: nothing may stay down."""
import random
import time
import unittest

import faults
from desktop import InputLog
from faults import tell
from harness import BIN, Client, EndToEnd, Host, wait_until

KEYS = ("a", "s", "d", "w", "lshift", "lctrl", "space", "enter", "up", "f5")
BUTTONS = ("left", "right", "middle")


def held(log):
    """What the program in the desktop believes to be down."""
    down = set()
    for event in log.read():
        kind = event["event"]
        if kind in ("key", "button"):
            what = kind, event[kind]
            (down.add if event["pressed"] else down.discard)(what)
        elif kind == "keyboard_enter":
            down |= {("key", key) for key in event["keys"]}
        elif kind == "touch_down":
            down.add(("touch", event["id"]))
        elif kind in ("touch_up", "touch_cancel"):
            down -= {one for one in down if one[0] == "touch" and (kind == "touch_cancel" or one[1] == event["id"])}
        elif kind == "keyboard_leave":
            down -= {one for one in down if one[0] == "key"}
    return down


def presses(log):
    """How often something went down before the program's eyes."""
    return sum(1 for event in log.read() if event["event"] in ("key", "button") and event.get("pressed"))


class Case(EndToEnd):
    def program(self, log_path):
        """A script, since each life of it says its process id in `log_path` as $$."""
        script = log_path.parent / "program.sh"
        script.write_text(f"#!/bin/sh\nexec {BIN}/punktfunk-input-log --file {log_path}\n")
        script.chmod(0o700)
        return str(script)

    def disconnect(self, times, seed):
        log_path = faults.scratch(self) / "log"
        host = Host(self, command=("punktfunk-input-log", "--file", str(log_path)),
                    options=("--set", "desktop.linger_s=120"))
        log, dice, script = InputLog(log_path), random.Random(seed), log_path.parent / "hands.txt"
        device = "--identity", str(log_path.parent / "device.pem"), "--detach", "--quiet"
        first = Client(self, host.address, *device, mode="320x200@30", seconds=60)
        log.wait("keyboard_enter")  # the program is there; what was down before it says so in another way
        first.kill()
        began, killed = time.monotonic(), 0
        for _ in range(times):
            script.write_text("".join(
                [f"key {key} down\n" for key in dice.sample(KEYS, dice.randint(1, 4))]
                + [f"button {button} down\n" for button in dice.sample(BUTTONS, dice.randint(0, 2))]
                + [f"wait {dice.uniform(0, 0.2):.3f}\n"]))
            before = presses(log)
            kill = dice.random() < 0.5
            client = Client(self, host.address, *device, "--input-script", script, mode="320x200@30",
                            seconds=60 if kill else 0.3)
            wait_until(lambda: presses(log) > before, "the program sees keys go down")
            time.sleep(dice.uniform(0, 0.1))
            if kill:
                client.process.kill()
                killed += 1
                client.kill()
            else:
                client.finish()
        at = time.monotonic()
        wait_until(lambda: not held(log), f"everything is let go of: {held(log)}\n{host.said()[-3000:]}")
        tell(f"{times} disconnects, {killed} of them by SIGKILL, {presses(log)} presses in {at - began:.0f} s: nothing "
             "held")
        self.assertEqual(host.said().count("returns to the desktop"), times)


class InputFaults(Case):
    def test_nothing_is_held_after_random_disconnects(self):
        self.disconnect(10, seed=1)

    def test_input_comes_back_with_the_desktop_and_nothing_is_down(self):
        folder = faults.scratch(self)
        script = folder / "hands.txt"
        script.write_text("@0.5 key a down\nbutton left down\n"
                          + "".join(f"@{1 + tenth / 10:.1f} key b\n" for tenth in range(60)))
        # Each life of the desktop has a log of its own.
        host = Host(self, command=(self.program(folder / "log.$$"),))
        client = Client(self, host.address, "--quiet", "--input-script", script, mode="320x200@30", seconds=7.5)
        first = InputLog(wait_until(lambda: next(iter(folder.glob("log.*")), None), "the program logs"))
        wait_until(lambda: presses(first) >= 3, "the program sees keys")
        fault = faults.kill_desktop(host)
        second = InputLog(wait_until(lambda: next((path for path in folder.glob("log.*") if path != first.path), None),
                                     "the program runs again"))
        wait_until(lambda: presses(second) > 0, "it sees keys again")
        tell(f"desktop killed: keys arrive again within {(time.time_ns() - fault.at_ns) / 1e6:.0f} ms")
        code, said, report = client.finish()
        self.assertEqual(code, 0, said + host.said())
        self.assertEqual(report["interruptions"]["silent_at_end"], False)
        self.assertNotIn(("key", 30), {("key", event["key"]) for event in second.read() if event["event"] == "key"
                                       and event["pressed"]}, "what was down before is not down again")
        wait_until(lambda: not held(second), "nothing is held at the end")


class InputFaultsLong(Case):
    def test_nothing_is_held_after_two_hundred_random_disconnects(self):
        self.disconnect(200, seed=2)


if __name__ == "__main__":
    unittest.main()
