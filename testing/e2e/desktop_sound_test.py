"""What programs play on the host's PipeWire, heard at the client: whole, after every death, and back when it can be."""
import json
import math
import re
import struct
import time
import unittest

from faults import tell
from harness import Client, EndToEnd, Host, wait_until
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


class DesktopSound(EndToEnd):
    def setUp(self):
        self.server = SoundServer(self)
        self.server.add_null_sink("speakers")

    def host(self, *options):
        return Host(self, command=(), verb=("punktfunk1-host", "--source", "synthetic"), options=options,
                    variables=dict(self.server.variables, XDG_STATE_HOME=str(self.server.folder / "host")))

    def client(self, host, seconds, *options):
        return Client(self, host.address, "--audio-check", "--audio-tones", TONES, *options, "--quiet", seconds=seconds)

    def play(self, rate_hz=48000):
        path = self.server.folder / f"tone{rate_hz}.wav"
        if not path.exists():
            write_tone(path, rate_hz)
        player = self.server.spawn("pw-play", str(path))
        self.addCleanup(player.wait)
        self.addCleanup(player.kill)
        return player

    def play_here(self, rate_hz):
        """The same, until it is linked to our device: now and then wireplumber gives a program that begins
        while the default changes the device of before, and leaves it there."""
        for _ in range(3):
            player = self.play(rate_hz)
            deadline = time.monotonic() + 1
            while time.monotonic() < deadline:
                if re.search(r"pw-play:output_FL\n\s*\|-> punktfunk:", self.server.run("pw-link", "-l")):
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

    def test_a_program_is_heard_at_either_rate_and_the_host_is_quiet_meanwhile(self):
        self.server.run("pw-metadata", "0", "default.configured.audio.sink", '{"name":"speakers"}', "Spa:String:JSON")
        for rate_hz in (48000, 44100):
            host = self.host()
            client = self.client(host, 5)
            wait_until(self.device_is_there, "the host has made its device")
            wait_until(lambda: "punktfunk" in self.default_device(), "it is the default")
            player = self.play_here(rate_hz)
            code, said, report = client.finish()
            self.assertIn(code, (0, BAD_SOUND), said + host.said())
            self.check_tone(report, 1)
            tell(f"{rate_hz} Hz: " + json.dumps(report["audio"]["tone"]))
            sound = host.session(1)["sound"]
            self.assertEqual(sound["epochs"], 1)
            wait_until(lambda: "speakers" in self.default_device(), "the default is given back")
            self.assertEqual(host.stop(), 0)
            player.kill()

    def test_sound_comes_back_after_each_part_of_the_server_was_killed(self):
        host = self.host()
        client = self.client(host, 11)
        wait_until(self.device_is_there, "the host has made its device")
        for victims in (("pipewire",), ("wireplumber",), ("wireplumber", "pipewire")):
            player = self.play()
            time.sleep(1)
            for name in victims:
                self.server.kill(name)
            time.sleep(0.3)
            self.server.start()
            back = time.monotonic()
            wait_until(lambda: self.device_is_there() and "punktfunk" in self.default_device(), "sound is back")
            tell(f"{' and '.join(victims)} killed: the device is back {1000 * (time.monotonic() - back):.0f} ms after them")
            player.kill()
        self.play()
        code, said, report = client.finish()
        self.assertIn(code, (0, BAD_SOUND), said + host.said())
        self.check_tone(report, 2)
        self.assertEqual(report["interruptions"]["host_gaps_ms"], [], "pictures do not notice")
        self.assertGreaterEqual(host.session(1)["sound"]["epochs"], 3)
        self.assertEqual(host.stop(), 0)

    def test_sound_appears_when_a_server_does_and_the_reason_is_told_until_then(self):
        self.server.stop()
        host = self.host()
        client = self.client(host, 8)
        wait_until(lambda: "no PipeWire server listens" in host.said(), "the host says why there is no sound")
        time.sleep(2)
        self.assertEqual(host.said().count("no PipeWire server listens"), 1, "once")
        self.server.start()
        wait_until(self.device_is_there, "the device is made")
        self.play()
        code, said, report = client.finish()
        self.assertIn(code, (0, BAD_SOUND), said + host.said())
        self.assertGreater(report["frames"]["decoded"], 50)
        self.check_tone(report, 1)
        self.assertEqual(host.stop(), 0)

    def test_a_killed_host_leaves_a_default_device_that_the_next_one_gives_back(self):
        self.server.run("pw-metadata", "0", "default.configured.audio.sink", '{"name":"speakers"}', "Spa:String:JSON")
        host = self.host()
        client = self.client(host, 20)
        wait_until(lambda: "punktfunk" in self.default_device(), "the host's device is the default")
        host.kill()
        client.kill()
        self.assertIn("punktfunk", self.chosen_device(), "nobody was there to give it back")
        host = self.host()
        wait_until(lambda: "speakers" in self.chosen_device(), "the next host gives it back")
        self.assertEqual(host.stop(), 0)

    def test_a_host_that_shall_be_heard_itself_keeps_its_default_device(self):
        host = self.host("--set", "audio.play_on=both")
        client = self.client(host, 5)
        self.play()
        wait_until(lambda: "punktfunk-monitor" in self.server.run("pw-dump"), "the host listens")
        self.assertFalse(self.device_is_there())
        code, said, report = client.finish()
        self.assertIn(code, (0, BAD_SOUND), said + host.said())
        self.check_tone(report, 1)
        self.assertEqual(host.stop(), 0)


if __name__ == "__main__":
    unittest.main()
