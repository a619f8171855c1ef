#!/usr/bin/env python3
"""Compares what the library exports and what the header promises with the committed list.

check_abi.py HEADER LIBRARY LAYOUT_PROGRAM LIST   fails and prints the difference
check_abi.py … --write                            writes the list anew; PUNKTFUNK_ABI_VERSION moves with it
"""
import difflib
import re
import subprocess
import sys
from pathlib import Path


def exported(library):
    """Every symbol others can see, sorted."""
    listing = subprocess.run(["nm", "-D", "--defined-only", library], check=True, capture_output=True, text=True)
    return sorted(line.split()[-1] for line in listing.stdout.splitlines())


def declared(header):
    return sorted(set(re.findall(r"\b(punktfunk_[a-z0-9_]+)\(", Path(header).read_text())))


def main():
    header, library, layout, listed = sys.argv[1:5]
    symbols = exported(library)
    if symbols != declared(header):
        print("exported but not declared:", sorted(set(symbols) - set(declared(header))))
        print("declared but not exported:", sorted(set(declared(header)) - set(symbols)))
        return 1
    facts = subprocess.run([layout], check=True, capture_output=True, text=True).stdout
    text = Path(header).read_text()
    named = re.findall(r"^#define ((?:PUNKTFUNK|MOTION)_[A-Z0-9_]+) \S|^  (PUNKTFUNK_[A-Z0-9_]+) =", text, re.MULTILINE)
    absent = [one or other for one, other in named if f"value {one or other} " not in facts]
    if absent:
        print("abi_layout.c does not print:", absent)
        return 1
    now = "".join(f"function {name}\n" for name in symbols) + facts
    if "--write" in sys.argv:
        Path(listed).write_text(now)
        return 0
    committed = Path(listed).read_text()
    sys.stdout.writelines(difflib.unified_diff(committed.splitlines(True), now.splitlines(True), listed, "now"))
    return 0 if committed == now else 1


if __name__ == "__main__":
    sys.exit(main())
