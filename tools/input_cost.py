#!/usr/bin/env python3
"""What a mouse costs the host: a thousand movements a second for some seconds, through the whole chain over loopback.

    input_cost.py --bin build/release/bin --seconds 10

A game holds the pointer, so that no picture changes. Prints what each thread of the host takes above what it takes when
nothing happens, in percent of a core: the median of windows of half a second, which a neighbour's burst does not move.
"""
import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

from thread_time import WINDOW_S, add_windows

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "testing/e2e"))

SETTLE_S, IDLE_S = 1.5, 3.0
OPTIONS = None


def windows(pid, seconds):
    """{name: percent of a core, in the middle one of all windows}."""
    shares = {}
    add_windows(shares, pid, seconds)
    return {name: statistics.median(all_of) for name, all_of in shares.items()}


class InputCost(unittest.TestCase):
    def test_a_mouse_of_1000_hz(self):
        from harness import Host, probe_command
        with tempfile.TemporaryDirectory(prefix="pf-cost-") as folder:
            host = Host(self, command=("punktfunk-input-log", "--pointer", "locked", "--file", f"{folder}/log"))
            script, first = Path(folder) / "script", SETTLE_S + IDLE_S
            script.write_text("".join(f"@{first + i / 1000:.3f} move {1 if i // 300 % 2 else -1} 1\n"
                                      for i in range(int(OPTIONS.seconds * 1000))))
            client = subprocess.Popen(probe_command(host.address, "--quiet", "--input-script", script, mode="1280x720@30",
                                                    seconds=1), stdout=subprocess.DEVNULL)
            try:
                time.sleep(SETTLE_S)
                idle = windows(host.process.pid, IDLE_S - WINDOW_S)
                time.sleep(2 * WINDOW_S)
                moving = windows(host.process.pid, OPTIONS.seconds - 3 * WINDOW_S)
            finally:
                client.wait(4 * OPTIONS.seconds + 20)
            trace = host.session(1)
            self.assertEqual(host.stop(), 0)
        # Some are added up when the machine is busy.
        self.assertGreater(trace["input"]["injected"], 700 * OPTIONS.seconds)
        cost = {name: moving[name] - idle.get(name, 0) for name in moving}
        for name in sorted(cost, key=cost.get, reverse=True):
            if abs(cost[name]) >= 0.05:
                print(f"  {name:<16}{cost[name]:>7.2f} %")
        print(f"  1000 movements a second cost the host {sum(cost.values()):.2f} % of a core", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=Path, default=Path("build/release/bin"))
    parser.add_argument("--seconds", type=float, default=10)
    OPTIONS = parser.parse_args()
    os.environ["PF_BIN_DIR"] = str(OPTIONS.bin.resolve())
    unittest.main(argv=sys.argv[:1])
