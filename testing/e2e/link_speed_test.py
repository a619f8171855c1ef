"""A speed test over loopback, as the two programs make it."""
import json
import os
import subprocess
import tempfile
import unittest

import harness
from harness import BIN, EndToEnd, Host, probe


class LinkSpeed(EndToEnd):
    def app(self, *words):
        done = subprocess.run([BIN / "punktfunk", *words], capture_output=True, text=True,
                              timeout=harness.PATIENCE_S, env=dict(os.environ, XDG_STATE_HOME=self.state))
        return done.returncode, done.stdout, done.stderr

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="pf-speed-")
        self.addCleanup(folder.cleanup)
        self.state = folder.name

    def check(self, report, target_kbps):
        """Nothing is lost on loopback; how much comes is a matter of the machine, but never more than was asked."""
        self.assertEqual(report["target_kbps"], target_kbps)
        self.assertLessEqual(report["link_kbps"], target_kbps)
        self.assertGreater(report["link_kbps"], target_kbps / 10)
        self.assertGreater(report["sent"]["packets"], 100)
        self.assertGreater(report["advised_kbps"], report["link_kbps"] / 2)
        self.assertLess(report["advised_kbps"], report["link_kbps"])

    def test_both_programs_measure_and_the_host_streams_on(self):
        host = Host(self)
        code, said, report = probe(host.address, "--speed-test", "--test-kbps", "20000")
        self.assertEqual(code, 0, said + host.said())
        self.assertIn("advice", said)
        self.check(report, 20_000)
        code, out, said = self.app("speed-test", host.address, "--test-kbps", "20000", "--json", "--trust")
        self.assertEqual(code, 0, said + host.said())
        self.check(json.loads(out), 20_000)
        self.assertEqual(host.said().count("speed test of 800 ms"), 2)
        code, said, report = probe(host.address)
        self.assertEqual(code, 0, said + host.said())
        self.assertGreater(report["frames"]["distinct_decoded"], 10)
        self.assertEqual(host.stop(), 0)
        self.assert_nothing_left(host)

    def test_an_unknown_host_is_not_tested_without_a_word(self):
        host = Host(self)
        code, out, said = self.app("speed-test", host.address)
        self.assertEqual(code, harness.WRONG_FINGERPRINT)
        self.assertEqual(out, "")
        self.assertIn("does not know", said)


if __name__ == "__main__":
    unittest.main()
