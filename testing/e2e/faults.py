"""Faults inflicted on the programs of a running host, and what a client's report says about how each healed."""
import json
import os
import signal
import subprocess
import time

import harness
from harness import BIN, descendants, wait_until


def desktops(host):
    return {pid for pid, name in descendants(host.process.pid).items() if name.startswith("punktfunk-deskt")}


def status(host):
    done = subprocess.run([BIN / "punktfunk-host", "status", "--json"], capture_output=True, text=True,
                          timeout=harness.PATIENCE_S, env=host.environment())
    return json.loads(done.stdout)


def health(host, part):
    """The row of the health board whose name ends so, or None."""
    return next((row for row in status(host)["health"] if row["worker"].endswith(part)), None)


class Fault:
    """One that is over. Instants are the host's real time in ns, as those of a report's rows are."""

    def __init__(self, name, at_ns, mendable_ns):
        self.name, self.at_ns = name, at_ns
        self.mendable_ns = mendable_ns  # nothing that broke is missing any more: from here on the host is to heal


def kill_desktop(host, pid=None):
    """SIGKILL; over when the host has started another one."""
    before = desktops(host)
    victim = pid or min(before)
    host.children[victim] = "punktfunk-desktop"
    os.kill(victim, signal.SIGKILL)
    at = time.time_ns()
    wait_until(lambda: desktops(host) - before, "the host starts another desktop")
    return Fault("desktop killed", at, time.time_ns())


def stop_desktop(host, seconds, pid=None):
    """SIGSTOP, and SIGCONT later."""
    victim = pid or min(desktops(host))
    os.kill(victim, signal.SIGSTOP)
    at = time.time_ns()
    time.sleep(seconds)
    os.kill(victim, signal.SIGCONT)
    return Fault(f"desktop stopped for {seconds:g} s", at, time.time_ns())


def rows(report):
    """The access units of a probe's report, or of a host's trace, as dictionaries."""
    return [dict(zip(report["row_fields"], row)) for row in report["rows"]]


def healed_ms(report, fault):
    """From the fault to the first picture that was taken and shown after it, and from when it could be mended; None:
    there was none. What is shown counts by the time it was drawn, where the picture says that."""
    for row in rows(report):
        drawn = row["drawn_ns"] or row["pts_ns"]
        if row["decoded_ns"] and row["pts_ns"] > fault.at_ns and drawn > fault.at_ns:
            if fault.name.startswith("desktop stopped") and drawn < fault.mendable_ns:
                continue
            return (row["decoded_ns"] - fault.at_ns) / 1e6, (row["decoded_ns"] - fault.mendable_ns) / 1e6
    return None


def longest_pause_ms(report):
    """Between two pictures that were shown."""
    shown = [row["decoded_ns"] for row in rows(report) if row["decoded_ns"]]
    return max((later - earlier for earlier, later in zip(shown, shown[1:])), default=0) / 1e6


def key_frames(trace, seconds):
    """The most that the host sent within any such time."""
    at = [row["pts_ns"] for row in rows(trace) if row["idr"]]
    return max(sum(1 for other in at if 0 <= other - one < seconds * 1e9) for one in at)


def tell(sentence):
    """A figure, for whoever reads the test's output. Nothing asserts it: the machine may be busy."""
    print("  " + sentence, flush=True)
