#!/usr/bin/env python3
"""The library: a host whose user has a Steam, a menu and applications of his own; listed, shown, started."""
import ctypes
import json
import os
import stat
import struct
import subprocess
import tempfile
import threading
import unittest
import zlib
from pathlib import Path

from api_client import Api, port_of, token
from gamestream import GameStreamHost, paired_client
from harness import BIN, PATIENCE_S, REFUSED, EndToEnd, Host, probe, wait_until


def png(width, height):
    """A picture of one colour."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"".join(b"\0" + b"\x40\x80\xc0" * width for _ in range(height))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


class Library(EndToEnd):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="pf-library-")
        self.addCleanup(folder.cleanup)
        self.home = Path(folder.name)
        self.art = png(60, 90)
        self.notes = self.home / "notes"
        self.write(".local/share/Steam/steamapps/appmanifest_570.acf",
                   '"AppState" { "appid" "570" "name" "<b>Dota</b> 2" "StateFlags" "4" }')
        self.write(".local/share/Steam/userdata/1/config/grid/570p.png", self.art)
        self.menu("noted", "Noted Game", f"sh -c \"echo started >> {self.notes}; exec {BIN.resolve()}/punktfunk-pattern\"")

    def write(self, below, content):
        path = self.home / below
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def menu(self, name, title, command):
        self.write(f".local/share/applications/{name}.desktop",
                   f"[Desktop Entry]\nType=Application\nName={title}\nExec={command}\nCategories=Game;\n")

    def variables(self):
        return {"HOME": str(self.home), "XDG_DATA_DIRS": str(self.home / "usr/share"),
                **{f"XDG_{name}_HOME": str(self.home / below) for name, below in
                   (("DATA", ".local/share"), ("CACHE", ".cache"))}}

    def host(self, config="", options=()):
        return Host(self, command=(), config=config, options=options, variables=self.variables())

    def run_library(self, environment, *options):
        done = subprocess.run([BIN / "punktfunk-host", "library", *options], capture_output=True, text=True, check=False,
                              timeout=PATIENCE_S, env=environment)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def api(self, host, scope="admin"):
        return Api(port_of(host), token(host, scope))

    def listed(self, api, *wanted):
        """After all of these are there: {id: entry}."""
        def find():
            entries = {one["id"]: one for one in api.get("/library")["entries"]}
            return entries if set(wanted) <= entries.keys() else None
        return wait_until(find, f"the library lists {wanted}")

    def test_is_listed_by_the_api_and_the_command_line(self):
        image = self.write("race.png", png(30, 40))
        host = self.host(f'# mine\n[[app]]\nname = "Race"\ncommand = ["true"]\nimage = "{image}"\n')
        api = self.api(host)
        entries = self.listed(api, "steam:570", "desktop:noted", "custom:Race")
        self.assertEqual(entries["steam:570"]["title"], "<b>Dota</b> 2")
        self.assertEqual(entries["steam:570"]["command"], ["steam", "steam://rungameid/570"])
        states = {one["name"]: one["state"] for one in api.get("/library")["sources"]}
        self.assertEqual((states["steam"], states["desktop"], states["heroic"]), ("ready", "ready", "absent"))

        poster = api.ask("GET", "/library/steam%3A570/art/poster")
        self.assertEqual((poster.status, poster.type, poster.body), (200, "image/png", self.art))
        self.assertEqual(poster.headers["ETag"], f'"{entries["steam:570"]["art"]["poster"]["tag"]}"')
        again = api.ask("GET", "/library/steam%3A570/art/poster", headers={"If-None-Match": poster.headers["ETag"]})
        self.assertEqual((again.status, again.body), (304, b""))
        self.assertEqual(api.ask("GET", "/library/steam%3A570/art/hero").status, 404)
        self.assertEqual(api.ask("GET", "/library/..%2F..%2Fetc%2Fpasswd/art/poster").status, 404)

        listed = json.loads(self.run_library(host.environment(), "--json"))
        self.assertEqual({one["id"] for one in listed["entries"]}, entries.keys())
        text = self.run_library(host.environment())
        self.assertRegex(text, r"steam:570 +- +<b>Dota</b> 2\n")

        # What comes later is found when somebody asks for it.
        self.menu("later", "Later", "true")
        self.assertEqual(api.ask("POST", "/library/scan").status, 202)
        self.listed(api, "desktop:later")
        self.assertEqual(host.stop(), 0, host.said())

    def test_is_read_for_once_where_no_host_runs(self):
        environment = dict(os.environ, **self.variables(), XDG_CONFIG_HOME=str(self.home / ".config"),
                           XDG_STATE_HOME=str(self.home / ".state"))
        environment.pop("XDG_RUNTIME_DIR", None)
        listed = json.loads(self.run_library(environment, "--json"))
        self.assertEqual([one["id"] for one in listed["entries"]], ["steam:570", "desktop:noted"])

    def test_an_entry_is_started_in_the_sessions_desktop(self):
        host = self.host(config="[desktop]\nlinger_s = 0\n")
        self.listed(self.api(host), "desktop:noted")
        for launch in ("desktop:noted", "Noted Game"):
            self.notes.unlink(missing_ok=True)
            code, said, report = probe(host.address, "--quiet", "--launch", launch, seconds=1.0)
            self.assertEqual(code, 0, said + host.said())
            self.assertEqual(report["frames"]["torn"], 0)
            self.assertEqual(self.notes.read_text(), "started\n")
        code, said, _ = probe(host.address, "--quiet", "--launch", "steam:999")
        self.assertEqual(code, REFUSED)
        self.assertIn("this host has no application 'steam:999'", said)
        self.assertEqual(host.stop(), 0, host.said())
        self.assert_nothing_left(host)

    def test_the_settings_say_what_is_listed(self):
        host = self.host()
        api = self.api(host)
        self.listed(api, "steam:570", "desktop:noted")
        change = api.ask("PATCH", "/settings", {"values": {"library.sources": ["desktop"]}})
        self.assertEqual(change.status, 200, change.body)
        wait_until(lambda: [one["id"] for one in api.get("/library")["entries"]] == ["desktop:noted"], "Steam is off")
        wrong = api.ask("PATCH", "/settings", {"values": {"library.sources": ["steem"]}})
        self.assertEqual(wrong.status, 400)
        self.assertIn("there is no source", wrong.json()["detail"])

    def test_applications_are_edited_in_the_file(self):
        config = "# mine\n[video]\nbitrate_kbps = 8000 # enough\n"
        host = self.host(config)
        api = self.api(host)
        made = api.ask("POST", "/applications", {"name": "Race", "command": ["sh", "-c", f"echo race >> {self.notes}"],
                                                 "ends_session": False})
        self.assertEqual(made.status, 201, made.body)
        file = host.folder / "config/punktfunk/host.toml"
        self.assertTrue(file.read_text().startswith(config))
        self.listed(api, "custom:Race")
        code, said, _ = probe(host.address, "--quiet", "--launch", "Race", seconds=1.0)
        self.assertEqual(code, 0, said + host.said())
        self.assertEqual(self.notes.read_text(), "race\n")
        path = f"/applications/{made.json()['id']}"
        tag = api.ask("GET", path).headers["ETag"]
        file.write_text(file.read_text() + "# somebody else was here\n")
        stale = api.ask("PATCH", path, {"command": ["true"]}, {"If-Match": tag})
        self.assertEqual((stale.status, stale.json()["code"]), (412, "changed_meanwhile"))
        self.assertEqual(api.ask("DELETE", path).status, 204)
        self.assertEqual(file.read_text(), config + "\n# somebody else was here\n")
        wait_until(lambda: "custom:Race" not in {one["id"] for one in api.get("/library")["entries"]}, "it is gone")

    def test_moonlight_clients_list_see_and_start_it(self):
        host = GameStreamHost(self, command=(), variables=self.variables())
        self.listed(self.api(host), "steam:570", "desktop:noted")
        client = paired_client(self, host)
        code, said = client.run("list")
        self.assertEqual(code, 0, said)
        self.assertIn("<b>Dota</b> 2", said)
        self.assertIn("Noted Game", said)
        code, said = client.run("art", "--app", "<b>Dota</b> 2", "--file", client.folder / "art")
        self.assertEqual(code, 0, said)
        self.assertEqual((client.folder / "art").read_bytes(), self.art)
        # One without a picture has the one that we drew.
        self.assertEqual(client.run("art", "--app", "Noted Game", "--file", client.folder / "other")[0], 0)
        self.assertTrue((client.folder / "other").read_bytes().startswith(b"\x89PNG"))
        code, said, report = client.stream("--app", "Noted Game", "--quit", seconds=1)
        self.assertEqual(code, 0, said + host.said())
        self.assertEqual(self.notes.read_text(), "started\n")
        self.assertEqual(host.stop(), 0, host.said())

    def test_a_dead_mount_holds_up_nobody(self):
        """A real one: a FUSE file system whose server takes requests and never answers."""
        dead = self.home / "disk"
        dead.mkdir()
        mount = DeadMount(dead, self.home / "fuse")
        self.addCleanup(mount.close)
        self.write(".local/share/Steam/steamapps/libraryfolders.vdf",
                   f'"libraryfolders" {{ "0" {{ "path" "{dead}" }} }}')
        host = self.host()
        api = self.api(host)
        self.listed(api, "desktop:noted")
        self.assertTrue(api.get("/library")["scanning"])
        self.assertEqual(api.ask("GET", "/health").status, 200)
        code, said, _ = probe(host.address, "--quiet", "--launch", "desktop:noted", seconds=1.0)
        self.assertEqual(code, 0, said)

        def steam():
            source = next(one for one in api.get("/library")["sources"] if one["name"] == "steam")
            return source if source["state"] == "not_answering" else None
        self.assertIn("have not answered for", wait_until(steam, "Steam is given up")["problem"])
        self.assertEqual(host.stop(), 0, host.said())


class DeadMount:
    """FUSE's first message is answered, as a server must; from then on requests are read and forgotten."""

    def __init__(self, folder, node):
        self.folder = str(folder)
        if not os.path.exists("/dev/fuse"):  # as in a bare chroot
            os.mknod(node, 0o600 | stat.S_IFCHR, os.makedev(10, 229))
        self.device = os.open(node if node.exists() else "/dev/fuse", os.O_RDWR | os.O_CLOEXEC)
        libc = ctypes.CDLL(None, use_errno=True)
        # In a world of mounts of our own, which ends with us.
        if libc.unshare(0x20000) != 0:
            os.close(self.device)
            raise OSError(ctypes.get_errno(), "unshare")
        libc.mount(b"none", b"/", None, 0x44000, None)  # private, all below; not where / is no mount, as in a chroot
        options = f"fd={self.device},rootmode=40000,user_id={os.getuid()},group_id={os.getgid()}"
        if libc.mount(b"dead", self.folder.encode(), b"fuse", 0, options.encode()) != 0:
            os.close(self.device)
            raise OSError(ctypes.get_errno(), "mount")
        self.libc = libc
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        try:
            while True:
                request = os.read(self.device, 1 << 17)
                opcode, unique = struct.unpack_from("<IQ", request, 4)
                if opcode == 26:  # FUSE_INIT: version 7.31, and nothing that one may have
                    body = struct.pack("<IIIIHHII", 7, 31, 0, 0, 1, 1, 4096, 1).ljust(64, b"\0")
                    os.write(self.device, struct.pack("<IiQ", 16 + len(body), 0, unique) + body)
        except OSError:
            return

    def close(self):
        self.libc.umount2(self.folder.encode(), 2)  # MNT_DETACH
        os.close(self.device)  # whoever still waits is told that nobody is there


if __name__ == "__main__":
    unittest.main()
