"""A host that serves Moonlight clients, and our own client of that kind, for the end-to-end tests."""
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
from pathlib import Path

from harness import BIN, PATIENCE_S, Host, wait_until

NOT_PAIRED = 6  # of `punktfunk-host pin`
# Distances from the base port.
TCP_PORTS, UDP_PORTS = (-5, 0, 21), (9, 10, 11)


def free_base_port():
    """A port that is free, as are those around it which belong to it. Somebody may still be faster."""
    while True:
        base = random.randrange(20_000, 32_000)  # below the system's own choice
        try:
            for kind, distances in ((socket.SOCK_STREAM, TCP_PORTS), (socket.SOCK_DGRAM, UDP_PORTS)):
                for distance in distances:
                    with socket.socket(socket.AF_INET, kind) as one:
                        one.bind(("127.0.0.1", base + distance))
            return base
        except OSError:
            continue


class GameStreamHost(Host):
    """`punktfunk-host serve --gamestream` with a tone for sound, or with the settings given."""

    def __init__(self, test, options=(), **shape):
        self.base_port = free_base_port()
        super().__init__(test, options=("--gamestream", "--set", f"gamestream.base_port={self.base_port}",
                                        "--set", "audio.backend=tone", *options), **shape)

    @property
    def gamestream(self):
        return f"127.0.0.1:{self.base_port}"

    def enter_pin(self, pin, *options):
        done = subprocess.run([BIN / "punktfunk-host", "pin", pin, *options], capture_output=True, text=True,
                              timeout=4 * PATIENCE_S, env=self.environment())
        return done.returncode, done.stdout + done.stderr

    def wait_for_pairing(self):
        """Until a client waits for its PIN."""
        def waits():
            done = subprocess.run([BIN / "punktfunk-host", "pin", "--json"], capture_output=True, text=True,
                                  timeout=PATIENCE_S, env=self.environment())
            return done.returncode == 0 and done.stdout.strip() not in ("", "[]")
        wait_until(waits, "a Moonlight client waits for its PIN")


class MoonlightClient:
    """A device: an identity of its own, and `punktfunk-probe gamestream` under it."""

    def __init__(self, test, host):
        self.folder = Path(tempfile.mkdtemp(prefix="pf-moon-"))
        test.addCleanup(shutil.rmtree, self.folder, True)
        self.test, self.host = test, host

    def command(self, action, *options):
        return [BIN / "punktfunk-probe", "gamestream", action, "--connect", self.host.gamestream, "--state",
                self.folder / "state", *map(str, options)]

    def run(self, action, *options):
        """(exit code, what it said)"""
        done = subprocess.run(self.command(action, *options), capture_output=True, text=True,
                              timeout=4 * PATIENCE_S)
        return done.returncode, done.stdout + done.stderr

    def start(self, action, *options):
        process = subprocess.Popen(self.command(action, *options), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                   text=True)
        self.test.addCleanup(process.stdout.close)
        self.test.addCleanup(process.wait)
        self.test.addCleanup(process.kill)
        return process

    def pair(self, name="moonlight", pin="4711", typed=None):
        """(the probe's exit code, what it said, that of `punktfunk-host pin`, what that said)"""
        pairing = self.start("pair", "--pin", pin)
        self.host.wait_for_pairing()
        entered, heard = self.host.enter_pin(typed or pin, "--name", name)
        said, _ = pairing.communicate(timeout=4 * PATIENCE_S)
        return pairing.returncode, said, entered, heard

    def stream_options(self, *options, mode="640x360@30", seconds=2):
        self.result = self.folder / f"report-{os.urandom(4).hex()}.json"
        return ["--quiet", "--json", self.result, "--mode", mode, "--seconds", seconds, *options]

    def stream(self, *options, **shape):
        """(exit code, what it said, its JSON or None)"""
        code, said = self.run("stream", *self.stream_options(*options, **shape))
        return code, said, self.report()

    def start_stream(self, *options, **shape):
        return self.start("stream", *self.stream_options(*options, **shape))

    def report(self):
        return json.loads(self.result.read_text()) if self.result.exists() else None

    def finish(self, process):
        said, _ = process.communicate(timeout=4 * PATIENCE_S)
        return process.returncode, said, self.report()


def paired_client(test, host, name="moonlight"):
    client = MoonlightClient(test, host)
    code, said, entered, heard = client.pair(name)
    test.assertEqual((code, entered), (0, 0), said + heard + host.said())
    return client


def killed(process):
    process.send_signal(signal.SIGKILL)
    process.wait(PATIENCE_S)
