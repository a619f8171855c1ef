"""The manual page of a program that prints what CLI11 would: every option is on it, and groff has nothing to say."""
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

TOOL = Path(__file__).with_name("man_page.py")
PROGRAM = r"""#!/bin/sh
case "$*" in
  --version) echo 1.2 ;;
  --help) cat <<'END'
fake pretends to be a program.
Usage: /x/fake [OPTIONS] SUBCOMMAND

Options:
  -h,--help                   Print this help message and exit
  --rate FLOAT:FLOAT in [1 - 2]=1
                              how fast; it's a number

Subcommands:
  run                         do it

Examples:
  fake run
      .does it with a \ and a dot

Exit codes: 0 done,
1 not done.
END
  ;;
  "run --help") cat <<'END'
do it
Usage: /x/fake run [OPTIONS] what

Options:
  -h,--help                   Print this help message and exit
  --twice                     and again
END
  ;;
  *) exit 2 ;;
esac
"""


class ManPage(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="pf-man-"))
        self.addCleanup(shutil.rmtree, self.folder)
        program = self.folder / "fake"
        program.write_text(PROGRAM)
        program.chmod(0o755)
        self.page = self.folder / "fake.1"
        subprocess.run([sys.executable, TOOL, program, "fake", self.page], check=True)

    def test_everything_that_help_says_is_on_it(self):
        text = self.page.read_text()
        for words in ("fake \\- pretends to be a program", "\\-\\-rate FLOAT=1", "how fast; it\\(aqs a number",
                      '.SS "run [OPTIONS] what"', "\\-\\-twice", "and again", "0 done, 1 not done.",
                      ".does it with a \\e and a dot", ".SH EXAMPLES"):
            self.assertIn(words, text)

    @unittest.skipUnless(shutil.which("groff"), "groff is not installed")
    def test_it_renders_without_a_warning(self):
        done = subprocess.run(["groff", "-man", "-Tutf8", "-ww", "-z", self.page], capture_output=True, text=True,
                              check=True)
        self.assertEqual(done.stderr, "")


if __name__ == "__main__":
    unittest.main()
