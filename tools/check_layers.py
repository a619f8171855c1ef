#!/usr/bin/env python3
"""Checks every include of the sources, and the words used in pure rooms, against the LAYERS file.

Prints `file:line: sentence` for each offence and exits with 1. Takes another tree as its only argument.
"""
import re
import sys
from fnmatch import fnmatchcase
from pathlib import Path

HOUSES = ("core", "host", "client", "desktop", "pattern", "sound", "sim", "testing", "tools")
ENDINGS = {".h", ".hpp", ".c", ".cc", ".cpp"}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
TEST_FILE = re.compile(r"_(test|fuzz|bench)\.(c|cpp|h)$|_testing\.h$")
# A comment, a string or a character, whichever begins first. The apostrophe in 1'000 begins no character.
PROSE = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|(?<!\w)\'(?:\\.|[^\'\\\n])+\'', re.DOTALL)


class LayersError(Exception):
    """The LAYERS file itself is wrong."""


def expand(pattern):
    """a{b,c}d -> abd acd."""
    match = re.match(r"(.*?)\{([^}]*)\}(.*)$", pattern)
    if not match:
        return [pattern]
    head, choices, tail = match.groups()
    return [whole for choice in choices.split(",") for whole in expand(head + choice + tail)]


def words(text):
    return [one for word in text.split() for one in expand(word)]


class Layers:
    """The rules: rooms {pattern: (allowed, pure, excused)}, headers [(pattern, rooms)], system, banned."""

    def __init__(self, path):
        self.rooms, self.headers, self.system, self.banned, self.tests = {}, [], [], [], []
        section = None
        for number, line in enumerate(path.read_text().splitlines(), 1):
            line = line.strip()
            if not line or line.startswith("#"):
                continue
            if line.startswith("["):
                section = line.strip("[]")
            elif section == "system":
                self.system += line.split()
            elif section == "pure":
                self.banned += line.split()
            elif section in ("rooms", "headers") and ":" in line:
                name, rest = (part.strip() for part in line.split(":", 1))
                self._row(section, name, rest)
            else:
                raise LayersError(f"{path}:{number}: not understood: {line}")

    def _row(self, section, name, rest):
        if section == "headers":
            self.headers.append((name, words(rest)))
        elif name == "@tests":
            self.tests = words(rest)
        else:
            allowed, _, marks = rest.partition("|")
            self.rooms[name] = (words(allowed), "@pure" in marks.split(), set(marks.split()) - {"@pure"})

    def room_of(self, folder):
        """The room a folder belongs to: (its name, its row), nearest folder upwards; None: unknown."""
        for place in [folder, *folder.parents]:
            name = place.as_posix()
            if name in self.rooms:
                return name, self.rooms[name]
            for pattern, row in self.rooms.items():
                if same_depth(name, pattern) and fnmatchcase(name, pattern):
                    return name, row
        return None


def same_depth(name, pattern):
    return name.count("/") == pattern.count("/")


def permits(allowed, room, header):
    return any(fnmatchcase(room, pattern) or header == pattern for pattern in allowed)


def without_prose(text):
    """The code alone, line numbers kept."""
    return PROSE.sub(lambda match: "\n" * match.group(0).count("\n"), text)


def include_fault(layers, root, room, row, is_test, header, quoted):
    """A sentence, or None when the include is in order."""
    if header.split("/")[0] in HOUSES and (quoted or (root / header).exists()):
        target = layers.room_of(Path(header).parent)
        if target is None:
            return f"'{header}' lies in no room that LAYERS knows"
        allowed = row[0] + (layers.tests if is_test else [])
        if target[0] == room or permits(allowed, target[0], header):
            return None
        return f"{room} may not include {target[0]} ('{header}')"
    if "." not in header or any(fnmatchcase(header, known) for known in layers.system):
        return None
    for pattern, rooms in layers.headers:
        if fnmatchcase(header, pattern):
            if ("@tests" in rooms and is_test) or any(fnmatchcase(room, one) for one in rooms):
                return None
            return f"<{header}> is confined to {' '.join(rooms)}, this is {room}"
    return f"<{header}> is in no row of LAYERS: say there which rooms may use it"


def banned_patterns(layers, excused):
    for word in layers.banned:
        if word in excused:
            continue
        left = r"(?<![\w])" if word[0].isalnum() or word[0] == "_" else ""
        right = r"(?![\w])" if word[-1].isalnum() or word[-1] == "_" else ""
        yield word, re.compile(left + re.escape(word) + right)


def check_file(layers, root, path):
    """Yields (line number, sentence)."""
    relative = path.relative_to(root)
    found = layers.room_of(relative.parent)
    if found is None:
        yield 1, f"{relative.parent.as_posix()} is no room that LAYERS knows: add a row there"
        return
    room, row = found
    is_test = bool(TEST_FILE.search(path.name))
    text = path.read_text(errors="replace")
    for number, line in enumerate(text.splitlines(), 1):
        if match := INCLUDE.match(line):
            fault = include_fault(layers, root, room, row, is_test, match.group(2), match.group(1) == '"')
            if fault:
                yield number, fault
    if row[1] and not is_test:
        patterns = list(banned_patterns(layers, row[2]))
        for number, line in enumerate(without_prose(text).splitlines(), 1):
            for word, pattern in patterns:
                if pattern.search(line):
                    yield number, f"'{word}' has no place in {room}, which is pure"


def sources(root):
    for house in HOUSES:
        for path in sorted((root / house).rglob("*")):
            if path.suffix in ENDINGS and path.is_file():
                yield path


def main():
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent.parent).resolve()
    try:
        layers = Layers(root / "LAYERS")
    except (OSError, LayersError) as error:
        print(f"check_layers: {error}", file=sys.stderr)
        return 2
    count = faults = 0
    for path in sources(root):
        count += 1
        for number, sentence in check_file(layers, root, path):
            faults += 1
            print(f"{path.relative_to(root)}:{number}: {sentence}")
    print(f"check_layers: {count} files, {faults} offences")
    return 1 if faults or not count else 0


if __name__ == "__main__":
    sys.exit(main())
