"""When a processor ran nothing: a process on each asks to be woken every two milliseconds, as urgently as the threads of
a session, and notes how late it was. What nobody would have played in time is told apart from what we did not.

Run by itself it prints what it saw, as JSON, when its standard input ends.
"""
import json
import os
import select
import subprocess
import sys
import time

EVERY_S = 0.002
WORTH_NOTING_S = 0.004
MOST = 100_000  # more and the machine does nothing else
URGENCY = -10  # as core/runtime/thread_linux.cpp has it for threads that turn frames


class StallWatch:
    """Begins at once. `finish()` gives the stalls, as (instant of the end by the monotonic clock in seconds, seconds late)."""

    def __init__(self, test):
        self.processes = [subprocess.Popen([sys.executable, __file__, str(cpu)], stdin=subprocess.PIPE,
                                           stdout=subprocess.PIPE, text=True) for cpu in os.sched_getaffinity(0)]
        test.addCleanup(self.end)

    def finish(self):
        said = [process.communicate("")[0] for process in self.processes]
        return sorted(tuple(stall) for one in said for stall in json.loads(one))

    def end(self):
        for process in self.processes:
            if process.poll() is None:
                process.kill()
                process.communicate()


def longest_about(stalls, at_s, reach_s=0.1):
    """The longest that ended, or still lasted, around an instant."""
    return max((late_s for end_s, late_s in stalls if end_s - late_s - reach_s < at_s < end_s + reach_s), default=0.0)


def watch(cpu):
    os.sched_setaffinity(0, {cpu})
    try:
        os.setpriority(os.PRIO_PROCESS, 0, URGENCY)
    except PermissionError:
        pass  # then the threads of the session were refused it, too
    stalls = []
    while True:
        slept_at = time.monotonic()
        if select.select([sys.stdin], [], [], EVERY_S)[0]:
            return stalls
        late_s = time.monotonic() - slept_at - EVERY_S
        if late_s > WORTH_NOTING_S and len(stalls) < MOST:
            stalls.append((time.monotonic(), late_s))


if __name__ == "__main__":
    print(json.dumps(watch(int(sys.argv[1]))))
