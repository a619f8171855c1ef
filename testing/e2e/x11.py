"""An X11 program for tests that speaks the X protocol itself: windows of one colour, and the events they get."""
import select
import socket
import struct
import time

from harness import PATIENCE_S, wait_until

KEY_PRESS, KEY_RELEASE, BUTTON_PRESS, BUTTON_RELEASE, MOTION, FOCUS_IN, FOCUS_OUT = 2, 3, 4, 5, 6, 9, 10
CONFIGURE = 22
WANTED = 0x1 | 0x2 | 0x4 | 0x8 | 0x40 | 0x20000 | 0x200000


class XClient:
    def __init__(self, test, display):
        self.socket = socket.socket(socket.AF_UNIX)
        test.addCleanup(self.close)
        self.socket.settimeout(PATIENCE_S)
        self.socket.connect(f"/tmp/.X11-unix/X{display.removeprefix(':')}")
        self.socket.send(struct.pack("<BxHHHHxx", ord("l"), 11, 0, 0, 0))
        status, length = struct.unpack("<BxxxxxH", self.read(8))
        setup = self.read(length * 4)
        assert status == 1, "the X server refuses us"
        _, self.next_id, _, _, vendor_bytes, _, _, formats = struct.unpack_from("<IIIIHHBB", setup)
        screen = 32 + vendor_bytes + (-vendor_bytes % 4) + 8 * formats
        self.root = struct.unpack_from("<I", setup, screen)[0]
        self.inbox, self.events, self.replies, self.atoms = b"", [], [], {}

    def read(self, byte_count):
        data = b""
        while len(data) < byte_count:
            more = self.socket.recv(byte_count - len(data))
            assert more, "the X server hung up"
            data += more
        return data

    def request(self, opcode, detail, body):
        body += b"\0" * (-len(body) % 4)
        self.socket.send(struct.pack("<BBH", opcode, detail, 1 + len(body) // 4) + body)

    def pump(self):
        """Takes what has come. False once the server is gone."""
        try:
            while select.select([self.socket], [], [], 0)[0]:
                more = self.socket.recv(65536)
                if not more:
                    return False
                self.inbox += more
        except ConnectionError:
            return False
        while len(self.inbox) >= 32:
            kind = self.inbox[0] & 0x7F
            size = 32 + (struct.unpack_from("<I", self.inbox, 4)[0] * 4 if kind == 1 else 0)
            if len(self.inbox) < size:
                break
            packet, self.inbox = self.inbox[:size], self.inbox[size:]
            if kind == 0:
                raise AssertionError(f"X error {packet[1]}, opcode {packet[10]}")
            (self.replies if kind == 1 else self.events).append(packet)
        return True

    def reply(self):
        def answered():
            if not self.pump():
                raise ConnectionError("the X server is gone")
            return self.replies
        wait_until(answered, "a reply of the X server")
        return self.replies.pop(0)

    def atom(self, name):
        if name not in self.atoms:
            self.request(16, 0, struct.pack("<HH", len(name), 0) + name.encode())
            self.atoms[name] = struct.unpack_from("<I", self.reply(), 8)[0]
        return self.atoms[name]

    def window(self, colour, size=(200, 100), at=(0, 0), menu=False, fixed=False, fullscreen=False):
        """A mapped window of 0xRRGGBB."""
        window, self.next_id = self.next_id, self.next_id + 1
        values = struct.pack("<III", colour, int(menu), WANTED)  # background, override-redirect, events
        self.request(1, 0, struct.pack("<IIhhHHHHII", window, self.root, *at, *size, 0, 1, 0, 0x2 | 0x200 | 0x800) + values)
        if fixed:  # WM_NORMAL_HINTS: least and largest size
            hints = struct.pack("<I4x4x4x4xIIII", 0x30, *size, *size) + b"\0" * 36
            self.request(18, 0, struct.pack("<IIIBxxxI", window, 40, 41, 32, len(hints) // 4) + hints)
        if fullscreen:  # libwlroots overlooks what is set before it looks at the window
            wait_until(lambda: self.all_wanted_events(window) & 0x400000, "the window manager watches")
            self.request(18, 0, struct.pack("<IIIBxxxII", window, self.atom("_NET_WM_STATE"), 4, 32, 1,
                                            self.atom("_NET_WM_STATE_FULLSCREEN")))
        self.request(8, 0, struct.pack("<I", window))
        return window

    def all_wanted_events(self, window):
        self.request(3, 0, struct.pack("<I", window))
        return struct.unpack_from("<I", self.reply(), 32)[0]

    def set_fullscreen(self, window, on):
        event = struct.pack("<BBHIIIIIII", 33, 32, 0, window, self.atom("_NET_WM_STATE"), int(on),
                            self.atom("_NET_WM_STATE_FULLSCREEN"), 0, 1, 0)
        self.request(25, 0, struct.pack("<II", self.root, 0x180000) + event)

    def resize(self, window, width, height):
        self.request(12, 0, struct.pack("<IHxxII", window, 0xC, width, height))

    def destroy(self, window):
        self.request(4, 0, struct.pack("<I", window))

    def geometry(self, window):
        """x, y, width, height."""
        self.request(14, 0, struct.pack("<I", window))
        return struct.unpack_from("<hhHH", self.reply(), 12)

    def wait_geometry(self, window, *wanted):
        wait_until(lambda: self.geometry(window) == wanted, f"the window is at {wanted}, not {self.geometry(window)}")

    def wait_event(self, kind, window=None, count=1, position=12):
        """`count` events of that kind, of `window` (whose number is at `position`)."""
        def found():
            self.pump()
            some = [event for event in self.events if event[0] & 0x7F == kind
                    and window in (None, struct.unpack_from("<I", event, position)[0])]
            return some if len(some) >= count else None
        return wait_until(found, f"{count} X events {kind}")

    def wait_death(self):
        def dead():
            return not self.pump()
        wait_until(dead, "the X server is gone")

    def close(self):
        self.socket.close()


def connect(test, display_now):
    """Connects to the display that `display_now()` names, when it is there: a dying one may still take connections."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            return XClient(test, display_now())
        except (AssertionError, OSError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
