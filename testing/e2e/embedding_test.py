"""A C99 program that knows nothing but the installed header pairs with a real host and streams from it."""
import json
import socket
import subprocess
import unittest

from harness import BIN, PATIENCE_S, EndToEnd, Host, wait_until


def synthetic_host(test, **more):
    return Host(test, command=(), verb=("serve",), options=("--set", "display.backend=synthetic"), **more)


def command(name, host, *further):
    return [BIN / "punktfunk_connection_test", name, "127.0.0.1", str(getattr(host, "port", host)), *further]


class Embedding(EndToEnd):
    def check(self, name, host, *further):
        done = subprocess.run(command(name, host, *further), capture_output=True, text=True, timeout=4 * PATIENCE_S)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr + (host.said() if isinstance(host, Host) else ""))

    def pin_of(self, host):
        done = subprocess.run([BIN / "punktfunk-host", "pair", "--no-wait", "--json"], capture_output=True, text=True,
                              timeout=PATIENCE_S, env=host.environment())
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)["pin"]

    def test_pairs_connects_streams_and_quits(self):
        host = synthetic_host(self, open_to_all=False)
        self.check("stream", host, self.pin_of(host))
        wait_until(lambda: "the client left (0x51" in host.said(), "the host hears that the user is done")

    def test_the_example_does_what_it_says(self):
        host = synthetic_host(self, open_to_all=False)
        done = subprocess.run([BIN / "punktfunk_example_client", "127.0.0.1", str(host.port), self.pin_of(host)],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=4 * PATIENCE_S)
        self.assertEqual(done.returncode, 0, done.stderr.decode() + host.said())
        self.assertTrue(done.stdout.startswith(b"\0\0\0\1"))
        self.assertGreater(len(done.stdout), 100_000)

    def test_a_wrong_pin_is_told_from_other_failures(self):
        host = synthetic_host(self, open_to_all=False)
        pin = self.pin_of(host)
        self.check("wrong-pin", host, f"{(int(pin) + 1) % 10000:04}")

    def test_strangers_are_told_why(self):
        self.check("unpaired", synthetic_host(self, open_to_all=False))

    def test_nobody_there(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
            silent.bind(("127.0.0.1", 0))
            self.check("unreachable", silent.getsockname()[1])

    def test_closing_under_the_hands_of_others(self):
        host = synthetic_host(self)
        self.check("threads", host, host.fingerprint)

    def test_sound_comes_decoded(self):
        host = Host(self, command=(), verb=("serve",), options=("--set", "display.backend=synthetic",
                                                                "--set", "audio.backend=tone"))
        self.check("sound", host)

    def test_the_host_ends_it(self):
        host = synthetic_host(self)
        client = subprocess.Popen(command("ended", host), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.addCleanup(client.stdout.close)
        self.addCleanup(client.kill)
        self.assertEqual(client.stdout.readline(), "streaming\n")
        self.assertEqual(host.stop(), 0, host.said())
        self.assertEqual(client.wait(PATIENCE_S), 0, client.stdout.read())


if __name__ == "__main__":
    unittest.main()
