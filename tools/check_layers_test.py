#!/usr/bin/env python3
"""Plants offences in a small tree and expects tools/check_layers.py to find each, by file and line."""
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

CHECKER = Path(__file__).with_name("check_layers.py")

LAYERS = """
[rooms]
core/base    :                     | @pure
core/fec     : core/base           | @pure fprintf
core/runtime : core/base
host/encode  : core/base
host/encode/* : core/{base,runtime} host/encode
host/app     : core/* host/*
@tests       : testing
testing      : core/*

[headers]
x264.h : host/encode/x264
gtest/* : @tests

[system]
stdio.h

[pure]
<thread> ::now( random_device fprintf
"""


class CheckLayers(unittest.TestCase):
    def check(self, files):
        """Returns (exit code, output) for a tree of `files`: {path: text}."""
        with tempfile.TemporaryDirectory() as folder:
            for path, text in {"LAYERS": LAYERS, **files}.items():
                place = Path(folder, path)
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_text(text)
            done = subprocess.run([sys.executable, str(CHECKER), folder], capture_output=True, text=True, check=False)
            return done.returncode, done.stdout + done.stderr

    def assert_offence(self, path, text, where, words):
        code, output = self.check({path: text})
        self.assertEqual(code, 1, output)
        self.assertIn(f"{path}:{where}: ", output)
        self.assertIn(words, output)

    def assert_clean(self, files):
        code, output = self.check(files)
        self.assertEqual(code, 0, output)

    def test_accepts_a_tree_that_keeps_the_rules(self):
        self.assert_clean({
            "core/base/a.h": "#include <vector>\n#include <stdio.h>\n",
            "core/fec/a.cpp": '#include "core/base/a.h"\n#include "core/fec/a.h"\n',
            "host/encode/x264/a.cpp": '#include <x264.h>\n#include "host/encode/encoder.h"\n#include "core/runtime/a.h"\n',
            "host/app/main.cpp": '#include "host/encode/x264/a.h"\n',
        })

    def test_finds_an_include_upwards(self):
        self.assert_offence("core/base/a.cpp", '\n#include "core/fec/a.h"\n', 2, "core/base may not include core/fec")

    def test_finds_a_backend_that_includes_another(self):
        self.assert_offence("host/encode/x264/a.cpp", '#include "host/encode/openh264/a.h"\n', 1,
                            "host/encode/x264 may not include host/encode/openh264")

    def test_finds_a_confined_library_header(self):
        self.assert_offence("core/runtime/a.cpp", "#include <x264.h>\n", 1, "confined to host/encode/x264")

    def test_finds_a_library_nobody_declared(self):
        self.assert_offence("core/runtime/a.cpp", "#include <boost/asio.hpp>\n", 1, "in no row of LAYERS")

    def test_finds_a_room_nobody_declared(self):
        self.assert_offence("core/surprise/a.cpp", "", 1, "core/surprise is no room")

    def test_finds_an_include_of_an_unknown_room(self):
        self.assert_offence("core/runtime/a.cpp", '#include "core/surprise/a.h"\n', 1, "in no room")

    def test_finds_impure_words_in_code_but_not_in_prose(self):
        self.assert_offence("core/base/a.cpp", "// Clock::now()\nint a = 1'000, b = 2'000;\nauto t = Clock::now();\n",
                            3, "'::now('")
        self.assert_clean({"core/base/a.cpp": '/* random_device\n <thread> */ const char* a = "random_device";\n'})
        self.assert_offence("core/base/a.h", "#include <thread>\n", 1, "'<thread>'")

    def test_excuses_only_the_words_a_room_names(self):
        self.assert_clean({"core/fec/a.cpp": "void f() { fprintf(stderr, nullptr); }\n"})
        self.assert_offence("core/base/a.cpp", "void f() { fprintf(stderr, nullptr); }\n", 1, "'fprintf'")

    def test_lets_tests_use_the_test_rooms_and_impure_words(self):
        self.assert_clean({"core/base/a_test.cpp": '#include <gtest/gtest.h>\n#include <thread>\n#include "testing/a.h"\n'})
        self.assert_offence("core/base/a.cpp", "#include <gtest/gtest.h>\n", 1, "confined")

    def test_says_when_the_rules_cannot_be_read(self):
        code, output = self.check({"LAYERS": "[rooms]\nno colon here\n"})
        self.assertEqual(code, 2, output)
        self.assertIn("LAYERS:2", output)


if __name__ == "__main__":
    unittest.main()
