"""Faults inflicted on the programs of a running host, and what a client's report says about how each healed."""
import json
import os
import shutil
import signal
import socket
import tempfile
import time
from pathlib import Path

import harness
from harness import descendants, wait_until


def desktops(host):
    return {pid for pid, name in descendants(host.process.pid).items() if name.startswith("punktfunk-deskt")}


def status(host):
    """What `punktfunk-host status --json` prints, without a process for it."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(harness.PATIENCE_S)
        connection.connect(str(host.folder / "state/punktfunk/admin.sock"))
        connection.sendall(b'{"op": "status"}\n')
        return json.loads(connection.makefile().readline())["ok"]


def health(host, part):
    """The row of the health board whose name ends so, or None."""
    return next((row for row in status(host)["health"] if row["worker"].endswith(part)), None)


def scratch(test):
    """A folder that goes with the test."""
    folder = Path(tempfile.mkdtemp(prefix="pf-fault-"))
    test.addCleanup(shutil.rmtree, folder, True)
    return folder


class Fault:
    """One that is over. Instants are the host's real time in ns, as those of a report's rows are."""

    def __init__(self, name, at_ns, mendable_ns, healed_ns=None):
        self.name, self.at_ns = name, at_ns
        self.mendable_ns = mendable_ns  # nothing that broke is missing any more: from here on the host is to heal
        self.healed_ns = healed_ns      # where the host says it; else the client's report does


def started_ns(pid):
    """When a process began, to 10 ms."""
    with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as stat:
        ticks = int(stat.read().rsplit(")", 1)[1].split()[19])
    age_s = time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")
    return time.time_ns() - int(age_s * 1e9)


def kill_desktop(host, pid=None):
    """SIGKILL; over when the host has started another one."""
    before = desktops(host)
    victim = pid or min(before)
    host.children[victim] = "punktfunk-desktop"
    os.kill(victim, signal.SIGKILL)
    at = time.time_ns()
    started = wait_until(lambda: desktops(host) - before, "the host starts another desktop")
    return Fault("desktop killed", at, started_ns(max(started)))


def stop_desktop(host, seconds, pid=None):
    """SIGSTOP, and SIGCONT later."""
    victim = pid or min(desktops(host))
    os.kill(victim, signal.SIGSTOP)
    at = time.time_ns()
    time.sleep(seconds)
    os.kill(victim, signal.SIGCONT)
    return Fault(f"desktop stopped for {seconds:g} s", at, time.time_ns())


def sound_programs(host):
    """{name: pid} of the host's own sound server."""
    below = descendants(host.process.pid)
    host.children.update(below)
    return {name: pid for pid, name in below.items() if name in ("pipewire", "wireplumber")}


def kill_sound(host, *names):
    """SIGKILL; over when the host has started them again and hears the desktop."""
    before, row = sound_programs(host), health(host, "sound")
    for name in names:
        try:
            os.kill(before[name], signal.SIGKILL)
        except ProcessLookupError:
            pass  # the session manager ends by itself when its server does
    at = time.time_ns()
    wait_until(lambda: all(sound_programs(host).get(name, before[name]) != before[name] for name in names),
               "the host starts them again")
    back = max(started_ns(sound_programs(host)[name]) for name in names)
    breaks = "pipewire" in names  # the session manager's death leaves running streams alone

    def healed():
        now = health(host, "sound")
        return now and now["health"] == "working" and (not breaks or now["reopened"] > row["reopened"])
    wait_until(healed, "the sound heals")
    return Fault(" and ".join(names) + " killed", at, back, time.time_ns())


def rows(report):
    """The access units of a probe's report, or of a host's trace, as dictionaries."""
    return [dict(zip(report["row_fields"], row)) for row in report["rows"]]


def healed_ms(report, fault):
    """From the fault to the first picture that was taken and shown after it, and from when it could be mended; None:
    there was none. What is shown counts by the time it was drawn, where the picture says that."""
    if fault.healed_ns:
        return (fault.healed_ns - fault.at_ns) / 1e6, (fault.healed_ns - fault.mendable_ns) / 1e6
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
