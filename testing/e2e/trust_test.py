"""The probe as a device that pairs; what the punktfunk command does about trust is in pairing_test.py."""
import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

import harness
from harness import BIN, PATIENCE_S, EndToEnd, Host, probe_command


class Device:
    """A client with folders of its own, so that it stays the same device from run to run."""

    def __init__(self, test):
        folder = tempfile.TemporaryDirectory(prefix="pf-device-")
        test.addCleanup(folder.cleanup)
        self.test = test
        self.folder = Path(folder.name)

    def start(self, host, *options, seconds=1):
        running = subprocess.Popen(probe_command(host.address, "--quiet", *options, seconds=seconds),
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                   env=dict(os.environ, XDG_STATE_HOME=str(self.folder)))
        self.test.addCleanup(running.kill)
        return running

    def run(self, host, *options, seconds=1):
        return self.end(self.start(host, *options, seconds=seconds))

    @staticmethod
    def end(running):
        said = running.communicate(timeout=4 * PATIENCE_S)[0]
        return running.returncode, said


def closed_host(test):
    return Host(test, command=(), verb=("serve",), options=("--set", "display.backend=synthetic"), open_to_all=False)


def admin(host, *arguments):
    done = subprocess.run([BIN / "punktfunk-host", *arguments], capture_output=True, text=True, timeout=PATIENCE_S,
                          env=host.environment())
    if done.returncode != 0:
        raise AssertionError(f"{arguments}: {done.stdout}{done.stderr}")
    return done.stdout


def arm(host):
    return json.loads(admin(host, "pair", "--no-wait", "--json"))["pin"]


class Trust(EndToEnd):
    def test_a_device_pairs_once_and_comes_back_without_questions(self):
        host, device = closed_host(self), Device(self)
        code, said = device.run(host, "--pair", arm(host))
        self.assertEqual(code, 0, said + host.said())
        for path in ("identity.pem", "hosts.json"):
            self.assertEqual((device.folder / "punktfunk/client" / path).stat().st_mode & 0o777, 0o600)
        self.assertEqual((host.folder / "state/punktfunk/paired.json").stat().st_mode & 0o777, 0o600)
        code, said = device.run(host)
        self.assertEqual(code, 0, said + host.said())
        self.assertIn("punktfunk-probe", admin(host, "devices"))
        # Somebody else at the place of the host that it knows.
        hosts = device.folder / "punktfunk/client/hosts.json"
        hosts.write_text(hosts.read_text().replace(host.fingerprint, "0" * 64))
        code, said = device.run(host)
        self.assertEqual(code, harness.WRONG_FINGERPRINT, said)
        self.assertIn(host.fingerprint, said)

    def test_what_is_not_a_pin_is_a_usage_error(self):
        code, said = Device.end(Device(self).start(closed_host(self), "--pair", "12a4"))
        self.assertEqual(code, harness.USAGE, said)
        self.assertIn("four digits", said)


if __name__ == "__main__":
    unittest.main()
