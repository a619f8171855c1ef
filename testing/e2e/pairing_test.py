"""Two machines learn to trust each other by a PIN or by approval, and stop doing so, with the real programs."""
import json
import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

import harness
from harness import BIN, PATIENCE_S, EndToEnd, Host, wait_until

WRONG_PIN = 6


class Client:
    """A client machine: a folder for what it knows, and the `punktfunk` command."""

    def __init__(self, test):
        self.folder = Path(tempfile.mkdtemp(prefix="pf-client-"))
        test.addCleanup(shutil.rmtree, self.folder, True)
        self.environment = dict(os.environ, XDG_STATE_HOME=str(self.folder))

    def run(self, *arguments, stdin=None):
        done = subprocess.run([BIN / "punktfunk", *arguments], capture_output=True, text=True, input=stdin,
                              timeout=4 * PATIENCE_S, env=self.environment)
        return done.returncode, done.stdout + done.stderr

    def start(self, test, *arguments):
        process = subprocess.Popen([BIN / "punktfunk", *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                   text=True, env=self.environment)
        test.addCleanup(process.stdout.close)
        test.addCleanup(process.wait)
        test.addCleanup(process.kill)
        return process

    def known(self):
        code, said = self.run("hosts", "--known", "--json")
        assert code == 0, said
        return json.loads(said)["hosts"]


def connect(host, *options, seconds=1):
    return ("connect", host.address, "--mode", "320x200@30", "--seconds", str(seconds), *options)


class Pairing(EndToEnd):
    def host(self, **more):
        return Host(self, command=(), verb=("serve",), options=("--set", "display.backend=synthetic"),
                    **{"open_to_all": False, **more})

    def admin(self, host, *arguments):
        done = subprocess.run([BIN / "punktfunk-host", *arguments, "--json"], capture_output=True, text=True,
                              timeout=PATIENCE_S, env=host.environment())
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return json.loads(done.stdout)

    def pair(self, host, client, *options):
        """The operator waits in front of the host; gives the client's exit code and the host's lines."""
        waiting = subprocess.Popen([BIN / "punktfunk-host", "pair", "--json", *options], stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True, env=host.environment())
        self.addCleanup(waiting.kill)
        pin = json.loads(waiting.stdout.readline())["pin"]
        code, said = client.run("pair", host.address, "--name", "tablet", stdin=pin + "\n")
        self.assertEqual(code, 0, said + host.said())
        rest, errors = waiting.communicate(timeout=PATIENCE_S)
        self.assertEqual(waiting.returncode, 0, errors)
        return json.loads(rest)

    def test_a_pin_opens_the_door_until_the_device_is_unpaired(self):
        host, client = self.host(), Client(self)
        outcome = self.pair(host, client)
        self.assertEqual((outcome["outcome"], outcome["name"]), ("paired", "tablet"))
        device, = self.admin(host, "devices")["devices"]
        self.assertEqual(device["name"], "tablet")
        self.assertEqual(device["fingerprint"], outcome["fingerprint"])
        known, = client.known()
        self.assertEqual(known["known"]["fingerprint"], host.fingerprint)
        self.assertTrue(known["known"]["paired"])

        code, said = client.run(*connect(host, seconds=2))
        self.assertEqual(code, 0, said + host.said())

        streaming = client.start(self, *connect(host, seconds=60))
        session = wait_until(lambda: [one for one in self.admin(host, "sessions")["sessions"]
                                      if one["state"] == "streaming"], "it streams")[0]
        self.assertEqual(session["fingerprint"], device["fingerprint"])
        self.admin(host, "unpair", "tablet")
        said = streaming.communicate(timeout=PATIENCE_S)[0]
        self.assertEqual(streaming.returncode, harness.REFUSED, said)
        self.assertIn("revoked", said)
        self.assertEqual(self.admin(host, "devices")["devices"], [])
        self.assertEqual(host.stop(), 0, host.said())

    def test_a_wrong_pin_is_void_and_so_is_the_right_one_after_it(self):
        host, client = self.host(), Client(self)
        pin = self.admin(host, "pair", "--no-wait")["pin"]
        wrong = f"{(int(pin) + 1) % 10000:04}"
        code, said = client.run("pair", host.address, "--pin", wrong)
        self.assertEqual(code, WRONG_PIN, said)
        self.assertNotIn(pin, host.said())
        wait_until(lambda: self.admin(host, "status")["pairing"]["last"], "the host knows")
        code, said = wait_until(lambda: self.after_the_cool_down(client, host, pin), "the cool-down is over")
        self.assertEqual(code, harness.REFUSED, said)
        self.assertEqual(client.known(), [])
        self.assertEqual(self.admin(host, "devices")["devices"], [])

    def after_the_cool_down(self, client, host, pin):
        code, said = client.run("pair", host.address, "--pin", pin)
        return None if "two seconds" in said else (code, said)

    def test_a_stranger_knocks_and_is_let_in_or_sent_away(self):
        host = self.host()
        for word, expected in (("deny", harness.REFUSED), ("approve", 0)):
            client = Client(self)
            knocking = client.start(self, *connect(host, "--trust"))
            knock, = wait_until(lambda: self.admin(host, "status")["pairing"]["knocks"], "somebody knocks")
            self.assertTrue(knock["waiting"])
            self.admin(host, word, str(knock["id"]))
            said = knocking.communicate(timeout=PATIENCE_S)[0]
            self.assertEqual(knocking.returncode, expected, said + host.said())
        self.assertEqual(len(self.admin(host, "devices")["devices"]), 1)
        known, = client.known()
        self.assertFalse(known["known"]["paired"])
        code, said = client.run(*connect(host))
        self.assertEqual(code, 0, said)  # without a question, and pinned

    def test_an_unknown_host_is_not_trusted_and_a_changed_one_refused_loudly(self):
        host, client = self.host(open_to_all=True), Client(self)
        code, said = client.run(*connect(host))
        self.assertEqual(code, harness.WRONG_FINGERPRINT, said)
        self.assertIn("punktfunk pair", said)
        self.assertEqual(client.run(*connect(host, "--trust"))[0], 0)
        self.assertEqual(client.run(*connect(host))[0], 0)

        store = client.folder / "punktfunk/client/hosts.json"
        store.write_text(store.read_text().replace(host.fingerprint, "ab" * 32))
        for options in ((), ("--trust",)):
            code, said = client.run(*connect(host, *options))
            self.assertEqual(code, harness.WRONG_FINGERPRINT, said)
            self.assertIn("IS NOT", said)
            self.assertIn("punktfunk forget", said)
        self.assertEqual(self.admin(host, "sessions")["sessions"], [])
        self.assertEqual(client.run("forget", host.address)[0], 0)
        self.assertEqual(client.known(), [])
        self.assertEqual(client.run(*connect(host, "--trust"))[0], 0)

    def test_access_that_ends_ends_the_session(self):
        host, client = self.host(), Client(self)
        self.pair(host, client, "--grant", "gamepad", "--expires", "1h")
        device, = self.admin(host, "devices")["devices"]
        self.assertEqual(device["grants"], ["gamepad"])
        streaming = client.start(self, *connect(host, seconds=60))
        wait_until(lambda: [one for one in self.admin(host, "sessions")["sessions"] if one["state"] == "streaming"],
                   "it streams")
        self.admin(host, "set-access", "tablet", "--expires", "1s")
        said = streaming.communicate(timeout=PATIENCE_S)[0]
        self.assertEqual(streaming.returncode, harness.REFUSED, said + host.said())
        self.assertIn("expired", said)

    def test_what_cannot_be_done_is_said(self):
        client = Client(self)
        for words, expected in ((("forget", "nobody"), harness.REFUSED), (("pair", "127.0.0.1:9", "--pin", "x"),
                                                                          harness.USAGE), (("connect",), harness.USAGE),
                                (("connect", "127.0.0.1", "--mode", "1x1@59.94"), harness.USAGE)):
            code, said = client.run(*words)
            self.assertEqual(code, expected, said)
            self.assertTrue(said.strip(), words)


if __name__ == "__main__":
    unittest.main()
