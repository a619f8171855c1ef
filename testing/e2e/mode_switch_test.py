"""The screen's mode changes in mid-stream: what does the picture say?"""
import unittest

from harness import EndToEnd, Host, probe


def size_of(stretch):
    return stretch["width_px"], stretch["height_px"]


def mode_of(mode):
    return *size_of(mode), mode["refresh_hz"]


class ModeSwitch(EndToEnd):
    def check_order(self, report, trace):
        """One stream across all modes, of which every access unit arrives: numbers, packets and keys run on."""
        self.assertEqual(report["frames"]["reordered"], 0)
        self.assertEqual(report["frames"]["torn"], 0)
        self.assertEqual(report["frames"]["dropped_incomplete"], 0)
        self.assertEqual(report["packets"]["rejected"], 0)
        self.assertEqual(report["frames"]["received"], report["frames"]["decoded"])
        sent = [row[trace["row_fields"].index("pts_ns")] for row in trace["rows"]]
        received = [row[report["row_fields"].index("pts_ns")] for row in report["rows"]]
        self.assertEqual(received, sent[:len(received)])

    def test_the_picture_follows_each_switch_without_losing_a_frame_after_its_idr(self):
        host = Host(self)
        code, said, report = probe(host.address, "--switch", "801x603@60:1", "--switch", "320x200@30:2", "--record",
                                   host.folder / "a.mkv", mode="640x360@30", seconds=3)
        self.assertEqual(code, 0, said + host.said())
        self.assertEqual([size_of(stretch) for stretch in report["sizes"]], [(640, 360), (801, 603), (320, 200)])
        for stretch in report["sizes"]:
            self.assertGreater(stretch["distinct"], 5)
            self.assertLessEqual(stretch["unreadable"], 4)  # until the program has drawn in its new size
        self.assertEqual(mode_of(report["mode"]), (640, 360, 30))
        self.assertEqual(mode_of(report["mode_at_end"]), (320, 200, 30))
        trace = host.session(1)
        self.check_order(report, trace)
        idr = trace["row_fields"].index("idr")
        self.assertEqual(sum(row[idr] for row in trace["rows"]), 3, "one for each mode, for nobody asked for more")
        self.assertEqual(host.stop(), 0)
        self.assert_nothing_left(host)

    def test_the_last_of_many_sizes_wins(self):
        host = Host(self, command=(), verb=("punktfunk1-host", "--source", "synthetic"))
        switches = [word for step in range(12) for word in ("--switch", f"{400 + 16 * step}x300@30:{0.5 + step / 10}")]
        code, said, report = probe(host.address, *switches, mode="320x240@30", seconds=3.5)
        self.assertEqual(code, 0, said + host.said())
        self.assertEqual(mode_of(report["mode_at_end"]), (576, 300, 30))
        self.assertEqual(size_of(report["decoded_size"]), (576, 300))
        self.assertLessEqual(len(report["sizes"]), 6)  # one at first, and one in each half second of those 1.1 s
        self.check_order(report, host.session(1))

    def test_a_mode_that_is_not_to_be_had_leaves_the_old_one(self):
        host = Host(self, command=(), verb=("punktfunk1-host", "--source", "synthetic"))
        code, said, report = probe(host.address, "--switch", "32x32@30:0.3", mode="320x240@30", seconds=1)
        self.assertEqual(code, 0, said + host.said())
        self.assertEqual(mode_of(report["mode_at_end"]), (320, 240, 30))
        self.assertEqual([size_of(stretch) for stretch in report["sizes"]], [(320, 240)])
        self.check_order(report, host.session(1))


if __name__ == "__main__":
    unittest.main()
