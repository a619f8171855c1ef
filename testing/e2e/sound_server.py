"""A sound server of a test's own: pipewire, wireplumber and, on request, pipewire-pulse in a folder of their own, with
settings that need no D-Bus and touch no hardware. As testing/sound_server.h does for the C++ tests."""
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from pathlib import Path

from harness import PATIENCE_S, wait_until

MAIN_SETTINGS = """alsa_monitor.enabled = false
v4l2_monitor.enabled = false
libcamera_monitor.enabled = false
default_access.properties["enable-flatpak-portal"] = false
"""


class SoundServer:
    """Ready when made. `quantum_frames`: the graph's cycle for everybody, 0 for PipeWire's default."""

    def __init__(self, test, pulse=False, quantum_frames=0):
        self.folder = Path(tempfile.mkdtemp(prefix="pf-sound-", dir="/tmp"))  # short: socket paths are bounded
        test.addCleanup(shutil.rmtree, self.folder, True)
        test.addCleanup(self.stop)
        self.programs = ["pipewire", "wireplumber"] + (["pipewire-pulse"] if pulse else [])
        self.processes = {}
        self.write("config/wireplumber/main.lua.d/80-test.lua", MAIN_SETTINGS)
        self.write("config/wireplumber/bluetooth.lua.d/80-test.lua", "bluez_monitor.enabled = false\n")
        if quantum_frames:
            keys = " ".join(f"default.clock.{key} = {quantum_frames}" for key in ("quantum", "min-quantum", "max-quantum"))
            self.write("config/pipewire/pipewire.conf.d/80-test.conf", f"context.properties = {{ {keys} }}\n")
        self.start()

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    @property
    def variables(self):
        """What a program needs in its environment to sound here."""
        return {"PIPEWIRE_RUNTIME_DIR": str(self.folder), "PULSE_SERVER": f"unix:{self.folder}/pulse/native"}

    def environment(self):
        return dict(os.environ, **self.variables, XDG_RUNTIME_DIR=str(self.folder), HOME=str(self.folder), XDG_CONFIG_HOME=str(self.folder / "config"),
                    XDG_STATE_HOME=str(self.folder / "state"), DBUS_SESSION_BUS_ADDRESS="disabled:")

    def start(self):
        """Starts what is not running, and waits until all of it is ready."""
        if "pipewire" not in self.processes:
            self.stop()  # the others end by themselves then, or are of no use any more
        for name in self.programs:
            if name in self.processes and self.processes[name].poll() is None:
                continue
            with open(self.folder / f"{name}.log", "a") as log:
                self.processes[name] = subprocess.Popen([name], env=self.environment(), stdout=log, stderr=log)
            wait_until(lambda: self.ready(name), f"{name} is ready")

    def ready(self, name):
        if self.processes[name].poll() is not None:
            raise AssertionError(f"{name} has ended: " + (self.folder / f"{name}.log").read_text())
        if name == "wireplumber":
            return '"default"' in self.ask()
        return self.accepts("pipewire-0" if name == "pipewire" else "pulse/native")

    def accepts(self, name):
        with socket.socket(socket.AF_UNIX) as client:
            return client.connect_ex(str(self.folder / name)) == 0

    def run(self, *command):
        """What a command against this server printed."""
        return subprocess.run(command, env=self.environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=PATIENCE_S, check=False).stdout

    def ask(self):
        """The session manager's settings; nothing when nobody answers. PipeWire 0.3.65 now and then never listens again to
        a client that asks in the instant in which a manager comes."""
        return self.run("timeout", "2", "pw-metadata")

    def spawn(self, *command):
        """A recorder or player: the caller ends it."""
        return subprocess.Popen(command, env=self.environment(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL)

    def kill(self, name):
        self.processes[name].kill()
        self.processes.pop(name).wait()

    def freeze(self, name):
        self.processes[name].send_signal(signal.SIGSTOP)

    def thaw(self, name):
        self.processes[name].send_signal(signal.SIGCONT)

    def stop(self):
        for name in reversed(list(self.processes)):
            self.kill(name)

    def add_null_sink(self, name, position="FL FR"):
        self.run("pw-cli", "create-node", "adapter",
                 f"{{ factory.name=support.null-audio-sink node.name={name} media.class=Audio/Sink object.linger=true "
                 f"audio.position=[{position}] monitor.channel-volumes=true }}")
