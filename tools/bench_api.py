#!/usr/bin/env python3
"""What the management API costs: how soon it answers, what a host costs that nobody uses, how much it bears without a
stream, and what it takes from one. Run it on a quiet machine, on a release build.

  python3 tools/bench_api.py --bin build/release/bin [--seconds 30] [--json result.json] [PART ...]

Parts: start, idle, idle-sound, load, stream (of a picture that the host draws), stream-desktop. The goals are printed beside what was measured; exit code 1 if one is
missed."""
import argparse
import json
import multiprocessing
import os
import selectors
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from pathlib import Path

READERS, READER_RATE, LOAD_RATE, WORKERS = 200, 200, 1000, 2
MODE = "1280x720@60"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def tls():
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def connect(port, context):
    raw = socket.create_connection(("127.0.0.1", port), 10)
    raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return context.wrap_socket(raw)


def request(path, token, keep="keep-alive"):
    return (f"GET /api/v1{path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
            f"Connection: {keep}\r\n\r\n").encode()


def read_answer(connection):
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            raise ConnectionError("closed")
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    size = next(int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length"))
    while len(body) < size:
        body += connection.recv(65536)
    return int(head.split(b" ", 2)[1]), body


class Host:
    def __init__(self, folder, binaries, *options):
        self.port, self.began = free_port(), time.monotonic()
        self.environment = dict(os.environ, XDG_CONFIG_HOME=f"{folder}/config", XDG_STATE_HOME=f"{folder}/state")
        self.environment.pop("XDG_RUNTIME_DIR", None)
        self.binaries = binaries
        self.process = subprocess.Popen(
            [f"{binaries}/punktfunk-host", "serve", "--headless", "--open", "--no-mdns", "--bind", "127.0.0.1", "--port", "0",
             "--set", f"management.port={self.port}", *options],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=self.environment)

    def wait(self):
        line = self.process.stdout.readline()
        if not line.startswith("ready: "):
            raise SystemExit("bench_api: the host did not start")
        self.address = line.split("address=")[1].split()[0]
        return self

    def token(self):
        return subprocess.run([f"{self.binaries}/punktfunk-host", "token", "create", "bench", "--scope", "read"],
                              capture_output=True, text=True, check=True, env=self.environment).stdout.strip()

    def answers(self, token):
        """Seconds from its start to its first answer."""
        context = tls()
        while time.monotonic() - self.began < 10:
            try:
                with connect(self.port, context) as connection:
                    connection.sendall(request("/host", token, "close"))
                    status, _ = read_answer(connection)
                if status == 200:
                    return time.monotonic() - self.began
            except (ConnectionError, OSError):
                time.sleep(0.002)
        raise SystemExit("bench_api: the management API does not answer")

    def family(self):
        below, frontier = [self.process.pid], [self.process.pid]
        while frontier:
            parent = frontier.pop()
            for task in Path(f"/proc/{parent}/task").glob("*/children"):
                children = [int(pid) for pid in task.read_text().split()]
                below += children
                frontier += children
        return below

    def cost(self):
        """CPU seconds so far, resident MB: {name: (cpu, rss)}."""
        found = {}
        for pid in self.family():
            try:
                name = Path(f"/proc/{pid}/comm").read_text().strip()
                status = Path(f"/proc/{pid}/status").read_text()
                # Exact where ticks of 10 ms are not: nanoseconds on a processor, of each thread.
                cpu = sum(int(one.read_text().split()[0]) for one in Path(f"/proc/{pid}/task").glob("*/schedstat")) / 1e9
            except OSError:
                continue
            # A process that has ended and was not waited for yet has none.
            rss = int(next((line.split()[1] for line in status.splitlines() if line.startswith("VmRSS")), 0)) / 1024
            before = found.get(name, (0, 0))
            found[name] = (before[0] + cpu, before[1] + rss)
        return found

    def wakeups(self):
        total = 0
        for status in Path(f"/proc/{self.process.pid}/task").glob("*/status"):
            total += sum(int(line.split()[1]) for line in status.read_text().splitlines() if "ctxt_switches" in line)
        return total

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)
        self.process.stdout.close()


