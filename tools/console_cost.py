#!/usr/bin/env python3
"""What the web console costs a host that streams: processor time with its dashboard open in a browser, against the same stream
without, and the frames lost. Run it on a quiet machine, on a release build with the console in it.

  python3 tools/console_cost.py --bin build/release/bin [--seconds 20] [--picture console.png]

The share of the console is that of the host's threads that do nothing else (HTTP, the API, stills) and, besides, what the rest
of the host and the desktop took more than without it. The browser runs on the same machine, so the second share holds what two
cores lose to it. Exit code 1 if a goal is missed."""
import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench_api import MODE, SILENT, Host, probe
from thread_time import threads

WEB = Path(__file__).resolve().parents[1] / "web"
CONSOLE_THREADS = ("pf-management", "pf-stills")  # HTTP, events and answers; stills
GOAL_PERCENT = 1.0
WARM_UP_S = 4  # the browser loads the page, the stream its first pictures
BROWSER_S = 15  # what a browser takes to start, at most: the stream outlasts it


def more(after, before):
    """Seconds, of each name."""
    return {name: (spent - before.get(name, 0)) / 1e9 for name, spent in after.items()}


def browser(host, password, picture):
    node = subprocess.run(["sh", WEB / "scripts/node-path.sh"], capture_output=True, text=True, check=True).stdout.strip()
    facts = {"PF_URL": f"https://127.0.0.1:{host.port}", "PF_PASSWORD": password, "PF_ADDRESS": host.address,
             "PF_FOLDER": tempfile.gettempdir(), "PF_PICTURES": str(Path(picture or "/tmp/x").resolve().parent), "PF_BIN_DIR": "-"}
    watcher = subprocess.Popen([f"{node}/node", "--no-warnings", WEB / "e2e/look.ts", *([Path(picture).stem] if picture else [])],
                               env=dict(os.environ, **facts), cwd=WEB, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    if watcher.stdout.readline().strip() != "open":
        raise SystemExit("console_cost: the browser did not open the dashboard")
    return watcher


def measure(host, seconds, password, picture):
    """A stream of `seconds`; with a password also the dashboard."""
    with tempfile.TemporaryDirectory(prefix="pf-cost-") as folder:
        watching, report = probe(host, seconds + 2 * WARM_UP_S + BROWSER_S, folder)
        watcher = browser(host, password, picture) if password else None
        time.sleep(WARM_UP_S)
        own, family, began = threads(host.process.pid), host.cost(), time.monotonic()
        time.sleep(seconds)
        own, after, lasted = more(threads(host.process.pid), own), host.cost(), time.monotonic() - began
        if watcher:
            watcher.communicate("\n", timeout=30)
        watching.wait(60)
        told = json.loads(report.read_text())
    percent = {name: 100 * (cpu - family.get(name, (0, 0))[0]) / lasted for name, (cpu, _) in after.items()}
    console = sum(spent for name, spent in own.items() if name.startswith(CONSOLE_THREADS))
    return {"console_percent": round(100 * console / lasted, 2), "host_percent": round(percent["punktfunk-host"], 2),
            "desktop_percent": round(percent.get("punktfunk-desktop", percent.get("punktfunk-deskt", 0)), 2),
            "threads_percent": {name: round(100 * spent / lasted, 2) for name, spent in sorted(own.items()) if spent > 0},
            "frames": told["frames"]["distinct_decoded"], "lost": told["frames"]["lost"],
            "host_rss_mb": round(after["punktfunk-host"][1], 1)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--bin", default="build/release/bin")
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--picture", help="keep what the dashboard looked like at the end")
    options = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="pf-cost-")
    try:
        pattern = str(Path(options.bin).resolve() / "punktfunk-pattern")
        host = Host(folder, options.bin, *SILENT, "--", pattern).wait()
        password = subprocess.run([f"{options.bin}/punktfunk-host", "password"], capture_output=True, text=True, check=True,
                                  env=host.environment).stdout.split()[-1]
        alone = measure(host, options.seconds, None, None)
        beside = measure(host, options.seconds, password, options.picture)
        host.stop()
    finally:
        shutil.rmtree(folder, True)
    print(json.dumps({"mode": MODE, "alone": alone, "with_dashboard": beside}, indent=1))
    good = beside["console_percent"] <= GOAL_PERCENT and beside["lost"] == 0
    print(f"{'ok    ' if good else 'MISSED'} the dashboard costs {beside['console_percent']} % of a core ({GOAL_PERCENT}), and "
          f"{beside['host_percent'] - alone['host_percent']:+.2f} % in the whole host; {beside['lost']} frames lost (0)")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
