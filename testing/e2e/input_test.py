"""A person's hands, played by the probe, arriving at a Wayland program in the host's desktop."""
import json
import shutil
import tempfile
import unittest
from pathlib import Path

from harness import BIN, EndToEnd, Host, probe, wait_until

TEXT = "Grüße, 世界 😀 Ab1!"


class Input(EndToEnd):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="pf-input-"))
        self.addCleanup(shutil.rmtree, self.folder, True)
        self.path = self.folder / "log"

    def host(self, **options):
        command = self.folder / "command"
        command.write_text(f"#!/bin/sh\nexec {BIN}/punktfunk-input-log --file {self.path}\n")
        command.chmod(0o755)
        return Host(self, command=(str(command),), **options)

    def play(self, host, script, *options, **shape):
        """Plays the script to its end; gives the probe's report."""
        file = self.folder / "script"
        file.write_text(script)
        code, said, report = probe(host.address, "--input-script", file, *options, **shape)
        self.assertEqual(code, 0, said + host.said())
        return report

    def log(self, *kinds):
        lines = self.path.read_text().splitlines(True) if self.path.exists() else []
        events = [json.loads(line) for line in lines if line.endswith("\n")]
        return [event for event in events if not kinds or event["event"] in kinds]

    def typed(self):
        return "".join(event["text"] for event in self.log("key") if event["pressed"])

    def test_everything_arrives_as_it_was_done(self):
        host = self.host()
        self.play(host, f"""
            wait 0.5
            moveto 10 20
            wait 0.05
            moveto 639 359
            wait 0.05
            move -9 -9
            button left
            button x2
            scroll vertical 1
            scroll horizontal -2
            key lshift down
            key q
            key lshift up
            key q
            text {TEXT}
            key enter
            touch 5 down 100 200
            wait 0.05
            touch 5 move 101 201
            touch 5 up
            wait 0.5
            """)
        wait_until(lambda: self.log("touch_up"), "the finger is lifted")
        self.assertEqual(self.typed().replace("\r", "\n"), "Qq" + TEXT + "\n")
        places = [(event["x"], event["y"]) for event in self.log("motion", "pointer_enter")]
        self.assertIn((639, 359), places)
        self.assertEqual(places[-1], (630, 350))
        self.assertEqual([event["button"] for event in self.log("button") if event["pressed"]], [0x110, 0x114])
        self.assertEqual([(event["axis"], event["value"]) for event in self.log("axis")], [(0, -15), (1, -30)])
        self.assertEqual([(event["x"], event["y"]) for event in self.log("touch_down", "touch_motion")],
                         [(100, 200), (101, 201)])
        trace = host.session(1)["input"]
        self.assertEqual(trace["meaningless"] + trace["not_granted"] + trace["dropped"] + trace["unsupported"], 0)

    def test_nothing_stays_down_when_a_session_ends(self):
        host = self.host(config="[desktop]\nlinger_s = 30\n")
        # Who comes back finds the program that heard of the presses; who quits would end it before it hears of more.
        device = "--identity", self.folder / "device.pem", "--detach"
        for round_number in range(3):
            self.play(host, "wait 0.3\nkey w down\nbutton right down\ntouch 1 down 5 5\nwait 0.3\n", *device,
                      seconds=0.5)
            host.session(round_number + 1)
        self.assertTrue(self.held(), "keys were pressed")
        wait_until(lambda: not any(self.held().values()), "the program hears that all of it is up")

    def held(self):
        """What was pressed so far, and whether it still is, as the program on the desktop has heard."""
        return {(event["event"], event.get("key", event.get("button"))): event["pressed"]
                for event in self.log("key", "button")}

    def test_a_thousand_movements_a_second_arrive_whole(self):
        host = self.host()
        steps = "".join(f"@{0.5 + i / 1000:.3f} move {1 if i % 2 else -1} 1\n" for i in range(300))
        steps += "".join(f"@{0.8 + i / 1000:.3f} move 1 -1\n" for i in range(300))
        self.play(host, "@0.3 moveto 320 0\n" + steps + "@1.2 key a\nwait 0.2\n")
        wait_until(lambda: self.typed() == "a", "the last key arrives")
        moved = [(event["dx"], event["dy"]) for event in self.log("relative_motion")]
        # Positions make no relative movements.
        self.assertEqual((sum(dx for dx, _ in moved), sum(dy for _, dy in moved)), (300, 0))


if __name__ == "__main__":
    unittest.main()
