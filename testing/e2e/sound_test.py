"""The host's sound at the client: does the tone come through whole, on its speakers, in time with the picture?"""
import json
import math
import os
import struct
import subprocess
import unittest

from faults import tell
from harness import PATIENCE_S, EndToEnd, Host, probe, probe_command, wait_until
from lossy_relay import LossyRelay
from sound_server import SoundServer
from stalls import StallWatch, longest_about

BAD_SOUND = 6  # of punktfunk-probe
TONE_RMS = 0.25 / math.sqrt(2)


class Case(EndToEnd):
    def tone_host(self, *options):
        return Host(self, command=(), verb=("punktfunk1-host", "--source", "synthetic"),
                    options=("--set", "audio.backend=tone", *options))

    def check_tone(self, audio, channels, within=0.01):
        self.assertEqual(audio["channels"], channels)
        for number, channel in enumerate(audio["tone"]["channels"]):
            self.assertEqual(channel["heard_hz"], 440 + 110 * number, channel)
            # A machine that stops for longer than the buffer holds makes gaps: then the figures are not the host's.
            whole = channel["gaps"] == 0 and audio["made_up_ms"] == 0 and audio["cuts"] == 0
            self.assertGreater(channel["power_ratio"], 1000 if whole else 50, channel)
            self.assertAlmostEqual(channel["rms"], TONE_RMS, delta=(within if whole else 0.2) * TONE_RMS, msg=channel)

    def listen_through_loss(self, loss, seconds):
        host = self.tone_host()
        relay = LossyRelay(self, host.port, loss)
        stalls = StallWatch(self)
        code, said, report = probe(relay.address, "--audio-check", seconds=seconds)
        self.assertIn(code, (0, BAD_SOUND), said + host.said())
        audio, stalls = report["audio"], stalls.finish()
        longest_ms = max(channel["longest_gap_ms"] for channel in audio["tone"]["channels"])
        tell(f"{relay.dropped} of {relay.passed + relay.dropped} packets lost on the way: {audio['packets']['lost']} frames of "
             f"sound lost for good, {audio['made_up_ms']:.0f} ms made up, the longest gap {longest_ms:.1f} ms")
        self.assertGreater(relay.dropped, 0.25 * loss * seconds * 200)
        # Two in a row go once in 2500.
        self.assertLess(audio["packets"]["lost"], 2 + 10 * loss * loss * seconds * 200, audio)
        self.assertGreater(audio["tone"]["heard_s"], 0.8 * seconds)
        if longest_ms > 10:
            stall_s = max(longest_about(stalls, at_s, 0.25) for at_s in audio["tone"]["gaps_at_s"])
            self.assertGreater(stall_s, 0.01, audio)
        self.check_tone(audio, 2)


class Sound(Case):
    def test_a_tone_comes_through_and_can_be_listened_to(self):
        host = self.tone_host()
        wav = host.folder / "heard.wav"
        code, said, report = probe(host.address, "--audio-check", "--audio-wav", wav, seconds=4)
        audio = report["audio"]
        self.check_tone(audio, 2)
        self.assertLess(audio["packets"]["lost"], 0.05 * audio["packets"]["received"], audio)
        self.assertEqual(audio["packets"]["garbage"], 0, audio)
        self.assertGreater(audio["tone"]["heard_s"], 2)
        self.assertEqual(code, 0 if audio["tone"]["whole"] else BAD_SOUND, said + host.said())
        self.assertIsNotNone(audio["behind_picture_ms"], "both are stamped by the host's one clock")
        self.assertLess(abs(audio["behind_picture_ms"]["mean"]), 500)
        data = wav.read_bytes()
        self.assertEqual(data[:4], b"RIFF")
        self.assertEqual(struct.unpack_from("<HI", data, 22), (2, 48000))
        self.assertGreater(len(data), 3 * 48000 * 4)

    def test_each_channel_of_surround_arrives_on_its_speaker(self):
        for channels in (6, 8):
            # Opus has fewer bits for each of many channels than for two, and gets a tone a little less loud.
            host = self.tone_host("--set", "audio.quality=max")
            code, said, report = probe(host.address, "--audio-check", "--audio-channels", str(channels), "--bitrate",
                                       "20000", seconds=3)
            self.assertIn(code, (0, BAD_SOUND), said + host.said())
            self.check_tone(report["audio"], channels, within=0.03)

    def test_lossless_sound_comes_where_the_host_allows_it(self):
        host = self.tone_host("--set", "audio.lossless=true")
        code, said, report = probe(host.address, "--audio-check", "--audio-lossless", "48000/24", "--bitrate", "40000",
                                   seconds=3)
        self.assertIn(code, (0, BAD_SOUND), said + host.said())
        self.assertEqual(report["audio"]["codec"], "pcm", report["audio"])
        self.check_tone(report["audio"], 2)

    def test_two_percent_loss_is_not_heard_where_each_frame_is_sent_twice(self):
        self.listen_through_loss(0.02, 10)

    def test_another_tone_than_expected_is_told(self):
        host = self.tone_host()
        code, said, report = probe(host.address, "--audio-check", "--audio-tones", "550,440", seconds=2)
        self.assertEqual(code, BAD_SOUND, said + host.said())
        self.assertIn("front left 440 Hz, which is another channel's, instead of 550", said)

    def test_it_is_played_through_pipewire_also_after_that_has_died(self):
        server = SoundServer(self)
        server.add_null_sink("speakers")
        host = self.tone_host()
        result = host.folder / "probe.json"
        playing = subprocess.Popen(
            probe_command(host.address, "--audio-play", "--audio-check", "--json", result, "--quiet", seconds=6),
            env=dict(os.environ, XDG_STATE_HOME=str(host.folder), **server.variables), stderr=subprocess.PIPE,
            text=True)
        self.addCleanup(playing.kill)
        wait_until(lambda: '"punktfunk"' in server.run("pw-dump"), "the client's stream is in the graph")
        server.kill("pipewire")
        server.start()
        server.add_null_sink("speakers")
        wait_until(lambda: '"punktfunk"' in server.run("pw-dump"), "and again in the next server's")
        _, said = playing.communicate(timeout=4 * PATIENCE_S)
        self.assertIn(playing.returncode, (0, BAD_SOUND), said + host.said())
        audio = json.loads(result.read_text())["audio"]
        self.assertGreaterEqual(audio["outputs_opened"], 2, audio)
        self.assertEqual(audio["trouble"], "", audio)
        self.assertEqual(audio["tone"]["channels"][0]["heard_hz"], 440, audio)
        self.assertGreater(audio["tone"]["heard_s"], 2, audio)

    def test_without_a_sound_server_the_picture_comes_and_the_reason_is_told(self):
        host = self.tone_host()
        with_nobody = dict(os.environ, XDG_STATE_HOME=str(host.folder), XDG_RUNTIME_DIR=str(host.folder))
        result = host.folder / "probe.json"
        done = subprocess.run(probe_command(host.address, "--audio-play", "--json", result), env=with_nobody,
                              capture_output=True, text=True, timeout=4 * PATIENCE_S, check=False)
        self.assertEqual(done.returncode, 0, done.stderr + host.said())
        report = json.loads(result.read_text())
        self.assertGreater(report["frames"]["decoded"], 20)
        self.assertIn("not heard", done.stdout)
        self.assertNotEqual(report["audio"]["trouble"], "")


class SoundLong(Case):
    def test_two_percent_loss_is_not_heard_in_a_minute(self):
        self.listen_through_loss(0.02, 60)


if __name__ == "__main__":
    unittest.main()