def asker(port, token, rate, seconds, results):
    """Asks at a steady pace over one connection kept open."""
    connection, ask = connect(port, tls()), request("/host", token)
    took, failed, begin = [], 0, time.monotonic()
    for turn in range(int(rate * seconds)):
        due = begin + turn / rate
        wait = due - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        sent = time.monotonic()
        connection.sendall(ask)
        status, _ = read_answer(connection)
        # From when it should have been asked: a server that stalls makes all that follow late.
        took.append(time.monotonic() - min(due, sent))
        failed += status != 200
    results.put((took, failed, time.monotonic() - begin))


def reader(port, token, count, stop, ready, results):
    """So many connections that take events and do nothing else."""
    context, chosen, bytes_read, gone = tls(), selectors.DefaultSelector(), 0, 0
    for _ in range(count):
        connection = connect(port, context)
        connection.sendall(request("/events", token))
        connection.setblocking(False)
        chosen.register(connection, selectors.EVENT_READ)
    ready.set()
    while not stop.is_set():
        for key, _ in chosen.select(0.2):
            try:
                data = key.fileobj.recv(65536)
            except (ssl.SSLWantReadError, BlockingIOError):
                continue
            bytes_read += len(data)
            if not data:
                chosen.unregister(key.fileobj)
                gone += 1
    results.put((bytes_read, gone))


