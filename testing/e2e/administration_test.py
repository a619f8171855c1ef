"""A running host is administered by its own user and by root, and by nobody else."""
import json
import os
import pwd
import signal
import socket
import stat
import subprocess
import tempfile
import unittest
from pathlib import Path

import harness
from harness import BIN, PATIENCE_S, EndToEnd, Host, wait_until

NO_HOST, NOT_PAIRED = 3, 6


def synthetic_host(test, **more):
    return Host(test, command=(), verb=("serve",), options=("--set", "display.backend=synthetic"), **more)


def admin(host, *arguments):
    """Exit code and what it said."""
    done = subprocess.run([BIN / "punktfunk-host", *arguments], capture_output=True, text=True, timeout=PATIENCE_S,
                          env=host.environment())
    return done.returncode, done.stdout + done.stderr


def socket_of(host):
    return host.folder / "state/punktfunk/admin.sock"


def ask(connection, line):
    connection.sendall(line + b"\n")
    return json.loads(connection.makefile().readline())


class Administration(EndToEnd):
    def test_a_pin_is_shown_and_called_off(self):
        host = synthetic_host(self)
        code, said = admin(host, "pair", "--no-wait", "--json")
        self.assertEqual(code, 0, said)
        self.assertRegex(json.loads(said)["pin"], r"^\d{4}$")
        code, said = admin(host, "status")
        self.assertEqual(code, 0, said)
        self.assertIn("a PIN waits", said)
        self.assertIn(host.fingerprint, said)
        waiting = subprocess.Popen([BIN / "punktfunk-host", "pair"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   text=True, env=host.environment())
        self.addCleanup(waiting.kill)
        self.assertRegex("".join(waiting.stdout.readline() for _ in range(2)), r"PIN   (\d ){4}")
        wait_until(lambda: Path(f"/proc/{waiting.pid}/fdinfo").exists() and any(
            "sigmask" in info.read_text() for info in Path(f"/proc/{waiting.pid}/fdinfo").iterdir()), "it waits")
        waiting.send_signal(signal.SIGINT)
        said = waiting.communicate(timeout=PATIENCE_S)[1]
        self.assertEqual(waiting.returncode, harness.FAILED, said)
        self.assertIn("called off", said)
        self.assertNotIn("a PIN waits", admin(host, "status")[1])

    def test_a_pin_that_nobody_uses_runs_out(self):
        host = synthetic_host(self)
        code, said = admin(host, "pair", "--for", "2s")
        self.assertEqual(code, NOT_PAIRED, said)
        self.assertIn("in time", said)

    def test_what_is_not_there_is_refused_with_its_name(self):
        host = synthetic_host(self)
        for words in (("unpair", "tablet"), ("approve", "tablet"), ("deny", "7"), ("rename", "tablet", "x"),
                      ("sessions", "--stop", "9"), ("set-access", "tablet", "--grant", "pointer"),
                      ("set-sound", "tablet", "both")):
            code, said = admin(host, *words)
            self.assertEqual(code, harness.REFUSED, (words, said))
            self.assertIn(words[-1] if words[0] == "sessions" else words[1], said)
        code, said = admin(host, "pair", "--no-wait", "--grant", "flying")
        self.assertEqual(code, harness.REFUSED, said)
        self.assertIn("gamepad", said)
        for words in (("pair", "--for", "soon"), ("unpair",), ("unpiar", "x"), ("set-sound", "tablet", "moon")):
            self.assertEqual(admin(host, *words)[0], harness.USAGE, words)
        code, said = admin(host, "devices")
        self.assertEqual(code, 0)
        self.assertIn("punktfunk-host pair", said)

    def test_without_a_host_it_says_how_to_start_one(self):
        host = synthetic_host(self)
        self.assertEqual(host.stop(), 0, host.said())
        self.assertFalse(socket_of(host).exists())
        code, said = admin(host, "status")
        self.assertEqual(code, NO_HOST, said)
        self.assertIn("punktfunk-host serve", said)

    def test_every_command_promises_exit_codes_and_keeps_them(self):
        """Those that need a running host, by the help's own list: each says which codes it has, speaks JSON, knows a
        wrong option, and tells alike that no host runs."""
        host = synthetic_host(self)
        code, said = admin(host, "--help")
        below = said.split("Administration of a running host:\n")[1].split("\n\n")[0]
        commands = [line.split()[0] for line in below.splitlines() if line.startswith("  ") and line[2] != " "]
        self.assertGreaterEqual(set(commands), {"status", "devices", "pair", "pin", "sessions", "settings", "logs", "record",
                                                "recordings", "token", "password", "approve", "deny", "set-access", "unpair"})
        needs = {"approve": ["x"], "deny": ["x"], "set-access": ["x"], "set-sound": ["x", "both"], "rename": ["x", "y"],
                 "unpair": ["x"], "token": ["list"], "blackbox": ["status"], "pin": ["4711"]}
        refused = {"approve", "deny", "set-access", "set-sound", "rename", "unpair", "pin", "record"}
        answers = {"pair": ["--no-wait"], "logs": [], "recordings": []}
        for command in commands:
            code, said = admin(host, command, "--help")
            self.assertEqual(code, 0)
            self.assertRegex(said, r"Exit codes: 0 done, 1 something broke, 2 the command line is wrong, 3 no host\s+runs", command)
            self.assertEqual(admin(host, command, *needs.get(command, []), "--nonsense")[0], harness.USAGE, command)
            words = [command, *needs.get(command, []), *answers.get(command, []), "--json"]
            done = subprocess.run([BIN / "punktfunk-host", *words], capture_output=True, text=True, timeout=PATIENCE_S,
                                  env=host.environment())
            self.assertEqual(done.returncode, harness.REFUSED if command in refused else 0, (words, done.stderr))
            if command in refused:
                self.assertRegex(done.stderr, r"punktfunk-host: \w", words)
            elif command == "logs":
                for line in done.stdout.splitlines():
                    json.loads(line)
            else:
                json.loads(done.stdout)
        self.assertEqual(host.stop(), 0)
        for command in commands:
            self.assertEqual(admin(host, command, *needs.get(command, []))[0], NO_HOST, command)

    def test_a_socket_that_was_left_behind_is_taken_over(self):
        host = synthetic_host(self)
        first = socket_of(host)
        self.assertEqual(stat.S_IMODE(first.stat().st_mode), 0o600)
        host.process.kill()
        host.process.wait()
        self.assertTrue(first.exists())
        self.assertEqual(admin(host, "status")[0], NO_HOST)
        environment = dict(host.environment())
        again = subprocess.Popen([BIN / "punktfunk-host", "serve", "--bind", "127.0.0.1", "--port", "0", "--set",
                                  "display.backend=synthetic", "--set", "management.port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                 text=True, env=environment)
        self.addCleanup(again.wait)
        self.addCleanup(again.terminate)
        self.addCleanup(again.stdout.close)
        again.stdout.readline()
        self.assertEqual(admin(host, "status")[0], 0)

    @unittest.skipUnless(os.geteuid() == 0, "needs another user")
    def test_another_user_is_refused_even_where_the_file_lets_him(self):
        host = synthetic_host(self)
        nobody = pwd.getpwnam("nobody").pw_uid
        script = ("import os, socket, sys\nos.setuid(int(sys.argv[1]))\n"
                  "s = socket.socket(socket.AF_UNIX)\n"
                  "try:\n  s.connect(sys.argv[2])\nexcept PermissionError:\n  sys.exit('closed')\n"
                  # Nothing is sent: who is refused is told at once, and what he sends meanwhile finds nobody.
                  "s.settimeout(5)\nprint(s.makefile().readline())")

        def as_nobody():
            return subprocess.run(["python3", "-c", script, str(nobody), socket_of(host)], capture_output=True,
                                  text=True, timeout=PATIENCE_S)
        self.assertIn("closed", as_nobody().stderr)
        for path in (socket_of(host), *socket_of(host).parents):
            if path == Path("/tmp"):
                break
            path.chmod(0o777)
        answer = json.loads(as_nobody().stdout)
        self.assertEqual(answer["error"]["code"], "refused")
        self.assertNotIn("a PIN waits", admin(host, "status")[1])

    def test_bad_requests_are_answered_and_disturb_nobody(self):
        host = synthetic_host(self)
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(socket_of(host)))
            for line in (b"", b"\xff\xfe", b"[" * 5000, b'{"op": "pair", "args": {"lifetime_s": 1e99}}',
                         b'{"op": "pair", "args": {"grants": {}}}', b'{"op": 5}'):
                self.assertEqual(ask(connection, line)["error"]["code"], "bad_argument", line)
            self.assertIn("ok", ask(connection, b'{"op": "status"}'))
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(socket_of(host)))
            try:
                connection.sendall(b"x" * 1_000_000)
            except (BrokenPipeError, ConnectionResetError):
                pass
        self.assertEqual(admin(host, "status")[0], 0)
        self.assertEqual(host.stop(), 0, host.said())


if __name__ == "__main__":
    unittest.main()
