"""The black box of a real host: a clip plays from its first frame, whole, and a full disk loses nothing."""
import json
import os
import resource
import signal
import socket
import subprocess
import time
import unittest
from pathlib import Path

import clip
from api_client import Api, port_of, token
from faults import tell
from gamestream import GameStreamHost, paired_client
from harness import BIN, PATIENCE_S, Client, EndToEnd, Host, wait_until
from lossy_relay import LossyRelay

REFUSED, FAILED = 4, 1  # exit codes of the administration
TONE_HZ, TONE_AMPLITUDE = 440, 0.25


def ask(host, op, **arguments):
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(PATIENCE_S)
        connection.connect(str(host.folder / "state/punktfunk/admin.sock"))
        connection.sendall(json.dumps({"op": op, "args": arguments}).encode() + b"\n")
        return json.loads(connection.makefile().readline())


def command(host, *arguments):
    done = subprocess.run([BIN / "punktfunk-host", *arguments], capture_output=True, text=True, timeout=PATIENCE_S,
                          env=host.environment())
    return done.returncode, done.stdout + done.stderr


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def box(host):
    return next(iter(ask(host, "blackbox")["ok"]["sessions"]), {"state": "none", "held": {"span_ms": 0}})


def holds(host, seconds):
    wait_until(lambda: box(host)["state"] == "recording" and box(host)["held"]["span_ms"] >= 1000 * seconds,
               f"{seconds} s are kept")


