"""The sound server that a headless host starts where none runs: programs in the desktop sound there."""
import os
import shutil
import signal
import subprocess
import tempfile
import unittest
from pathlib import Path

from harness import EndToEnd, Host, descendants, probe_command, wait_until

PROGRAMS = ("pipewire", "wireplumber", "pipewire-pulse")


class OwnSoundServer(EndToEnd):
    def start(self, *command):
        host = Host(self, command=command, sound=True, options=("--set", "audio.play_on=host"))
        wait_until(lambda: set(PROGRAMS) <= set(self.programs(host)), "all of them run")
        return host

    def programs(self, host):
        """Name → pid."""
        host.children.update(descendants(host.process.pid))
        return {name: pid for pid, name in host.children.items()}

    def stream(self, host):
        process = subprocess.Popen(probe_command(host.address, "--quiet", seconds=60), stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL,
                                   env=dict(os.environ, XDG_STATE_HOME=str(host.folder / "probe")))
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)

    def test_programs_in_the_desktop_find_it_and_the_microphone(self):
        folder = Path(tempfile.mkdtemp(prefix="pf-e2e-"))
        self.addCleanup(shutil.rmtree, folder, True)
        info, script = folder / "info", folder / "ask"
        script.write_text("#!/bin/sh\nuntil pactl get-default-source | grep -q punktfunk-mic; do sleep 0.1; done\n"
                          f"pactl info >{info}\nexec sleep 1000\n")
        script.chmod(0o755)
        host = self.start("sh", "-c", f"exec {script}")
        self.stream(host)
        wait_until(lambda: info.exists() and "Default Source" in info.read_text(), "a program asks the sound server")
        self.assertIn("Default Source: punktfunk-mic", info.read_text())
        self.assertEqual(host.stop(), 0)
        self.assert_nothing_left(host)

    def test_it_dies_with_a_host_that_is_killed(self):
        host = self.start("sleep", "1000")
        pids = self.programs(host)
        host.process.send_signal(signal.SIGKILL)
        host.process.wait()

        def gone(pid):
            stat = Path(f"/proc/{pid}/stat")
            return not stat.exists() or stat.read_text().rsplit(")", 1)[1].split()[0] == "Z"
        for name in PROGRAMS:
            wait_until(lambda: gone(pids[name]), f"{name} ends")


if __name__ == "__main__":
    unittest.main()
