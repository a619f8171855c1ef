"""Moonlight's protocol from one end to the other: `serve --gamestream` and our own client of it, as strict as the real
one. What the real one says is in docs/interop.md."""
import random
import shutil
import socket
import tempfile
import time
import unittest

import harness
from api_client import Api, port_of, token
from desktop import InputLog
from gamestream import NOT_PAIRED, TCP_PORTS, UDP_PORTS, GameStreamHost, MoonlightClient, killed, paired_client
from harness import EndToEnd, probe, wait_until


class GameStream(EndToEnd):
    def check_stream(self, report, size):
        """What does not depend on how fast this machine is today."""
        frames = report["frames"]
        self.assertGreater(frames["distinct_decoded"], 10)
        for fault in ("reordered", "torn", "dropped_incomplete", "corrupt", "withheld", "undecodable", "overruns"):
            self.assertEqual(frames[fault], 0, fault)
        for fault in ("rejected", "forged", "duplicates", "strangers", "late"):
            self.assertEqual(report["packets"][fault], 0, fault)
        self.assertEqual(report["asked"], {"idr": 0, "invalidation": 0})
        self.assertEqual(report["control"]["faults"], 0)
        self.assertTrue(report["control"]["hdr_told"])
        self.assertEqual(report["backward_timestamps"], 0)
        self.assertLessEqual(frames["unreadable"], 3)  # of the desktop before its program has drawn
        # Numbered from 1 without a gap, a key frame first and no other, for nobody asked.
        field = {name: index for index, name in enumerate(report["row_fields"])}
        self.assertEqual([row[field["index"]] for row in report["rows"]], list(range(1, len(report["rows"]) + 1)))
        self.assertEqual([row[field["index"]] for row in report["rows"] if row[field["key"]]], [1])
        self.assertEqual((report["decoded_size"]["width_px"], report["decoded_size"]["height_px"]), size)
        self.assertLessEqual(report["colour_card_error"], 6)
        self.assertEqual(report["close"], "done")

    def check_sound(self, report, channels):
        audio = report["audio"]
        for fault in ("undecryptable", "wrong_timestamps", "wrong_sizes"):
            self.assertEqual(audio[fault], 0, fault)
        self.assertEqual(audio["packets"]["garbage"], 0)
        self.assertEqual(len(audio["tone"]["channels"]), channels)
        for number, channel in enumerate(audio["tone"]["channels"]):
            self.assertEqual(channel["heard_hz"], 440 + 110 * number, channel)
            self.assertGreater(channel["rms"], 0.12, channel)

    # Pairing.

    def test_only_who_shows_the_right_pin_is_let_in(self):
        host = GameStreamHost(self)
        client = MoonlightClient(self, host)
        code, said = client.run("list")
        self.assertEqual(code, harness.REFUSED, said)
        code, said, entered, heard = client.pair(pin="4711", typed="4712")
        self.assertEqual((code, entered), (harness.REFUSED, NOT_PAIRED), said + heard)
        self.assertIn("another PIN", said)
        self.assertEqual(client.run("list")[0], harness.REFUSED)
        code, said, entered, heard = client.pair(name="Anna's tablet")
        self.assertEqual((code, entered), (0, 0), said + heard + host.said())
        code, said = client.run("list")
        self.assertEqual(code, 0, said)
        self.assertIn(" Desktop\n", said)
        code, said = client.run("art", "--file", client.folder / "art")
        self.assertEqual(code, 0, said)
        self.assertTrue((client.folder / "art").read_bytes().startswith(b"\x89PNG"))
        # Somebody else's certificate is another device.
        self.assertEqual(MoonlightClient(self, host).run("quit")[0], harness.REFUSED)
        self.assertEqual(host.stop(), 0, host.said())
        self.assert_nothing_left(host)

    # Streaming.

    def test_picture_and_sound_arrive_whole_and_the_application_is_quit(self):
        host = GameStreamHost(self)
        client = paired_client(self, host)
        code, said, report = client.stream("--encryption", "full", "--audio-check", "--bitrate", 16000,
                                           mode="1280x720@60", seconds=3)
        self.assertIn(code, (0, 6), said + host.said())
        self.check_stream(report, (1280, 720))
        self.check_sound(report, 2)
        self.assertEqual(report["encryption"], {"rtsp": True, "control_v2": True, "video": True, "audio": True})
        self.assertIsNotNone(report["latency_us"]["host"], "the host says what it took")
        code, said = client.run("info")
        self.assertIn("runs application", said)
        code, said = client.run("quit")
        self.assertEqual(code, 0, said + host.said())
        self.assertNotIn("runs application", client.run("info")[1])
        self.assertEqual(host.stop(), 0, host.said())
        self.assert_nothing_left(host)

    def test_old_and_frugal_clients_get_what_they_ask_for(self):
        host = GameStreamHost(self, options=("--set", "gamestream.encryption=control"))
        client = paired_client(self, host)
        code, said, report = client.stream("--legacy-control", "--packet-size", 1024, "--slices", 4,
                                           "--audio-quality", "low", "--audio-packet", 10, "--audio-check", "--quit")
        self.assertIn(code, (0, 6), said + host.said())
        self.check_stream(report, (640, 360))
        self.check_sound(report, 2)
        self.assertFalse(any(report["encryption"][what] for what in ("control_v2", "video", "audio")))
        self.assertEqual(report["packet_size"], 1024)

    def test_each_channel_of_surround_arrives_on_its_speaker(self):
        host = GameStreamHost(self)
        client = paired_client(self, host)
        for channels, quality in ((6, "low"), (6, "high"), (8, "low"), (8, "high")):
            code, said, report = client.stream("--audio-channels", channels, "--audio-quality", quality, "--audio-check",
                                               seconds=1.5)
            self.assertIn(code, (0, 6), said + host.said())
            self.check_sound(report, channels)

    def test_who_returns_finds_his_desktop_in_the_mode_he_asks_for(self):
        host = GameStreamHost(self)
        client = paired_client(self, host)
        code, said, report = client.stream(seconds=1)
        self.assertEqual(code, 0, said + host.said())
        last = report["rows"][-1]
        # A launch is refused while the application runs; a resume is not, nor is a killed client's.
        self.assertEqual(client.stream("--verb", "launch", seconds=1)[0], harness.REFUSED)
        resumed = client.start_stream("--verb", "resume", mode="800x600@60", seconds=60)
        wait_until(lambda: host.said().count("pictures go to") >= 2, "it streams again")
        killed(resumed)
        code, said, report = client.stream("--verb", "resume", mode="801x603@50", seconds=1.5)
        self.assertEqual(code, 0, said + host.said())
        self.check_stream(report, (801, 603))
        drawn = report["row_fields"].index("drawn_ns")
        self.assertGreater(report["rows"][-1][drawn], last[drawn])
        self.assertEqual(client.run("quit")[0], 0)

    def test_a_pairing_outlives_the_host(self):
        host = GameStreamHost(self)
        client = paired_client(self, host)
        self.assertEqual(host.stop(), 0, host.said())
        host.start()
        code, said, report = client.stream("--quit", seconds=1)
        self.assertEqual(code, 0, said + host.said())
        self.check_stream(report, (640, 360))

    # Together.

    def test_native_and_moonlight_clients_share_the_host_undisturbed(self):
        host = GameStreamHost(self)
        tablet, phone = paired_client(self, host, "tablet"), paired_client(self, host, "phone")
        streaming = tablet.start_stream("--quit", seconds=5)
        wait_until(lambda: "pictures go to" in host.said(), "the first streams")
        code, said, native = probe(host.address, mode="800x600@30", seconds=2)
        self.assertEqual(code, 0, said + host.said())
        self.assertEqual(native["frames"]["dropped_incomplete"], 0)
        self.assertEqual(native["decoded_size"], {"width_px": 800, "height_px": 600})
        code, said, report = phone.stream("--quit", mode="320x200@30", seconds=1)
        self.assertEqual(code, 0, said + host.said())
        self.check_stream(report, (320, 200))
        code, said, report = tablet.finish(streaming)
        self.assertEqual(code, 0, said + host.said())
        self.check_stream(report, (640, 360))
        self.assertEqual(host.stop(), 0, host.said())
        self.assert_nothing_left(host)

    def test_the_operator_steers_a_stream_as_far_as_its_client_goes_along(self):
        host = GameStreamHost(self)
        client = paired_client(self, host, "tablet")
        streaming = client.start_stream("--bitrate", 8000, seconds=600)
        api = Api(port_of(host), token(host))
        session = wait_until(lambda: next((one for one in api.get("/sessions")["sessions"]
                                           if one["state"] == "streaming"), None), "it streams")
        wait_until(lambda: "pictures go to" in host.said(), "it has a picture")
        self.assertEqual((session["kind"], session["device"], session["mode"]), ("moonlight", "tablet", "640x360@30"))
        self.assertGreater(session["bitrate_kbps"], 1500)
        path = f"/sessions/{session['number']}"
        time.sleep(1)  # or the first picture would be the one
        self.assertEqual(api.ask("POST", f"{path}/keyframe").status, 204)
        # What its client has chosen for good cannot be changed, and a wish that asks for more than that changes nothing.
        for wish in ({"mode": "800x600@30"}, {"mode": "800x600@30", "bitrate_kbps": 1500}):
            refused = api.ask("PATCH", path, wish)
            self.assertEqual(refused.status, 403, refused.body)
            self.assertIn("Moonlight clients choose it when they start", refused.json()["detail"])
        now = api.get(path)
        self.assertEqual((now["mode"], now["mode_locked"]), ("640x360@30", "Moonlight clients choose it when they start"))
        self.assertEqual(api.ask("PATCH", path, {"bitrate_kbps": 1500}).status, 202)
        wait_until(lambda: api.get(path)["bitrate_kbps"] <= 1500, "its rate changes")
        time.sleep(1)  # of the stream at that rate
        self.assertEqual(api.ask("DELETE", path).status, 204)
        code, said, report = client.finish(streaming)
        self.assertEqual((code, report["close"]), (harness.REFUSED, "host"), said + host.said())
        self.assertIn("the host ended the stream", said)
        frames = report["frames"]
        self.assertEqual([frames[fault] for fault in ("dropped_incomplete", "undecodable", "torn", "reordered")], [0] * 4)
        field = {name: index for index, name in enumerate(report["row_fields"])}
        keys = [row[field["index"]] for row in report["rows"] if row[field["key"]]]
        self.assertEqual((len(keys), keys[0]), (2, 1), "the first, and the operator's")
        self.assertEqual(report["asked"], {"idr": 0, "invalidation": 0})
        self.assertNotIn("runs application", client.run("info")[1])

    def test_garbage_on_every_port_disturbs_no_stream(self):
        host = GameStreamHost(self)
        client = paired_client(self, host)
        streaming = client.start_stream("--quit", seconds=5)
        wait_until(lambda: "pictures go to" in host.said(), "it streams")
        # Handshakes that begin and go no further, for as long as the stream lasts.
        for _ in range(200):
            half = socket.create_connection(("127.0.0.1", host.base_port + TCP_PORTS[0]))
            self.addCleanup(half.close)
            half.sendall(b"\x16\x03\x01")
        dice = random.Random(7)
        heads = (b"", b"GET /serverinfo?uniqueid=%00%ff&x=", b"OPTIONS rtsp://x RTSP/1.0\r\nContent-length: 9999999\r\n\r\n",
                 b"\x80\x00\x10\x00", b"\x16\x03\x01\x02\x00\x01", b"PING", b"\x8f\xff\x00\x00\x82\xff\x00\x01")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as noise:
            for _ in range(200):
                data = dice.choice(heads) + dice.randbytes(dice.choice((0, 1, 16, 20, 40, 1200)))
                for distance in UDP_PORTS:
                    noise.sendto(data, ("127.0.0.1", host.base_port + distance))
                with socket.create_connection(("127.0.0.1", host.base_port + dice.choice(TCP_PORTS))) as stranger:
                    stranger.sendall(data)
                time.sleep(0.005)
        code, said = client.run("info")
        self.assertEqual(code, 0, said + host.said())
        code, said, report = client.finish(streaming)
        self.assertEqual(code, 0, said + host.said())
        self.check_stream(report, (640, 360))
        self.assertLess(len(host.said().splitlines()), 100, "what it sees is said once, not each time")
        self.assertEqual(host.stop(), 0, host.said())
        self.assert_nothing_left(host)

    # Input.

    def test_what_hands_do_arrives(self):
        folder = tempfile.mkdtemp(prefix="pf-hands-")
        self.addCleanup(shutil.rmtree, folder, True)
        log_file = folder + "/log"
        host = GameStreamHost(self, command=("punktfunk-input-log", "--file", log_file))
        client = paired_client(self, host)
        script = client.folder / "script"
        script.write_text("wait 0.5\nmoveto 320 180\nmove 10 -3\nbutton left\nkey lshift down\nkey a\nkey lshift up\n"
                          "scroll vertical -1\ntouch 1 down 100 50\ntouch 1 up\ntext ä\nkey b down\nwait 0.5\n")
        code, said, _ = client.stream("--input-script", script, "--quit", seconds=0.5)
        self.assertEqual(code, 0, said + host.said())
        log = InputLog(log_file)
        log.wait("motion", x=320, y=180)
        log.wait("motion", x=330, y=177)
        log.wait("button", button=0x110, pressed=True)
        log.wait("button", button=0x110, pressed=False)
        log.wait("key", keysym="A", pressed=True)
        log.wait("key", keysym="b", pressed=True)
        log.wait("key", keysym="b", pressed=False)  # the client is gone: nothing stays down

    def test_who_joins_points_at_what_he_sees(self):
        folder = tempfile.mkdtemp(prefix="pf-hands-")
        self.addCleanup(shutil.rmtree, folder, True)
        log_file = folder + "/log"
        host = GameStreamHost(self, command=("punktfunk-input-log", "--file", log_file),
                              options=("--set", "session.conflict=join"))
        first, second = paired_client(self, host, "first"), paired_client(self, host, "second")
        watched = first.start_stream("--quit", seconds=600)
        wait_until(lambda: "pictures go to" in host.said(), "the first streams")
        # On the screen of the first, which has 640x360, whatever the second has asked for.
        script = second.folder / "script"
        script.write_text("wait 0.5\nmoveto 80 50\nbutton left\nmoveto 319 199\ntouch 1 down 160 100\ntouch 1 up\n"
                          "wait 0.5\n")
        code, said, report = second.stream("--input-script", script, mode="320x200@30", seconds=0.5)
        self.assertEqual(code, 0, said + host.said())
        self.assertEqual(report["decoded_size"], {"width_px": 640, "height_px": 360})
        log = InputLog(log_file)
        log.wait("motion", x=160, y=90)
        log.wait("button", button=0x110, pressed=True)
        finger = log.wait("touch_down")[0]
        self.assertAlmostEqual(finger["x"], 320, delta=0.1)
        self.assertAlmostEqual(finger["y"], 180, delta=0.1)
        killed(watched)


if __name__ == "__main__":
    unittest.main()
