"""What a killed host leaves changed is put back: by hand, and by the next host."""
import json
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from harness import BIN, FAILED, wait_until
from sound_server import SoundServer


class Undo(unittest.TestCase):
    def setUp(self):
        self.server = SoundServer(self)
        for name in ("users", "ours"):
            self.server.add_null_sink(name)
        self.choose("ours")

    def choose(self, name):
        self.server.run("pw-metadata", "0", "default.configured.audio.sink", json.dumps({"name": name}), "Spa:String:JSON")
        wait_until(lambda: self.chosen() == name, f"{name} is the default sink")

    def chosen(self):
        for line in self.server.run("pw-metadata", "0", "default.configured.audio.sink").splitlines():
            if "value:'" in line:
                return json.loads(line.split("value:'")[1].split("'")[0])["name"]
        return None

    def leave_behind(self, state, before="users", place=None):
        """As a host does that was killed while its sink was the default one."""
        folder = state / "punktfunk/undo"
        folder.mkdir(parents=True, mode=0o700, exist_ok=True)
        (folder / "999999999.json").write_text(json.dumps({"version": 1, "changes": [
            {"setting": "default-sink", "place": place or str(self.server.folder / "pipewire-0"), "before": before,
             "ours": "ours"}]}))

    def undo(self, state, *options):
        done = subprocess.run([BIN / "punktfunk-host", "undo", *options], capture_output=True, text=True, timeout=60,
                              env=dict(self.server.environment(), XDG_STATE_HOME=str(state)), check=False)
        return done.returncode, done.stdout

    def test_by_hand(self):
        state = Path(tempfile.mkdtemp(prefix="pf-e2e-"))
        self.addCleanup(shutil.rmtree, state, True)
        self.assertEqual(self.undo(state), (0, "Nothing is left to undo.\n"))
        self.leave_behind(state)
        code, said = self.undo(state, "--json")
        self.assertEqual(code, 0, said)
        change, = json.loads(said)["changes"]
        self.assertEqual((change["setting"], change["before"], change["undone"]), ("default-sink", "users", True))
        wait_until(lambda: self.chosen() == "users", "the user's sink is the default one again")
        self.assertEqual(list((state / "punktfunk/undo").iterdir()), [])

        self.leave_behind(state, place="/tmp/pf-no-such-server/pipewire-0")
        code, said = self.undo(state)
        self.assertEqual(code, FAILED)
        self.assertIn("no PipeWire server listens", said)
        self.assertEqual(len(list((state / "punktfunk/undo").glob("*.json"))), 1)

    def test_by_the_next_host(self):
        self.leave_behind(self.server.folder / "state")
        host = subprocess.Popen([BIN / "punktfunk-host", "punktfunk1-host", "--source", "synthetic", "--port", "0",
                                 "--bind", "127.0.0.1"],
                                env=self.server.environment(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.addCleanup(host.wait)
        self.addCleanup(host.kill)
        with host.stdout:
            self.assertTrue(host.stdout.readline().startswith("ready: "))
        wait_until(lambda: self.chosen() == "users", "the user's sink is the default one again")


if __name__ == "__main__":
    unittest.main()
