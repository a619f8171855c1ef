"""A stream goes on, picture by picture, while strangers and careless programs do their worst to the management API:
all at once, for as long as it lasts."""
import random
import socket
import ssl
import threading
import unittest

import api_fuzz
from api_client import PREFIX, Api, insecure, port_of, token
from harness import PATIENCE_S, Client, EndToEnd, Host, wait_until

STREAM_S = 12


class Hostility:
    """Each method is one kind, done over and over until the stream is over. Being turned away ends nothing."""

    def __init__(self, host, port):
        self.host, self.port, self.over, self.done = host, port, threading.Event(), {}
        self.read, self.admin = token(host, "read"), token(host, "admin")
        self.settings = host.folder / "config/punktfunk/host.toml"
        self.settings.parent.mkdir(parents=True, exist_ok=True)
        self.threads = [threading.Thread(target=self.repeat, args=(kind,)) for kind in (
            self.large_bodies, self.endless_bodies, self.silent_strangers, self.deaf_readers, self.guessed_passwords,
            self.forged_requests, self.broken_settings, self.many_editors, self.fuzz)]

    def start(self):
        for thread in self.threads:
            thread.start()

    def end(self):
        self.over.set()
        for thread in self.threads:
            thread.join()

    def repeat(self, kind):
        while not self.over.is_set():
            try:
                kind()
            except (OSError, ssl.SSLError):
                pass
            self.done[kind.__name__] = self.done.get(kind.__name__, 0) + 1

    def connect(self):
        connection = insecure().wrap_socket(socket.create_connection(("127.0.0.1", self.port), PATIENCE_S))
        connection.settimeout(1)
        return connection

    def large_bodies(self):
        with self.connect() as connection:
            connection.sendall(f"POST {PREFIX}/pairing HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {self.admin}\r\n"
                               "Content-Type: application/json\r\nContent-Length: 104857600\r\n\r\n".encode())
            while True:  # 100 MB, whatever is answered
                connection.sendall(b" " * 65536)

    def endless_bodies(self):
        with self.connect() as connection:
            connection.sendall(f"POST {PREFIX}/login HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
            while True:
                connection.sendall(b"10000\r\n" + b"x" * 65536 + b"\r\n")

    def silent_strangers(self):
        strangers = [socket.create_connection(("127.0.0.1", self.port), PATIENCE_S) for _ in range(40)]
        for one in strangers[::2]:
            one.sendall(b"\x16\x03\x01")
        self.over.wait(1)
        for one in strangers:
            one.close()

    def deaf_readers(self):
        readers = [self.connect() for _ in range(4)]
        for one in readers:
            one.sendall(f"GET {PREFIX}/openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n".encode() * 50)
        self.over.wait(1)
        for one in readers:
            one.close()

    def guessed_passwords(self):
        api = Api(self.port)
        api.ask("POST", "/login", {"password": str(random.random())})
        api.close()
        self.over.wait(0.2)

    def forged_requests(self):
        api = Api(self.port, self.admin)
        for host in ("evil.example", "127.0.0.1.evil.example"):
            api.ask("POST", "/pairing", {}, {"Host": host})
        for path in ("/recordings/..%2f..%2fidentity.pem", "/logs/../../../etc/passwd", "/%2e%2e/proc/self/environ"):
            api.ask("GET", path)
        Api(self.port, "pf_" + "0" * 64).ask("DELETE", "/sessions/1")
        api.close()

    def broken_settings(self):
        for text in ("[video]\nbitrate_kbps = ", "[video]\nslices = 99\n", "", "\0" * 4096, "[session]\nconflict = \"join\"\n"):
            self.settings.write_text(text)
            self.over.wait(0.2)

    def many_editors(self):
        api = Api(self.port, self.admin)
        api.ask("PATCH", "/settings", {"values": {"video.bitrate_kbps": random.randint(1000, 20000)}}, {"If-Match": '"old"'})
        api.ask("PATCH", "/settings", {"values": {"video.fec_percent": random.randint(0, 90)}})
        api.close()

    def fuzz(self):
        api = Api(self.port, self.read)  # which could end no session
        document = api.get("/openapi.json")
        for _ in api_fuzz.fuzz(api, document, random.randrange(1 << 30), 1):
            if self.over.is_set():
                break
        api.close()


class Undisturbed(EndToEnd):
    def test_hostile_requests_cost_a_stream_no_picture(self):
        host = Host(self, command=(), verb=("serve",), options=("--set", "display.backend=synthetic"))
        port = port_of(host)
        hostility = Hostility(host, port)
        client = Client(self, host.address, "--quiet", seconds=STREAM_S)
        wait_until(lambda: "streaming to" in host.said(), "it streams")
        hostility.start()
        try:
            code, said, report = client.finish()
        finally:
            hostility.end()
        self.assertEqual(code, 0, said)
        self.assertEqual(len(hostility.done), len(hostility.threads), hostility.done)
        frames = report["frames"]
        for fault in ("lost", "torn", "reordered", "dropped_incomplete"):
            self.assertEqual(frames[fault], 0, (fault, frames))
        trace = host.session(1)
        sent = [row[trace["row_fields"].index("pts_ns")] for row in trace["rows"]]
        received = [row[report["row_fields"].index("pts_ns")] for row in report["rows"]]
        self.assertEqual(received, sent[:len(received)])
        self.assertGreater(len(received), 60)
        # And it serves as before.
        wait_until(lambda: Api(port, hostility.admin).get("/sessions") == {"sessions": []}, "the session is over")
        self.assertEqual(host.stop(), 0)


if __name__ == "__main__":
    unittest.main()
