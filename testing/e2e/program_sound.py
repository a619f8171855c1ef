"""Programs that play a tone on a sound server of the test's own, which a host sends to a client."""
import math
import re
import struct
import time

from harness import Client, EndToEnd, Host
from sound_server import SoundServer

BAD_SOUND = 6  # of punktfunk-probe
AMPLITUDE = 0.25
TONES = "440,550"


def write_tone(path, rate_hz, seconds=40):
    """440 Hz on the left, 550 Hz on the right; both repeat every second."""
    second = b"".join(struct.pack("<hh", *(round(32767 * AMPLITUDE * math.sin(2 * math.pi * hz * i / rate_hz))
                                           for hz in (440, 550))) for i in range(rate_hz))
    data = second * seconds
    path.write_bytes(b"RIFF" + struct.pack("<I", 36 + len(data)) + b"WAVEfmt " +
                     struct.pack("<IHHIIHH", 16, 1, 2, rate_hz, 4 * rate_hz, 4, 16) + b"data" +
                     struct.pack("<I", len(data)) + data)


class ProgramSound(EndToEnd):
    player = "pw-play"

    def setUp(self):
        self.server = SoundServer(self)
        self.server.add_null_sink("speakers")

    def host(self, *options):
        return Host(self, command=(), verb=("punktfunk1-host", "--source", "synthetic"), options=options,
                    variables=dict(self.server.variables, XDG_STATE_HOME=str(self.server.folder / "host")))

    def client(self, host, seconds, *options):
        return Client(self, host.address, "--audio-check", "--audio-tones", TONES, *options, "--quiet", seconds=seconds)

    def play(self, rate_hz=48000, seconds=40):
        path = self.server.folder / f"tone{rate_hz}.wav"
        if not path.exists():
            write_tone(path, rate_hz, seconds)
        player = self.server.spawn(self.player, str(path))
        self.addCleanup(player.wait)
        self.addCleanup(player.kill)
        return player

    def play_here(self, rate_hz, seconds=40):
        """The same, until it is linked to our device: now and then wireplumber gives a program that begins
        while the default changes the device of before, and leaves it there."""
        for _ in range(3):
            player = self.play(rate_hz, seconds)
            deadline = time.monotonic() + 1
            while time.monotonic() < deadline:
                if re.search(self.player + r":output_FL\n\s*\|-> punktfunk:", self.server.run("pw-link", "-l")):
                    return player
                time.sleep(0.1)
            player.kill()
        self.fail("no program is linked to our device: " + self.server.run("pw-link", "-l"))

    def device_is_there(self):
        return 'node.name": "punktfunk"' in self.server.run("pw-dump")

    def default_device(self):
        """Which one programs get, not only which one was chosen."""
        return self.server.run("pw-metadata", "0", "default.audio.sink")

    def chosen_device(self):
        return self.server.run("pw-metadata", "0", "default.configured.audio.sink")

    def check_tone(self, report, least_s):
        audio = report["audio"]
        self.assertGreater(audio["tone"]["heard_s"], least_s, audio)
        for number, channel in enumerate(audio["tone"]["channels"]):
            self.assertEqual(channel["heard_hz"], 440 + 110 * number, audio)
