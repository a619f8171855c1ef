"""A client with a screen: the host moves its refresh towards the client's, and says by how much."""
import unittest

from harness import EndToEnd, Host, probe


class Phase(EndToEnd):
    def test_the_refresh_of_the_desktop_moves_towards_the_clients(self):
        host = Host(self)
        code, said, report = probe(host.address, "--panel", "30", mode="640x360@30", seconds=7)
        self.assertEqual(code, 0, said + host.said())
        notes = report["phase"]
        self.assertGreater(len(notes), 2, "a report each second")
        # What it amounts to depends on how busy this machine is; that the host answers does not.
        self.assertTrue(all(note["applied_us"] is not None for note in notes[1:]), notes)
        applied = [0] + [note["applied_us"] for note in notes[1:]]
        for before, after in zip(applied, applied[1:]):
            self.assertLessEqual(abs(after - before), 4000, notes)  # two reports at most between two looks
        self.assertEqual(report["frames"]["torn"], 0)
        self.assertEqual(report["frames"]["reordered"], 0)

    def test_who_does_not_ask_is_told_nothing(self):
        host = Host(self)
        code, said, report = probe(host.address, seconds=2)
        self.assertEqual(code, 0, said + host.said())
        self.assertEqual(report["phase"], [])


if __name__ == "__main__":
    unittest.main()
