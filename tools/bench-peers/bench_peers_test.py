#!/usr/bin/env python3
"""Tests bench_peers.py with figures made up: tables, plot, page, and that differing bytes are noticed."""
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import bench_peers
import growth_plot


def made_up_times():
    """Ours takes 1 ns per byte, every peer twice that."""
    times = {}
    for _, op, k, m, bytes_, lost in bench_peers.shapes():
        ours = "punktfunk-aes128gcm" if op == "seal" else f"punktfunk-{op.split('-')[0]}"
        times[op, k, m, bytes_, lost] = {"peer": [4 * k * bytes_, 2 * k * bytes_, 3 * k * bytes_],
                                         ours: [k * bytes_] * 3}
    return times


class BenchPeers(unittest.TestCase):
    def test_shapes_are_distinct_and_a_field_has_room_for_them(self):
        words = [shape[1:] for shape in bench_peers.shapes()]
        self.assertEqual(len(words), len(set(words)))
        for op, k, m, bytes_, lost in words:
            self.assertLessEqual(k + m, 255 if op.startswith("gf8") else 65535)
            self.assertLessEqual(lost, m)

    def test_tables_have_best_median_and_ratio_with_ours_first(self):
        text = bench_peers.tables(made_up_times())
        self.assertIn("| shape | punktfunk-gf16 | peer |", text)
        self.assertIn("| 50+10, 1344 B | 67.2 µs, 1 GB/s (67.2) | 134 µs, 0.5 GB/s (202), **2×** |", text)
        self.assertIn("| 1200 B | 1200 ns (1200) | 2400 ns (3600), **2×** |", text)

    def test_peers_without_ours_beside_them_have_no_ratio(self):
        text = bench_peers.tables({("gf8-encode", 10, 2, 1024, 0): {"isa-l": [1000.0]}})
        self.assertIn("| 10+2, 1024 B | 1 µs, 10.2 GB/s (1) |", text)
        self.assertIn("no such code of ours", text)
        self.assertNotIn("×", text)

    def test_plot_is_well_formed_and_has_every_point(self):
        root = ElementTree.fromstring(growth_plot.svg(made_up_times()))
        circles = root.findall("{http://www.w3.org/2000/svg}circle")
        self.assertEqual(len(circles), 2 * 2 * len(bench_peers.GROWTH_K))
        self.assertIsNotNone(ElementTree.fromstring(growth_plot.svg({})))

    def test_differing_bytes_are_an_error_where_they_must_not_differ(self):
        shape = ("gf16-encode", 10, 2, 1344, 0)
        bench_peers.check_bytes({shape: {"punktfunk-gf16": "a", "reed-solomon-simd": "a", "klauspost-gf16": "b"}})
        with self.assertRaises(SystemExit):
            bench_peers.check_bytes({shape: {"punktfunk-gf16": "a", "reed-solomon-simd": "b"}})
        with self.assertRaises(SystemExit):
            bench_peers.check_bytes({("gf8-decode", 10, 2, 1216, 2): {"isa-l": "a", "klauspost-gf8": "b"}})

    def test_a_tool_that_is_missing_or_fails_is_a_reason_not_an_error(self):
        self.assertEqual(bench_peers.build(["no-such-tool"]), "no-such-tool is not installed")
        self.assertIn("failed: ", bench_peers.build(["python3", "-c", "raise SystemExit('out of luck')"]))
        self.assertIsNone(bench_peers.build(["true"]))

    def test_page_keeps_what_stands_around_the_marks(self):
        with tempfile.TemporaryDirectory() as folder:
            page = Path(folder) / "performance.md"
            page.write_text(f"above\n{bench_peers.BEGIN}\nold\n{bench_peers.END}\nbelow\n")
            (Path(folder) / "growth.svg").write_text("<svg/>")
            bench_peers.update_page(page, "new", Path(folder))
            self.assertEqual(page.read_text(), f"above\n{bench_peers.BEGIN}\nnew\n{bench_peers.END}\nbelow\n")
            self.assertTrue((Path(folder) / "performance-growth.svg").exists())


if __name__ == "__main__":
    unittest.main()
