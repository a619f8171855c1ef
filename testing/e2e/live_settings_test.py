"""Settings that change while the host runs: by an editor, the management API or the command line."""
import http.client
import json
import re
import ssl
import subprocess
import unittest
from pathlib import Path

import harness
from harness import BIN, PATIENCE_S, Client, EndToEnd, Host, probe, wait_until

CONFIG = """# Kept byte for byte.
[video]
bitrate_kbps = 2000   # what the hotel carries

[session]
# max_clients = 9
"""


def admin(host, *arguments):
    """Exit code and what it said."""
    done = subprocess.run([BIN / "punktfunk-host", *arguments], capture_output=True, text=True, timeout=PATIENCE_S,
                          env=host.environment())
    return done.returncode, done.stdout + done.stderr


def config(host, *words):
    code, said = admin(host, "config", *words, "--json")
    assert code == 0, said
    return json.loads(said)


class Api:
    def __init__(self, host):
        found = wait_until(lambda: re.search(r"https://127\.0\.0\.1:(\d+)/api/v1", host.said()), "the API is open")
        self.port = int(found.group(1))
        code, said = admin(host, "token", "create", "test", "--scope", "admin")
        assert code == 0, said
        self.headers = {"Authorization": f"Bearer {said.strip()}", "Content-Type": "application/json"}

    def open(self, method, path, body=None, **headers):
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=PATIENCE_S, context=context)
        connection.request(method, f"/api/v1{path}", None if body is None else json.dumps(body),
                           {**self.headers, **headers})
        return connection, connection.getresponse()

    def ask(self, method, path, body=None, **headers):
        """(status, ETag, JSON)"""
        connection, response = self.open(method, path, body, **headers)
        text = response.read()
        connection.close()
        return response.status, response.headers.get("ETag"), json.loads(text) if text else None


