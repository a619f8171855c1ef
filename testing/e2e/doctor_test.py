"""`punktfunk-host doctor` on a machine that is well, and on many that are not: it names what was broken, and the fix."""
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from harness import BIN, FAILED, PATIENCE_S, USAGE, Host, descendants, wait_until

PROGRAMS = ("punktfunk-host", "punktfunk-desktop", "punktfunk-pattern")
MODULES = ("punktfunk-encoder-x264.so", "punktfunk-encoder-openh264.so", "punktfunk-decoder-libavcodec.so")


def may_mount():
    return subprocess.run(["unshare", "-rm", "true"], capture_output=True, check=False).returncode == 0


class Machine:
    """Folders of its own for one doctor, with free ports in its settings."""

    def __init__(self, test):
        self.folder = Path(tempfile.mkdtemp(prefix="pf-doctor-"))
        test.addCleanup(shutil.rmtree, self.folder, True)
        self.test = test
        self.state = self.folder / "state/punktfunk"
        self.program = BIN / "punktfunk-host"
        self.within = []
        # Its own ports, and no sound server: other tests run at the same time.
        self.settings = {"network.port": "0", "network.bind_address": "127.0.0.1", "management.port": "0",
                         "sound_server.run": "never", "audio.backend": "tone", "display.backend": "desktop"}
        self.options = []
        self.environment = dict(os.environ, XDG_CONFIG_HOME=str(self.folder / "config"),
                                XDG_STATE_HOME=str(self.folder / "state"))
        self.environment.pop("XDG_RUNTIME_DIR", None)
        self.environment.pop("PIPEWIRE_RUNTIME_DIR", None)

    def with_state(self):
        self.state.mkdir(parents=True)
        self.state.parent.chmod(0o700)
        self.state.chmod(0o700)
        return self.state

    def write(self, name, text, mode=0o600):
        path = self.state / name
        if not self.state.exists():
            self.with_state()
        path.write_text(text)
        path.chmod(mode)
        return path

    def write_config(self, text):
        (self.folder / "config/punktfunk").mkdir(parents=True)
        (self.folder / "config/punktfunk/host.toml").write_text(text)

    def without(self, *names):
        """A copy of the installation that lacks these. Links, so that nothing large is copied; where that is not to be
        had, copies."""
        place = Path(tempfile.mkdtemp(prefix="doctor-", dir=BIN.parent))
        self.test.addCleanup(shutil.rmtree, place, True)
        for name in (*PROGRAMS, *MODULES):
            if name not in names and (BIN / name).exists():
                try:
                    os.link(BIN / name, place / name)
                except OSError:
                    shutil.copy(BIN / name, place / name)
        self.program = place / "punktfunk-host"
        return place

    def command(self, *options):
        words = [*self.within, self.program, "doctor", *options, *self.options]
        for key, value in self.settings.items():
            words += ["--set", f"{key}={value}"]
        return words

    def ask(self, *options):
        """(exit code, the document)"""
        done = subprocess.run(self.command("--json", *options), capture_output=True, text=True, timeout=PATIENCE_S,
                              env=self.environment, check=False)
        self.test.assertTrue(done.stdout, done.stderr)
        return done.returncode, json.loads(done.stdout)


def only(*rungs):
    return [word for rung in rungs for word in ("--only", rung)]


def listen(test, kind, port=0):
    taken = socket.socket(socket.AF_INET, kind)
    test.addCleanup(taken.close)
    taken.bind(("127.0.0.1", port))
    if kind == socket.SOCK_STREAM:
        taken.listen()
    return taken.getsockname()[1]


