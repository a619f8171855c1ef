"""Parts of a running host die or hang: the session goes on, and everybody is told."""
import os
import signal
import time
import unittest

import faults
from faults import tell
from harness import Client, EndToEnd, Host, wait_until


def first_picture(host, number=1):
    wait_until(lambda: host.said().count("streaming to") >= number, f"session {number} streams")
    host.child("punktfunk-pattern")


class Case(EndToEnd):
    def finish(self, client, host):
        code, said, report = client.finish()
        self.assertEqual(code, 0, said + host.said())
        return report

    def check_healed(self, report, *all_faults):
        for fault in all_faults:
            healed = faults.healed_ms(report, fault)
            self.assertIsNotNone(healed, f"no picture after: {fault.name}")
            tell(f"{fault.name}: picture {healed[0]:.0f} ms after it, {healed[1]:.0f} ms after it could be mended")
        self.assertGreaterEqual(len(report["interruptions"]["host_gaps_ms"]), 1)
        self.assertFalse(report["interruptions"]["silent_at_end"])
        for fault in ("reordered", "torn", "dropped_incomplete"):
            self.assertEqual(report["frames"][fault], 0, fault)


class Healing(Case):
    def test_killed_desktops_come_back_and_the_neighbour_notices_nothing(self):
        host = Host(self)
        client = Client(self, host.address, "--quiet", mode="640x360@30", seconds=5)
        first_picture(host)
        own = faults.desktops(host)
        neighbour = Client(self, host.address, "--quiet", mode="320x200@30", seconds=4)
        first_picture(host, 2)
        others = faults.desktops(host) - own
        time.sleep(1)
        first = faults.kill_desktop(host, *own)
        time.sleep(1)
        second = faults.kill_desktop(host, *(faults.desktops(host) - others))
        self.check_healed(self.finish(client, host), first, second)
        undisturbed = self.finish(neighbour, host)
        self.assertEqual(undisturbed["interruptions"]["host_gaps_ms"], [])
        self.assertEqual(len(undisturbed["sizes"]), 1)
        self.assertGreater(undisturbed["frames"]["distinct_decoded"], 40)
        idr = sum(row["idr"] for row in faults.rows(host.session(2)))
        self.assertEqual(idr, 1)
        tell(f"the neighbour's longest pause between two pictures: {faults.longest_pause_ms(undisturbed):.0f} ms")
        self.assertEqual(host.stop(), 0)
        self.assert_nothing_left(host)

    def test_a_shared_desktop_that_dies_comes_back_once_and_for_both(self):
        host = Host(self, options=("--set", "session.conflict=join"))
        owner = Client(self, host.address, "--quiet", mode="640x360@30", seconds=5)
        first_picture(host)
        guest = Client(self, host.address, "--quiet", mode="640x360@30", seconds=4)
        first_picture(host, 2)
        time.sleep(1)
        killed = faults.desktops(host)
        fault = faults.kill_desktop(host)
        # But sound: no server runs in these tests.
        wait_until(lambda: not killed & faults.desktops(host) and
                   {row["health"] for row in faults.status(host)["health"] if not row["worker"].endswith("sound")}
                   == {"working"}, "all heals")
        # A child that has yet to become the session's command still has the desktop's name.
        wait_until(lambda: len(faults.desktops(host)) == 1, "there is one desktop")
        for client in (owner, guest):
            self.check_healed(self.finish(client, host), fault)

    def test_a_desktop_that_dies_during_a_switch_comes_back_in_the_new_mode(self):
        host = Host(self)
        client = Client(self, host.address, "--quiet", "--switch", "800x600@30:1.5", mode="640x360@30", seconds=5)
        first_picture(host)
        (pid,) = faults.desktops(host)
        time.sleep(1)
        os.kill(pid, signal.SIGSTOP)  # so that it cannot answer before it dies
        time.sleep(1)
        fault = faults.kill_desktop(host, pid)
        report = self.finish(client, host)
        self.check_healed(report, fault)
        self.assertEqual((report["decoded_size"]["width_px"], report["decoded_size"]["height_px"]), (800, 600))
        self.assertEqual(report["mode_at_end"]["width_px"], 800)

    def test_encoders_that_break_are_replaced_within_the_session(self):
        host = Host(self, options=("--set", "debug.encoder_failures=4", "--set", "debug.encoder_lifetime_pictures=15"))
        report = self.finish(Client(self, host.address, "--quiet", mode="640x360@30", seconds=5), host)
        gaps = report["interruptions"]["host_gaps_ms"]
        self.assertEqual(len(gaps), 4, host.said())
        tell("encoder broke 4 times: " + ", ".join(f"{gap:.0f} ms" for gap in gaps) + " without pictures")
        self.check_healed(report)
        trace = host.session(1)
        self.assertEqual(sum(row["idr"] for row in faults.rows(trace)), 5, "one at first and after each")

    def test_an_encoder_that_always_breaks_costs_few_key_frames_and_not_the_session(self):
        host = Host(self, options=("--set", "debug.encoder_failures=1000", "--set", "debug.encoder_lifetime_pictures=1"))
        client = Client(self, host.address, "--quiet", mode="640x360@30", seconds=6)
        row = wait_until(lambda: (found := faults.health(host, "video")) and found["reopened"] > 5 and found,
                         "the host stops trying quickly")
        self.assertEqual(row["health"], "healing")
        self.assertIn("now and then", row["doing"])
        self.assertIn("debug.encoder_failures", row["reason"])
        report = self.finish(client, host)
        trace = host.session(1)
        tell(f"an encoder that always breaks: at most {faults.key_frames(trace, 1)} key frames in a second, "
             f"{faults.key_frames(trace, 6)} in all 6 s")
        self.assertLessEqual(faults.key_frames(trace, 6), 7)
        self.assertEqual(report["interruptions"]["silences"], 1)  # and the user was told


class HealingLong(Case):
    def test_a_desktop_that_is_stopped_for_five_seconds_goes_on(self):
        host = Host(self)
        client = Client(self, host.address, "--quiet", mode="640x360@30", seconds=9)
        first_picture(host)
        time.sleep(1)
        fault = faults.stop_desktop(host, 5)
        report = self.finish(client, host)
        healed = faults.healed_ms(report, fault)
        self.assertIsNotNone(healed)
        tell(f"{fault.name}: picture {healed[1]:.0f} ms after it went on")
        self.assertEqual(report["frames"]["torn"], 0)
        self.assertNotRegex(host.said(), "video: .*opening again")

    def test_an_encoder_that_hangs_is_named_and_goes_on(self):
        host = Host(self, options=("--set", "debug.encoder_failures=1", "--set", "debug.encoder_stall_ms=8000"))
        client = Client(self, host.address, "--quiet", mode="640x360@30", seconds=13)
        row = wait_until(lambda: (found := faults.health(host, "video")) and found["health"] == "stuck" and found,
                         "the host says that the video thread is stuck")
        self.assertIn("the encoder", row["reason"])
        report = self.finish(client, host)
        self.assertEqual(report["interruptions"]["silences"], 1)
        self.assertFalse(report["interruptions"]["silent_at_end"])
        tell(f"an encoder hung for 8 s: nothing came for {report['interruptions']['longest_silence_ms']:.0f} ms")


if __name__ == "__main__":
    unittest.main()
