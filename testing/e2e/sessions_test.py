"""Several clients at once, clients that return, and what they find."""
import os
import signal
import socket
import subprocess
import tempfile
import unittest

import harness
from harness import Client, EndToEnd, Host, descendants, probe, wait_until

SYNTHETIC = dict(command=(), verb=("punktfunk1-host", "--source", "synthetic"))


class HostOfMany(EndToEnd):
    def desktops(self, host):
        return {pid for pid, name in descendants(host.process.pid).items() if name.startswith("punktfunk-deskt")}

    def wait_for_pictures(self, host, number):
        wait_until(lambda: host.said().count("streaming to") >= number, f"session {number} streams")

    def check_whole(self, report, trace):
        """Every access unit that was sent has arrived, once and in order; the last were still on their way."""
        for fault in ("reordered", "torn", "dropped_incomplete"):
            self.assertEqual(report["frames"][fault], 0, fault)
        self.assertEqual(report["frames"]["received"], report["frames"]["decoded"])
        sent = [row[trace["row_fields"].index("pts_ns")] for row in trace["rows"]]
        received = [row[report["row_fields"].index("pts_ns")] for row in report["rows"]]
        self.assertEqual(received, sent[:len(received)])


class FourClients(HostOfMany):
    def test_four_clients_have_four_desktops_and_lose_nothing(self):
        host = Host(self)
        clients = [Client(self, host.address, "--quiet", mode="640x360@30", seconds=4) for _ in range(4)]
        wait_until(lambda: len(self.desktops(host)) == 4, "each client has a desktop")
        code, said, _ = probe(host.address, mode="640x360@30", seconds=1)
        self.assertEqual(code, harness.REFUSED)
        self.assertIn("4 clients at once", said)
        reports = []
        for client in clients:
            code, said, report = client.finish()
            self.assertEqual(code, 0, said + host.said())
            self.assertGreater(report["frames"]["distinct_decoded"], 40)
            reports.append(report)
        # Which client was which session is told by the time of the first picture.
        traces = {trace["rows"][0][trace["row_fields"].index("pts_ns")]: trace
                  for trace in (host.session(number) for number in range(1, 5))}
        for report in reports:
            self.check_whole(report, traces[report["rows"][0][report["row_fields"].index("pts_ns")]])
        self.assertEqual(host.stop(), 0)
        self.assert_nothing_left(host)


