"""What programs play on the host's PipeWire, heard at the client: whole, after every death, and back when it can be."""
import json
import time
import unittest

from faults import tell
from harness import wait_until
from program_sound import BAD_SOUND, ProgramSound


class DesktopSound(ProgramSound):
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

    def test_a_host_that_may_not_choose_the_default_device_says_so_and_may_still_listen(self):
        self.server.stop()
        self.server.write("config/wireplumber/main.lua.d/81-test.lua", """table.insert(default_access.rules, {
            matches = { { { "application.process.binary", "=", "punktfunk-host" } } }, default_permissions = "rx" })""")
        self.server.start()
        self.server.add_null_sink("speakers")
        wait_until(lambda: "speakers" in self.default_device(), "the session manager does its work, rules included")
        host = self.host()
        client = self.client(host, 4)
        wait_until(lambda: "does not let this program choose the default device" in host.said(), "the host says why")
        code, said, report = client.finish()
        self.assertIn(code, (0, BAD_SOUND), said + host.said())
        self.assertGreater(report["frames"]["decoded"], 50, "the picture has nothing to do with it")
        self.assertEqual(host.said().count("does not let this program"), 1, "nobody tries again what is forbidden")
        self.assertNotIn("punktfunk", self.chosen_device())
        self.assertEqual(host.stop(), 0)
        host = self.host("--set", "audio.play_on=both")
        client = self.client(host, 5)
        self.play()
        code, said, report = client.finish()
        self.check_tone(report, 1)
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
