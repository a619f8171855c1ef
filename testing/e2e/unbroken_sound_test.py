"""A program's tone is heard at the client without a gap, whatever cycle the sound servers turn in at both ends and
whatever rate the program plays at.

A machine on which nobody is run for longer than a cycle loses sound that is nobody's fault here: a gap counts unless
the machine stood still about then (stalls.py). Run by itself it can be given the length in seconds:
    PF_BIN_DIR=build/release/bin PF_SOUND_SECONDS=60 python3 testing/e2e/unbroken_sound_test.py UnbrokenSoundLong
"""
import math
import os
import unittest

from faults import tell
from harness import Client, wait_until
from program_sound import AMPLITUDE, BAD_SOUND, TONES, ProgramSound
from sound_server import SoundServer
from stalls import StallWatch, longest_about

LEAD_S = 2       # until the tone begins
BEHIND_S = 0.25  # a gap is heard at most so long after what made it
RATE_HZ = 48000  # of the servers


class Listening(ProgramSound):
    # pw-play reads its file between two cycles, on a thread like any other, and makes gaps of its own on a busy machine.
    player = "paplay"
    # Whether a gap counts also where the client did not run dry: then it came out of the host's sound server, which loses
    # cycles on a busy machine although its threads are real-time ones.
    strict = False

    def setUp(self):
        pass  # each run has servers of its own

    def listen(self, quantum_frames, rate_hz, seconds):
        """Both ends have a sound server of their own, with this cycle."""
        self.server = SoundServer(self, pulse=True, quantum_frames=quantum_frames)
        speakers = SoundServer(self, pulse=True, quantum_frames=quantum_frames)
        speakers.add_null_sink("speakers")
        host = self.host()
        client = Client(self, host.address, "--audio-check", "--audio-tones", TONES, "--audio-play", "--quiet",
                        mode="320x180@10", seconds=seconds + LEAD_S, variables=speakers.variables)
        wait_until(self.device_is_there, "the host has made its device")
        wait_until(lambda: "punktfunk" in self.default_device(), "it is the default")
        stalls = StallWatch(self)
        player = self.play_here(rate_hz, seconds + 30)
        code, said, report = client.finish()
        player.kill()
        self.assertIn(code, (0, BAD_SOUND), said + host.said())
        self.assertGreater(report["audio"]["tone"]["heard_s"], 0.6 * seconds)
        self.judge(f"{quantum_frames} frames, {rate_hz} Hz", report["audio"], stalls.finish(),
                   quantum_frames / RATE_HZ)
        self.assertEqual(host.stop(), 0)
        self.server.stop(), speakers.stop()

    def judge(self, what, audio, stalls, cycle_s):
        tone, lacks = audio["tone"], audio["lacks"]
        longest_ms = max(channel["longest_gap_ms"] for channel in tone["channels"])
        tell(f"{what}: heard for {tone['heard_s']:.1f} s, {len(tone['gaps_at_s'])} gaps, the longest {longest_ms:.1f} ms, "
             f"{audio['dry_spells']} dry spells; {audio['depth_ms']:.0f} ms wait, {audio['target_ms']:.0f} wished, the "
             f"output missed {audio['missed_ms']:.0f} ms")
        tell(f"  {len(stalls)} stalls of more than 4 ms, the longest {max((late for _, late in stalls), default=0) * 1e3:.0f} "
             "ms; RMS " + ", ".join(f"{channel['rms']:.4f}" for channel in tone["channels"]) + "; against the neighbours " +
             ", ".join(f"{channel['power_ratio']:.0f}" for channel in tone["channels"]))
        unexplained = []
        for at_s, where in [(at_s, "a gap") for at_s in tone["gaps_at_s"]] + [
                (lack["at_s"], "the output missed sound") for lack in lacks if lack["where"] == "device"]:
            stall_s = longest_about(stalls, at_s, BEHIND_S)
            tell(f"    {where}: the machine stood still for {stall_s * 1e3:.0f} ms about then")
            dry = any(abs(lack["at_s"] - at_s) < BEHIND_S for lack in lacks if lack["where"] == "player")
            if where == "a gap" and stall_s < min(cycle_s, 0.01) and (dry or self.strict):
                unexplained.append(at_s)
        self.assertEqual(unexplained, [], audio)
        self.assertEqual([channel["heard_hz"] for channel in tone["channels"]], [440, 550])
        if tone["gaps_at_s"] or audio["cuts"] or audio["made_up_ms"]:
            return  # then these figures are the machine's
        for channel in tone["channels"]:
            self.assertGreater(channel["power_ratio"], 1000, audio)
            self.assertAlmostEqual(channel["rms"], AMPLITUDE / math.sqrt(2), delta=0.01 * AMPLITUDE / math.sqrt(2))


class UnbrokenSound(Listening):
    def test_short_cycles_and_the_rate_of_the_server(self):
        self.listen(256, 48000, 5)

    def test_long_cycles_and_another_rate(self):
        self.listen(1024, 44100, 5)


class UnbrokenSoundLong(Listening):
    strict = True

    def test_all_cycles_and_rates(self):
        for quantum_frames in (256, 1024):
            for rate_hz in (48000, 44100):
                with self.subTest(f"{quantum_frames} frames, {rate_hz} Hz"):
                    self.listen(quantum_frames, rate_hz, int(os.environ.get("PF_SOUND_SECONDS", "60")))


if __name__ == "__main__":
    unittest.main()
