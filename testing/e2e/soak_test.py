"""A stream for minutes or hours, with a fault every few seconds: nothing may leak and everything must heal.

    soak_test.py --seconds 110 --every 11 --seed 1 --out build/soak

Prints a table; writes soak.json and soak.svg. The same seed inflicts the same faults.
"""
import argparse
import json
import os
import random
import statistics
import sys
import time
import unittest
from pathlib import Path

import faults
import soak_plot
from harness import Client, EndToEnd, Host, wait_until

OPTIONS = None
NO_TONE = 6  # of the probe: nothing plays on this desktop; its silence is sent all the same
MODES = ("640x360@30", "480x270@30", "568x320@30")
# Growth that is no leak: a sanitizer's books, a report that grows with each picture, a heap that settles. Per process,
# from the median of the second fifth of the run to that of the last.
GROWTH_MB = {"host": 12, "desktop": 12, "probe": 24}


def resources(pid):
    """(resident KiB, file descriptors, threads), None once it has gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        facts = dict(line.split(":", 1) for line in lines if ":" in line)
        return (int(facts["VmRSS"].split()[0]), len(os.listdir(f"/proc/{pid}/fd")), int(facts["Threads"]))
    except (OSError, KeyError, ValueError):
        return None


class Samples:
    """What the three programs hold, once a second."""
    FIELDS = ("rss_kib", "fds", "threads")

    def __init__(self):
        self.of = {"host": [], "desktop": [], "probe": []}

    def take(self, at_s, host, client):
        pids = {"host": host.process.pid, "probe": client.process.pid, "desktop": min(faults.desktops(host), default=0)}
        for name, pid in pids.items():
            if pid and (found := resources(pid)):
                self.of[name].append((at_s, *found))

    def stretch(self, name, begin, end, field):
        """The middle value of a part of the run, begin and end as shares of it."""
        all_of = self.of[name]
        chosen = all_of[int(begin * len(all_of)):max(int(end * len(all_of)), int(begin * len(all_of)) + 1)]
        return statistics.median(sample[1 + self.FIELDS.index(field)] for sample in chosen)

    def slope_kib_per_min(self, name):
        """Least squares over all but the first fifth."""
        all_of = self.of[name][len(self.of[name]) // 5:]
        times, sizes = [sample[0] / 60 for sample in all_of], [sample[1] for sample in all_of]
        middle, mean = statistics.mean(times), statistics.mean(sizes)
        spread = sum((t - middle) ** 2 for t in times)
        return sum((t - middle) * (size - mean) for t, size in zip(times, sizes)) / spread if spread else 0.0


class Plan:
    """Which fault comes when, from the seed."""
    KINDS = ("kill", "kill", "stop", "switch", "pipewire", "wireplumber", "pipewire wireplumber")

    def __init__(self, seed, seconds, every_s):
        dice = random.Random(seed)
        # The last one gets the time to heal.
        self.slots = [(at, dice.choice(self.KINDS), dice.uniform(0.2, 1.5), dice.choice(MODES))
                      for at in range(int(every_s), int(seconds - every_s / 2), int(every_s))]
        self.encoder_pictures = dice.randint(330, 600)  # longer than what is forgotten

    def switches(self):
        return [word for at, kind, _, mode in self.slots if kind == "switch" for word in ("--switch", f"{mode}:{at}")]

    def last_mode(self):
        return next((mode for _, kind, _, mode in reversed(self.slots) if kind == "switch"), MODES[0])


class Soak(EndToEnd):
    def test_nothing_leaks_and_everything_heals(self):
        plan = Plan(OPTIONS.seed, OPTIONS.seconds, OPTIONS.every)
        host = Host(self, sound=True, options=("--set", "sound_server.run=always", "--set", "microphone.enabled=true",
                                               "--set", "debug.encoder_failures=1000000",
                                               "--set", f"debug.encoder_lifetime_pictures={plan.encoder_pictures}"))
        client = Client(self, host.address, "--quiet", "--audio-check", *plan.switches(), mode=MODES[0], seconds=OPTIONS.seconds)
        wait_until(lambda: "streaming to" in host.said(), "the session streams")
        samples, done = self.inflict(plan, host, client)
        code, said, report = client.finish()
        self.assertIn(code, (0, NO_TONE), said + host.said())
        trace = host.session(1)
        self.show(plan, samples, done, report, trace, host)
        self.judge(plan, samples, done, report, host)

    def inflict(self, plan, host, client):
        samples, done, began, due = Samples(), [], time.monotonic(), list(plan.slots)
        while client.process.poll() is None and time.monotonic() - began < OPTIONS.seconds - 1:
            elapsed = time.monotonic() - began
            samples.take(elapsed, host, client)
            if due and elapsed >= due[0][0]:
                _, kind, length_s, _ = due.pop(0)
                if kind == "kill":
                    done.append(faults.kill_desktop(host))
                elif kind == "stop":
                    done.append(faults.stop_desktop(host, round(length_s, 1)))
                elif kind != "switch":
                    done.append(faults.kill_sound(host, *kind.split()))
            time.sleep(1)
        return samples, done

    def show(self, plan, samples, done, report, trace, host):
        healed = [(fault.name.split(" for ")[0], fault.at_ns, faults.healed_ms(report, fault)) for fault in done]
        gaps = report["interruptions"]["host_gaps_ms"]
        switches = sum(kind == "switch" for _, kind, _, _ in plan.slots)
        broken = host.said().count("debug.encoder_failures wants it")
        lines = [f"{OPTIONS.seconds:.0f} s of {report['mode']['width_px']}x{report['mode']['height_px']}, seed "
                 f"{OPTIONS.seed}: {len(done)} faults of desktop and sound, {broken} of the encoder, {switches} mode switches",
                 f"  {'back, ms':<32}{'times':>6}{'median':>9}{'worst':>9}"]
        for name in sorted({name for name, _, _ in healed}):
            for index, since in enumerate(("the fault", "it could be mended")):
                times = [ms[index] for kind, _, ms in healed if kind == name and ms]
                if times:
                    lines.append(f"  {name:<32}{len(times):>6}{statistics.median(times):>9.0f}{max(times):>9.0f}"
                                 f"  since {since}")
        if gaps:
            lines.append(f"  {'all gaps of the picture':<32}{len(gaps):>6}{statistics.median(gaps):>9.0f}{max(gaps):>9.0f}"
                         "  as the host told the client")
        lines.append(f"  {'':<22}{'RSS MiB':>9}{'per min':>9}{'fds':>10}{'threads':>10}")
        for name in samples.of:
            first, last = ([samples.stretch(name, *part, field) for field in Samples.FIELDS]
                           for part in ((0.2, 0.4), (0.8, 1)))
            lines.append(f"  {name:<22}{last[0] / 1024:>9.1f}{samples.slope_kib_per_min(name) / 1024:>+9.2f}"
                         f"{f'{first[1]:.0f} → {last[1]:.0f}':>10}{f'{first[2]:.0f} → {last[2]:.0f}':>10}")
        print("\n".join(lines), flush=True)
        OPTIONS.out.mkdir(parents=True, exist_ok=True)
        began_ns = faults.rows(report)[0]["pts_ns"]
        recoveries = [{"fault": name, "at_s": (at_ns - began_ns) / 1e9, "since_fault_ms": ms and ms[0],
                       "healed_ms": ms and ms[1]}
                      for name, at_ns, ms in healed]
        (OPTIONS.out / "soak.json").write_text(json.dumps({
            "seed": OPTIONS.seed, "seconds": OPTIONS.seconds, "encoder_failures": broken, "mode_switches": switches,
            "recoveries": recoveries, "host_gaps_ms": gaps,
            "key_frames": sum(row["idr"] for row in faults.rows(trace)),
            "samples": {name: [dict(zip(("at_s", *Samples.FIELDS), one)) for one in all_of]
                        for name, all_of in samples.of.items()}}, indent=1))
        (OPTIONS.out / "soak.svg").write_text(soak_plot.draw(OPTIONS.seconds, samples.of, recoveries))
        print(f"  {OPTIONS.out / 'soak.json'}, {OPTIONS.out / 'soak.svg'}", flush=True)

    def judge(self, plan, samples, done, report, host):
        for fault in done:
            self.assertIsNotNone(faults.healed_ms(report, fault), f"no picture after: {fault.name}\n" + host.said())
        self.assertEqual(report["frames"]["torn"], 0)
        self.assertFalse(report["interruptions"]["silent_at_end"])
        self.assertGreater(report["audio"]["packets"]["received"], 0)
        mode = report["mode_at_end"]
        self.assertEqual(f"{mode['width_px']}x{mode['height_px']}@{mode['refresh_hz']}", plan.last_mode())
        for name in samples.of:
            for field in ("fds", "threads"):
                first, last = (samples.stretch(name, *part, field) for part in ((0.2, 0.4), (0.8, 1)))
                self.assertLessEqual(abs(last - first), 1, f"{field} of the {name}: {first} at first, {last} at last")
            grown = (samples.stretch(name, 0.8, 1, "rss_kib") - samples.stretch(name, 0.2, 0.4, "rss_kib")) / 1024
            self.assertLess(grown, GROWTH_MB[name], f"the {name} grew by {grown:.1f} MiB")
        self.assertEqual(host.stop(), 0)
        self.assert_nothing_left(host)


def main():
    global OPTIONS
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=110)
    parser.add_argument("--every", type=float, default=11, help="seconds from one fault to the next")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("soak"))
    OPTIONS = parser.parse_args()
    # What was freed is kept for a while by the address sanitizer, 256 MiB of it: that would look like a leak.
    os.environ["ASAN_OPTIONS"] = ":".join(filter(None, (os.environ.get("ASAN_OPTIONS"), "quarantine_size_mb=4")))
    unittest.main(argv=sys.argv[:1])


if __name__ == "__main__":
    main()
