"""The client's voice on its way to a program that records it, on a real sound server."""
import array
import json
import math
import os
import subprocess
import time
import unittest

from faults import tell
from harness import BIN, PATIENCE_S, EndToEnd, Host, probe_command, wait_until
from sound_server import SoundServer
from stalls import StallWatch

RATE_HZ = 48_000
# A run of this many quiet samples is a gap: 1 ms, which no half wave of 440 Hz at that level is.
GAP_SAMPLES, QUIET = 48, 1e-3
# A cycle of 256 frames and half of one: when a processor runs nobody for longer, speaker, sound server or recorder may
# miss one, and the tone goes on in another phase.
HARMLESS_STALL_S = 0.008


class Recording:
    """pw-record from the host's microphone into a file."""

    def __init__(self, test, server):
        self.path = server.folder / f"recording-{time.monotonic_ns()}.wav"
        self.process = server.spawn("pw-record", "--target", "punktfunk-mic", "--rate", str(RATE_HZ), "--channels", "1",
                                    "--format", "f32", str(self.path))
        test.addCleanup(self.process.wait)
        test.addCleanup(self.process.kill)

    def samples(self):
        if not self.path.exists():
            return array.array("f")
        content = self.path.read_bytes()
        at = content.find(b"data")
        body = content[at + 8:] if at > 0 else b""
        return array.array("f", body[:len(body) // 4 * 4])

    def hears(self):
        return any(abs(sample) > 0.1 for sample in self.samples()[-RATE_HZ // 10:])

    def stop(self):
        """What was recorded."""
        self.process.terminate()
        self.process.wait(PATIENCE_S)
        return self.samples()


def spoken(samples):
    """From the first loud sample to the last."""
    loud = [index for index, sample in enumerate(samples) if abs(sample) > 0.05]
    return (loud[0], loud[-1] + 1) if loud else (0, 0)


def silent_share(samples):
    silent = run = 0
    for sample in samples:
        run = run + 1 if abs(sample) < QUIET else 0
        silent += GAP_SAMPLES if run == GAP_SAMPLES else run > GAP_SAMPLES
    return silent / len(samples)


def power(samples, frequency_hz):
    """Goertzel, under a Hann window."""
    factor = 2 * math.cos(2 * math.pi * frequency_hz / RATE_HZ)
    before = earlier = 0.0
    for index, sample in enumerate(samples):
        sample *= 0.5 - 0.5 * math.cos(2 * math.pi * index / len(samples))
        before, earlier = sample + factor * before - earlier, before
    return before * before + earlier * earlier - factor * before * earlier


def purity(samples):
    """How much louder the tone is than what is beside it."""
    return power(samples, 440) / max(power(samples, 400), power(samples, 480))


class Spoken(EndToEnd):
    """A host on a sound server of the test's own, and somebody who speaks."""

    def setUp(self):
        self.server = SoundServer(self)
        self.host = Host(self, command=(), verb=("punktfunk1-host", "--source", "synthetic"), sound=True,
                         variables=self.server.variables)
        self.wait_for_node()

    def status(self):
        done = subprocess.run([BIN / "punktfunk-host", "status", "--json"], capture_output=True, text=True, check=True,
                              env=self.host.environment(), timeout=PATIENCE_S)
        return json.loads(done.stdout)["microphone"]

    def wait_for_node(self):
        wait_until(lambda: self.status()["open"], "the microphone stands")

    def speak(self, seconds, *options):
        process = subprocess.Popen(probe_command(self.host.address, "--mic-test", "--quiet", *options, seconds=seconds),
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                   env=dict(os.environ, XDG_STATE_HOME=str(self.host.folder / "probe")))
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def record_while(self, *options, speaker_first):
        """The tone is whole. While the machine stands still again and again it cannot be: then half a second of it is, and
        a fault of ours would be in every one."""
        for _ in range(5):
            watch = StallWatch(self)
            samples = self.recorded(*options, speaker_first=speaker_first)
            stall_s = max((late_s for _, late_s in watch.finish()), default=0)
            begin, end = spoken(samples)
            self.assertGreater(end - begin, RATE_HZ, "a second of it at least")
            after = samples[end + RATE_HZ // 4:]
            self.assertGreater(len(after), RATE_HZ // 10)
            self.assertTrue(all(sample == 0 for sample in after), "pure silence after the session")
            middle = samples[begin + RATE_HZ // 10:end - RATE_HZ // 10]
            silent, pure = silent_share(middle), purity(middle[-RATE_HZ:])
            if silent <= 0.004 and pure > 1000:
                return
            what = f"{100 * silent:.2f} % of it is silence, and it is {pure:.0f} times its neighbours"
            self.assertGreater(stall_s, HARMLESS_STALL_S, what)
            half, step = RATE_HZ // 2, RATE_HZ // 8
            pure = max(purity(middle[at:at + half]) for at in range(0, len(middle) - half, step))
            tell(f"{what}, but the machine stood still for {stall_s * 1e3:.0f} ms; half a second is {pure:.0f} times them")
            if pure > 1000:
                return
        self.fail("half a second of it is never whole")

    def recorded(self, *options, speaker_first):
        recording = None if speaker_first else Recording(self, self.server)
        speaker = self.speak(3, *options)
        if speaker_first:
            wait_until(lambda: self.status()["session"], "somebody speaks")
            recording = Recording(self, self.server)
        wait_until(recording.hears, "the tone is recorded")
        status = self.status()
        self.assertEqual((status["recorded"], status["muted"], status["garbage"]), (True, False, 0), status)
        self.assertGreater(status["level_dbfs"], -12, status)
        self.assertEqual(speaker.wait(PATIENCE_S), 0)
        time.sleep(0.8)  # of silence
        samples = recording.stop()
        wait_until(lambda: self.status()["session"] is None, "nobody speaks any more")
        return samples

    def assert_heals(self, what, fault):
        self.speak(60)
        wait_until(lambda: self.status()["session"], "somebody speaks")
        fault()
        self.assert_is_back(what)

    def assert_is_back(self, what):
        """Prints how long it took from the server's return to the first sound in a recording."""
        back = time.monotonic()
        self.wait_for_node()
        recording = Recording(self, self.server)
        wait_until(recording.hears, "the tone is recorded again")
        print(f"{what}: sound after {1000 * (time.monotonic() - back):.0f} ms", flush=True)


class Microphone(Spoken):
    def test_tone_arrives_whoever_comes_first(self):
        self.record_while("--mic-packet", "20", speaker_first=False)
        self.record_while("--mic-packet", "5", speaker_first=True)

    def test_heals_when_the_server_is_killed(self):
        def fault():
            self.server.kill("pipewire")
            self.server.start()
        self.assert_heals("SIGKILL of pipewire", fault)

    def test_heals_when_the_session_manager_is_killed(self):
        def fault():
            self.server.kill("wireplumber")
            self.server.start()
        self.assert_heals("SIGKILL of wireplumber", fault)

    def test_heals_when_both_are_killed_while_nobody_speaks(self):
        self.server.kill("pipewire")
        self.server.kill("wireplumber")
        wait_until(lambda: not self.status()["open"], "the host notices")
        self.speak(60)
        self.server.start()
        self.assert_is_back("SIGKILL of both")

    def test_waits_for_a_server_that_comes_later(self):
        self.server.stop()
        self.host = Host(self, command=(), verb=("punktfunk1-host", "--source", "synthetic"), sound=True,
                         variables=self.server.variables)
        self.assertFalse(self.status()["open"])
        self.server.start()
        self.wait_for_node()


class MicrophoneLong(Spoken):
    def test_goes_on_when_the_server_hung_for_five_seconds(self):
        def fault():
            for name in ("pipewire", "wireplumber"):
                self.server.freeze(name)
            time.sleep(5)
            for name in ("pipewire", "wireplumber"):
                self.server.thaw(name)
        self.assert_heals("SIGSTOP of both for 5 s", fault)


if __name__ == "__main__":
    unittest.main()
