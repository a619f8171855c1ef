#!/usr/bin/env python3
"""Measures our codes and sealing beside the libraries that others use.

Builds the peers that can be had, runs all programs in turn, round after round, so that whatever else the machine
does meets all of them alike, and reports for every shape the best round and the median. Writes results.json,
tables.md and growth.svg. What the programs owe: README.md beside this file. Standard library only.
"""
import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
from datetime import date
from pathlib import Path

import growth_plot

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BUILD_SECONDS = 600
ROUND_SECONDS = 600

GROWTH_K = (10, 20, 50, 100, 200, 500, 1000, 2000, 4000, 10000, 20000)
OURS = "punktfunk"
# Programs that say they write the same bytes.
SAME_CODE = {"gf16-encode": {"punktfunk-gf16", "reed-solomon-simd"}}
TITLES = {
    "gf16-encode": "GF(2¹⁶) encode",
    "gf16-decode-2": "GF(2¹⁶) decode, 2 % of the data lost",
    "gf16-decode": "GF(2¹⁶) decode, m lost",
    "gf8-encode": "GF(2⁸) encode",
    "gf8-decode": "GF(2⁸) decode, m lost",
    "seal": "AES-128-GCM seal, 64 packets at a time",
}
BEGIN, END = "<!-- bench-peers: begin -->", "<!-- bench-peers: end -->"