def make_identity(path, days):
    """A certificate that began `days` ago and is good for a day."""
    script = f"""
set -e
faketime_begin=$(date -u -d '{days} days ago' +%Y%m%d%H%M%SZ)
faketime_end=$(date -u -d '{days - 1} days ago' +%Y%m%d%H%M%SZ)
cd {path.parent}
openssl ecparam -name prime256v1 -genkey -noout -out key.pem
openssl req -new -key key.pem -subj /CN=punktfunk -out request.pem
touch index.txt; echo 01 > serial
printf '[ca]\\ndefault_ca=own\\n[own]\\ndatabase=index.txt\\nserial=serial\\nnew_certs_dir=.\\npolicy=any\\ndefault_md=sha256\\n' > ca.cnf
printf '[any]\\ncommonName=supplied\\n' >> ca.cnf
openssl ca -batch -config ca.cnf -selfsign -keyfile key.pem -in request.pem -out made.pem -notext \\
  -startdate $faketime_begin -enddate $faketime_end
openssl pkcs8 -topk8 -nocrypt -in key.pem -out pkcs8.pem
cat made.pem pkcs8.pem > {path.name}
chmod 600 {path.name}
"""
    subprocess.run(["sh", "-c", script], capture_output=True, check=True)


# --- The faults. Each breaks a machine, and gives the rung that has to fail, a word of the cause and a word of the fix.


def old_kernel(machine):
    machine.within = ["setarch", os.uname().machine, "--uname-2.6"]
    return "kernel", "older than", "upgrade"


def no_shared_memory(machine):
    machine.within = ["unshare", "-rm", "sh", "-c", 'mount -t tmpfs -o ro none /dev/shm && exec "$@"', "sh"]
    return "memory", "/dev/shm", "mount"


def unknown_setting(machine):
    machine.write_config("[video]\nbitrate = 3\n")
    return "configuration", "host.toml:2", "docs/settings.md"


def broken_toml(machine):
    machine.write_config("[video\nbitrate_kbps = 3\n")
    return "configuration", "host.toml:1", "docs/settings.md"


def few_files(machine):
    machine.within = ["sh", "-c", 'ulimit -n 100; exec "$@"', "sh"]
    return "limits", "100 files", "ulimit -n"


def clock_at_the_epoch(machine):
    machine.options = ["--wall-clock", "12345"]
    return "clock", "1970-01-01", "set-ntp"


def clock_set_back(machine):
    machine.write("host-id", "0" * 32)
    machine.options = ["--wall-clock", "1740000000"]
    return "clock", "2025-02-19", "set-ntp"


def state_is_a_file(machine):
    machine.state.parent.mkdir()
    machine.state.write_text("")
    return "state_folder", "no folder", "mv "


def state_below_a_file(machine):
    machine.state.parent.write_text("")
    return "state_folder", str(machine.state), "folder"


def state_is_read_only(machine):
    machine.with_state()
    machine.within = ["unshare", "-rm", "sh", "-c", f'mount -t tmpfs -o ro,mode=700 none {machine.state} && exec "$@"', "sh"]
    return "state_folder", "Read-only", "remount"


def state_open_to_others(machine):
    machine.with_state().chmod(0o777)
    return "state_folder", "others may write", "chmod 700"


def full_disk(machine):
    machine.with_state()
    machine.within = ["unshare", "-rm", "sh", "-c", f'mount -t tmpfs -o size=64k,mode=700 none {machine.state} && '
                      f'head -c 65536 /dev/zero > {machine.state}/full; exec "$@"', "sh"]
    return "disk", "is full", "df -h"


def no_file_may_grow(machine):
    machine.within = ["sh", "-c", 'ulimit -f 8; exec "$@"', "sh"]
    return "memory", "File too large", "ulimit -f"


def corrupt_identity(machine):
    machine.write("identity.pem", "-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n")
    return "identity", "identity.pem", "mv "


def identity_open_to_others(machine):
    machine.write("identity.pem", "", 0o644)
    return "identity", "others may read it", "chmod 600"


def expired_identity(machine):
    make_identity(machine.with_state() / "identity.pem", days=30)
    return "identity", "expired", "pair all clients anew"


def corrupt_host_id(machine):
    machine.write("host-id", "not a number\n")
    return "identity", "host id", "rm "


def corrupt_paired_list(machine):
    machine.write("paired.json", '{"version": 1, "devices": [{"fing')
    return "devices", "paired.json", "mv "


def paired_list_of_everybody(machine):
    machine.write("paired.json", '{"version": 1, "devices": []}', 0o666)
    return "devices", "paired.json", "chmod 600"


