#!/usr/bin/env python3
"""Writes a program's manual page from its --help, and from those of its subcommands.

    man_page.py PROGRAM NAME OUTPUT

So the two never differ. What it reads is the layout that CLI11 gives our programs: a sentence, a usage line, headings
that end in a colon with entries below them, and our own footer of examples and exit codes.
"""
import os
import re
import subprocess
import sys
from pathlib import Path

HELP_COLUMN = 10  # what begins further right continues the entry above
# What CLI11 says of a value's type says nothing that the text does not.
TYPE_NOISE = re.compile(r":(?:value in )?\{[^}]*\}(?: OR \{[^}]*\})?|:(?:FLOAT|INT|UINT|NUMBER) in \[[^\]]*\]"
                        r"|(?<= )TEXT:(?=\{)")


def help_of(program, *words):
    """Lines, or none when the program knows no such subcommand."""
    done = subprocess.run([program, *words, "--help"], capture_output=True, text=True, check=False)
    return done.stdout.splitlines() if done.returncode == 0 else []


def sections(lines):
    """The sentence on top, the usage line, and [(heading, lines below it)]; footer paragraphs have no heading."""
    purpose, usage, found = "", "", []
    heading, body = None, []

    def close():
        if any(line.strip() for line in body):
            found.append((heading, [line for line in body if line.strip()]))

    for line in lines:
        if line.startswith("Usage: "):
            usage = line[len("Usage: "):]
        elif not usage:
            purpose = (purpose + " " + line).strip()
        elif not line.strip():
            close()
            heading, body = None, []
        elif re.fullmatch(r"[A-Z][^:]*:", line):
            close()
            heading, body = line[:-1], []
        else:
            body.append(line)
    close()
    return purpose, usage, found


def raw_entries(lines):
    """[(what, its description)], as CLI11 writes it."""
    found = []
    for line in lines:
        indent = len(line) - len(line.lstrip())
        if indent > HELP_COLUMN and found:
            found[-1][1] += " " + line.strip()
        else:
            what, _, text = line.strip().partition("  ")
            found.append([what, text.strip()])
    return [(what, text.strip()) for what, text in found]


def entries(lines):
    """[(what, its description)], for people."""
    return [(re.sub(r"\s+", " ", TYPE_NOISE.sub("", what)), text) for what, text in raw_entries(lines)]


def verbs_of(found):
    """[(name, its sentence)] of the subcommands on a --help."""
    return [(what.split(",")[0], text) for heading, lines in found
            if heading and not re.match("Options|Positionals|Examples", heading)
            for what, text in entries(lines) if re.fullmatch(r"[a-z0-9-]+", what)]


def escape(text):
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("`", "\\(ga")
    return "\\&" + text if text.startswith((".", "\\(aq")) else text


def options(lines):
    return [line for what, text in entries(lines)
            for line in (".TP", f".B {escape(what)}", escape(text) or "\\&")]


def verbatim(lines):
    return [".PP", ".nf", ".RS", *[escape(line[2:] if line.startswith("  ") else line) for line in lines], ".RE", ".fi"]


def page(program, name):
    purpose, _, found = sections(help_of(program))
    version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    verbs = [name for name, _ in verbs_of(found)]
    subject = re.sub(f"^{re.escape(name)} ", "", purpose).rstrip(".")
    roff = [f'.TH {escape(name).upper()} 1 "" "{escape(version)}" "punktfunk"', ".SH NAME",
            f"{escape(name)} \\- {escape(subject)}", ".SH SYNOPSIS",
            f".B {escape(name)}", "[\\fIoptions\\fR]" + (" \\fIsubcommand\\fR ..." if verbs else "")]
    footer, commands = [], []
    for heading, lines in found:
        if heading is None:
            footer.append(lines)
        elif heading == "Examples":
            footer.append((heading, lines))
        elif heading in ("Options", "Positionals") or not all(what in verbs for what, _ in entries(lines)):
            roff += [f'.SH "{escape(heading).upper()}"', *options(lines)]
        else:
            for verb, _ in entries(lines):
                own_purpose, usage, own = sections(help_of(program, verb))
                arguments = usage.split(f" {verb}", 1)[-1].strip()
                commands += [f'.SS "{escape(verb)} {escape(arguments)}"', escape(own_purpose)]
                for own_heading, own_lines in own:
                    if own_heading and own_heading != "Examples" and not own_heading.startswith("Exit"):
                        commands += options([line for line in own_lines if "--help" not in line])
    if commands:
        roff += [".SH COMMANDS", *commands]
    for part in footer:
        if isinstance(part, tuple):
            roff += [".SH EXAMPLES", *verbatim(part[1])]
        elif part[0].startswith("Exit codes:"):
            roff += ['.SH "EXIT STATUS"', escape(" ".join([part[0][len("Exit codes:"):].strip(), *part[1:]]))]
        else:
            roff += [".SH NOTES" if ".SH NOTES" not in roff else ".PP", *[escape(line) for line in part]]
    return "\n".join(roff) + "\n"


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    program, name, output = sys.argv[1:]
    # Leaks of a program that only prints its help are nobody's business here.
    os.environ.setdefault("ASAN_OPTIONS", "detect_leaks=0")
    text = page(os.path.abspath(program), name)
    Path(output).write_text(text)


if __name__ == "__main__":
    main()