def shapes():
    """(group, op, k, m, bytes, lost) of everything that is measured."""
    all_of_them = [("gf16-encode", "gf16-encode", k, k // 5, 1344, 0) for k in GROWTH_K]
    all_of_them += [("gf16-decode-2", "gf16-decode", k, k // 5, 1216, max(1, k // 50)) for k in GROWTH_K]
    all_of_them += [("gf16-decode", "gf16-decode", k, k // 5, 1216, k // 5) for k in (50, 200, 1000)]
    for k, m in ((10, 2), (50, 10), (100, 20), (200, 40)):
        all_of_them.append(("gf8-encode", "gf8-encode", k, m, 1024, 0))
        all_of_them.append(("gf8-decode", "gf8-decode", k, m, 1216, m))
    return all_of_them + [("seal", "seal", 64, 0, bytes_, 0) for bytes_ in (1200, 1400)]


def build(command, **more):
    """Why it did not build, or None."""
    tool = shutil.which(command[0])
    if not tool:
        return f"{command[0]} is not installed"
    print(f"building with {command[0]} …", file=sys.stderr)
    try:
        done = subprocess.run([tool, *command[1:]], capture_output=True, text=True, timeout=BUILD_SECONDS, **more)
    except subprocess.TimeoutExpired:
        return f"{command[0]} was not done after {BUILD_SECONDS} s"
    if done.returncode == 0:
        return None
    words = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    said = [line for line in words if line.startswith("error")] + words[-1:] + ["without a word"]
    return f"{command[0]} failed: {said[0]}"


def find_programs(ours, out):
    """What can be run: {program name: path}, and what cannot: [(peers, reason)]."""
    programs, missing = {"ours": ours / "fec_peer_bench"}, []
    for name, peers, why in (("openssl", "OpenSSL", "libssl-dev"), ("isal", "ISA-L", "libisal-dev")):
        path = ours / f"{name}_peer_bench"
        if path.exists():
            programs[name] = path
        else:
            missing.append((peers, f"{path.name} was not built: is {why} installed?"))

    target = out / "rust"
    reason = build(["cargo", "build", "--release", "--manifest-path", str(HERE / "rust/Cargo.toml")],
                   env={**os.environ, "CARGO_TARGET_DIR": str(target)})
    if reason:
        missing.append(("reed-solomon-simd, aes-gcm", reason))
    else:
        programs["rust"] = target / "release/rust-peers"

    reason = build(["go", "build", "-o", str(out / "go-peers"), "."], cwd=HERE / "go",
                   env={**os.environ, "GOTOOLCHAIN": "local", "CGO_ENABLED": "0"})
    if reason:
        missing.append(("klauspost/reedsolomon", reason))
    else:
        programs["go"] = out / "go-peers"
    return programs, missing


def measure(programs, rounds, milliseconds):
    """{(op, k, m, bytes, lost): {name: [ns of each round]}}; ends the program where bytes differ."""
    words = [":".join(map(str, shape[1:])) for shape in shapes()]
    times, sums = {}, {}
    order = list(programs)
    for number in range(rounds):
        for name in order:
            if sys.stderr.isatty():
                print(f"\rround {number + 1} of {rounds}: {name:<10}", end="", file=sys.stderr, flush=True)
            done = subprocess.run([programs[name], str(milliseconds), *words], capture_output=True, text=True,
                                  timeout=ROUND_SECONDS)
            if done.returncode != 0:
                sys.exit(f"\nbench-peers: {programs[name]} failed: {done.stderr.strip()}")
            for line in done.stdout.splitlines():
                peer, op, k, m, bytes_, lost, ns, checksum = line.split()
                shape = (op, int(k), int(m), int(bytes_), int(lost))
                times.setdefault(shape, {}).setdefault(peer, []).append(float(ns))
                sums.setdefault(shape, {})[peer] = checksum
        order = order[1:] + order[:1]  # nobody is always first
    if sys.stderr.isatty():
        print(file=sys.stderr)
    check_bytes(sums)
    return times


def check_bytes(sums):
    for shape, by_peer in sums.items():
        same = SAME_CODE.get(shape[0], set()) if shape[4] == 0 else set(by_peer)
        if len({by_peer[peer] for peer in same & set(by_peer)}) > 1:
            sys.exit(f"bench-peers: the bytes of {shape} differ: {by_peer}")


def short(value):
    """Three digits, and never an exponent."""
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def figure(op, k, bytes_, ns):
    """One block's time as people think of it."""
    if op == "seal":
        return f"{short(ns / k)} ns"
    return f"{short(ns / 1000)} µs, {k * bytes_ / ns:.3g} GB/s"


def tables(times):
    """Markdown: a table for each group, a column for each program, ours first."""
    text = []
    for group, title in TITLES.items():
        rows = [shape[1:] for shape in shapes() if shape[0] == group and shape[1:] in times]
        peers = sorted({peer for row in rows for peer in times[row]}, key=lambda peer: (not peer.startswith(OURS), peer))
        if not peers:
            continue
        text += [f"### {title}", ""]
        if not peers[0].startswith(OURS):
            text += ["There is no such code of ours in `core/fec` yet.", ""]
        text += ["| shape | " + " | ".join(peers) + " |", "|---" * (len(peers) + 1) + "|"]
        for row in rows:
            op, k, m, bytes_, lost = row
            name = f"{bytes_} B" if op == "seal" else f"{k}+{m}, {bytes_} B" + (f", {lost} lost" if lost else "")
            text.append(f"| {name} | " + " | ".join(cell(times[row], row, peer) for peer in peers) + " |")
        text.append("")
    return "\n".join(text)


def cell(by_peer, row, peer):
    """best (median) and, for a peer, how many times ours it takes, by best rounds."""
    if peer not in by_peer:
        return "–"
    op, k, _, bytes_, _ = row
    best, median = min(by_peer[peer]), statistics.median(by_peer[peer])
    scale = k if op == "seal" else 1000
    text = f"{figure(op, k, bytes_, best)} ({short(median / scale)})"
    ours = [min(ns) for name, ns in by_peer.items() if name.startswith(OURS)]
    if ours and not peer.startswith(OURS):
        text += f", **{short(best / ours[0])}×**"
    return text


def machine():
    cpu = Path("/proc/cpuinfo").read_text()
    found = re.search(r"model name\s*:\s*(.*)", cpu)
    flags = set(re.search(r"flags\s*:\s*(.*)", cpu).group(1).split()) if "flags" in cpu else set()
    notable = [flag for flag in ("ssse3", "avx2", "avx512bw", "gfni", "vaes", "vpclmulqdq") if flag in flags]
    return f"{found.group(1) if found else os.uname().machine}, {os.cpu_count()} CPUs" + (
        f" ({', '.join(notable)})" if notable else "")


def report(times, missing, rounds, milliseconds):
    text = [f"{date.today().isoformat()}, {machine()}; {rounds} rounds of {milliseconds:g} ms a shape, load average "
            f"{os.getloadavg()[0]:.1f} at the end. Best round (median in the same unit), GB/s of original data by the best "
            "round, and how many times our time a peer takes.", ""]
    text += [f"Not measured: {peers} ({reason})." for peers, reason in missing] + [""] * bool(missing)
    return "\n".join(text) + "\n" + tables(times)


def update_page(page, text, out):
    """Puts the report between the page's marks and the plot beside the page."""
    old = page.read_text()
    if BEGIN not in old or END not in old:
        sys.exit(f"bench-peers: {page} has no {BEGIN} and {END}")
    page.write_text(old[:old.index(BEGIN)] + f"{BEGIN}\n{text.rstrip()}\n{END}" + old[old.index(END) + len(END):])
    shutil.copy(out / "growth.svg", page.with_name("performance-growth.svg"))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--programs", type=Path, default=ROOT / "build/bench/bin", help="where our own programs are")
    parser.add_argument("--out", type=Path, default=ROOT / "build/bench-peers", help="folder for the results")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--ms", type=float, default=10, help="milliseconds for each shape in each round")
    parser.add_argument("--update-page", type=Path, metavar="FILE", help="also put the tables into this page")
    options = parser.parse_args()
    if options.rounds < 1 or not (options.programs / "fec_peer_bench").exists():
        parser.error("needs a round at least, and fec_peer_bench in --programs (make bench-peers builds it)")
    options.out.mkdir(parents=True, exist_ok=True)

    programs, missing = find_programs(options.programs, options.out)
    times = measure(programs, options.rounds, options.ms)
    text = report(times, missing, options.rounds, options.ms)
    (options.out / "tables.md").write_text(text)
    (options.out / "growth.svg").write_text(growth_plot.svg(times))
    (options.out / "results.json").write_text(json.dumps(
        {"machine": machine(), "date": date.today().isoformat(), "missing": dict(missing),
         "times_ns": [{"op": op, "k": k, "m": m, "bytes": bytes_, "lost": lost, "rounds": by_peer}
                      for (op, k, m, bytes_, lost), by_peer in times.items()]}, indent=1) + "\n")
    print(text)
    print(f"wrote results.json, tables.md and growth.svg to {options.out}")
    if options.update_page:
        update_page(options.update_page, text, options.out)


if __name__ == "__main__":
    main()
