"""Network namespaces that a test makes for itself, so that no packet of it leaves the machine."""
import os
import subprocess


def enter(namespace):
    """What runs a command in it; unlike `ip netns exec` it leaves mounts alone, which a chroot insists on."""
    return ("nsenter", f"--net=/run/netns/{namespace}")


class Network:
    """Two namespaces, `host` and `client`, joined by a cable."""

    def __init__(self, test):
        self.names = {side: f"pf{os.getpid()}-{side}" for side in ("host", "client")}
        test.addCleanup(self.remove)
        for name in self.names.values():
            self.ip("netns", "add", name)
        self.ip("link", "add", "cable", "netns", self.names["host"], "type", "veth", "peer", "name", "cable",
                "netns", self.names["client"])
        for number, name in enumerate(self.names.values(), start=1):
            for link in ("lo", "cable"):
                self.ip("link", "set", link, "up", within=name)
            self.ip("addr", "add", f"10.77.0.{number}/24", "dev", "cable", within=name)
        outside = os.stat("/proc/self/ns/net").st_ino
        for name in self.names.values():  # nothing is sent before this is certain
            assert os.stat(f"/run/netns/{name}").st_ino != outside
            links = self.ip("-o", "link", within=name).splitlines()
            assert sorted(line.split()[1].split("@")[0].strip(":") for line in links
                          if "UP" in line) == ["cable", "lo"], links

    @staticmethod
    def ip(*arguments, within=None):
        return subprocess.run([*(enter(within) if within else ()), "ip", *arguments], check=True, capture_output=True,
                              text=True).stdout

    def set_mtu(self, side, mtu_bytes):
        self.ip("link", "set", "cable", "mtu", str(mtu_bytes), within=self.names[side])

    def cut_in_software(self, side):
        """What the system would hand to the cable as a batch, it cuts into packets before."""
        self.ip("link", "set", "cable", "gso_max_segs", "1", within=self.names[side])

    def within(self, side):
        return enter(self.names[side])

    def remove(self):
        for name in self.names.values():
            subprocess.run(["ip", "netns", "del", name], stderr=subprocess.DEVNULL)


def can_make_namespaces():
    name = f"pf{os.getpid()}-try"
    made = subprocess.run(["ip", "netns", "add", name], capture_output=True).returncode == 0
    subprocess.run(["ip", "netns", "del", name], capture_output=True)
    return made