def corrupt_access(machine):
    machine.write("management.json", "[]")
    return "access", "management.json", "punktfunk-host password"


def native_port_taken(machine):
    machine.settings["network.port"] = str(listen(machine.test, socket.SOCK_DGRAM))
    return "ports", f"(process {os.getpid()})", f"kill {os.getpid()}"


def management_port_taken(machine):
    machine.settings["management.port"] = str(listen(machine.test, socket.SOCK_STREAM))
    return "ports", "management.port", "--set management.port="


def foreign_host(machine):
    """Something called sunshine serves Moonlight clients."""
    sunshine = machine.folder / "sunshine"
    sunshine.symlink_to(sys.executable)
    program = ("import socket,sys,time\ns=socket.socket()\ns.setsockopt(socket.SOL_SOCKET,socket.SO_REUSEADDR,1)\n"
               "s.bind(('127.0.0.1',0))\ns.listen()\nprint(s.getsockname()[1],flush=True)\ntime.sleep(600)\n")
    process = subprocess.Popen([sunshine, "-c", program], stdout=subprocess.PIPE, text=True)
    machine.test.addCleanup(lambda: (process.kill(), process.wait(), process.stdout.close()))
    base = int(process.stdout.readline())
    machine.settings |= {"gamestream.enabled": "true", "gamestream.base_port": str(base)}
    return "ports", "sunshine (process", "gamestream.base_port"


def no_such_address(machine):
    machine.settings["network.bind_address"] = "192.0.2.1"
    machine.settings["network.port"] = "9"
    return "ports", "192.0.2.1", "bind_address=0.0.0.0"


def no_desktop_program(machine):
    machine.without("punktfunk-desktop")
    return "compositor", "punktfunk-desktop", "install punktfunk"


def no_such_user(machine):
    machine.settings["desktop.run_as"] = "nobody-of-this-name"
    return "compositor", "nobody-of-this-name", "desktop.run_as"


def no_such_program(machine):
    machine.settings["desktop.command"] = '["no-such-game"]'
    return "compositor", "no-such-game", "desktop.command"


def no_encoder(machine):
    machine.without(*MODULES[:2])
    return "encoders", "punktfunk-encoder-x264.so is not installed", "install punktfunk"


def encoders_of_another_build(machine):
    place = machine.without(*MODULES[:2])
    for name in MODULES[:2]:
        (place / name).write_text("not a library")
    return "encoders", "punktfunk-encoder-x264.so", "install punktfunk"


def wanted_encoder_missing(machine):
    machine.without("punktfunk-encoder-openh264.so")
    machine.settings["video.encoder"] = "openh264"
    return "encoders", "video.encoder=openh264", "video.encoder=auto"


def no_sound_server(machine):
    machine.settings["audio.backend"] = "auto"
    machine.environment["XDG_RUNTIME_DIR"] = str(machine.folder)
    return "sound_server", "no PipeWire runs", "systemctl --user start pipewire"


def no_sound_programs(machine):
    machine.settings |= {"audio.backend": "auto", "sound_server.run": "always"}
    machine.environment["PATH"] = str(machine.folder)
    return "sound_server", "pipewire", "apt install pipewire"


def sound_server_hangs(machine):
    machine.settings["audio.backend"] = "auto"
    machine.environment["XDG_RUNTIME_DIR"] = str(machine.folder)
    mute = socket.socket(socket.AF_UNIX)
    machine.test.addCleanup(mute.close)
    mute.bind(str(machine.folder / "pipewire-0"))
    mute.listen()
    return "sound_server", "pipewire-0", "restart pipewire"


def no_decoder(machine):
    machine.without(MODULES[2])
    return "decoder", "punktfunk-decoder-libavcodec.so is not installed", "install punktfunk"


def no_pattern(machine):
    machine.without("punktfunk-pattern")
    return "decoder", "punktfunk-pattern", "install punktfunk"


