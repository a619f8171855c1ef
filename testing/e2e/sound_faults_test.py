"""The sound server dies or hangs under a live session: how long is it quiet, and does the picture notice?"""
import math
import os
import signal
import struct
import time
import unittest
import wave

import faults
from faults import tell
from harness import BIN, Client, EndToEnd, Host, descendants, wait_until

RATE_HZ = 48000
TONE_HZ = 440
# Shorter pauses have other reasons: the player begins its file again, a busy machine stops for longer than the
# client's buffer holds.
QUIET_S = 0.2


def write_tone(path, seconds):
    tone = b"".join(struct.pack("<hh", *[int(8000 * math.sin(2 * math.pi * TONE_HZ * n / RATE_HZ))] * 2)
                    for n in range(int(seconds * RATE_HZ)))
    with wave.open(str(path), "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(RATE_HZ)
        out.writeframes(tone)


def quiet_times(path):
    """Seconds of the pauses after the first sound in a recording, and how long it sounded after the last."""
    data = path.read_bytes()
    (bits,) = struct.unpack_from("<H", data, 34)
    samples = data[data.index(b"data") + 8:]
    block = RATE_HZ // 200  # 5 ms
    bytes_each = bits // 8 * 2
    kind = {2: "<h", 4: "<f" if struct.unpack_from("<H", data, 20)[0] == 3 else "<i"}[bits // 8]
    loudest = {"<h": 32768, "<i": 2 ** 31, "<f": 1}[kind]
    levels = []
    for begin in range(0, len(samples) - block * bytes_each + 1, block * bytes_each):
        # Every eighth frame tells as well whether there is a tone.
        levels.append(max(abs(struct.unpack_from(kind, samples, begin + at * bytes_each)[0])
                          for at in range(0, block, 8)) / loudest)
    heard = [level > 0.02 for level in levels]
    pauses, since = [], None
    for at in range(heard.index(True), len(heard)):
        if not heard[at]:
            since = at if since is None else since
        elif since is not None:
            if at - since >= QUIET_S * 200:
                pauses.append((at - since) / 200)
            since = None
    return pauses, 0 if since is not None else (len(heard) - max(0, len(heard) - heard[::-1].index(False))) / 200


class Case(EndToEnd):
    def start(self, seconds, rest_s=0.05, tone_s=20):
        """A host with a sound server of its own, on whose desktop something plays a tone for ever, and a client."""
        folder = faults.scratch(self)
        tone = folder / "tone.wav"
        write_tone(tone, tone_s)
        # The player dies with its server, and begins anew as soon as there is one.
        script = folder / "tone.sh"
        script.write_text(f"#!/bin/sh\nwhile :; do pw-play {tone}; sleep {rest_s}; done & exec {BIN / 'punktfunk-pattern'}\n")
        script.chmod(0o700)
        host = Host(self, command=(str(script),), sound=True,
                    options=("--set", "sound_server.run=always"))
        host.child("pipewire"), host.child("wireplumber")
        wav = folder / "heard.wav"
        client = Client(self, host.address, "--quiet", "--audio-wav", wav, mode="640x360@30", seconds=seconds)
        wait_until(lambda: "streaming to" in host.said(), "the session streams")
        wait_until(lambda: any(name == "pw-play" for name in descendants(host.process.pid).values()), "a tone plays")
        time.sleep(2)
        return host, client, wav

    def finish(self, host, client, wav, pauses, what):
        code, said, report = client.finish()
        self.assertEqual(code, 0, said + host.said())
        heard, sounds_on_s = quiet_times(wav)
        tell(f"{what}: quiet for " + (", ".join(f"{pause * 1000:.0f}" for pause in heard) or "no") + " ms")
        self.assertLessEqual(len(heard), pauses, heard)
        self.assertGreater(sounds_on_s, 0.2, "the tone is back at the end\n" + host.said())
        self.assertEqual(report["interruptions"]["host_gaps_ms"], [], "the picture has nothing to do with it")
        self.assertGreater(report["frames"]["distinct_decoded"], 60)
        tell(f"  the picture's longest pause: {faults.longest_pause_ms(report):.0f} ms")
        return heard


class SoundFaults(Case):
    def test_each_program_of_the_server_is_killed_and_both(self):
        host, client, wav = self.start(14)
        for names in (("pipewire",), ("wireplumber",), ("pipewire", "wireplumber")):
            fault = faults.kill_sound(host, *names)
            healed_ms = faults.healed_ms(None, fault)
            tell(f"{fault.name}: the host hears the desktop {healed_ms[0]:.0f} ms after it, {healed_ms[1]:.0f} ms after "
                 "it could be mended")
            time.sleep(3)
        self.finish(host, client, wav, 3, "killed one after the other")
        self.assertEqual(host.stop(), 0)
        self.assert_nothing_left(host)


class SoundFaultsLong(Case):
    def test_a_server_that_is_stopped_for_five_seconds_goes_on(self):
        host, client, wav = self.start(14)
        pid = faults.sound_programs(host)["pipewire"]
        os.kill(pid, signal.SIGSTOP)
        time.sleep(5)
        os.kill(pid, signal.SIGCONT)
        at = time.monotonic()
        wait_until(lambda: (row := faults.health(host, "sound")) and row["health"] == "working", "the sound heals")
        tell(f"pipewire stopped for 5 s: open again {(time.monotonic() - at) * 1000:.0f} ms after it went on")
        self.finish(host, client, wav, 2, "pipewire stopped for 5 s")

    def test_a_source_that_is_quiet_for_half_a_minute_is_not_taken_for_dead(self):
        host, client, wav = self.start(37, rest_s=30, tone_s=4)
        (pause,) = self.finish(host, client, wav, 1, "30 s of silence")
        self.assertAlmostEqual(pause, 30, delta=2)
        self.assertEqual(host.session(1)["sound"]["epochs"], 1)


if __name__ == "__main__":
    unittest.main()
