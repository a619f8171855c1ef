"""The demo's path, with the real compositor, real sockets and a real decoder: what does the picture say?"""
import json
import subprocess
import sys
import unittest
from pathlib import Path

import harness
from harness import EndToEnd, Host, probe


class Stream(EndToEnd):
    def check_stream(self, report, trace, size):
        """What does not depend on how fast this machine is today: a slow one captures fewer pictures."""
        frames = report["frames"]
        self.assertGreater(frames["distinct_decoded"], 20)
        for fault in ("reordered", "torn", "dropped_incomplete"):
            self.assertEqual(frames[fault], 0, fault)
        self.assertLessEqual(frames["unreadable"], 3)  # of the desktop before its program has drawn
        self.assertEqual(frames["received"], frames["decoded"])
        # Every access unit that was sent has arrived, once and in order; the last ones were still on their way.
        sent = [row[trace["row_fields"].index("pts_ns")] for row in trace["rows"]]
        received = [row[report["row_fields"].index("pts_ns")] for row in report["rows"]]
        self.assertEqual(received, sent[:len(received)])
        self.assertEqual(trace["frames"]["sent"], len(sent))
        idr = trace["row_fields"].index("idr")
        self.assertEqual([number for number, row in enumerate(trace["rows"]) if row[idr]], [0],
                         "an IDR first, and no other, for nobody asked")
        self.assertEqual((report["mode"]["width_px"], report["mode"]["height_px"]), size)
        self.assertEqual((report["decoded_size"]["width_px"], report["decoded_size"]["height_px"]), size)
        # The encoder is given enough bits here that the colour card survives within the conversion's own bound.
        self.assertLessEqual(report["colour_card_error"], 6)
        self.assertEqual(report["close"], "done")

    def test_the_picture_arrives_whole_in_order_and_in_its_colours(self):
        host = Host(self)
        code, said, report = probe(host.address, "--record", host.folder / "a.mkv", "--snapshot", host.folder / "a.png",
                                   mode="1280x720@60", seconds=3, folder=host.folder)
        self.assertEqual(code, 0, said + host.said())
        self.check_stream(report, host.session(1), (1280, 720))
        self.assertTrue((host.folder / "a.png").read_bytes().startswith(b"\x89PNG"))
        self.assertGreater((host.folder / "a.mkv").stat().st_size, 10_000)
        self.assertEqual(host.stop(), 0)
        self.assert_nothing_left(host)

    def test_many_sessions_one_after_another_in_other_modes(self):
        host = Host(self)
        for number, (mode, size) in enumerate([("640x360@30", (640, 360)), ("801x603@50", (801, 603)),
                                               ("320x200@120", (320, 200))], start=1):
            code, said, report = probe(host.address, mode=mode, seconds=2)
            self.assertEqual(code, 0, said + host.said())
            self.check_stream(report, host.session(number), size)
        self.assertEqual(host.stop(), 0)
        self.assert_nothing_left(host)

    def test_a_client_that_asks_for_chacha20_gets_it(self):
        host = Host(self)
        for options, cipher in (((), "aes-128-gcm"), (("--chacha20",), "chacha20-poly1305")):
            code, said, report = probe(host.address, *options)
            self.assertEqual(code, 0, said + host.said())
            self.assertEqual(report["cipher"], cipher)
        self.check_stream(report, host.session(2), (640, 360))

    def test_screencopy_carries_the_same_line(self):
        host = Host(self, options=("--set", "capture.backend=wlr"))
        code, said, report = probe(host.address)
        self.assertEqual(code, 0, said + host.said())
        self.check_stream(report, host.session(1), (640, 360))

    def test_the_synthetic_source_needs_no_desktop_and_counts_its_sessions(self):
        host = Host(self, command=(), verb=("punktfunk1-host", "--source", "synthetic", "--max-sessions", "1"))
        code, said, report = probe(host.address)
        self.assertEqual(code, 0, said + host.said())
        self.check_stream(report, host.session(1), (640, 360))
        self.assertEqual(host.process.wait(harness.PATIENCE_S), 0, host.said())

    def test_a_host_that_listens_on_all_addresses_serves_ipv6_and_ipv4(self):
        host = Host(self, command=(), verb=("punktfunk1-host", "--source", "synthetic"), bind="::")
        for number, address in enumerate(("[::1]", "127.0.0.1"), start=1):
            code, said, report = probe(f"{address}:{host.port}", seconds=1)
            self.assertEqual(code, 0, said + host.said())
            self.check_stream(report, host.session(number), (640, 360))

    def test_the_demo_script_writes_every_figure_it_promises(self):
        host_folder = Host(self, command=()).folder  # only for a folder that is cleaned up
        script = Path(__file__).resolve().parents[2] / "tools/demo.py"
        done = subprocess.run([sys.executable, script, "--seconds", "2", "--mode", "640x360@30", "--bin", harness.BIN,
                               "--out", host_folder / "demo"], capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        report = json.loads((host_folder / "demo/demo.json").read_text())
        self.assertEqual(set(report), {"mode", "duration_s", "frames", "bitrate_kbps", "latency_us", "cpu_percent",
                                       "machine"})
        self.assertEqual(set(report["frames"]), {"drawn", "captured", "sent", "received", "decoded",
                                                 "distinct_decoded", "lost", "recovered"})
        for name in ("captured_to_delivered", "captured_to_submitted", "captured_to_encoded", "encoded_to_received",
                     "captured_to_received", "drawn_to_decoded"):
            self.assertEqual(set(report["latency_us"][name]), {"p50", "p95", "p99"})
            self.assertGreater(report["latency_us"][name]["p50"], 0, name)
        self.assertEqual(set(report["cpu_percent"]), {"desktop", "capture", "convert", "encode", "transport_host",
                                                      "transport_client", "decode"})


if __name__ == "__main__":
    unittest.main()
