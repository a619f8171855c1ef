"""Completions of a program that prints what CLI11 would: the shells understand them, and offer what it takes."""
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

TOOL = Path(__file__).with_name("completions.py")
PROGRAM = r"""#!/bin/sh
case "$*" in
  --version) echo 1.2 ;;
  --help) cat <<'END'
fake pretends to be a program.
Usage: /x/fake [OPTIONS] SUBCOMMAND

Options:
  -h,--help                   Print this help message and exit

Subcommands:
  run                         do it; it's [really] done: now
  tell                        say something
END
  ;;
  "run --help") cat <<'END'
do it
Usage: /x/fake run [OPTIONS] [command...]

Positionals:
  command COMMAND ... ...     program to run, after --

Options:
  -h,--help                   Print this help message and exit
  --level LEVEL:value in {low->0,high->1} OR {0,1}
                              how much
  --set KEY=VALUE             a setting
  --config FILE               read it's [file]
END
  ;;
  "tell --help") cat <<'END'
say something
Usage: /x/fake tell [OPTIONS] what

Positionals:
  what TEXT:{truth,lies} REQUIRED
                              what to say
END
  ;;
  *) exit 2 ;;
esac
"""
SETTINGS = "## [video]\n\n| Key | Default |\n|---|---|\n| `rate` | `1` |\n| `slices` | `1` |\n\n## [[app]]\n\n| `name` | |\n"


class Completions(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="pf-completions-"))
        self.addCleanup(shutil.rmtree, self.folder)
        program, settings = self.folder / "fake", self.folder / "settings.md"
        program.write_text(PROGRAM)
        program.chmod(0o755)
        settings.write_text(SETTINGS)
        subprocess.run([sys.executable, TOOL, program, "fake", self.folder, settings], check=True)

    def bash(self, *words):
        """What bash offers for the last word."""
        script = (f"source {self.folder}/bash/fake; compopt() {{ :; }}; COMP_WORDS=(fake \"$@\"); COMP_CWORD=$#; _fake; "
                  'printf "%s\\n" "${COMPREPLY[@]}"')
        done = subprocess.run(["bash", "-c", script, "bash", *words], capture_output=True, text=True, check=True)
        self.assertEqual(done.stderr, "")
        return set(done.stdout.split())

    def fish(self, line):
        done = subprocess.run(["fish", "--no-config", "-c", f"source {self.folder}/fish/fake.fish; complete -C {line!r}"],
                              capture_output=True, text=True, check=True)
        self.assertEqual(done.stderr, "")
        return {row.split("\t")[0] for row in done.stdout.splitlines()}

    def test_bash_offers_what_the_program_takes(self):
        self.assertEqual(self.bash(""), {"run", "tell", "--help"})
        self.assertEqual(self.bash("run", "--l"), {"--level"})
        self.assertEqual(self.bash("run", "--level", ""), {"low", "high"})
        self.assertEqual(self.bash("run", "--set", ""), {"video.rate=", "video.slices="})
        self.assertEqual(self.bash("tell", ""), {"truth", "lies"})
        self.assertIn("bash", self.bash("run", "--", "bas"))

    @unittest.skipUnless(shutil.which("fish"), "fish is not installed")
    def test_fish_offers_what_the_program_takes(self):
        self.assertEqual(self.fish("fake t"), {"tell"})
        self.assertEqual(self.fish("fake run --level "), {"low", "high"})
        self.assertEqual(self.fish("fake run --set video.s"), {"video.slices="})
        self.assertEqual(self.fish("fake tell "), {"truth", "lies"})

    @unittest.skipUnless(shutil.which("zsh"), "zsh is not installed")
    def test_zsh_reads_it_and_knows_the_function(self):
        script = f"autoload -U compinit && compinit -D && source {self.folder}/zsh/_fake && whence -w _fake && echo $_comps[fake]"
        done = subprocess.run(["zsh", "-f", "-c", script], capture_output=True, text=True, check=True)
        self.assertEqual((done.stdout.split(), done.stderr), (["_fake:", "function", "_fake"], ""))
        text = (self.folder / "zsh/_fake").read_text()
        for words in ("'*--level[how much]:value:(low high)'", "'*--config[read it'\\''s \\[file\\]]:file:_files'",
                      "'run:do it; it'\\''s [really] done\\: now'", "'*:value:(truth lies)'"):
            self.assertIn(words, text)


if __name__ == "__main__":
    unittest.main()
