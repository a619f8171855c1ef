#!/usr/bin/env python3
"""From the client's hands to a program on the host's desktop: at the very pixel, none lost, and how late."""
import re
import shutil
import statistics
import tempfile
import unittest
from pathlib import Path

from desktop import InputLog
from harness import EndToEnd, Host, probe

LEFT, RIGHT = 0x110, 0x111


class InputScript(EndToEnd):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="pf-script-"))
        self.addCleanup(shutil.rmtree, self.folder, True)
        self.log = InputLog(self.folder / "input.jsonl")

    def play(self, *lines, options=(), mode="1280x720@30", command=None):
        """Runs the script on a fresh host; gives the probe's report."""
        script = self.folder / "script"
        script.write_text("\n".join(lines) + "\n")
        host = Host(self, command=command or ["punktfunk-input-log", "--file", self.log.path])
        code, said, report = probe(host.address, "--input-script", script, *options, mode=mode, seconds=0.5)
        self.assertEqual(code, 0, said)
        self.assertEqual(host.stop(), 0, host.said())
        self.assert_nothing_left(host)
        return report

    def test_positions_are_exact_on_odd_modes_and_after_a_switch(self):
        before = [(0, 0), (1280, 720), (1280, 0), (0, 720), (641, 359), (17, 700)]
        after = [(0, 0), (1919, 1079), (1919, 0), (960, 540), (1234, 987)]
        lines = ["wait 0.3"]
        for x, y in before:
            lines += [f"moveto {x} {y}", "button left", "wait 0.02"]
        lines.append("@3")
        for x, y in after:
            lines += [f"moveto {x} {y} 1920x1080", "button right", "wait 0.02"]
        lines += ["wait 0.3"]
        self.play(*lines, mode="1281x721@30", options=["--switch", "1920x1080@30:1"])
        at, clicked = None, {LEFT: [], RIGHT: []}
        for one in self.log.read():
            if one["event"] in ("pointer_enter", "motion"):
                at = (one["x"], one["y"])
            if one["event"] == "button" and one["pressed"]:
                clicked[one["button"]].append(at)
        self.assertEqual(clicked[LEFT], before)
        self.assertEqual(clicked[RIGHT], after)

    def test_a_thousand_keys_arrive_and_how_late_they_are(self):
        count = 1000
        report = self.play("wait 0.3", *[line for i in range(count) for line in (f"key {chr(97 + i % 26)}", "wait 0.002")],
                           "wait 0.5")
        sent = [one["at_ns"] for one in report["input"] if one["kind"] == "key down"]
        pressed = [one for one in self.log.read() if one["event"] == "key" and one["pressed"]]
        self.assertEqual("".join(one["text"] for one in pressed), "".join(chr(97 + i % 26) for i in range(count)))
        released = [one for one in self.log.events if one["event"] == "key" and not one["pressed"]]
        self.assertEqual([one["key"] for one in released], [one["key"] for one in pressed])
        late_us = sorted((one["t_ns"] - at) / 1000 for one, at in zip(pressed, sent, strict=True))
        self.assertGreater(late_us[0], 0)
        print(f"input, sent to seen: p50 {statistics.median(late_us):.0f} us, p95 {late_us[count * 95 // 100]:.0f} us, "
              f"max {late_us[-1]:.0f} us", flush=True)

    def test_x11_programs_are_typed_into(self):
        said = self.folder / "xev"
        command = ["sh", "-c", f"exec xev > {said}"]
        script = ["wait 2"]  # Xwayland starts with the program
        script += ["text xyz", "wait 0.2", "moveto 321 123", "wait 0.1", "button left", "wait 0.5"]
        self.play(*script, command=command)
        text = said.read_text()
        self.assertRegex(text, re.compile(r'KeyPress.*"x".*KeyPress.*"y".*KeyPress.*"z".*ButtonPress[^(]*\(321,123\)', re.S))


if __name__ == "__main__":
    unittest.main()