def load(port, token, rate, seconds):
    results = multiprocessing.Queue()
    workers = [multiprocessing.Process(target=asker, args=(port, token, rate / WORKERS, seconds, results))
               for _ in range(WORKERS)]
    for worker in workers:
        worker.start()
    took, failed, longest = [], 0, 0
    for _ in workers:
        one, bad, lasted = results.get()
        took += one
        failed += bad
        longest = max(longest, lasted)
    for worker in workers:
        worker.join()
    took.sort()
    return {"asked": len(took), "failed": failed, "per_s": round(len(took) / longest, 1),
            "p50_ms": round(1000 * took[len(took) // 2], 2), "p99_ms": round(1000 * took[len(took) * 99 // 100], 2)}


def probe(host, seconds, folder):
    report = Path(folder) / "probe.json"
    return subprocess.Popen([f"{host.binaries}/punktfunk-probe", "--connect", host.address, "--mode", MODE, "--seconds",
                             str(seconds), "--json", report], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                            env=dict(os.environ, XDG_STATE_HOME=folder)), report


def stream(host, token, seconds, readers):
    with tempfile.TemporaryDirectory(prefix="pf-bench-") as folder:
        stop, ready, results = multiprocessing.Event(), multiprocessing.Event(), multiprocessing.Queue()
        crowd = None
        if readers:
            crowd = multiprocessing.Process(target=reader, args=(host.port, token, readers, stop, ready, results))
            crowd.start()
            if not ready.wait(60):
                raise SystemExit("bench_api: the readers did not come in")
        watching, report = probe(host, seconds, folder)
        asked = load(host.port, token, READER_RATE, seconds - 1) if readers else None
        watching.wait(60)
        told = json.loads(report.read_text())
        figures = {"distinct": told["frames"]["distinct_decoded"], "lost": told["frames"]["lost"],
                   "latency_us": told["latency_us"]["drawn_to_decoded"]}
        if readers:
            stop.set()
            bytes_read, gone = results.get()
            crowd.join()
            figures |= {"requests": asked, "readers": readers, "readers_lost": gone, "event_bytes": bytes_read}
        return figures


SYNTHETIC = ("--set", "display.backend=synthetic")
SILENT = ("--set", "sound_server.run=never", "--set", "microphone.enabled=false", "--set", "audio.backend=tone")


def idle(host, seconds):
    time.sleep(3)  # what a start leaves to do
    before, woken = host.cost(), host.wakeups()
    time.sleep(seconds)
    after, wakes = host.cost(), host.wakeups() - woken
    percent = {name: round(100 * (after[name][0] - before.get(name, (0, 0))[0]) / seconds, 2) for name in after}
    return {"cpu_percent": percent, "rss_mb": {name: round(rss, 1) for name, (_, rss) in after.items()},
            "wakeups_per_s": round(wakes / seconds, 1)}


class Bench:
    def __init__(self, options):
        self.options, self.results, self.missed = options, {}, []

    def goal(self, sentence, met):
        print(f"  {'ok    ' if met else 'MISSED'} {sentence}")
        if not met:
            self.missed.append(sentence)

    def run(self, parts):
        folder = tempfile.mkdtemp(prefix="pf-bench-")
        try:
            host = Host(folder, self.options.bin, *SYNTHETIC, *SILENT).wait()
            token = host.token()
            host.stop()
            for part in parts:
                print(part)
                getattr(self, part.replace("-", "_"))(folder, token)
                print("   ", json.dumps(self.results[part]))
        finally:
            shutil.rmtree(folder, True)
        return self.results

    def start(self, folder, token):
        times = []
        for _ in range(5):
            host = Host(folder, self.options.bin, *SYNTHETIC, *SILENT)
            times.append(host.answers(token))
            host.wait().stop()
        self.results["start"] = {"ms": sorted(round(1000 * one) for one in times)}
        self.goal(f"answers {1000 * sorted(times)[2]:.0f} ms after its start (median; 300)", sorted(times)[2] <= 0.3)

    def idle_of(self, part, folder, options):
        host = Host(folder, self.options.bin, *options).wait()
        found = self.results[part] = idle(host, self.options.seconds)
        host.stop()
        cpu, rss = found["cpu_percent"].get("punktfunk-host", 0), found["rss_mb"].get("punktfunk-host", 0)
        self.goal(f"idle: {cpu} % of a core (0.5), {rss} MB (60), {found['wakeups_per_s']} wake-ups a second",
                  cpu <= 0.5 and rss <= 60)

    def idle(self, folder, _):
        self.idle_of("idle", folder, SYNTHETIC + SILENT)

    def idle_sound(self, folder, _):
        self.idle_of("idle-sound", folder, SYNTHETIC + ("--set", "sound_server.run=always"))

    def load(self, folder, token):
        host = Host(folder, self.options.bin, *SYNTHETIC, *SILENT).wait()
        host.answers(token)
        before = host.cost()["punktfunk-host"][0]
        found = self.results["load"] = load(host.port, token, LOAD_RATE, self.options.seconds)
        found["host_cpu_us_per_request"] = round(1e6 * (host.cost()["punktfunk-host"][0] - before) / found["asked"])
        host.stop()
        self.goal(f"{found['per_s']} requests a second (1000), {found['failed']} failed, p99 {found['p99_ms']} ms",
                  found["per_s"] >= 0.98 * LOAD_RATE and found["failed"] == 0)

    def stream(self, folder, token):
        self.stream_of("stream", folder, token, SYNTHETIC + SILENT)

    def stream_desktop(self, folder, token):
        pattern = str(Path(self.options.bin).resolve() / "punktfunk-pattern")
        self.stream_of("stream-desktop", folder, token, (*SILENT, "--", pattern))

    def stream_of(self, part, folder, token, options):
        host = Host(folder, self.options.bin, *options).wait()
        host.answers(token)
        quiet, busy = [stream(host, token, self.options.seconds, readers) for readers in (0, READERS)]
        host.stop()
        self.results[part] = {"alone": quiet, "beside": busy}
        more_ms = (busy["latency_us"]["p99"] - quiet["latency_us"]["p99"]) / 1000
        self.goal(f"beside {READERS} readers and {busy['requests']['per_s']} requests a second: {busy['lost']} frames lost "
                  f"(0), p99 {more_ms:+.2f} ms (2), {busy['readers_lost']} readers and {busy['requests']['failed']} requests "
                  "lost", busy["lost"] == 0 and more_ms <= 2 and busy["readers_lost"] == 0)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--bin", default="build/release/bin")
    parser.add_argument("--seconds", type=float, default=30)  # p99 of 480 frames would be the fifth worst
    parser.add_argument("--json", help="write what was measured here")
    parser.add_argument("parts", nargs="*", metavar="PART", default=[])
    options = parser.parse_args()
    bench = Bench(options)
    results = bench.run(options.parts or ["start", "idle", "idle-sound", "load", "stream", "stream-desktop"])
    if options.json:
        Path(options.json).write_text(json.dumps(results, indent=1) + "\n")
    return 1 if bench.missed else 0


if __name__ == "__main__":
    sys.exit(main())