QUICK_FAULTS = (old_kernel, unknown_setting, broken_toml, few_files, clock_at_the_epoch, clock_set_back, state_is_a_file,
                state_below_a_file, state_open_to_others, no_file_may_grow, corrupt_identity, identity_open_to_others,
                expired_identity, corrupt_host_id, corrupt_paired_list, paired_list_of_everybody, corrupt_access,
                native_port_taken, management_port_taken, foreign_host, no_such_address, no_desktop_program, no_such_user,
                no_such_program, no_encoder, encoders_of_another_build, wanted_encoder_missing, no_sound_server,
                no_sound_programs, sound_server_hangs, no_decoder, no_pattern)
MOUNT_FAULTS = (no_shared_memory, state_is_read_only, full_disk)


class Doctor(unittest.TestCase):
    def assert_named(self, document, rung, cause, fix):
        broken = [step for step in document["rungs"] if step["state"] == "failed"]
        self.assertEqual([step["name"] for step in broken], [rung], broken)
        self.assertIn(cause, broken[0]["what"])
        self.assertIn(fix, broken[0]["fix"])

    def test_names_what_was_broken_and_what_mends_it(self):
        every = [step["name"] for step in LADDER]

        def ask(fault):
            machine = Machine(self)
            rung, cause, fix = fault(machine)
            # All rungs up to that one: none of those before it takes the blame.
            return fault.__name__, (rung, cause, fix), machine.ask(*only(*every[:every.index(rung) + 1]))

        with ThreadPoolExecutor(2) as pool:
            asked = list(pool.map(ask, (*QUICK_FAULTS, *(MOUNT_FAULTS if may_mount() else ()))))
        for name, expected, (exit_code, document) in asked:
            with self.subTest(name):
                self.assertEqual(exit_code, FAILED)
                self.assertEqual(document["verdict"], "failed")
                self.assert_named(document, *expected)

    def test_says_of_each_rung_what_it_checks_and_explains_itself(self):
        names = [step["name"] for step in LADDER]
        self.assertEqual(len(names), len(set(names)))
        self.assertTrue(all(step["checks"] for step in LADDER))
        said = subprocess.run([BIN / "punktfunk-host", "doctor", "--help"], capture_output=True, text=True, check=True).stdout
        self.assertIn("{" + ",".join(names) + "}", said)
        document = (Path(__file__).parents[2] / "docs/doctor.md").read_text()
        for name in names:
            self.assertIn(f"| `{name}` |", document)

    def test_refuses_a_rung_that_is_none(self):
        done = subprocess.run([BIN / "punktfunk-host", "doctor", "--only", "nonsense"], capture_output=True, text=True,
                              check=False)
        self.assertEqual(done.returncode, USAGE)
        self.assertIn("nonsense", done.stderr)

    def test_knows_the_ports_of_a_host_that_runs_and_asks_how_it_is(self):
        host = Host(self, config="[desktop]\nlinger_s = 0\n")
        machine = Machine(self)
        machine.environment = host.environment()
        machine.settings["network.port"] = str(host.port)
        exit_code, document = machine.ask(*only("running_host", "ports"))
        self.assertEqual(exit_code, 0, document)
        self.assertIn(host.address, document["rungs"][0]["what"])
        self.assertIn("of the host that runs", document["rungs"][1]["what"])


    def test_a_running_host_has_it_done_by_a_process_of_its_own(self):
        host = Host(self, options=("--set", "audio.backend=tone"))

        def ask(operation):
            with socket.socket(socket.AF_UNIX) as link:
                link.connect(str(host.folder / "state/punktfunk/admin.sock"))
                link.sendall(json.dumps({"op": operation, "args": {}}).encode() + b"\n")
                return json.loads(link.makefile().readline())

        self.assertEqual(ask("doctor")["ok"]["verdict"], None)
        self.assertTrue(ask("doctor-start")["ok"]["running"])
        self.assertEqual(ask("doctor-start")["error"]["code"], "exhausted")
        wait_until(lambda: not ask("doctor")["ok"]["running"], "the doctor ends")
        ended = ask("doctor")["ok"]
        self.assertIn(ended["verdict"], ("ok", "warning"), ended)
        states = {rung["name"]: rung["state"] for rung in ended["rungs"]}
        self.assertEqual((states["running_host"], states["pictures"]), ("ok", "ok"), ended)
        self.assertEqual(list(states), [rung["name"] for rung in LADDER])


