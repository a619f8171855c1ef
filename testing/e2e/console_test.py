"""The web console in a real browser, against a real host: the tests themselves are web/e2e/*.test.ts. Arguments: which of them;
none: all, one after the other."""
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from harness import BIN, PATIENCE_S, EndToEnd, Host, wait_until

WEB = Path(__file__).resolve().parents[2] / "web"
SUITES = sys.argv[1:]
# On a busy machine, with sanitizers.
SUITE_PATIENCE_S = 240


def node():
    folder = subprocess.run(["sh", WEB / "scripts/node-path.sh"], capture_output=True, text=True, check=True).stdout.strip()
    return Path(folder) / "node"


class Console(EndToEnd):
    def test_in_a_browser(self):
        if "work" in SUITES:  # its doctor is to find everything well, so everything is real
            host = Host(self, verb=("serve",), open_to_all=False, sound=True)
        else:
            host = Host(self, command=(), verb=("serve",), options=("--set", "display.backend=synthetic"), open_to_all=False)
        made = subprocess.run([BIN / "punktfunk-host", "password"], capture_output=True, text=True, timeout=PATIENCE_S,
                              env=host.environment())
        self.assertEqual(made.returncode, 0, made.stderr)
        port = wait_until(lambda: re.search(r"https://\S+:(\d+)/api/v1", host.said()), "the host listens for browsers")[1]
        clients = tempfile.mkdtemp(prefix="pf-console-")
        self.addCleanup(shutil.rmtree, clients, True)
        facts = {"PF_URL": f"https://127.0.0.1:{port}", "PF_PASSWORD": made.stdout.split()[-1], "PF_ADDRESS": host.address,
                 "PF_FOLDER": clients, "PF_PICTURES": str(BIN.parent / "console-pictures"), "PF_BIN_DIR": str(BIN)}
        files = [WEB / f"e2e/{name}.test.ts" for name in SUITES] or sorted((WEB / "e2e").glob("*.test.ts"))
        suite = subprocess.Popen([node(), "--no-warnings", "--test", "--test-concurrency=1", *files],
                                 env=dict(os.environ, **facts), cwd=WEB, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                 start_new_session=True)  # so that browser and clients can be ended with it
        try:
            said, _ = suite.communicate(timeout=SUITE_PATIENCE_S)
        except subprocess.TimeoutExpired:
            os.killpg(suite.pid, signal.SIGKILL)
            said, _ = suite.communicate()
        self.assertEqual(suite.returncode, 0, said[-10000:] + host.said()[-3000:])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
