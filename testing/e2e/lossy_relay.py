"""A way to a host on which packets get lost: a UDP relay on loopback that drops some, chosen by a seed.

It stands before one socket of the host. Before that of QUIC it loses sound, input and control; pictures have a socket of
their own, whose port the host names (network.data_port): to lose those, a second relay listens on that port of another
loopback address, and clients connect to a first one there.
"""
import random
import socket
import threading

MOST_BYTES = 65536


class LossyRelay:
    """Clients connect to `address`. `loss`: the share that is dropped, in each direction. `listen`: where it stands."""

    def __init__(self, test, port, loss, seed=1, listen=("127.0.0.1", 0)):
        self.loss, self.random = loss, random.Random(seed)
        self.passed = self.dropped = 0
        self.inside = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.inside.connect(("127.0.0.1", port))
        self.outside = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.outside.bind(listen)
        self.address = f"{listen[0]}:{self.outside.getsockname()[1]}"
        self.client = None
        self.over = False
        self.threads = [threading.Thread(target=work, daemon=True) for work in (self.inwards, self.outwards)]
        for thread in self.threads:
            thread.start()
        test.addCleanup(self.end)

    def let_pass(self):
        passes = self.random.random() >= self.loss
        self.passed, self.dropped = self.passed + passes, self.dropped + (not passes)
        return passes

    def inwards(self):
        while True:
            packet, self.client = self.outside.recvfrom(MOST_BYTES)
            if self.over:
                return
            if self.let_pass():
                self.send(lambda: self.inside.send(packet))

    def outwards(self):
        while True:
            try:
                packet = self.inside.recv(MOST_BYTES)
            except ConnectionRefusedError:
                continue  # the host has gone
            if self.over:
                return
            if self.let_pass():
                self.send(lambda: self.outside.sendto(packet, self.client))

    @staticmethod
    def send(call):
        try:
            call()
        except ConnectionRefusedError:
            pass  # what ICMP said of a packet before

    def end(self):
        """Wakes both threads with a packet each, waits for them and closes."""
        self.over = True
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            other.sendto(b"", self.outside.getsockname())
        self.inside.shutdown(socket.SHUT_RD)
        for thread in self.threads:
            thread.join()
        self.inside.close()
        self.outside.close()
