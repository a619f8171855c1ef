#!/usr/bin/env python3
"""Runs loss-harness as people do: cli_test.py PROGRAM. Checks its files, its words and its exit codes."""
import json
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree
from pathlib import Path

PROGRAM = sys.argv.pop()


def run(*arguments):
    return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=120)


class LossHarness(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.prefix = Path(folder.name) / "loss"

    def test_quick_run_writes_a_table_json_and_a_plot(self):
        ran = run("--quick", "--out", str(self.prefix))
        self.assertEqual(ran.returncode, 0, ran.stderr)
        self.assertEqual(ran.stderr, "")  # the progress bar is for terminals
        self.assertIn("frames delivered (%)", ran.stdout)
        curves = json.loads(self.prefix.with_suffix(".json").read_text())["curves"]
        plot = ElementTree.parse(self.prefix.with_suffix(".svg")).getroot()
        dots = plot.findall("{http://www.w3.org/2000/svg}circle")
        # One of them stands in the legend.
        self.assertEqual(len(dots), 1 + sum(len(curve["points"]) for curve in curves))

    def test_same_seed_gives_the_same_bytes(self):
        runs = []
        for name in "ab":
            run("--quick", "--quiet", "--frames", "5", "--seed", "3", "--out", str(self.prefix) + name)
            runs.append([Path(f"{self.prefix}{name}.{kind}").read_bytes() for kind in ("json", "svg")])
        self.assertEqual(*runs)

    def test_other_options_count_beside_quick_whatever_their_order(self):
        ran = run("--loss", "2.5", "--quick", "--fec", "0,90", "--frame-bytes", "1", "--frames", "2", "--out", str(self.prefix))
        self.assertEqual(ran.returncode, 0, ran.stderr)
        curves = json.loads(self.prefix.with_suffix(".json").read_text())["curves"]
        self.assertEqual({curve["fec_percent"] for curve in curves}, {0, 90})
        self.assertEqual([point["loss_percent"] for point in curves[0]["points"]], [2.5])

    def test_help_teaches(self):
        ran = run("--help")
        self.assertEqual(ran.returncode, 0)
        for words in ("Reading the result", "Examples", "Exit codes", "--seed", "--burst"):
            self.assertIn(words, ran.stdout)

    def test_wrong_words_are_usage_errors(self):
        for wrong in (["--loss", "51"], ["--loss", "nan"], ["--burst", "nan"], ["--loss", "two"], ["--fec", "91"], ["--frame-bytes", "0"],
                      ["--frame-bytes", "9000000"], ["--fields", "gf4"], ["--frames", "0"], ["--frames", "-1"],
                      ["--burst", "0.5"], ["--burst", "inf"], ["--lose"], ["--loss", ",".join(["1"] * 65)]):
            with self.subTest(wrong=wrong):
                self.assertEqual(run("--quick", "--out", str(self.prefix), *wrong).returncode, 2)

    def test_a_file_that_cannot_be_written_is_said(self):
        ran = run("--quick", "--frames", "1", "--out", "/dev/null/loss")
        self.assertEqual(ran.returncode, 1)
        self.assertIn("/dev/null", ran.stderr)


if __name__ == "__main__":
    unittest.main()
