"""Each of the eight causes of a hitch is planted in one running stream, and the host names it."""
import ctypes
import json
import os
import signal
import socket
import subprocess
import time
import unittest
from pathlib import Path

import harness
from faults import desktops, tell
from gamestream import GameStreamHost, paired_client
from harness import BIN, Client, EndToEnd, Host, descendants, wait_until
from network import Network, can_make_namespaces

STALL_S = 0.6     # so long that no other load on the machine makes a longer one
SETTLE_S = 2.5    # between two of them: the cadence is known again
ENCODER_STALLS_AT = 330  # pictures: 11 s at 30 Hz
SEIZE, INTERRUPT, DETACH, WALL = 0x4206, 0x4207, 17, 0x40000000
POLLS = ("7", "232", "271", "281")  # poll and its kin, on x86-64


def ask(host, op, **arguments):
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(harness.PATIENCE_S)
        connection.connect(str(host.folder / "state/punktfunk/admin.sock"))
        connection.sendall(json.dumps({"op": op, "args": arguments}).encode() + b"\n")
        return json.loads(connection.makefile().readline())["ok"]


def stop_process(pid):
    os.kill(pid, signal.SIGSTOP)
    time.sleep(STALL_S)
    os.kill(pid, signal.SIGCONT)


def stop_thread(process, name):
    """One thread of a process stands still, from when it next waits for something; the others go on. False: this system
    does not let us."""
    task = next(task for task in Path(f"/proc/{process}/task").iterdir() if (task / "comm").read_text().strip() == name)
    tid = int(task.name)
    libc = ctypes.CDLL(None, use_errno=True)
    libc.ptrace.argtypes = [ctypes.c_long] * 4
    if libc.ptrace(SEIZE, tid, 0, 0) != 0:
        return False
    wait_until(lambda: (task / "syscall").read_text().split()[0] in POLLS, f"{name} waits")
    libc.ptrace(INTERRUPT, tid, 0, 0)
    os.waitpid(tid, WALL)
    time.sleep(STALL_S)
    libc.ptrace(DETACH, tid, 0, 0)
    return True


