#!/usr/bin/env python3
"""Runs every fuzz target of build/fuzz for some seconds, two at a time, and prints a table.

Each run starts from a copy of its committed corpus, so the tree stays as it is. Inputs that libFuzzer finds
interesting stay in build/fuzz/runs/NAME/corpus; an input that breaks something is kept beside it and named in
the table. Exit code 1 on any finding, or when a target does not run.
"""
import argparse
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "fuzz"
MEMORY_LIMIT_MB = 2048  # of one target; our parsers have no business with more
INPUT_TIMEOUT_S = 5     # one input may not take longer: bad input has a bounded cost
MAX_INPUT_BYTES = 16384
PARALLEL = 2


def targets(only):
    listing = BUILD / "fuzzers.txt"
    if not listing.exists():
        sys.exit("run_fuzzers: build/fuzz is not configured; run 'make fuzz'")
    for line in listing.read_text().splitlines():
        name, corpus = line.split("\t")
        if not only or name in only:
            yield name, Path(corpus)


def run(name, committed, seconds):
    """Returns a row: name, corpus inputs, executions, executions per second, coverage, what was found."""
    place = BUILD / "runs" / name
    shutil.rmtree(place, ignore_errors=True)
    corpus = place / "corpus"
    corpus.mkdir(parents=True)
    for seed in sorted(committed.glob("*")) if committed.is_dir() else []:
        shutil.copy(seed, corpus)
    seeds = len(list(corpus.iterdir()))
    command = [
        str(BUILD / "bin" / name), str(corpus), f"-max_total_time={seconds}", f"-artifact_prefix={place}/",
        f"-rss_limit_mb={MEMORY_LIMIT_MB}", f"-timeout={INPUT_TIMEOUT_S}", f"-max_len={MAX_INPUT_BYTES}",
        "-print_final_stats=1", "-verbosity=1"]
    log = place / "log.txt"
    with log.open("wb") as output:
        code = subprocess.run(command, stdout=output, stderr=subprocess.STDOUT, cwd=place, check=False).returncode
    text = log.read_text(errors="replace")
    executions = int((re.findall(r"stat::number_of_executed_units: *(\d+)", text) or ["0"])[-1])
    coverage = (re.findall(r"cov: (\d+)", text) or ["-"])[-1]
    if code == 0 and executions > 0:
        finding = "" if seeds else "no committed corpus"
        return name, seeds, executions, coverage, finding, not seeds
    artifacts = [str(path.relative_to(ROOT)) for path in sorted(place.glob("*-*"))]
    return name, seeds, executions, coverage, f"FOUND: {' '.join(artifacts) or log.relative_to(ROOT)}", True


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=30, help="for each target (default: 30)")
    parser.add_argument("targets", nargs="*", help="names of targets, default: all")
    options = parser.parse_args()
    todo = list(targets(options.targets))
    if not todo:
        sys.exit("run_fuzzers: no such fuzz target" if options.targets else "run_fuzzers: there are no fuzz targets")
    minutes = options.seconds * ((len(todo) + PARALLEL - 1) // PARALLEL) / 60
    print(f"fuzz: {len(todo)} targets, {options.seconds} s each, {PARALLEL} at a time: about {minutes:.1f} min",
          flush=True)

    rows = []
    with ThreadPoolExecutor(PARALLEL) as pool:
        for row in pool.map(lambda target: run(*target, options.seconds), todo):
            rows.append(row)
            print(f"  [{len(rows)}/{len(todo)}] {row[0]} {row[4] or 'ok'}", flush=True)

    width = max(len(row[0]) for row in rows)
    print(f"\n{'target':<{width}}  {'seeds':>5}  {'executions':>11}  {'per second':>10}  {'coverage':>8}  result")
    for name, seeds, executions, coverage, finding, _ in rows:
        print(f"{name:<{width}}  {seeds:>5}  {executions:>11,}  {executions // max(options.seconds, 1):>10,}"
              f"  {coverage:>8}  {finding or 'ok'}")
    failed = sum(row[5] for row in rows)
    print(f"\nfuzz: {len(rows) - failed} of {len(rows)} targets ran {options.seconds} s without a finding")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
