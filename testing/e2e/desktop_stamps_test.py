"""The desktop tells with each picture when a program drew it, and by how much it was late itself."""
import os
import signal
import socket
import struct
import time
import unittest

import desktop
from harness import EndToEnd, descendants

STALL_S = 0.5
# struct pf_capture_frame, up to its damage
FRAME = struct.Struct("6I6Q")
RELEASE = 32


class Consumer:
    """Gives every picture back at once and keeps its stamps: commit, drawn, late, in ns."""

    def __init__(self, test, desk):
        self.channel, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        test.addCleanup(self.channel.close)
        self.channel.settimeout(0.05)
        desk.order(desktop.START_CAPTURE, 0, fd=theirs.fileno())
        theirs.close()
        self.stamps = []

    def watch(self, seconds):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            try:
                message, fds, _, _ = socket.recv_fds(self.channel, 1000, 4)
            except TimeoutError:
                continue
            for fd in fds:
                os.close(fd)
            fields = FRAME.unpack_from(message)
            self.stamps.append((fields[8], fields[10], fields[11]))
            self.channel.send(struct.pack("2I", RELEASE, fields[1]))


class Stamps(EndToEnd):
    def stall(self, consumer, pid):
        """How long no picture came, and how late the desktop calls itself with the first one after, in seconds."""
        before = len(consumer.stamps)
        os.kill(pid, signal.SIGSTOP)
        consumer.watch(STALL_S)
        os.kill(pid, signal.SIGCONT)
        consumer.watch(1.5)
        around = consumer.stamps[before - 1:]
        gap, late = max((now[0] - then[0], now[2]) for then, now in zip(around, around[1:]))
        return gap / 1e9, late / 1e9

    def test_a_program_that_stops_is_told_from_a_desktop_that_does(self):
        desk = desktop.Desktop(self, command=("punktfunk-pattern",), size=(640, 360), rate=(30, 1))
        consumer = Consumer(self, desk)
        consumer.watch(3)
        self.assertGreater(len(consumer.stamps), 20)
        program = next(pid for pid, name in descendants(desk.process.pid).items() if name.startswith("punktfunk-patt"))
        gap, late = self.stall(consumer, program)
        self.assertGreater(gap, 0.8 * STALL_S)
        self.assertLess(late, gap / 2, "the program drew late")
        gap, late = self.stall(consumer, desk.process.pid)
        self.assertGreater(gap, 0.8 * STALL_S)
        self.assertGreater(late, gap / 2, "the desktop slept")
        drawn = [stamps for stamps in consumer.stamps if stamps[1] != 0]
        self.assertGreater(len(drawn), len(consumer.stamps) / 2)
        for commit, drawn_at, _ in drawn:
            self.assertLessEqual(drawn_at, commit)


if __name__ == "__main__":
    unittest.main()
