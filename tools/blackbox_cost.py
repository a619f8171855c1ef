#!/usr/bin/env python3
"""What the black box costs a stream of 720p60 over loopback, and how long it takes to save all that it keeps.

    blackbox_cost.py --bin build/release/bin [--seconds 64] [--rings]

A program shows snow, so that the stream takes all the bits it may have (20 Mbit/s), or rings with --rings. The black box
is switched off and on in turns, and what each thread of the host takes is compared: the difference of the medians of
windows of half a second, which a neighbour's burst does not move. Then it stays on until it is full, and is saved.
"""
import argparse
import os
import statistics
import subprocess
import sys
import time
import unittest
from pathlib import Path

from thread_time import add_windows

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "testing/e2e"))

SETTLE_S, TURN_S, TURNS, SAVES = 2.0, 4.0, 3, 5
OPTIONS = None


def resident_mb(pid):
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))) / 1024


class BlackBoxCost(unittest.TestCase):
    def switch(self, host, on):
        from blackbox_test import ask
        self.assertIn("ok", ask(host, "set-settings", values={"blackbox.enabled": on}))
        time.sleep(1.0)  # its first key frame is none of the lasting cost

    def test_a_stream(self):
        from blackbox_test import ask, box
        from harness import Host, probe_command
        pattern = ("punktfunk-pattern",) if OPTIONS.rings else ("punktfunk-pattern", "--snow")
        host = Host(self, command=pattern, options=("--set", "audio.backend=tone"))
        length = SETTLE_S + 2 * TURNS * (TURN_S + 1) + OPTIONS.seconds + 20
        client = subprocess.Popen(probe_command(host.address, "--quiet", mode="1280x720@60", seconds=int(length)),
                                  stdout=subprocess.DEVNULL)
        self.addCleanup(client.wait)
        self.addCleanup(client.kill)
        time.sleep(SETTLE_S)
        pid, shares = host.process.pid, ({}, {})
        for _ in range(TURNS):
            for on in (False, True):
                self.switch(host, on)
                add_windows(shares[on], pid, TURN_S)
        before = resident_mb(pid)
        medians = [{name: statistics.median(all_of) for name, all_of in one.items()} for one in shares]
        cost = {name: medians[1][name] - medians[0].get(name, 0) for name in medians[1]}
        for name in sorted(medians[1], key=medians[1].get, reverse=True):
            if medians[1][name] >= 0.05:
                print(f"  {name:<16}{medians[0].get(name, 0):>7.2f} % off {medians[1][name]:>7.2f} % on")
        print(f"  the black box itself takes {medians[1].get('pf-box', 0):.2f} % of a core; the whole host {sum(cost.values()):+.2f} %")
        time.sleep(OPTIONS.seconds)
        told = box(host)
        held, paid = told["held"], told["cost"]
        print(f"  kept: {held['span_ms'] / 1000:.1f} s in {held['bytes'] / 1e6:.0f} MB of memory ({before:.0f} MB resident "
              f"before, {resident_mb(pid):.0f} after)")
        print(f"  {paid['key_frames']} key frames were {paid['key_frame_share_ppm'] / 1e4:.2f} % of {paid['video_bytes'] / 1e6:.0f} MB; "
              f"{paid['left_out']} units left out")
        took = []
        for _ in range(SAVES):
            began = time.monotonic()
            clip = ask(host, "blackbox-save")["ok"]
            while clip["state"] == "saving":
                time.sleep(0.01)
                clip = ask(host, "clip", clip=clip["id"])["ok"]
            took.append(time.monotonic() - began)
            self.assertEqual(clip["state"], "ready")
        print(f"  saving {clip['length_ms'] / 1000:.0f} s, {clip['bytes'] / 1e6:.0f} MB and a trace of {clip['trace_bytes'] / 1e6:.1f} MB "
              f"took {', '.join(f'{one:.2f}' for one in sorted(took))} s (2)", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=Path, default=Path("build/release/bin"))
    parser.add_argument("--seconds", type=float, default=64)
    parser.add_argument("--rings", action="store_true", help="what is coded easily, instead of snow")
    OPTIONS = parser.parse_args()
    os.environ["PF_BIN_DIR"] = str(OPTIONS.bin.resolve())
    unittest.main(argv=sys.argv[:1])