class LiveSettings(EndToEnd):
    def host(self):
        host = Host(self, command=(), verb=("serve",), config=CONFIG,
                    options=("--set", "display.backend=synthetic", "--set", "audio.play_on=host"))
        self.file = host.folder / "config/punktfunk/host.toml"
        return host

    def in_force(self, host, key):
        return config(host, "get", key)["value"]

    def check_undisturbed(self, client, host, number):
        code, said, report = client.finish()
        self.assertEqual(code, 0, said + host.said())
        for fault in ("reordered", "torn", "dropped_incomplete"):
            self.assertEqual(report["frames"][fault], 0, fault)
        trace = host.session(number)
        sent = [row[trace["row_fields"].index("pts_ns")] for row in trace["rows"]]
        received = [row[report["row_fields"].index("pts_ns")] for row in report["rows"]]
        self.assertEqual(received, sent[:len(received)])
        self.assertGreater(len(received), 60)

    def test_the_api_changes_what_the_next_session_gets_and_disturbs_none(self):
        host = self.host()
        api = Api(host)
        first = Client(self, host.address, "--quiet", seconds=8)
        wait_until(lambda: host.said().count("streaming to") == 1, "the first session streams")
        self.assertIn("at 2000 kbit/s", host.said())

        status, tag, _ = api.ask("GET", "/settings")
        self.assertEqual(status, 200)
        events, stream = api.open("GET", "/events?kinds=setting")
        self.addCleanup(events.close)
        self.assertEqual(stream.readline(), b": hello\n")
        status, new_tag, changed = api.ask("PATCH", "/settings", {"values": {
            "video.bitrate_kbps": 3000, "session.max_clients": 1, "network.port": 1234}}, **{"If-Match": tag})
        self.assertEqual(status, 200, changed)
        by_key = {one["key"]: one for one in changed["settings"]}
        self.assertEqual(by_key["video.bitrate_kbps"]["line"], 3)
        self.assertEqual(by_key["network.port"]["origin"], "command_line", "--port wins")
        self.assertEqual(by_key["network.port"]["saved"], 1234)
        self.assertNotEqual(new_tag, tag)
        told = b""
        while b"session.max_clients" not in told or b"video.bitrate_kbps" not in told:
            line = stream.readline()
            self.assertTrue(line, told)
            told += line
        self.assertIn(b"event: setting.changed", told)

        self.assertEqual(api.ask("PATCH", "/settings", {"values": {"video.slices": 2}}, **{"If-Match": tag})[0], 412)
        status, _, refused = api.ask("PATCH", "/settings", {"values": {"video.slices": 2, "session.max_clients": 65}})
        self.assertEqual((status, refused["code"]), (400, "bad_argument"))
        self.assertIn("session.max_clients is 65, but must be a whole number from 1 to 64", refused["detail"])

        # At once:
        code, said, _ = probe(host.address, seconds=1)
        self.assertEqual(code, harness.REFUSED, said)
        self.assertEqual(api.ask("DELETE", "/settings/session.max_clients")[0], 200)
        # For the next session:
        code, said, _ = probe(host.address, seconds=1)
        self.assertEqual(code, 0, said + host.said())
        self.assertIn("at 3000 kbit/s", host.said())
        self.check_undisturbed(first, host, 1)
        self.assertEqual(self.file.read_text(), CONFIG.replace("2000", "3000") + "\n[network]\nport = 1234\n")
        self.assertEqual(host.stop(), 0)

    def test_a_broken_file_changes_nothing_until_it_is_mended(self):
        host = self.host()
        client = Client(self, host.address, "--quiet", seconds=6)
        wait_until(lambda: host.said().count("streaming to") == 1, "it streams")
        for text, line in ((CONFIG.replace("2000", "2000 kbit"), 3), ("[video]\nbitrate_kpbs = 1\n", 2),
                           (CONFIG[:40], 3)):
            self.file.write_text(text)
            wait_until(lambda: f"host.toml:{line}: " in (config(host, "get", "session.open")["problem"] or ""),
                       f"line {line} is named")
            self.assertEqual(self.in_force(host, "video.bitrate_kbps"), 2000)
            self.assertIn(f"host.toml:{line}: ", admin(host, "status")[1])
        code, said = admin(host, "config", "set", "video.slices", "2")
        self.assertNotEqual(code, 0, said)
        self.assertIn("host.toml:3: ", said)
        beside = self.file.with_suffix(".new")
        beside.write_text(CONFIG.replace("2000", "4000"))
        beside.rename(self.file)
        wait_until(lambda: self.in_force(host, "video.bitrate_kbps") == 4000, "the mended file is in force")
        self.assertIsNone(config(host, "get", "session.open")["problem"])
        self.check_undisturbed(client, host, 1)
        self.assertEqual(host.stop(), 0)

    def test_name_microphone_log_level_and_metrics_change_at_once(self):
        host = Host(self, command=(), verb=("serve",), options=("--set", "display.backend=synthetic"), sound=True)
        api = Api(host)

        def set_all(**values):
            status, _, changed = api.ask("PATCH", "/settings", {"values": {key.replace("__", "."): value
                                                                            for key, value in values.items()}})
            self.assertEqual(status, 200, changed)
            self.assertEqual([one["key"] for one in changed["settings"] if one["waits_for_restart"]], [])
        told = api.ask("GET", "/host")[2]
        self.assertEqual((told["capabilities"]["microphone"], told["capabilities"]["metrics"]), (True, False))
        self.assertEqual(api.ask("GET", "/microphone")[0], 200)
        set_all(network__name="The attic", microphone__enabled=False, log__level="debug", management__metrics=True,
                network__mdns=False)
        told = api.ask("GET", "/host")[2]
        self.assertEqual(told["name"], "The attic")
        self.assertEqual((told["capabilities"]["microphone"], told["capabilities"]["metrics"]), (False, True))
        self.assertEqual(api.ask("GET", "/microphone")[0], 404)
        self.assertNotIn("host microphone", [row["worker"] for row in api.ask("GET", "/health")[2]["health"]])
        self.assertEqual(api.ask("GET", "/logs")[2]["level"], "debug")
        # What an operator says of the log counts until the setting changes.
        self.assertEqual(admin(host, "logs", "--log-level", "warning")[0], 0)
        set_all(microphone__enabled=True)
        self.assertEqual(api.ask("GET", "/logs")[2]["level"], "warning")
        self.assertEqual(api.ask("GET", "/microphone")[0], 200)
        set_all(log__level=None, network__name=None)
        self.assertEqual(api.ask("GET", "/logs")[2]["level"], "info")
        self.assertNotEqual(api.ask("GET", "/host")[2]["name"], "The attic")
        self.assertEqual(host.stop(), 0)

    def test_a_new_application_can_be_chosen_at_once(self):
        host = self.host()
        code, said, _ = probe(host.address, "--launch", "Steam", seconds=1)
        self.assertEqual(code, harness.REFUSED, said)
        self.file.write_text(CONFIG + '[[app]]\nname = "Steam"\ncommand = ["true"]\nends_session = false\n')
        wait_until(lambda: "the applications have changed" in host.said(), "the file is read")
        code, said, _ = probe(host.address, "--launch", "Steam", seconds=1)
        # It is known, and the synthetic display cannot start it.
        self.assertIn("cannot run 'true'", said)
        self.assertEqual(host.stop(), 0)

    def test_the_command_line_asks_the_host_or_the_file(self):
        host = self.host()
        code, said = admin(host, "config", "explain", "video.bitrate_kbps")
        self.assertEqual(code, 0, said)
        for words in ("2000 kbit/s", f"{self.file}, line 3", "20000", "a whole number from 500 to 8000000", "sessions"):
            self.assertIn(words, said)
        code, said = admin(host, "config", "explain", "session.open")
        self.assertIn("command line", said)
        self.assertIn("session.open stays true", admin(host, "config", "set", "session.open", "false")[1])
        self.assertEqual(admin(host, "config", "set", "session.conflict", "join")[0], 0)
        self.assertEqual(self.in_force(host, "session.conflict"), "join")
        for words, sentence in ((("get", "video.bitrate"), "did you mean 'video.bitrate_kbps'?"),
                                (("set", "video.slices", "33"), "from 1 to 32"), (("set", "video.slices"), "VALUE"),
                                (("get",), "key"), (("get", "video.slices", "3"), "no value")):
            code, said = admin(host, "config", *words)
            self.assertEqual(code, harness.USAGE, said)
            self.assertIn(sentence, said)
        self.assertIn("session.conflict", admin(host, "config", "list")[1])
        self.assertEqual(host.stop(), 0)

        # Nobody runs: the file itself.
        self.assertEqual(admin(host, "config", "unset", "session.conflict")[0], 0)
        self.assertEqual(admin(host, "config", "set", "desktop.command", '["foot", "-e"]')[0], 0)
        self.assertEqual(config(host, "get", "desktop.command")["value"], ["foot", "-e"])
        self.assertEqual(self.file.read_text(),
                         CONFIG.replace("[session]\n", "[session]\nopen = false\n")
                         + '\n[desktop]\ncommand = ["foot", "-e"]\n')
        self.file.write_text("[video]\nslices = = 1\n")
        code, said = admin(host, "config", "list")
        self.assertEqual(code, harness.USAGE, said)
        self.assertIn("host.toml:2: ", said)
        elsewhere = Path(host.folder / "other.toml")
        self.assertEqual(admin(host, "config", "set", "video.slices", "3", "--config", elsewhere)[0], 0)
        self.assertEqual(elsewhere.read_text(), "[video]\nslices = 3\n")


if __name__ == "__main__":
    unittest.main()
