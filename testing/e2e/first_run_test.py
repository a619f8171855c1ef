"""What somebody sees who starts a host for the first time: the password, and the console's address as a QR code; in a
terminal, and nowhere else."""
import fcntl
import os
import pty
import re
import select
import shutil
import socket
import struct
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from harness import BIN, PATIENCE_S


TIOCSPTLCK, TIOCGPTPEER = 0x40045431, 0x5441  # ioctl_tty(2); the termios module of Debian 12 has neither


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class FirstRun(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="pf-first-"))
        self.addCleanup(shutil.rmtree, self.folder, True)
        self.port = free_port()

    def start(self, words_to):
        """Until it is ready; what it says goes to this descriptor."""
        environment = dict(os.environ, XDG_CONFIG_HOME=str(self.folder / "config"), XDG_STATE_HOME=str(self.folder / "state"))
        environment.pop("XDG_RUNTIME_DIR", None)
        host = subprocess.Popen([BIN / "punktfunk-host", "serve", "--headless", "--port", "0", "--bind", "127.0.0.1", "--set",
                                 f"management.port={self.port}", "--set", "sound_server.run=never", "--set",
                                 "microphone.enabled=false"], stdout=subprocess.PIPE, stderr=words_to, env=environment)
        self.addCleanup(lambda: (host.kill(), host.wait(), host.stdout.close()))
        self.assertTrue(host.stdout.readline().startswith(b"ready: "))

    def open_terminal(self):
        try:
            return pty.openpty()
        except OSError:  # a bare chroot has no /dev/pts
            folder = self.folder / "pts"
            folder.mkdir()
            subprocess.run(["mount", "-t", "devpts", "-o", "newinstance,ptmxmode=0666", "none", folder], check=True)
            self.addCleanup(subprocess.run, ["umount", "--lazy", folder], check=True)
            ours = os.open(folder / "ptmx", os.O_RDWR | os.O_NOCTTY)
            fcntl.ioctl(ours, TIOCSPTLCK, struct.pack("i", 0))
            return ours, fcntl.ioctl(ours, TIOCGPTPEER, os.O_RDWR | os.O_NOCTTY)

    def test_a_terminal_gets_the_password_and_the_address_as_a_code(self):
        ours, theirs = self.open_terminal()
        self.addCleanup(os.close, ours)
        self.start(theirs)
        os.close(theirs)
        said, deadline = "", time.monotonic() + PATIENCE_S
        address = f"https://127.0.0.1:{self.port}/"
        while address not in said and time.monotonic() < deadline and select.select([ours], [], [], PATIENCE_S)[0]:
            said += os.read(ours, 65536).decode(errors="replace")
        self.assertIn(address, said)
        password = re.search(r"shown this once:\s+(\S+)", said).group(1)
        code = [line for line in said.splitlines() if re.search("[▀▄█]", line)]
        self.assertGreater(len(code), 10)  # 25 modules and more, two in a line
        self.assertNotIn(password, said.split("shown this once:", 1)[1].replace(password, "", 1))

    def test_a_log_gets_neither(self):
        with open(self.folder / "log", "w+") as log:
            self.start(log)
            log.seek(0)
            said = log.read()
        self.assertNotIn("shown this once", said)
        self.assertNotRegex(said, "[▀▄█]")
        self.assertIn("punktfunk-host password", said)


if __name__ == "__main__":
    unittest.main()
