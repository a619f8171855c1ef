#!/usr/bin/env python3
"""Applications: chosen by name, prepared, run in the session's display, watched as a group, put back once."""
import json
import subprocess
import tempfile
import unittest
from pathlib import Path

from harness import BIN, REFUSED, USAGE, Client, EndToEnd, Host, probe, wait_until


class Apps(EndToEnd):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="pf-apps-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.notes = self.folder / "notes"

    def note(self, word):
        return ["sh", "-c", f"echo {word} >> {self.notes}"]

    def noted(self):
        return self.notes.read_text().split() if self.notes.exists() else []

    def app(self, name, command, *more):
        """Its [[app]], with a step that notes its beginning and its end."""
        step = f"prep = [{{ run = {json.dumps(self.note('+'))}, undo = {json.dumps(self.note('-'))} }}]"
        return "\n".join(["[[app]]", f'name = "{name}"', f"command = {json.dumps(command)}",
                          *([step] if not any(line.startswith("prep") for line in more) else []), *more, ""])

    def host(self, *apps, config="[desktop]\nlinger_s = 0\n"):
        return Host(self, command=(), config=config + "".join(apps))

    def play(self, host, name, seconds=1.0):
        code, said, report = probe(host.address, "--quiet", "--launch", name, seconds=seconds)
        return code, said, report

    def ended(self, host):
        """After the host has ended all that it started."""
        self.assertEqual(host.stop(), 0, host.said())
        self.assert_nothing_left(host)

    def test_runs_in_its_folder_and_mode_between_prep_and_undo(self):
        shown = ["sh", "-c", f"echo run $(pwd) >> {self.notes}; exec {BIN.resolve()}/punktfunk-pattern"]
        host = self.host(self.app("Pattern", shown, f'working_folder = "{self.folder}"', 'mode = "320x240@30"'))
        code, said, report = self.play(host, "Pattern")
        self.assertEqual(code, 0, said + host.said())
        self.assertEqual((report["mode"]["width_px"], report["mode"]["height_px"]), (320, 240))
        self.assertEqual(report["frames"]["torn"], 0)
        wait_until(lambda: self.noted()[-1:] == ["-"], "the undo command has run")
        self.ended(host)
        self.assertEqual(self.noted(), ["+", "run", str(self.folder), "-"])

    def test_a_session_ends_with_its_application_and_the_whole_group(self):
        # The launcher goes at once; what it has started is the application.
        host = self.host(self.app("Launcher", ["sh", "-c", f"(sleep 1.5; echo over >> {self.notes}) & exit 0"]))
        code, said, report = self.play(host, "Launcher", seconds=20)
        self.assertIn("has ended", said)
        wait_until(lambda: "-" in self.noted(), "the undo command has run")
        self.assertEqual(self.noted(), ["+", "over", "-"])
        self.ended(host)

    def test_a_desktop_may_outlive_its_application(self):
        host = self.host(self.app("Short", ["true"], "ends_session = false"))
        code, said, _ = self.play(host, "Short", seconds=1)
        self.assertEqual(code, 0, said + host.said())
        self.assertNotIn("has ended", said)
        self.ended(host)
        self.assertEqual(self.noted(), ["+", "-"])

    def test_a_step_that_fails_refuses_the_session_and_undoes_the_others(self):
        steps = (f"prep = [{{ run = {json.dumps(self.note('+'))}, undo = {json.dumps(self.note('-'))} }}, "
                 f"{{ run = ['false'], undo = {json.dumps(self.note('never'))} }}]")
        host = self.host(self.app("Broken", ["true"], steps))
        code, said, _ = self.play(host, "Broken")
        self.assertEqual(code, REFUSED, said)
        self.assertIn("the application could not be prepared: the command 'false' ended with status 1", said)
        self.ended(host)
        self.assertEqual(self.noted(), ["+", "-"])

    def test_is_put_back_once_although_the_desktop_is_killed_in_between(self):
        host = self.host(self.app("Pattern", [f"{BIN.resolve()}/punktfunk-pattern"]))
        killer = subprocess.Popen(["sh", "-c", f"sleep 2; kill -9 $(pgrep -P {host.process.pid} punktfunk-deskt)"])
        code, said, _ = self.play(host, "Pattern", seconds=5)
        killer.wait()
        self.assertEqual(code, 0, said + host.said())
        self.assertIn("opening again", host.said())
        self.ended(host)
        self.assertEqual(self.noted(), ["+", "-"])

    def test_is_put_back_by_the_next_host_when_this_one_is_killed(self):
        host = self.host(self.app("Pattern", [f"{BIN.resolve()}/punktfunk-pattern"]))
        client = Client(self, host.address, "--quiet", "--launch", "Pattern", seconds=60)
        host.child("punktfunk-pattern")
        self.assertEqual(self.noted(), ["+"])
        host.process.kill()
        host.process.wait()
        host.process.stdout.close()
        self.assert_nothing_left(host)
        client.kill()
        self.assertEqual(self.noted(), ["+"])
        host.start()
        self.assertEqual(self.noted(), ["+", "-"], host.said())
        self.assertIn("put back after an application", host.said())
        self.ended(host)
        self.assertEqual(self.noted(), ["+", "-"])

    def test_an_unknown_name_is_refused(self):
        host = self.host()
        code, said, _ = self.play(host, "Steam")
        self.assertEqual(code, REFUSED, said)
        self.assertIn("this host has no application 'Steam'", said)
        code, said, _ = self.play(host, "Desktop", seconds=0.5)
        self.assertEqual(code, 0, said)

    def test_the_command_line_lists_them(self):
        file = self.folder / "host.toml"
        file.write_text(self.app("Pattern", ["punktfunk-pattern"], 'mode = "320x240@59.94"'))
        listed = subprocess.run([BIN / "punktfunk-host", "apps", "--config", file, "--json"], capture_output=True, text=True,
                                check=True)
        desktop, pattern = json.loads(listed.stdout)["apps"]
        self.assertEqual(desktop["name"], "Desktop")
        self.assertEqual((pattern["name"], pattern["mode"], pattern["command"]),
                         ("Pattern", "320x240@60000/1001", ["punktfunk-pattern"]))
        text = subprocess.run([BIN / "punktfunk-host", "apps", "--config", file], capture_output=True, text=True, check=True)
        self.assertRegex(text.stdout, rf"{pattern['id']}  Pattern  320x240@60000/1001  punktfunk-pattern")
        file.write_text('[[app]]\nname = "a"\n')
        wrong = subprocess.run([BIN / "punktfunk-host", "apps", "--config", file], capture_output=True, text=True, check=False)
        self.assertEqual(wrong.returncode, USAGE)
        self.assertIn(f"{file}:1: an [[app]] needs app.command", wrong.stderr)


if __name__ == "__main__":
    unittest.main()
