#!/usr/bin/env python3
"""Streams a real moving Wayland client from a headless desktop to a client on this machine, and says how well.

Starts `punktfunk-host serve --headless`, connects `punktfunk-probe` to it over loopback, and joins what both ends
noted about every frame. Leaves demo.mkv, demo.png and demo.json in the output folder.
"""
import argparse
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

READY_WITHIN_S = 10
STOP_WITHIN_S = 5


def fail(sentence):
    sys.exit(f"demo: {sentence}")


def machine():
    model = "unknown processor"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    return f"{model}, {os.cpu_count()} cores, Linux {platform.release()}"


def start_host(args, private, log):
    """The host on a free port with an identity of its own; gives the process and its port."""
    environment = dict(os.environ, XDG_CONFIG_HOME=str(private / "config"), XDG_STATE_HOME=str(private / "state"))
    host = subprocess.Popen(
        [args.bin / "punktfunk-host", "serve", "--headless", "--open", "--port", "0", "--bind", "127.0.0.1",
         "--set", "management.port=0", "--trace-dir", args.out, "--", args.bin / "punktfunk-pattern"],
        stdout=subprocess.PIPE, stderr=log, text=True, env=environment)
    deadline = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < deadline:
        line = host.stdout.readline()
        if not line:
            break
        if line.startswith("ready: "):
            return host, dict(part.split("=", 1) for part in line.split()[1:])["address"]
    host.kill()
    fail(f"the host did not start; its last words are in {log.name}")


def stop(process):
    process.send_signal(signal.SIGTERM)
    try:
        return process.wait(STOP_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        fail("the host did not stop within %d s of SIGTERM" % STOP_WITHIN_S)


def percentiles(values_ns):
    ordered = sorted(values_ns)
    if not ordered:
        return None
    pick = lambda share: round(ordered[min(len(ordered) - 1, int(share * len(ordered)))] / 1000, 1)
    return {"p50": pick(0.50), "p95": pick(0.95), "p99": pick(0.99)}


def join(host, probe):
    """One table of both ends' stamps, all on the host's time line, keyed by the access unit's pts."""
    names = host["row_fields"]
    rows = {row[0]: dict(zip(names, row)) for row in host["rows"]}
    joined = []
    for row in probe["rows"]:
        here = dict(zip(probe["row_fields"], row))
        there = rows.get(here["pts_ns"])
        if there:
            joined.append({**there, **here})
    return joined


def spans(rows, begin, end):
    return percentiles([row[end] - row[begin] for row in rows if row.get(begin) and row.get(end)])


def summarise(host, probe):
    rows = join(host, probe)
    seconds = probe["duration_s"]
    percent = lambda cpu_s: round(100 * cpu_s / seconds, 2)
    cpu, client_cpu = host["cpu_s"], probe["cpu_s"]
    share = seconds / host["duration_s"]  # the host's session is a little longer than the measured part
    return {
        "mode": probe["mode"],
        "duration_s": seconds,
        "frames": {
            "drawn": probe["frames"]["drawn"],
            "captured": host["frames"]["captured"],
            "sent": host["frames"]["sent"],
            "received": probe["frames"]["received"],
            "decoded": probe["frames"]["decoded"],
            "distinct_decoded": probe["frames"]["distinct_decoded"],
            "lost": probe["frames"]["lost"],
            "recovered": probe["frames"]["recovered"],
        },
        "bitrate_kbps": probe["bitrate_kbps"],
        "latency_us": {
            "captured_to_delivered": spans(rows, "captured_ns", "delivered_ns"),
            "captured_to_submitted": spans(rows, "captured_ns", "submitted_ns"),
            "captured_to_encoded": spans(rows, "captured_ns", "encoded_ns"),
            "encoded_to_received": spans(rows, "encoded_ns", "received_ns"),
            "captured_to_received": spans(rows, "captured_ns", "received_ns"),
            "drawn_to_decoded": spans(rows, "drawn_ns", "decoded_ns"),
        },
        "cpu_percent": {
            "desktop": percent(cpu["desktop"] * share),
            "capture": percent(cpu["capture"] * share),
            "convert": percent(cpu["convert"] * share),
            "encode": percent(cpu["encode"] * share),
            "transport_host": percent(cpu["transport"] * share),
            "transport_client": percent(client_cpu["transport"]),
            "decode": percent(client_cpu["decode"]),
        },
        "machine": machine(),
    }


def print_table(report):
    mode, frames = report["mode"], report["frames"]
    print(f"\n{mode['width_px']}x{mode['height_px']}@{mode['refresh_hz']} for {report['duration_s']:.1f} s"
          f" at {report['bitrate_kbps']} kbit/s on {report['machine']}\n")
    print(f"  {'distinct frames decoded':<28}{frames['distinct_decoded']:>8}"
          f"   {frames['distinct_decoded'] / report['duration_s']:.2f} a second")
    for name in ("captured", "sent", "received", "lost", "recovered"):
        print(f"  {name:<28}{frames[name]:>8}")
    print(f"\n  {'latency, µs':<28}{'p50':>8}{'p95':>9}{'p99':>9}")
    for name, row in report["latency_us"].items():
        if row:
            print(f"  {name.replace('_', ' '):<28}{row['p50']:>8.0f}{row['p95']:>9.0f}{row['p99']:>9.0f}")
    print(f"\n  {'CPU, % of one core':<28}")
    for name, share in report["cpu_percent"].items():
        print(f"  {name.replace('_', ' '):<28}{share:>8.2f}")


def main():
    root = Path(__file__).resolve().parent.parent
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10, help="how long to stream (default %(default)s)")
    parser.add_argument("--mode", default="1280x720@60", help="WIDTHxHEIGHT@HZ (default %(default)s)")
    parser.add_argument("--bin", type=Path, default=root / "build/release/bin", help="where the programs are")
    parser.add_argument("--out", type=Path, default=root / "build/demo", help="where the results go")
    args = parser.parse_args()

    args.out.mkdir(parents=True, exist_ok=True)
    for old in [*args.out.glob("session-*.json"), *args.out.glob("demo.*")]:
        old.unlink()
    private = Path(tempfile.mkdtemp(prefix="pf-demo-"))
    try:
        with open(args.out / "host.log", "w") as log:
            host, address = start_host(args, private, log)
            try:
                probe = subprocess.run(
                    [args.bin / "punktfunk-probe", "--connect", address, "--mode", args.mode,
                     "--seconds", str(args.seconds), "--record", args.out / "demo.mkv",
                     "--snapshot", args.out / "demo.png", "--json", args.out / "probe.json"],
                    env=dict(os.environ, XDG_CONFIG_HOME=str(private / "config"),
                             XDG_STATE_HOME=str(private / "state")))
            finally:
                host_code = stop(host)
        if probe.returncode != 0:
            fail(f"the probe failed; the host's side is in {args.out / 'host.log'}")
        if host_code != 0:
            fail(f"the host ended with code {host_code}; see {args.out / 'host.log'}")
    finally:
        shutil.rmtree(private, ignore_errors=True)

    report = summarise(json.loads((args.out / "session-1.json").read_text()),
                       json.loads((args.out / "probe.json").read_text()))
    (args.out / "demo.json").write_text(json.dumps(report, indent=2) + "\n")
    print_table(report)
    print(f"\nSee {args.out}/demo.mkv, demo.png and demo.json.")


if __name__ == "__main__":
    main()
