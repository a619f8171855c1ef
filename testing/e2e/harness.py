"""Starts the real programs for an end-to-end test, each with folders of its own, and leaves nothing running."""
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

BIN = Path(os.environ["PF_BIN_DIR"])
# Generous: these tests say what must happen, never how fast. A sanitized build on a busy machine is slow.
PATIENCE_S = 30

# Exit codes that the programs promise in --help.
FAILED, USAGE, UNREACHABLE, REFUSED, WRONG_FINGERPRINT = 1, 2, 3, 4, 5


def wait_until(condition, sentence):
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError(f"waited {PATIENCE_S} s in vain: {sentence}")


def descendants(pid):
    """Processes below `pid` that are no zombies, as {pid: name}."""
    parents, names = {}, {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = stat.read_text()
        except OSError:
            continue
        name = text[text.index("(") + 1:text.rindex(")")]
        state, parent = text[text.rindex(")") + 2:].split()[:2]
        if state != "Z":
            child = int(stat.parent.name)
            parents[child], names[child] = int(parent), name
    found, frontier = {}, {pid}
    while frontier:
        frontier = {child for child, parent in parents.items() if parent in frontier} - found.keys()
        found.update({child: names[child] for child in frontier})
    return found


class Host:
    """`punktfunk-host serve` on a free loopback port, or `within` a namespace on one of all its addresses."""

    def __init__(self, test, command=("punktfunk-pattern",), options=(), config="", open_to_all=True,
                 verb=("serve", "--headless"), within=(), bind="127.0.0.1", sound=False,
                 variables=None):
        self.folder = Path(tempfile.mkdtemp(prefix="pf-e2e-"))
        self.variables = variables or {}  # more of its environment
        test.addCleanup(shutil.rmtree, self.folder, True)
        test.addCleanup(self.kill)
        self.log = open(self.folder / "host.log", "w+")
        if config:
            (self.folder / "config/punktfunk").mkdir(parents=True)
            (self.folder / "config/punktfunk/host.toml").write_text(config)
        command = [str(BIN / word) if (BIN / word).exists() else word for word in command]
        self.command = [*within, BIN / "punktfunk-host", *verb, "--port", "0", "--bind", bind, "--trace-dir", self.folder,
                        "--set", f"session.open={str(open_to_all).lower()}",
                        "--set", "management.port=0",  # other tests have hosts at the same time
                        # Three programs more are worth their start only where sound is tested.
                        *(() if sound else ("--set", "sound_server.run=never", "--set", "microphone.enabled=false")),
                        *options, *(["--", *command] if command else [])]
        self.children = {}
        self.start()

    def start(self):
        """Starts it, or again after stop(): it finds what it has kept."""
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, stderr=self.log, text=True,
                                        env=self.environment())
        ready = self.process.stdout.readline()
        if not ready.startswith("ready: "):
            self.process.wait(PATIENCE_S)
            raise AssertionError("the host did not get ready:\n" + self.said())
        facts = dict(part.split("=", 1) for part in ready.split()[1:])
        self.address, self.fingerprint = facts["address"], facts["fingerprint"]
        self.port = int(self.address.rsplit(":", 1)[1])

    def environment(self):
        own = dict(os.environ, XDG_CONFIG_HOME=str(self.folder / "config"), XDG_STATE_HOME=str(self.folder / "state"))
        own.pop("XDG_RUNTIME_DIR", None)  # shared by all hosts of a user: each test's host is administered apart
        own.update(self.variables)
        return own

    def said(self):
        self.log.flush()
        return Path(self.log.name).read_text()

    def child(self, name):
        """The pid of the descendant whose name begins so."""
        def find():
            below = descendants(self.process.pid)
            self.children.update(below)
            return next((pid for pid, comm in below.items() if name.startswith(comm) or comm.startswith(name)), None)
        return wait_until(find, f"{name} runs")

    def session(self, number):
        path = self.folder / f"session-{number}.json"
        wait_until(path.exists, f"the host writes {path.name}")
        return json.loads(path.read_text())

    def stop(self):
        self.children.update(descendants(self.process.pid))
        self.process.send_signal(signal.SIGTERM)
        self.process.stdout.close()
        return self.process.wait(PATIENCE_S)

    def kill(self):
        self.process.stdout.close()
        if self.process.poll() is None:
            self.children.update(descendants(self.process.pid))
            self.process.kill()
            self.process.wait()
        self.log.close()
        for pid in self.children:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass


def probe_command(address, *options, mode="640x360@30", seconds=2):
    return [BIN / "punktfunk-probe", "--connect", address, "--mode", mode, "--seconds", str(seconds), *options]


def probe(address, *options, folder=None, within=(), **shape):
    """Runs the probe to its end; gives (exit code, what it said, its JSON or None)."""
    with tempfile.TemporaryDirectory(prefix="pf-probe-") as private:
        result = Path(folder or private) / "probe.json"
        done = subprocess.run([*within, *probe_command(address, "--json", result, *options, **shape)],
                              capture_output=True, text=True, timeout=4 * PATIENCE_S, env=dict(os.environ, XDG_STATE_HOME=private))
        report = json.loads(result.read_text()) if result.exists() else None
        return done.returncode, done.stdout + done.stderr, report


class Client:
    """A probe that runs beside the test. `variables`: more of its environment. `within`: a namespace."""

    def __init__(self, test, address, *options, variables=None, within=(), **shape):
        self.folder = Path(tempfile.mkdtemp(prefix="pf-client-"))
        test.addCleanup(lambda: subprocess.run(["rm", "-r", self.folder], check=False))
        self.process = subprocess.Popen([*within, *probe_command(address, "--json", self.folder / "probe.json", *options, **shape)],
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                        env=dict(os.environ, **(variables or {})))
        test.addCleanup(self.kill)

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        if not self.process.stdout.closed:
            self.process.wait()
            self.process.stdout.close()

    def finish(self):
        """(exit code, what it said, its JSON or None)"""
        said, _ = self.process.communicate(timeout=4 * PATIENCE_S)
        result = self.folder / "probe.json"
        return self.process.returncode, said, json.loads(result.read_text()) if result.exists() else None


class EndToEnd(unittest.TestCase):
    def assert_nothing_left(self, host):
        """Nothing that the host started still runs."""
        def gone():
            return not [pid for pid in host.children if Path(f"/proc/{pid}").exists()
                        and Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"]
        wait_until(gone, f"all of {host.children} end")
