"""Hosts announce themselves and are found: between two network namespaces that the test makes, so that no packet of it
leaves the machine. With our own responder on either end, and through an avahi daemon."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from harness import BIN, PATIENCE_S, EndToEnd, Host, wait_until
from network import Network, can_make_namespaces


class Daemon:
    """An avahi daemon of the test's own, on a message bus of its own."""

    BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
      "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
      <busconfig><type>system</type><listen>unix:path={folder}/bus</listen><auth>EXTERNAL</auth>
      <policy context="default"><allow send_destination="*" eavesdrop="false"/><allow receive_sender="*"/>
      <allow own="*"/><allow user="*"/></policy></busconfig>"""

    def __init__(self, test, within):
        self.within = within
        self.folder = Path(tempfile.mkdtemp(prefix="pf-e2e-"))
        test.addCleanup(shutil.rmtree, self.folder, True)
        (self.folder / "bus.conf").write_text(self.BUS.format(folder=self.folder))
        (self.folder / "avahi.conf").write_text("[server]\nuse-ipv6=no\nenable-dbus=yes\n")
        self.environment = {"DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={self.folder}/bus"}
        test.addCleanup(self.stop)
        self.processes = [subprocess.Popen(["dbus-daemon", "--nofork", f"--config-file={self.folder}/bus.conf"],
                                           stderr=subprocess.DEVNULL)]
        wait_until((self.folder / "bus").exists, "the bus listens")
        # The daemon keeps its pid in /run, which is the machine's own: it gets another one, where mounts can be kept
        # to ourselves. In a chroot they cannot, but there /run is the chroot's.
        self.processes.append(subprocess.Popen(
            [*within, "unshare", "--mount", "--propagation", "unchanged", "sh", "-c",
             "mount --make-rslave / 2>/dev/null && mount -t tmpfs none /run; exec avahi-daemon --no-drop-root "
             f"--no-chroot --no-rlimits -f {self.folder}/avahi.conf"],
            env=dict(os.environ, **self.environment), stderr=subprocess.DEVNULL))
        wait_until(lambda: b"org.freedesktop.Avahi" in subprocess.run(
            ["dbus-send", f"--bus={self.environment['DBUS_SYSTEM_BUS_ADDRESS']}", "--dest=org.freedesktop.DBus",
             "--print-reply", "/org/freedesktop/DBus", "org.freedesktop.DBus.ListNames"],
            capture_output=True).stdout, "the daemon is on the bus")

    def stop_avahi(self):
        daemon = self.processes.pop()
        daemon.terminate()
        daemon.wait(PATIENCE_S)

    def stop(self):
        while self.processes:
            self.stop_avahi()


@unittest.skipUnless(can_make_namespaces(), "needs the right to make network namespaces")
class Discovery(EndToEnd):
    def host(self, network, *options, name="Living Room", environment=None, **more):
        os.environ.update(environment or {})
        try:
            host = Host(self, command=(), verb=("serve",), within=network.within("host"), bind="0.0.0.0",
                        options=("--set", "display.backend=synthetic",
                                 *(("--set", f"network.name={name}") if name else ()), *options),
                        **more)
        finally:
            for key in environment or {}:
                del os.environ[key]
        return host

    def hosts(self, network, side="client", environment=None):
        done = subprocess.run([*network.within(side), BIN / "punktfunk", "hosts", "--json"], capture_output=True,
                              text=True, timeout=PATIENCE_S, env=dict(os.environ, **(environment or {})))
        self.assertEqual(done.returncode, 0, done.stderr)
        return {host["name"]: host for host in json.loads(done.stdout)["hosts"]}

    def hosts_if(self, network, count):
        hosts = self.hosts(network)
        return hosts if len(hosts) == count else None

    def found(self, network, name, **more):
        return wait_until(lambda: self.hosts(network, **more).get(name), f"{name} is found")

    def watch(self, network):
        """Lines of events, as they come."""
        process = subprocess.Popen([*network.within("client"), BIN / "punktfunk", "hosts", "--watch", "--json"],
                                   stdout=subprocess.PIPE, text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    @staticmethod
    def next_event(process):
        event = json.loads(process.stdout.readline())
        return event["event"], event["host"]

    def test_a_host_comes_and_goes_under_the_eyes_of_a_client(self):
        network = Network(self)
        watch = self.watch(network)
        host = self.host(network, open_to_all=False)
        event, seen = self.next_event(watch)
        self.assertEqual((event, seen["name"], seen["pairing"]), ("found", "Living Room", "required"))
        self.assertEqual(seen["addresses"], [f"10.77.0.1:{host.port}"])
        self.assertEqual(seen["claimed_fingerprint"], host.fingerprint)
        self.assertEqual(len(seen["id"]), 32)
        self.assertTrue(seen["os"].startswith("linux"))
        self.assertEqual(host.stop(), 0, host.said())
        event, gone = self.next_event(watch)
        self.assertEqual((event, gone["id"]), ("gone", seen["id"]))

    def gamestream(self, network):
        done = subprocess.run([*network.within("client"), sys.executable, Path(__file__).with_name("mdns_ask.py"),
                               "10.77.0.2", "_nvstream._tcp.local"], capture_output=True, text=True, check=True)
        return json.loads(done.stdout)

    def test_moonlight_clients_find_the_host_beside_the_native_ones(self):
        network = Network(self)
        self.host(network, "--gamestream", "--set", "gamestream.base_port=47100", open_to_all=False)
        found = wait_until(lambda: self.gamestream(network), "the host is found")
        self.assertEqual((found["name"], found["port"], found["address"]),
                         ("Living-Room._nvstream._tcp.local", 47100, "10.77.0.1"))
        self.found(network, "Living Room")

    def test_two_hosts_of_one_name_are_told_apart_and_a_silent_one_is_not_seen(self):
        network = Network(self)
        self.host(network, open_to_all=False)
        self.host(network)
        self.host(network, "--no-mdns", name="Silent")
        hosts = wait_until(lambda: self.hosts_if(network, 2), "both hosts are found")
        # Both may give way at the same time, so that neither keeps the plain name.
        self.assertTrue(all(name.startswith("Living Room") for name in hosts), hosts)
        self.assertEqual({host["pairing"] for host in hosts.values()}, {"required", "optional"})
        self.assertEqual(len({host["id"] for host in hosts.values()}), 2)

    def test_a_cable_that_was_pulled_is_no_reason_to_fall_silent(self):
        network = Network(self)
        self.host(network)
        self.found(network, "Living Room")
        network.ip("link", "set", "cable", "down", within=network.names["host"])
        self.assertEqual(self.hosts(network), {})
        network.ip("link", "set", "cable", "up", within=network.names["host"])
        self.found(network, "Living Room")

    def test_through_the_daemon_while_there_is_one(self):
        network = Network(self)
        daemon = Daemon(self, network.within("host"))
        host = self.host(network, environment=daemon.environment)
        self.assertEqual(self.found(network, "Living Room")["claimed_fingerprint"], host.fingerprint)
        self.assertIn("through the avahi daemon", host.said())
        self.found(network, "Living Room", side="host", environment=daemon.environment)  # and found through it
        daemon.stop_avahi()
        wait_until(lambda: "through our own responder" in host.said(), "the host announces itself")
        self.found(network, "Living Room")
        self.assertEqual(host.stop(), 0, host.said())

    def test_a_new_name_is_told_by_the_daemon_and_without_it(self):
        network = Network(self)
        daemon = Daemon(self, network.within("host"))
        host = self.host(network, environment=daemon.environment, name=None)
        wait_until(lambda: self.hosts_if(network, 1), "the host is found by the machine's name")

        def rename(name):
            subprocess.run([BIN / "punktfunk-host", "config", "set", "network.name", name], check=True, timeout=PATIENCE_S,
                           env=host.environment(), capture_output=True)
            self.found(network, name)
            wait_until(lambda: self.hosts_if(network, 1), "the old name is gone")
        rename("The attic")
        daemon.stop_avahi()
        wait_until(lambda: "through our own responder" in host.said(), "the host announces itself")
        rename("The cellar")
        self.assertEqual(host.stop(), 0, host.said())

    def test_whoever_listens_on_loopback_only_is_not_announced(self):
        network = Network(self)
        host = Host(self, command=(), verb=("serve",), within=network.within("host"),
                    options=("--set", "display.backend=synthetic"))
        self.assertIn("not announced", host.said())
        self.assertEqual(self.hosts(network), {})


if __name__ == "__main__":
    unittest.main()