class BlackBox(EndToEnd):
    def serve(self, *options, **more):
        return Host(self, options=("--set", "blackbox.enabled=true", "--set", "audio.backend=tone", *options), **more)

    def saved(self, host, *arguments):
        began = time.monotonic()
        code, said = command(host, "blackbox", "save", "--json", *arguments)
        self.assertEqual(code, 0, said + host.said())
        told = json.loads(said)
        tell(f"{told['length_ms'] / 1000:.1f} s, {told['bytes'] / 1e6:.1f} MB saved in {time.monotonic() - began:.2f} s")
        self.assertEqual(told["state"], "ready")
        self.assertEqual(Path(told["path"]).stat().st_mode & 0o777, 0o600)
        self.assertEqual(Path(told["path"]).stat().st_size, told["bytes"])
        return told

    def test_a_clip_of_a_stream_with_loss_plays_from_its_first_frame_without_a_gap(self):
        port = free_port()
        host = self.serve("--set", "blackbox.seconds=5", "--set", f"network.data_port={port}")
        pictures = LossyRelay(self, port, 0.02, listen=("127.0.0.2", port))
        way = LossyRelay(self, host.port, 0.02, seed=2, listen=("127.0.0.2", 0))
        client = Client(self, way.address, "--quiet", "--audio-check", mode="1280x720@60", seconds=15)
        for second in (2, 6):
            holds(host, second)
            self.assertIn("ok", ask(host, "force-keyframe", session=1))
        time.sleep(6)
        told = self.saved(host)
        code, said, report = client.finish()
        self.assertNotEqual(report, None, said + host.said())
        tell(f"on the way {pictures.dropped} of {pictures.passed + pictures.dropped} packets of pictures were lost, "
             f"{report['frames']['lost']} frames missing at the client")
        self.assertGreater(pictures.dropped, 0.01 * pictures.passed)
        # From the second of those key frames on, or a younger one that the client asked for.
        self.assertGreaterEqual(told["length_ms"], 5000)
        self.assertLess(told["length_ms"], 11_000)
        self.check_pictures(told)
        self.check_sound(told)
        self.assertEqual(clip.play(told["path"], 2), (0, ""))
        self.assertEqual(host.stop(), 0)
        self.assert_nothing_left(host)

    def check_pictures(self, told):
        streams, form = clip.streams(told["path"])
        self.assertEqual((streams["video"]["codec_name"], streams["video"]["width"], streams["video"]["height"]),
                         ("h264", 1280, 720))
        self.assertAlmostEqual(float(form["duration"]), told["length_ms"] / 1000, delta=0.1)
        numbers, complaints = clip.frame_numbers(told["path"], 1280, 720)
        self.assertEqual(complaints, "")
        self.assertEqual(len(numbers), told["frames"])
        times, keys = clip.picture_times(told["path"])
        self.assertTrue(keys[0])
        # Where the session itself is younger than the box is long, the clip begins before the program drew anything.
        blank = next(at for at, number in enumerate(numbers) if number is not None)
        self.assertLess(blank, 30)
        numbers, times = numbers[blank:], times[blank:]
        self.assertNotIn(None, numbers)
        # The trace of the same span: nothing that was encoded is missing from the clip.
        trace = json.loads(Path(told["path"].replace(".mkv", ".perfetto.json")).read_text())
        frames = sorted({event["args"]["frame"] for event in trace["traceEvents"]
                         if event["ph"] == "X" and event["cat"] != "hitch"})
        self.assertEqual(frames, list(range(frames[0], frames[0] + told["frames"])))
        # A number that is missing was never captured: there was no picture for as long.
        period_s, skipped = 1 / 60, 0
        for before, after, number, following in zip(times, times[1:], numbers, numbers[1:]):
            self.assertGreaterEqual(following, number)
            if following > number + 1:
                skipped += following - number - 1
                self.assertGreater(after - before, (following - number - 1) * period_s, (number, following))
        tell(f"{told['frames']} pictures, numbers {numbers[0]} to {numbers[-1]}, {skipped} of them never captured")

    def check_sound(self, told):
        self.assertTrue(told["sound"])
        sound, complaints = clip.samples(told["path"])
        self.assertEqual(complaints, "")
        self.assertAlmostEqual(len(sound) / 48000, told["length_ms"] / 1000, delta=0.2)
        middle = sound[len(sound) // 2:][:9600]
        self.assertAlmostEqual(clip.loudness_at(middle, TONE_HZ), TONE_AMPLITUDE, delta=0.03)
        self.assertLess(clip.loudness_at(middle, 550), 0.01)

    def test_it_is_switched_live_saves_each_mode_and_a_full_disk_loses_nothing(self):
        host = Host(self, command=(), verb=("serve",), options=("--set", "display.backend=synthetic"))
        client = Client(self, host.address, "--quiet", mode="640x360@30", seconds=600)
        wait_until(lambda: box(host)["state"] == "off", "it streams, and nothing is kept")
        self.assertEqual(box(host)["held"]["bytes"], 0)
        code, said = command(host, "blackbox", "save")
        self.assertEqual(code, REFUSED, said)
        self.assertIn("blackbox.enabled", said)
        code, said = command(host, "config", "set", "blackbox.enabled", "true")
        self.assertEqual(code, 0, said)
        holds(host, 1)

        api = Api(port_of(host), token(host))
        self.assertEqual(api.ask("PATCH", "/sessions/1", {"mode": "320x240@30"}).status, 202)
        wait_until(lambda: api.get("/sessions/1")["mode"] == "320x240@30", "it has another mode")
        frames = box(host)["held"]["frames"]
        wait_until(lambda: box(host)["held"]["frames"] > frames + 30, "and shows it")
        newest = next(one for one in self.clips_of_a_save(api) if one["mode"] == "320x240@30")
        older = next(one for one in api.get("/clips")["clips"] if one["mode"] == "640x360@30")
        for told, size in ((newest, (320, 240)), (older, (640, 360))):
            streams, _ = clip.streams(told["path"])
            self.assertEqual((streams["video"]["width"], streams["video"]["height"]), size)
            numbers, complaints = clip.frame_numbers(told["path"], *size)
            self.assertEqual((complaints, len(numbers)), ("", told["frames"]))
            self.assertEqual(numbers, sorted(numbers))
        self.check_download(api, newest, token(host, "read"))

        # The disk is full: that is told before anything is written, and the session does not notice.
        normal = resource.prlimit(host.process.pid, resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
        before = api.get("/clips")
        answer = api.ask("POST", "/sessions/1/blackbox")
        self.assertEqual((answer.status, answer.json()["code"]), (507, "disk_full"), answer.body)
        code, said = command(host, "blackbox", "save")
        self.assertEqual(code, FAILED, said)
        self.assertEqual(api.get("/clips"), before)
        resource.prlimit(host.process.pid, resource.RLIMIT_FSIZE, normal)
        self.saved(host)
        self.assertEqual(api.get("/sessions/1")["state"], "streaming")

        for told in api.get("/clips")["clips"]:
            self.assertEqual(api.ask("DELETE", f"/clips/{told['id']}").status, 204)
        self.assertEqual(list(Path(newest["path"]).parent.iterdir()), [])
        code, said = command(host, "config", "set", "blackbox.enabled", "false")
        self.assertEqual(code, 0, said)
        wait_until(lambda: box(host)["held"]["bytes"] == 0, "it forgets")
        client.kill()
        self.assertEqual(host.stop(), 0)

    def clips_of_a_save(self, api):
        answer = api.ask("POST", "/sessions/1/blackbox")
        self.assertEqual(answer.status, 202, answer.body)
        self.assertEqual(answer.json()["state"], "saving")
        return wait_until(lambda: (lambda all_of: len(all_of) == 2 and {one["state"] for one in all_of} == {"ready"} and all_of)(
            api.get("/clips")["clips"]), "both modes are saved")

    def check_download(self, api, told, reader):
        path = f"/clips/{told['id']}/video"
        whole = api.ask("GET", path)
        self.assertEqual((whole.status, whole.type), (200, "video/x-matroska"))
        self.assertEqual(whole.body, Path(told["path"]).read_bytes())
        self.assertIn(told["id"], whole.headers["Content-Disposition"])
        part = api.ask("GET", path, headers={"Range": "bytes=100-299"})
        self.assertEqual((part.status, part.body), (206, whole.body[100:300]))
        self.assertEqual(part.headers["Content-Range"], f"bytes 100-299/{len(whole.body)}")
        self.assertEqual(api.ask("GET", path, headers={"Range": f"bytes={len(whole.body)}-"}).status, 416)
        self.assertEqual(api.ask("HEAD", path).headers["Content-Length"], str(len(whole.body)))
        self.assertIn("traceEvents", api.ask("GET", f"/clips/{told['id']}/trace").json())
        self.assertEqual(Api(api.port, reader).ask("GET", path).status, 403)

    def test_a_hitch_of_a_moonlight_session_is_saved_by_itself(self):
        host = GameStreamHost(self, options=("--set", "blackbox.enabled=true", "--set", "blackbox.save_on_hitch=true"))
        stream = paired_client(self, host).start_stream(mode="640x360@30", seconds=600)
        holds(host, 3)
        game = host.child("punktfunk-pattern")
        os.kill(game, signal.SIGSTOP)
        time.sleep(0.6)
        os.kill(game, signal.SIGCONT)
        told = wait_until(lambda: next((one for one in ask(host, "clips")["ok"]["clips"] if one["state"] == "ready"), None),
                          "the host saves it")
        self.assertEqual((told["why"], told["kind"], told["sound"]), ("hitch", "moonlight", True))
        self.assertGreater(told["length_ms"], 3500)
        numbers, complaints = clip.frame_numbers(told["path"], 640, 360)
        self.assertEqual(complaints, "")
        self.assertEqual(len(numbers), told["frames"])
        times, _ = clip.picture_times(told["path"])
        # What was late is as late in the clip.
        self.assertGreater(max(after - before for before, after in zip(times, times[1:])), 0.39)  # stamps are whole milliseconds
        sound, complaints = clip.samples(told["path"])
        self.assertEqual(complaints, "")
        self.assertAlmostEqual(clip.loudness_at(sound[48000:57600], TONE_HZ), TONE_AMPLITUDE, delta=0.03)
        stream.kill()
        self.assertEqual(host.stop(), 0)


if __name__ == "__main__":
    unittest.main()