class Climb:
    """A doctor that goes all the way, told turn by turn. `at`: {rung: what to do when it begins}."""

    def __init__(self, machine, at=None):
        self.process = subprocess.Popen(machine.command("--events"), stdout=subprocess.PIPE, text=True,
                                        env=machine.environment)
        machine.test.addCleanup(self.end)
        self.at = at or {}
        self.turns = []

    def end(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()

    def finish(self):
        """(exit code, the document)"""
        for line in self.process.stdout:
            self.turns.append(json.loads(line))
            if self.turns[-1].get("state") == "running" and self.turns[-1]["name"] in self.at:
                self.at[self.turns[-1]["name"]](self.process.pid)
        return self.process.wait(PATIENCE_S), self.turns[-1]


def kill(name):
    """Kills the descendant of this name with SIGKILL."""
    def do(pid):
        victim = wait_until(lambda: next((child for child, comm in descendants(pid).items() if name.startswith(comm)), None),
                            f"{name} runs")
        os.kill(victim, signal.SIGKILL)
    return do


class DoctorLine(unittest.TestCase):
    """What needs the whole line; all at the same time, since they mostly wait."""

    def well(self):
        machine = Machine(self)
        machine.settings |= {"audio.backend": "auto", "sound_server.run": "always"}
        return Climb(machine)

    def desktop_dies_at_once(self):
        machine = Machine(self)
        desktop = machine.without("punktfunk-desktop") / "punktfunk-desktop"
        desktop.write_text("#!/bin/sh\nexit 3\n")
        desktop.chmod(0o755)
        return Climb(machine)

    def encoder_breaks(self):
        machine = Machine(self)
        machine.settings |= {"debug.encoder_failures": "100", "debug.encoder_lifetime_pictures": "3"}
        return Climb(machine)

    def desktop_is_killed(self):
        return Climb(Machine(self), {"stream": kill("punktfunk-desktop")})

    def sound_server_is_killed(self):
        machine = Machine(self)
        machine.settings |= {"audio.backend": "auto", "sound_server.run": "always"}
        return Climb(machine, {"stream": kill("pipewire")})

    def test_goes_all_the_way_and_names_what_breaks_on_it(self):
        expected = {self.well: None,
                    self.desktop_dies_at_once: ("display", "desktop", ""),
                    self.encoder_breaks: ("encode", "encoder", "video.encoder"),
                    self.desktop_is_killed: ("parts", "signal 9", "dmesg"),
                    self.sound_server_is_killed: ("parts", "sound server", "dmesg")}
        begun = {make: make() for make in expected}
        with ThreadPoolExecutor(len(begun)) as pool:
            ended = dict(zip(begun, pool.map(Climb.finish, begun.values())))
        for make, (exit_code, document) in ended.items():
            with self.subTest(make.__name__):
                states = {step["name"]: step["state"] for step in document["rungs"]}
                broken = [step for step in document["rungs"] if step["state"] == "failed"]
                if expected[make] is None:
                    self.assertEqual((exit_code, broken), (0, []))
                    for name in ("display", "capture", "encode", "decode", "session", "parts", "pictures"):
                        self.assertEqual(states[name], "ok", document)
                    self.assertIn(states["sound"], ("ok", "warning"), document)
                    continue
                rung, cause, fix = expected[make]
                self.assertEqual((exit_code, [step["name"] for step in broken]), (FAILED, [rung]), document)
                self.assertIn(cause, broken[0]["what"])
                self.assertIn(fix, broken[0]["fix"])
                # The rungs above it were not asked.
                after = list(states)[list(states).index(rung) + 1:]
                self.assertEqual({states[name] for name in after} - {"waiting"}, set())


LADDER = []


def setUpModule():
    # Their names, from a doctor that stops at the first.
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([BIN / "punktfunk-host", "doctor", "--json", "--set", "no.setting=1"], capture_output=True,
                              text=True, check=False, env=dict(os.environ, XDG_CONFIG_HOME=folder, XDG_STATE_HOME=folder))
    LADDER.extend(json.loads(done.stdout)["rungs"])


if __name__ == "__main__":
    unittest.main()
