"""What goes wrong is said in one clear sentence, with an exit code, and nothing is left running."""
import os
import random
import signal
import socket
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

import harness
from harness import BIN, EndToEnd, Host, probe, probe_command, wait_until


def host_alone(*arguments, environment=None):
    done = subprocess.run([BIN / "punktfunk-host", *arguments], capture_output=True, text=True,
                          timeout=harness.PATIENCE_S, env=environment)
    return done.returncode, done.stdout + done.stderr


class BadInput(EndToEnd):
    def private_environment(self):
        folder = tempfile.mkdtemp(prefix="pf-e2e-")
        self.addCleanup(subprocess.run, ["rm", "-rf", folder])
        return dict(os.environ, XDG_CONFIG_HOME=folder + "/config", XDG_STATE_HOME=folder + "/state")

    def test_port_in_use(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
            taken.bind(("127.0.0.1", 0))
            port = taken.getsockname()[1]
            code, said = host_alone("serve", "--headless", "--bind", "127.0.0.1", "--port", str(port),
                                    environment=self.private_environment())
        self.assertEqual(code, harness.FAILED, said)
        self.assertIn(str(port), said)
        self.assertIn("in use", said)

    def test_host_not_there(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as nobody:
            nobody.bind(("127.0.0.1", 0))
            port = nobody.getsockname()[1]
        code, said, _ = probe(f"127.0.0.1:{port}")
        self.assertEqual(code, harness.UNREACHABLE, said)
        self.assertIn(f"127.0.0.1:{port}", said)

    def test_wrong_fingerprint(self):
        host = Host(self)
        code, said, _ = probe(host.address, "--fingerprint", "00" * 32)
        self.assertEqual(code, harness.WRONG_FINGERPRINT, said)
        self.assertIn(host.fingerprint, said)
        code, said, _ = probe(host.address, "--fingerprint", host.fingerprint)
        self.assertEqual(code, 0, said)

    def test_modes_that_are_none(self):
        host = Host(self)
        for mode, word in (("0x0@60", "start at 1"), ("twelve", "WIDTHxHEIGHT@HZ"), ("1280x720@59.94", "whole Hz"),
                           ("99999x99999@1000", "cannot show")):
            code, said, _ = probe(host.address, mode=mode)
            self.assertNotEqual(code, 0, mode)
            self.assertIn(word, said, mode)
        code, said, _ = probe(host.address)
        self.assertEqual(code, 0, said)  # and the host serves on

    def test_unpaired_clients_are_refused_unless_the_host_is_open(self):
        host = Host(self, open_to_all=False)
        code, said, _ = probe(host.address)
        self.assertEqual(code, harness.REFUSED, said)
        self.assertIn("pair with the host", said)

    def test_a_command_that_does_not_exist(self):
        code, said = host_alone("serve", "--headless", "--bind", "127.0.0.1", "--port", "0", "--",
                                "no-such-program-anywhere", environment=self.private_environment())
        self.assertNotEqual(code, 0, said)
        self.assertIn("no-such-program-anywhere", said)

    def test_a_command_that_exits_at_once(self):
        host = Host(self, command=("false",))
        code, said, _ = probe(host.address)
        self.assertEqual(code, harness.REFUSED, said)
        self.assertIn("false", said)
        self.assertIn("status 1", said)
        self.assertEqual(host.stop(), 0)
        self.assert_nothing_left(host)

    def test_a_killed_desktop_heals_in_the_same_session(self):
        host = Host(self)
        with tempfile.TemporaryDirectory() as folder:
            running = subprocess.Popen(probe_command(host.address, "--json", folder + "/probe.json", seconds=6),
                                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            self.addCleanup(running.kill)
            time.sleep(2)
            os.kill(host.child("punktfunk-desktop"), signal.SIGKILL)
            said = running.communicate(timeout=4 * harness.PATIENCE_S)[0]
            self.assertEqual(running.returncode, 0, said + host.said())
        trace = host.session(1)
        self.assertEqual(trace["epochs"], 2)
        fields = trace["row_fields"]
        captured = [row[fields.index("captured_ns")] for row in trace["rows"]]
        gaps = [later - earlier for earlier, later in zip(captured, captured[1:])]
        worst = max(range(len(gaps)), key=gaps.__getitem__)
        print(f"new picture {gaps[worst] / 1e6:.0f} ms after the last one of the dead desktop")
        self.assertEqual(trace["rows"][worst + 1][fields.index("idr")], 1)
        self.assertLess(gaps[worst], 5e9)
        self.assertEqual(host.stop(), 0)
        self.assert_nothing_left(host)

    def test_a_killed_client_frees_its_session(self):
        host = Host(self, options=("--set", "session.max_clients=1", "--set", "session.idle_timeout_ms=1000"))
        victim = subprocess.Popen(probe_command(host.address, seconds=60), stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL)
        self.addCleanup(victim.wait)
        self.addCleanup(victim.kill)
        host.child("punktfunk-pattern")
        code, said, _ = probe(host.address)
        self.assertEqual(code, harness.REFUSED, said)
        self.assertIn("busy", said.lower())
        victim.kill()
        wait_until(lambda: not harness.descendants(host.process.pid), "the dead client's desktop ends")
        code, said, _ = probe(host.address)
        self.assertEqual(code, 0, said + host.said())

    def test_sigterm_closes_the_clients_and_every_child(self):
        host = Host(self)
        with tempfile.TemporaryDirectory() as folder:
            running = subprocess.Popen(probe_command(host.address, "--json", folder + "/probe.json", seconds=60),
                                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            self.addCleanup(running.kill)
            host.child("punktfunk-pattern")
            time.sleep(1)
            self.assertEqual(host.stop(), 0, host.said())
            said = running.communicate(timeout=harness.PATIENCE_S)[0]
        self.assertEqual(running.returncode, harness.REFUSED, said)
        self.assertIn("host ended the session", said)
        self.assert_nothing_left(host)

    def test_garbage_on_both_ports_disturbs_nobody(self):
        host = Host(self)
        with tempfile.TemporaryDirectory() as folder:
            running = subprocess.Popen(probe_command(host.address, "--json", folder + "/probe.json", seconds=4),
                                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            self.addCleanup(running.kill)
            host.child("punktfunk-pattern")
            dice = random.Random(7)
            ports = [host.port] + udp_ports_of(host.process.pid) + udp_ports_of(running.pid)
            self.assertGreaterEqual(len(set(ports)), 2)
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as noise:
                for _ in range(300):
                    for port in set(ports):
                        size = dice.choice((0, 1, 7, 24, 40, 64, 1200, 1472))
                        head = dice.choice((b"", b"\xc3\x00\x00\x00\x01", b"PFpunch1"))
                        noise.sendto((head + dice.randbytes(size))[:1472], ("127.0.0.1", port))
                    time.sleep(0.002)
            said = running.communicate(timeout=4 * harness.PATIENCE_S)[0]
        self.assertEqual(running.returncode, 0, said + host.said())
        code, said, report = probe(host.address)
        self.assertEqual(code, 0, said)
        self.assertEqual(report["frames"]["lost"], 0)

    def test_a_full_disk_while_recording(self):
        host = Host(self)
        code, said, report = probe(host.address, "--record", "/dev/full")
        self.assertEqual(code, harness.FAILED, said)
        self.assertIn("/dev/full", said)
        self.assertGreater(report["frames"]["decoded"], 0)  # the stream itself went on

    def test_no_writable_state_folder(self):
        environment = dict(self.private_environment(), XDG_STATE_HOME="/proc/none")
        code, said = host_alone("serve", "--headless", "--port", "0", environment=environment)
        self.assertEqual(code, harness.FAILED, said)
        self.assertIn("/proc/none", said)

    def test_a_misspelt_key_is_answered_with_the_right_one(self):
        environment = self.private_environment()
        config = Path(environment["XDG_CONFIG_HOME"]) / "punktfunk"
        config.mkdir(parents=True)
        (config / "host.toml").write_text("[video]\nbitrate_kpbs = 5000\n")
        code, said = host_alone("serve", "--headless", "--port", "0", environment=environment)
        self.assertEqual(code, harness.USAGE, said)
        self.assertIn("video.bitrate_kbps", said)
        self.assertIn("host.toml", said)


def udp_ports_of(pid):
    """The IPv4 UDP ports that a process has bound."""
    inodes = set()
    for fd in Path(f"/proc/{pid}/fd").iterdir():
        try:
            target = os.readlink(fd)
        except OSError:
            continue
        if target.startswith("socket:["):
            inodes.add(target[8:-1])
    ports = []
    for line in Path(f"/proc/{pid}/net/udp").read_text().splitlines()[1:]:
        columns = line.split()
        if columns[9] in inodes:
            ports.append(int(columns[1].split(":")[1], 16))
    return ports


if __name__ == "__main__":
    unittest.main()