class Sessions(HostOfMany):
    # The policies.

    def test_who_joins_sees_the_first_ones_desktop_in_its_mode(self):
        host = Host(self, options=("--set", "session.conflict=join"))
        first = Client(self, host.address, mode="640x360@30", seconds=4)
        self.wait_for_pictures(host, 1)
        code, said, joined = probe(host.address, "--switch", "320x200@30:0.2", mode="800x600@60", seconds=1.5)
        self.assertEqual(code, 0, said + host.said())
        self.assertEqual((joined["mode"]["width_px"], joined["mode"]["height_px"]), (640, 360))
        self.assertEqual((joined["mode_at_end"]["width_px"], joined["mode_at_end"]["height_px"]), (640, 360))
        self.assertEqual(len(self.desktops(host)), 1)
        code, said, report = first.finish()
        self.assertEqual(code, 0, said + host.said())
        self.check_whole(joined, host.session(2))
        self.check_whole(report, host.session(1))
        # Both saw the same drawings: each has its own time.
        drawn = [{row[side["row_fields"].index("drawn_ns")] for row in side["rows"]} - {0} for side in (report, joined)]
        self.assertGreater(len(drawn[0] & drawn[1]), 10)

    def test_who_joins_follows_the_owners_change_of_mode(self):
        host = Host(self, options=("--set", "session.conflict=join"))
        first = Client(self, host.address, "--switch", "800x600@30:2", mode="640x360@30", seconds=4)
        self.wait_for_pictures(host, 1)
        joined = Client(self, host.address, mode="640x360@30", seconds=3)
        for client in (first, joined):
            code, said, report = client.finish()
            self.assertEqual(code, 0, said + host.said())
            self.assertEqual((report["mode_at_end"]["width_px"], report["mode_at_end"]["height_px"]), (800, 600))
            self.assertEqual((report["decoded_size"]["width_px"], report["decoded_size"]["height_px"]), (800, 600))

    def test_who_steals_ends_the_other_with_a_reason(self):
        host = Host(self, options=("--set", "session.conflict=steal"), **SYNTHETIC)
        victim = Client(self, host.address, mode="320x200@30", seconds=60)
        self.wait_for_pictures(host, 1)
        code, said, _ = probe(host.address, mode="320x200@30", seconds=1)
        self.assertEqual(code, 0, said + host.said())
        code, said, _ = victim.finish()
        self.assertEqual(code, harness.REFUSED)
        self.assertIn("took over", said)

    def test_who_is_rejected_learns_that_the_host_is_busy(self):
        host = Host(self, options=("--set", "session.conflict=reject"), **SYNTHETIC)
        first = Client(self, host.address, mode="320x200@30", seconds=3)
        self.wait_for_pictures(host, 1)
        code, said, _ = probe(host.address, mode="320x200@30", seconds=1)
        self.assertEqual(code, harness.REFUSED)
        self.assertIn("busy", said)
        self.assertEqual(first.finish()[0], 0)

    # Returning.

    def leave_and_return(self, host, client_options, end, mode):
        """Who comes back as the same device finds (the same desktop?, the same program?) and its report."""
        client = Client(self, host.address, *client_options, mode="640x360@30", seconds=1 if end is None else 60)
        self.wait_for_pictures(host, 1)
        before = host.child("punktfunk-desktop"), host.child("punktfunk-pattern")
        if end is not None:
            client.process.send_signal(end)
        client.finish()
        code, said, report = probe(host.address, *client_options, mode=mode, seconds=1)
        self.assertEqual(code, 0, said + host.said())
        after = descendants(host.process.pid)
        host.children.update(after)
        return [pid in after for pid in before], report

    def device(self, host):
        return "--identity", str(host.folder / "device.pem")

    def test_a_client_that_leaves_for_a_while_finds_its_desktop_and_program(self):
        host = Host(self, options=("--set", "desktop.linger_s=60"))
        (desktop, program), report = self.leave_and_return(host, (*self.device(host), "--detach"), None, "640x360@30")
        self.assertTrue(desktop and program, host.said())
        self.assertIn("session 2 returns to the desktop of session 1", host.said())
        self.check_whole(report, host.session(2))
        self.assertGreater(report["frames"]["distinct_decoded"], 5)
        self.assertEqual(host.stop(), 0)
        self.assert_nothing_left(host)

    def test_a_client_that_is_killed_finds_its_desktop_in_the_new_mode(self):
        host = Host(self, options=("--set", "desktop.linger_s=60"))
        (desktop, program), report = self.leave_and_return(host, (*self.device(host), "--detach"), signal.SIGKILL, "801x603@60")
        self.assertTrue(desktop and program, host.said())
        self.assertIn("another connection of this device took over", host.said())
        self.assertEqual((report["decoded_size"]["width_px"], report["decoded_size"]["height_px"]), (801, 603))
        self.check_whole(report, host.session(2))

    def test_a_client_that_is_killed_returns_to_the_one_port_for_media(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        host = Host(self, options=("--set", "desktop.linger_s=60", "--set", f"network.data_port={port}"))
        (desktop, program), report = self.leave_and_return(host, (*self.device(host), "--detach"), signal.SIGKILL,
                                                           "640x360@30")
        self.assertTrue(desktop and program, host.said())
        self.check_whole(report, host.session(2))
        # Again at once, and somebody else beside it.
        client = Client(self, host.address, *self.device(host), mode="640x360@30", seconds=60)
        self.wait_for_pictures(host, 3)
        code, said, _ = probe(host.address, seconds=1)
        self.assertEqual(code, harness.REFUSED, said)
        self.assertIn("one client at a time", said)
        client.kill()

    def test_a_client_that_quits_leaves_nothing(self):
        host = Host(self, options=("--set", "desktop.linger_s=60"))
        client = Client(self, host.address, *self.device(host), mode="640x360@30", seconds=1)
        self.wait_for_pictures(host, 1)
        host.child("punktfunk-pattern")
        self.assertEqual(client.finish()[0], 0)
        wait_until(lambda: not self.desktops(host), "the desktop ends")

    def test_nobody_else_finds_it(self):
        host = Host(self, options=("--set", "desktop.linger_s=60"))
        self.assertEqual(probe(host.address, *self.device(host), "--detach", seconds=1)[0], 0)
        (desktop,) = self.desktops(host)
        # Neither a stranger nor another device.
        for other in ((), ("--identity", str(host.folder / "other.pem"))):
            code, said, _ = probe(host.address, *other, seconds=1)
            self.assertEqual(code, 0, said + host.said())
        self.assertNotIn("returns", host.said())
        wait_until(lambda: self.desktops(host) == {desktop}, "theirs have ended, the one that waits has not")

    def test_a_desktop_waits_no_longer_than_it_was_told(self):
        host = Host(self, options=("--set", "desktop.linger_s=1"))
        self.assertEqual(probe(host.address, *self.device(host), "--detach", seconds=1)[0], 0)
        wait_until(lambda: not self.desktops(host), "the desktop ends")

    def test_a_program_that_ends_while_nobody_looks_ends_its_desktop(self):
        host = Host(self, options=("--set", "desktop.linger_s=60"))
        self.assertEqual(probe(host.address, *self.device(host), "--detach", seconds=1)[0], 0)
        os.kill(host.child("punktfunk-pattern"), signal.SIGKILL)
        wait_until(lambda: not self.desktops(host), "the desktop ends")
        code, said, _ = probe(host.address, *self.device(host), seconds=1)
        self.assertEqual(code, 0, said + host.said())


if __name__ == "__main__":
    unittest.main()
