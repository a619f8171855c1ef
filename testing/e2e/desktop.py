"""A real punktfunk-desktop under a test's orders, the input log in it, and foreign hands on its devices.

The hands speak Wayland's wire protocol themselves: nothing of ours stands between a test and the desktop but the
desktop."""
import array
import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import time
from pathlib import Path

from harness import BIN, PATIENCE_S, descendants, wait_until

# desktop/protocol.h
ADD_OUTPUT, SET_MODE, REMOVE_OUTPUT, START_CAPTURE, START_TOUCH, SET_SCALE = range(1, 7)
READY, OUTPUT_READY, OUTPUT_FAILED, COMMAND_ENDED = range(16, 20)
DOWN, MOTION, UP, FRAME, CANCEL = range(5)


class Desktop:
    """`punktfunk-desktop --control-fd`, with `command` in it once there is an output."""

    def __init__(self, test, command=(), size=(1280, 720), rate=(60, 1)):
        self.folder = Path(tempfile.mkdtemp(prefix="pf-desk-", dir="/tmp"))
        test.addCleanup(shutil.rmtree, self.folder, True)
        test.addCleanup(self.kill)
        self.log = open(self.folder / "desktop.log", "w+")
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.control.settimeout(PATIENCE_S)
        command = [str(BIN / word) if (BIN / word).exists() else str(word) for word in command]
        self.process = subprocess.Popen(
            [BIN / "punktfunk-desktop", "--control-fd", str(theirs.fileno()), *(["--", *command] if command else [])],
            pass_fds=[theirs.fileno()], cwd=self.folder, stderr=self.log, env=dict(os.environ, XDG_RUNTIME_DIR=str(self.folder)))
        theirs.close()
        ready = self.control.recv(200)
        assert struct.unpack_from("I", ready)[0] == READY
        self.wayland = ready[8:].split(b"\0")[0].decode()
        self.add_output(size, rate)

    def order(self, *words, fd=None):
        message = struct.pack(f"{len(words)}I", *words)
        socket.send_fds(self.control, [message], [fd] if fd is not None else [])

    def answer(self):
        return struct.unpack_from("I", self.control.recv(200))[0]

    def add_output(self, size, rate=(60, 1)):
        self.order(ADD_OUTPUT, 0, *size, *rate)
        assert self.answer() == OUTPUT_READY
        self.size, self.scale = size, 1

    def set_mode(self, size, rate=(60, 1)):
        self.order(SET_MODE, 0, *size, *rate)
        assert self.answer() == OUTPUT_READY
        self.size = size

    def set_scale(self, scale):
        self.order(SET_SCALE, 0, round(scale * 120))
        assert self.answer() == OUTPUT_READY
        self.scale = scale

    def environment(self, **more):
        return dict(os.environ, WAYLAND_DISPLAY=self.wayland, XDG_RUNTIME_DIR=str(self.folder), **more)

    def run(self, *command):
        return subprocess.run(command, env=self.environment(), capture_output=True, timeout=PATIENCE_S, check=True).stdout

    def picture(self):
        """A function (x, y) -> (red, green, blue) of what is on the screen now."""
        header, size, depth, pixels = self.run("grim", "-t", "ppm", "-").split(b"\n", 3)
        assert (header, depth) == (b"P6", b"255")
        width = int(size.split()[0])
        return lambda x, y: tuple(pixels[(y * width + x) * 3:][:3])

    def said(self):
        self.log.flush()
        return Path(self.log.name).read_text()

    def stop(self):
        """Its exit status: not 0 when a sanitizer found something."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE_S)

    def kill(self):
        left = descendants(self.process.pid)
        self.control.close()
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for pid in left:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.log.close()


class InputLog:
    """What punktfunk-input-log has written to `path` so far, read as it comes."""

    def __init__(self, path):
        self.path, self.events, self.rest, self.offset = Path(path), [], b"", 0

    def read(self):
        if self.path.exists():
            with open(self.path, "rb") as file:
                file.seek(self.offset)
                new = file.read()
            self.offset += len(new)
            *lines, self.rest = (self.rest + new).split(b"\n")
            self.events += [json.loads(line) for line in lines]
        return self.events

    def wait(self, event, count=1, since=0, **fields):
        """The first `count` of such events after the first `since` ones of all kinds."""
        def found():
            some = [one for one in self.read()[since:]
                    if one["event"] == event and all(one.get(key) == value for key, value in fields.items())]
            return some[:count] if len(some) >= count else None
        return wait_until(found, f"{count} times {event} {fields} in the log")

    def mark(self):
        return len(self.read())

    def mark_behind(self, hands):
        """The same, but behind everything that these hands did so far with the pointer in the window."""
        done = self.mark()
        hands.button(True, 0x117)
        hands.button(False, 0x117)
        released = self.wait("button", 1, done, button=0x117, pressed=False)[0]
        return self.events.index(released, done) + 1

    def after(self, since, *kinds):
        return [one for one in self.read()[since:] if one["event"] in kinds]


def logged_desktop(test, *options, **shape):
    """A desktop with the input log in it that has its first size and the keyboard."""
    folder = Path(tempfile.mkdtemp(prefix="pf-log-"))
    test.addCleanup(shutil.rmtree, folder, True)
    desktop = Desktop(test, ["punktfunk-input-log", "--file", folder / "log", *options], **shape)
    log = InputLog(folder / "log")
    log.wait("configure")
    log.wait("keyboard_enter")
    return desktop, log


class Fingers:
    """One touch channel."""

    def __init__(self, test, desktop):
        self.socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        test.addCleanup(self.close)
        self.socket.settimeout(PATIENCE_S)
        desktop.order(START_TOUCH, 0, fd=theirs.fileno())
        theirs.close()

    def say(self, action, finger=0, x=0.0, y=0.0):
        self.socket.send(struct.pack("IIii", action, finger, round(x * 256), round(y * 256)))

    def was_closed(self):
        return self.socket.recv(1) == b""

    def close(self):
        self.socket.close()


# Two keys on two levels: KEY_A types a and with Shift A, KEY_B types b and the euro sign.
KEYMAP = """xkb_keymap {
xkb_keycodes { minimum = 8; maximum = 255; <A> = 38; <B> = 56; <SH> = 50; };
xkb_types { include "complete" };
xkb_compatibility { include "complete" };
xkb_symbols { name[1] = "hands"; key <A> { [ a, A ] }; key <B> { type = "TWO_LEVEL", [ b, EuroSign ] };
key <SH> { [ Shift_L ] }; modifier_map Shift { <SH> }; };
};
"""


class Hands:
    """A Wayland client with a virtual pointer and, if asked, a virtual keyboard."""

    def __init__(self, test, desktop, keyboard=False):
        self.socket = socket.socket(socket.AF_UNIX)
        test.addCleanup(self.close)
        self.socket.settimeout(PATIENCE_S)
        self.socket.connect(desktop.wayland)
        self.size, self.next_id, self.globals, self.inbox = desktop.size, 2, {}, b""
        registry = self.new_id()
        self.send(1, 1, registry)
        self.registry = registry
        self.roundtrip()
        manager = self.bind("zwlr_virtual_pointer_manager_v1", 2)
        output = self.bind("wl_output", 1)
        self.pointer = self.new_id()
        self.send(manager, 2, 0, output, self.pointer)
        if keyboard:
            manager, seat = self.bind("zwp_virtual_keyboard_manager_v1", 1), self.bind("wl_seat", 1)
            self.keyboard = self.new_id()
            self.send(manager, 0, seat, self.keyboard)
            fd = os.memfd_create("keymap")
            text = KEYMAP.encode() + b"\0"
            os.write(fd, text)
            self.send(self.keyboard, 0, 1, len(text), fds=[fd])
            os.close(fd)
        self.roundtrip()

    def new_id(self):
        self.next_id += 1
        return self.next_id - 1

    def send(self, thing, opcode, *words, tail=b"", fds=()):
        body = b"".join(struct.pack("i" if word < 0 else "I", word) for word in words) + tail
        message = struct.pack("II", thing, (8 + len(body)) << 16 | opcode) + body
        self.socket.sendmsg([message], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))] if fds else [])

    def bind(self, interface, version):
        text = interface.encode() + b"\0"
        text = struct.pack("I", len(text)) + text + b"\0" * (-len(text) % 4)
        thing = self.new_id()
        self.send(self.registry, 0, self.globals[interface], tail=text + struct.pack("II", version, thing))
        return thing

    def roundtrip(self):
        """Until the desktop has obeyed everything so far."""
        callback = self.new_id()
        self.send(1, 0, callback)
        while True:
            while len(self.inbox) >= 8 and len(self.inbox) >= struct.unpack_from("I", self.inbox, 4)[0] >> 16:
                thing, word = struct.unpack_from("II", self.inbox)
                body, self.inbox = self.inbox[8:word >> 16], self.inbox[word >> 16:]
                if thing == callback:
                    return
                if thing == 1 and word & 0xFFFF == 0:
                    raise AssertionError(f"the desktop complains: {body[12:].decode(errors='replace')}")
                if thing == self.registry and word & 0xFFFF == 0:
                    name, length = struct.unpack_from("II", body)
                    self.globals.setdefault(body[8:8 + length - 1].decode(), name)
            more = self.socket.recv(65536)
            assert more, "the desktop hung up"
            self.inbox += more

    @staticmethod
    def ms():
        return int(time.monotonic() * 1000) & 0xFFFFFFFF

    def frame(self):
        self.send(self.pointer, 4)

    def move_to(self, x, y, extent=None):
        self.send(self.pointer, 1, self.ms(), x, y, *(extent or self.size))
        self.frame()

    def move(self, dx, dy):
        self.send(self.pointer, 0, self.ms(), round(dx * 256), round(dy * 256))
        self.frame()

    def button(self, pressed, button=0x110):
        self.send(self.pointer, 2, self.ms(), button, int(pressed))
        self.frame()

    def key(self, key, pressed):
        self.send(self.keyboard, 1, self.ms(), key, int(pressed))

    def modifiers(self, depressed):
        self.send(self.keyboard, 2, depressed, 0, 0, 0)

    def close(self):
        self.socket.close()