class Hitches(EndToEnd):
    def setUp(self):
        self.planted = []  # (cause, from, to), by the host's real time in µs

    def plant(self, cause, stall):
        time.sleep(SETTLE_S)
        began = time.time_ns() // 1000
        if stall() is False:
            tell(f"{cause}: this system does not let a test plant it")
            return
        self.planted.append((cause, began, time.time_ns() // 1000 + 1_000_000))

    def hitches(self, host):
        saved = ask(host, "record")
        recording = ask(host, "recording", recording=saved["id"])
        self.assertTrue(recording["client_tells"])
        base = recording["began_at_us"]
        return recording, [dict(hitch, at=base + hitch["at_us"]) for hitch in recording["hitches"]]

    def test_each_cause_is_named(self):
        cable = Network(self) if can_make_namespaces() else None
        host = Host(self, within=cable.within("host") if cable else (), bind="10.77.0.1" if cable else "127.0.0.1",
                    options=("--set", "debug.encoder_failures=1", "--set", f"debug.encoder_stall_ms={int(STALL_S * 1000)}",
                             "--set", f"debug.encoder_lifetime_pictures={ENCODER_STALLS_AT}"))
        stall_ms = int(STALL_S * 1000)
        client = Client(self, host.address, "--quiet", "--panel", "30", "--stall-decode", f"4:{stall_ms}",
                        "--stall-present", f"7:{stall_ms}", mode="640x360@30", seconds=32,
                        within=cable.within("client") if cable else ())
        wait_until(lambda: "streaming to" in host.said(), "pictures flow")
        game = host.child("punktfunk-pattern")
        (desktop,) = desktops(host)
        host_pid = next((pid for pid, name in descendants(host.process.pid).items() if name.startswith("punktfunk-host")),
                        host.process.pid)
        time.sleep(13 - SETTLE_S)
        self.plant("game", lambda: stop_process(game))
        self.plant("compositor", lambda: stop_process(desktop))
        self.plant("capture", lambda: stop_thread(host_pid, "pf-video"))
        self.plant("send", lambda: stop_thread(host_pid, "pf-send"))
        if cable:
            def cut():
                cable.ip("link", "set", "cable", "down", within=cable.names["client"])
                time.sleep(STALL_S)
                cable.ip("link", "set", "cable", "up", within=cable.names["client"])
            self.plant("network", cut)
        time.sleep(1.5)
        recording, hitches = self.hitches(host)
        code, said, _ = client.finish()
        self.assertEqual(code, 0, said + host.said())

        told = [(hitch["cause"], hitch["frame"], hitch["interval_us"] // 1000, hitch["shares_us"]) for hitch in hitches]
        for cause, began, ended in self.planted:
            window = [hitch for hitch in hitches if began <= hitch["at"] <= ended]
            self.assertTrue(window, f"{cause} was not noticed: {told}")
            worst = max(window, key=lambda hitch: hitch["interval_us"])
            tell(f"{cause}: {worst['interval_us'] / 1000:.0f} ms, called {worst['cause']}")
            self.assertEqual(worst["cause"], cause, worst)
        for cause in ("decode", "present", "encoder"):
            longest = max((hitch["interval_us"] for hitch in hitches if hitch["cause"] == cause), default=0)
            tell(f"{cause}: {longest / 1000:.0f} ms")
            self.assertGreater(longest, 0.8 * STALL_S * 1e6, f"{cause} was not named: {told}")
        self.check_rows(recording)
        self.check_command(host)
        self.assertEqual(host.stop(), 0)

    def test_where_the_desktop_does_not_tell_neither_of_the_two_is_blamed(self):
        host = Host(self, options=("--set", "capture.backend=wlr"))
        client = Client(self, host.address, "--quiet", mode="640x360@30", seconds=10)
        wait_until(lambda: "streaming to" in host.said(), "pictures flow")
        game = host.child("punktfunk-pattern")
        (desktop,) = desktops(host)
        self.plant("desktop", lambda: stop_process(game))
        self.plant("desktop", lambda: stop_process(desktop))
        time.sleep(1.5)
        recording, hitches = self.hitches(host)
        self.assertFalse(recording["desktop_tells"])
        for cause, began, ended in self.planted:
            worst = max((hitch for hitch in hitches if began <= hitch["at"] <= ended), key=lambda hitch: hitch["interval_us"])
            tell(f"{worst['interval_us'] / 1000:.0f} ms, called {worst['cause']}")
            self.assertEqual(worst["cause"], cause, worst)
        self.assertEqual(client.finish()[0], 0)
        self.assertEqual(host.stop(), 0)

    def test_a_moonlight_client_is_recorded_as_far_as_the_host_knows(self):
        host = GameStreamHost(self)
        client = paired_client(self, host)
        stream = client.start_stream(mode="640x360@30", seconds=5)
        game = host.child("punktfunk-pattern")
        self.plant("game", lambda: stop_process(game))
        code, said, _ = client.finish(stream)
        self.assertEqual(code, 0, said + host.said())
        # The session is over by now, and can still be saved.
        recording = ask(host, "recording", recording=ask(host, "record", session=1)["id"])
        self.assertEqual(recording["session"]["door"], "gamestream")
        self.assertFalse(recording["client_tells"])
        rows = [dict(zip(recording["columns"], row)) for row in recording["rows"]]
        self.assertGreater(len(rows), 60)
        self.assertEqual({row["received_us"] for row in rows}, {None})
        worst = max(recording["hitches"], key=lambda hitch: hitch["interval_us"])
        tell(f"game: {worst['interval_us'] / 1000:.0f} ms, called {worst['cause']}")
        self.assertEqual(worst["cause"], "game")

    def check_rows(self, recording):
        rows = [dict(zip(recording["columns"], row)) for row in recording["rows"]]
        shown = [row for row in rows if row["fate"] == "shown"]
        self.assertGreater(len(shown), 300)
        order = ("drawn_us", "captured_us", "delivered_us", "submitted_us", "encoded_us", "first_sent_us", "last_sent_us")
        for row in rows:
            known = [row[column] for column in order if row[column] is not None]
            self.assertEqual(known, sorted(known), row)
        for row in shown:
            self.assertGreaterEqual(row["received_us"] + recording["clock_error_us"] + 1, row["first_sent_us"])
            self.assertLessEqual(row["received_us"], row["decoded_us"])

    def check_command(self, host):
        """The command line saves and lists; what it writes for Perfetto is a trace."""
        def run(*words):
            done = subprocess.run([BIN / "punktfunk-host", *words], env=host.environment(), capture_output=True, text=True,
                                  timeout=harness.PATIENCE_S)
            self.assertEqual(done.returncode, 0, done.stderr)
            return done.stdout
        out = host.folder / "trace.json"
        self.assertIn("hitches", run("record", "1", "--out", str(out), "--perfetto"))
        events = json.loads(out.read_text())["traceEvents"]
        self.assertEqual({event["ph"] for event in events}, {"M", "X", "s", "t", "f", "C"})
        listed = json.loads(run("recordings", "--json"))["recordings"]
        self.assertEqual(len(listed), 2)
        for one in listed:
            run("recordings", "--delete", one["id"])
        self.assertIn("Nothing was recorded", run("recordings"))


if __name__ == "__main__":
    unittest.main()
