"""What each thread of a process takes of the processor, for the scripts that tell what a feature costs."""
import time
from pathlib import Path

WINDOW_S = 0.5


def threads(pid):
    """{name: nanoseconds on a processor so far}, of each thread's name."""
    taken = {}
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            name, taken_ns = (task / "comm").read_text().strip(), int((task / "schedstat").read_text().split()[0])
        except OSError:  # it has just ended
            continue
        taken[name] = taken.get(name, 0) + taken_ns
    return taken


def add_windows(shares, pid, seconds):
    """Appends {name: [percent of a core]} of the windows of half a second that follow. Their median is not moved by a
    neighbour's burst."""
    end, before, began = time.monotonic() + seconds, threads(pid), time.monotonic()
    while time.monotonic() < end:
        time.sleep(WINDOW_S)
        after, now = threads(pid), time.monotonic()
        for name in after.keys() & before.keys():
            shares.setdefault(name, []).append((after[name] - before[name]) / (now - began) / 1e7)
        before, began = after, now
