"""The management API of a real host, as strangers, scripts and careless operators meet it."""
import json
import re
import resource
import socket
import ssl
import subprocess
import threading
import time
import unittest
from pathlib import Path

import api_fuzz
import harness
from api_client import PREFIX, Api, insecure, port_of, token
from harness import BIN, PATIENCE_S, Client, EndToEnd, Host, wait_until
from trust_test import Device

SEED, ROUNDS = 7, 3  # in short; `make check-long` goes on


def synthetic_host(test, *options, **more):
    return Host(test, command=(), verb=("serve",), options=("--set", "display.backend=synthetic", *options), **more)


def admin(host, *arguments):
    done = subprocess.run([BIN / "punktfunk-host", *arguments], capture_output=True, text=True, timeout=PATIENCE_S,
                          env=host.environment())
    if done.returncode:
        raise AssertionError(f"{arguments}: {done.returncode} {done.stderr}")
    return done.stdout


def resident_mb(host):
    status = Path(f"/proc/{host.process.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) / 1024


def raw(port):
    connection = insecure().wrap_socket(socket.create_connection(("127.0.0.1", port), PATIENCE_S))
    connection.settimeout(PATIENCE_S)
    return connection


def first_line(connection):
    data = b""
    while b"\r\n" not in data:
        piece = connection.recv(4096)
        if not piece:
            break
        data += piece
    return data.split(b"\r\n")[0].decode()


class Management(EndToEnd):
    def serve(self, *options, **more):
        self.host = synthetic_host(self, *options, **more)
        self.port = port_of(self.host)
        self.secret = token(self.host)
        self.api = Api(self.port, self.secret)
        self.addCleanup(self.api.close)
        return self.host

    def assert_well(self):
        """It serves as before, and nothing of it is broken."""
        self.assertEqual(self.api.get("/host")["name"], self.api.get("/host")["name"])
        bad = [row for row in self.api.get("/health")["health"] if row["health"] != "working"]
        self.assertEqual(bad, [])
        self.assertIsNone(self.host.process.poll(), self.host.said())

    def fuzz(self, seed, rounds):
        document = self.api.get("/openapi.json")
        *wrong, asked = api_fuzz.fuzz(self.api, document, seed, rounds)
        self.assertEqual(wrong, [], f"{len(wrong)} of {asked}")
        self.assertGreater(asked, rounds * 40)
        self.assert_well()

    def test_every_operation_keeps_what_the_document_promises_beside_a_stream(self):
        self.serve()
        watching = Client(self, self.host.address, seconds=600)
        wait_until(lambda: any(one["state"] == "streaming" for one in self.api.get("/sessions")["sessions"]), "it streams")
        self.fuzz(SEED, ROUNDS)
        # Fuzzed requests may well have ended it or changed it by its number: that is what they are for. Another one
        # comes and is served.
        watching.kill()
        code, said, _ = harness.probe(self.host.address)
        self.assertEqual(code, 0, said)

    def test_a_body_of_100_mb_is_refused_before_it_is_there(self):
        self.serve()
        before = resident_mb(self.host)
        for path in ("/pairing", "/login", "/nowhere"):
            with raw(self.port) as connection:
                connection.sendall(f"POST {PREFIX}{path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                                   f"Authorization: Bearer {self.secret}\r\nContent-Length: 104857600\r\n\r\n".encode())
                self.assertIn(" 413 ", first_line(connection) + " ", path)
        # And one that does not say how long it is.
        with raw(self.port) as connection:
            connection.sendall(f"POST {PREFIX}/pairing HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
            said, sent = None, 0
            try:
                while sent < 100 * 2**20:
                    connection.sendall(b"10000\r\n" + b"x" * 65536 + b"\r\n")
                    sent += 65536
            except (ConnectionError, ssl.SSLError, socket.timeout):
                pass
            self.assertLess(sent, 16 * 2**20, "it read on and on")
        self.assertLess(resident_mb(self.host) - before, 24)
        self.assert_well()

    def test_slow_and_silent_strangers_hold_nobody_up(self):
        self.serve()
        strangers = []
        for kind in range(90):
            plain = socket.create_connection(("127.0.0.1", self.port), PATIENCE_S)
            if kind % 3 == 1:
                plain.sendall(b"\x16\x03\x01")  # a third of them begins a handshake
            elif kind % 3 == 2:
                plain = insecure().wrap_socket(plain)
                plain.sendall(b"GET /api/v1/host HTTP/1.1\r\nHost: local")  # and one a request
            strangers.append(plain)
        # Who asks for much and reads nothing.
        for _ in range(10):
            deaf = raw(self.port)
            deaf.sendall(f"GET {PREFIX}/openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n".encode() * 50)
            strangers.append(deaf)
        for _ in range(20):
            self.api.get("/host")
        self.assert_well()
        for one in strangers:
            one.close()

    def test_paths_lead_nowhere_else(self):
        self.serve()
        for path in ("/logs/../../../etc/passwd", "/logs/%2e%2e%2f%2e%2e%2fetc%2fpasswd", "/logs/text/../../settings",
                     "/recordings/../../../../etc/passwd", "/recordings/..%2f..%2fidentity.pem", "/devices/%00", "//etc/passwd",
                     "/sessions/..;/tokens", "/%2e%2e/%2e%2e/proc/self/environ", "/logs/text%00.txt"):
            answer = self.api.ask("GET", path)
            self.assertIn(answer.status, (400, 404), path)
            self.assertEqual(answer.type, "application/problem+json", path)
            self.assertNotIn(b"root:", answer.body)
        self.assert_well()

    def test_foreign_pages_and_foreign_names_get_nowhere(self):
        self.serve()
        password = admin(self.host, "password").strip()
        page = Api(self.port)
        login = page.ask("POST", "/login", {"password": password})
        self.assertEqual(login.status, 200)
        cookie = {"Cookie": login.headers["Set-Cookie"].split(";")[0]}
        self.assertIn("SameSite=Strict", login.headers["Set-Cookie"])
        # The browser sends the cookie along; the page cannot know what else is wanted.
        for headers in ({}, {"X-CSRF-Token": ""}, {"X-CSRF-Token": "guess"}, {"Origin": "https://evil.example"}):
            for method, path in (("POST", "/pairing"), ("DELETE", "/sessions/1"), ("POST", "/tokens"), ("PATCH", "/logs")):
                answer = page.ask(method, path, {"level": "debug"}, cookie | headers)
                self.assertEqual(answer.status, 403, (method, path, headers))
        form = page.ask("POST", "/pairing", b"lifetime_s=60", cookie | {"Content-Type": "application/x-www-form-urlencoded"})
        self.assertIn(form.status, (403, 415))
        for name in ("evil.example", f"evil.example:{self.port}", "127.0.0.1.evil.example", "localhost.evil.example", "0"):
            self.assertEqual(self.api.ask("GET", "/host", headers={"Host": name}).status, 421, name)
        self.assertIsNone(self.api.get("/pairing")["armed"])

    def test_stolen_and_expired_tokens_open_nothing(self):
        self.serve()
        brief = Api(self.port, token(self.host, "read", "--expires", "1s"))
        self.assertEqual(brief.get("/me")["scope"], "read")
        wait_until(lambda: brief.ask("GET", "/me").status == 401, "it expires")
        stolen = Api(self.port, token(self.host, "control"))
        self.assertEqual(stolen.get("/me")["scope"], "control")
        mine = next(one for one in self.api.get("/tokens")["tokens"] if one["name"] == "test-control")
        self.assertEqual(self.api.ask("DELETE", f"/tokens/{mine['id']}").status, 204)
        # Over the connection that it had open.
        for path in ("/me", "/sessions", "/logs/text"):
            self.assertEqual(stolen.ask("GET", path).status, 401, path)
        for secret in ("pf_" + "0" * 64, "", " ", "x" * 5000, self.secret[:-1], self.secret.upper()):
            self.assertEqual(Api(self.port, secret or "-").ask("GET", "/host").status, 401, secret)

    def test_a_device_that_is_unpaired_in_mid_request_is_a_stranger(self):
        self.serve(open_to_all=False)
        device = Device(self)
        code, said = device.run(self.host, "--pair", json.loads(admin(self.host, "pair", "--no-wait", "--json"))["pin"])
        self.assertEqual(code, 0, said)
        context = insecure()
        context.load_cert_chain(device.folder / "punktfunk/client/identity.pem")
        paired = self.api.get("/devices")["devices"][0]["fingerprint"]
        self.assertEqual(Api(self.port, context=context).get("/me")["kind"], "device")
        with context.wrap_socket(socket.create_connection(("127.0.0.1", self.port), PATIENCE_S)) as connection:
            connection.sendall(f"GET {PREFIX}/host HTTP/1.1\r\nHost: local".encode())
            self.assertEqual(self.api.ask("DELETE", f"/devices/{paired}").status, 204)
            connection.sendall(b"host\r\n\r\n")
            self.assertIn(" 401 ", first_line(connection))
        self.assert_well()

    def test_a_token_that_revokes_itself_is_void_for_what_was_sent_behind(self):
        self.serve()
        mine = next(one for one in self.api.get("/tokens")["tokens"] if one["name"] == "test-admin")
        head = f"Host: localhost\r\nAuthorization: Bearer {self.secret}\r\n"
        with raw(self.port) as reader, raw(self.port) as connection:
            reader.sendall(f"GET {PREFIX}/events HTTP/1.1\r\n{head}\r\n".encode())
            self.assertIn("200", first_line(reader))
            connection.sendall(f"DELETE {PREFIX}/tokens/{mine['id']} HTTP/1.1\r\n{head}\r\n"
                               f"GET {PREFIX}/host HTTP/1.1\r\n{head}Connection: close\r\n\r\n".encode())
            answers = b""
            while piece := connection.recv(4096):
                answers += piece
            self.assertEqual(re.findall(rb"HTTP/1.1 (\d+)", answers), [b"204", b"401"])
            while reader.recv(4096):  # what it reads ends too
                pass

    def test_a_long_recording_is_told_of_and_a_full_disk_loses_none_of_it(self):
        self.serve()
        watching = Client(self, self.host.address, seconds=600)
        number = wait_until(lambda: next((one["number"] for one in self.api.get("/sessions")["sessions"]
                                          if one["state"] == "streaming"), None), "it streams")
        whole = resource.prlimit(self.host.process.pid, resource.RLIMIT_FSIZE)

        def disk(bytes_left):
            """As if it were full: no file grows beyond this."""
            resource.prlimit(self.host.process.pid, resource.RLIMIT_FSIZE, (bytes_left, whole[1]))

        def post(path):
            return self.api.ask("POST", f"/recordings/{path}", {"session": number})
        self.assertIsNone(self.api.get(f"/sessions/{number}")["recording"])
        disk(4)
        refused = post("start")
        self.assertEqual((refused.status, refused.json()["code"]), (507, "disk_full"), refused.body)
        settings = self.host.folder / "config/punktfunk/host.toml"
        self.assertEqual(self.api.ask("PATCH", "/settings", {"values": {"video.slices": 2}}).status, 507)
        self.assertFalse(settings.exists())
        disk(whole[0])
        self.assertEqual(post("start").status, 202)
        self.assertEqual(self.api.get(f"/sessions/{number}")["recording"]["problem"], None)

        def pictures():
            return self.api.get("/recordings")["running"][0]["pictures"]
        wait_until(lambda: pictures() > 20, "it is being recorded")
        disk(4)
        self.assertEqual(post("stop").json()["code"], "disk_full")
        problem = self.api.get(f"/sessions/{number}")["recording"]["problem"]
        self.assertIn("recordings/", problem)
        self.assertIn(problem, admin(self.host, "recordings"))
        before = pictures()
        wait_until(lambda: pictures() > before + 20, "it goes on")
        disk(whole[0])
        stopped = post("stop")
        self.assertEqual(stopped.status, 201, stopped.body)
        self.assertEqual(stopped.json()["parts"], [stopped.json()["id"]])
        ids = [row[0] for row in self.api.get(f"/recordings/{stopped.json()['id']}")["rows"]]
        self.assertEqual(ids, list(range(ids[0], ids[0] + len(ids))))
        self.assertGreater(len(ids), before)
        self.assertEqual(self.api.get("/recordings")["running"], [])

        # One that nobody stops ends with its session; who asks for it then is told what it was.
        self.assertIn(f"Recording session {number}", admin(self.host, "record", "--start"))
        wait_until(lambda: pictures() > 20, "it is being recorded")
        self.assertEqual(self.api.ask("DELETE", f"/sessions/{number}").status, 204)
        watching.finish()
        wait_until(lambda: len(self.api.get("/recordings")["recordings"]) == 2, "it is saved")
        self.assertIn(self.api.get("/recordings")["recordings"][0]["id"], admin(self.host, "record", "--stop"))
        self.assert_well()

    def test_of_two_editors_one_is_told(self):
        self.serve()
        # The log level stands for what has no tag: the last one wins, and nothing breaks.
        answers = []

        def edit(level):
            api = Api(self.port, self.secret)
            for _ in range(20):
                answers.append(api.ask("PATCH", "/logs", {"level": level}).status)
            api.close()
        editors = [threading.Thread(target=edit, args=(level,)) for level in ("debug", "warning", "info")]
        for one in editors:
            one.start()
        for one in editors:
            one.join()
        self.assertEqual(set(answers), {200})
        self.assertIn(self.api.get("/logs")["level"], ("debug", "warning", "info"))

    def test_a_port_that_is_taken_is_named_and_taken_over_when_it_is_free(self):
        with socket.socket() as other:
            other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            other.bind(("127.0.0.1", 0))
            other.listen()
            taken = other.getsockname()[1]
            host = synthetic_host(self, "--set", f"management.port={taken}")
            code, said, _ = harness.probe(host.address)
            self.assertEqual(code, 0, said)
            wait_until(lambda: "management.port" in host.said() and str(taken) in host.said(), "it says which port")
            health = json.loads(admin(host, "status", "--json"))["health"]
            self.assertTrue(any(row["worker"].startswith("management") and row["health"] == "healing" for row in health), health)
        self.assertEqual(port_of(host), taken)
        self.assertEqual(Api(taken, token(host)).get("/me")["scope"], "admin")

    def test_logs_are_shown_followed_and_hold_no_secret(self):
        self.serve()
        pin = json.loads(admin(self.host, "pair", "--no-wait", "--json"))["pin"]
        password = admin(self.host, "password").strip()
        admin(self.host, "logs", "--log-level", "debug")
        follower = subprocess.Popen([BIN / "punktfunk-host", "logs", "--follow", "--json"], stdout=subprocess.PIPE,
                                    text=True, env=self.host.environment())
        self.addCleanup(follower.wait)
        self.addCleanup(follower.kill)
        self.addCleanup(follower.stdout.close)
        page = self.api.get("/logs")
        self.assertGreater(len(page["lines"]), 2)
        code, said, _ = harness.probe(self.host.address, seconds=1)
        self.assertEqual(code, 0, said)
        news = self.api.get(f"/logs?after={page['next']}&limit=1000")["lines"]
        self.assertTrue(any("session" in one["category"] + one["text"] for one in news), news)
        while "session 1" not in json.loads(follower.stdout.readline())["text"]:
            pass
        text = admin(self.host, "logs")
        self.assertIn("management", text)
        self.assertNotIn("debug", admin(self.host, "logs", "--level", "info"))
        report = self.api.ask("GET", "/logs/text").body.decode()
        for secret in (self.secret, password):
            for place in (text, report, self.host.said()):
                self.assertNotIn(secret, place)
        for place in (text, report, self.host.said()):
            self.assertNotRegex(place, rf"(?i)pin\D{{0,20}}{pin}\b")
            self.assertNotIn("PRIVATE KEY", place)

    def test_readers_of_events_follow_the_log_and_the_sessions(self):
        self.serve()
        with raw(self.port) as connection:
            connection.sendall(f"GET {PREFIX}/events?kinds=session,log HTTP/1.1\r\nHost: localhost\r\n"
                               f"Authorization: Bearer {self.secret}\r\n\r\n".encode())
            self.assertIn("200", first_line(connection))
            code, said, _ = harness.probe(self.host.address, seconds=1)
            self.assertEqual(code, 0, said)
            text = ""
            while "event: session.added" not in text or "event: log.added" not in text:
                text += connection.recv(65536).decode()

    def test_a_scraper_takes_the_metrics_of_who_offers_them(self):
        self.serve()
        self.assertEqual(Api(self.port).ask("GET", "/metrics", prefix="").status, 401)
        scraper = Api(self.port, token(self.host, "read"))
        refused = scraper.ask("GET", "/metrics", prefix="")
        self.assertEqual((refused.status, refused.json()["code"]), (403, "switched_off"))
        self.assertIn("management.metrics", refused.json()["detail"])
        admin(self.host, "config", "set", "management.metrics", "true")
        code, said, _ = harness.probe(self.host.address, seconds=2)
        self.assertEqual(code, 0, said)
        answer = scraper.ask("GET", "/metrics", prefix="")
        self.assertEqual((answer.status, answer.type), (200, "text/plain"))
        types, figures = {}, {}
        for line in answer.body.decode().splitlines():
            if line.startswith("# TYPE "):
                name, kind = line.split()[2:]
                self.assertNotIn(name, types, "each family once")
                types[name] = kind
            elif not line.startswith("#"):
                self.assertRegex(line, r'^[a-z_]+(\{([a-z_]+="([^"\\\n]|\\["\\n])*",?)+\})? -?[0-9.e+-]+$')
                figures[line.rsplit(" ", 1)[0]] = float(line.rsplit(" ", 1)[1])
        self.assertGreater(figures["punktfunk_frames_sent_total"], 10)
        self.assertGreater(figures["punktfunk_key_frames_total"], 0)
        for stage in ("capture", "encode", "wait", "send", "host"):
            name = f'punktfunk_frame_stage_seconds_count{{stage="{stage}"}}'
            self.assertGreater(figures[name], 10, stage)
            self.assertEqual(figures[name], figures[f'punktfunk_frame_stage_seconds_bucket{{stage="{stage}",le="+Inf"}}'])

    def test_a_session_is_steered_and_a_refusal_has_a_reason(self):
        self.serve()
        watching = Client(self, self.host.address, seconds=600)
        session = wait_until(lambda: next((one for one in self.api.get("/sessions")["sessions"]
                                           if one["state"] == "streaming"), None), "it streams")
        path = f"/sessions/{session['number']}"
        self.assertEqual(self.api.ask("POST", f"{path}/keyframe").status, 204)
        self.assertEqual(self.api.ask("PATCH", path, {"mode": "320x240@30", "bitrate_kbps": 1500}).status, 202)
        wait_until(lambda: (lambda now: now["mode"] == "320x240@30" and now["bitrate_kbps"] <= 1500)(self.api.get(path)),
                   "its mode and rate change")
        for body in ({"mode": "9x9@1"}, {"bitrate_kbps": 1}, {"mode": "wide"}, {}):
            self.assertEqual(self.api.ask("PATCH", path, body).status, 400, body)
        self.assertEqual(self.api.ask("DELETE", path).status, 204)
        code, said, _ = watching.finish()
        refused = self.api.ask("PATCH", path, {"bitrate_kbps": 5000})
        self.assertIn(refused.status, (404, 409), refused.body)
        self.assertTrue(refused.json()["detail"])


class ManagementLong(Management):
    """The same with more of what is random."""

    def test_every_operation_keeps_what_the_document_promises_beside_a_stream(self):
        self.serve()
        for seed in range(10):
            self.fuzz(seed, 30)


if __name__ == "__main__":
    unittest.main()
