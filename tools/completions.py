#!/usr/bin/env python3
"""Writes what bash, zsh and fish need to complete a program's command line, from its --help and those of its subcommands.

    completions.py PROGRAM NAME FOLDER [SETTINGS]

leaves FOLDER/bash/NAME, FOLDER/zsh/_NAME and FOLDER/fish/NAME.fish. SETTINGS is docs/settings.md: its keys complete
KEY=VALUE. Like the manual page (man_page.py) it reads the tables that the programs themselves print, so the three never
differ from what the program takes.
"""
import os
import re
import sys
from pathlib import Path

from man_page import help_of, raw_entries, sections, verbs_of

FILES = re.compile(r"(FILE|PATH|FOLDER)\b")


class Option:
    def __init__(self, what, sentence):
        names, _, kind = what.partition(" ")
        self.names = names.split(",")
        self.sentence = sentence
        kind = kind.replace("REQUIRED", "").strip()
        self.takes_value = bool(kind)
        self.takes_file = bool(FILES.match(kind))
        self.takes_setting = kind.startswith("KEY=VALUE")
        self.values = values_of(kind)


def values_of(kind):
    """What stands in the first braces of a CLI11 type: {a,b}, or {a->0,b->1} of a transformer."""
    found = re.search(r"\{([^}]*)\}", kind)
    return [value.split("->")[0] for value in found.group(1).split(",")] if found else []


class Verb:
    """A subcommand; without a name, the program itself."""

    def __init__(self, program, name=None, sentence=""):
        self.name, self.sentence = name, sentence
        _, _, found = sections(help_of(program, *([name] if name else [])))
        self.found = found
        self.options, self.values, self.takes_command = [], [], False
        for heading, lines in found:
            for what, text in raw_entries(lines) if heading else ():
                if heading == "Positionals":
                    self.values += values_of(what)
                    self.takes_command = self.takes_command or "COMMAND" in what
                elif what.startswith("-"):
                    self.options.append(Option(what, text))


def verbs_and_root(program):
    root = Verb(program)
    return root, [Verb(program, name, sentence) for name, sentence in verbs_of(root.found)]


def quoted(text):
    return "'" + text.replace("'", "'\\''") + "'"


def values_for(option, settings):
    return [key + "=" for key in settings] if option.takes_setting else option.values


def bash(name, root, verbs, settings):
    function = "_" + re.sub(r"\W", "_", name)
    lines = [f"# Completion of {name} for bash; made from its --help.", f"{function}() {{",
             "  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} verb= i",
             "  for ((i = 1; i < COMP_CWORD; i++)); do",
             "    case ${COMP_WORDS[i]} in",
             "      --) COMPREPLY=($(compgen -c -f -- \"$word\")); return ;;"]
    if verbs:
        lines += [f"      {'|'.join(verb.name for verb in verbs)}) verb=${{verb:-${{COMP_WORDS[i]}}}} ;;"]
    lines += ["    esac", "  done", "  case \"$verb $before\" in"]
    for verb in (root, *verbs):
        for option in verb.options:
            if not option.takes_value:
                continue
            pattern = "|".join(quoted(f"{verb.name or ''} {one}") for one in option.names)
            values = values_for(option, settings)
            words = f"-W {quoted(' '.join(values))}" if values else "-f" if option.takes_file else "-W ''"
            space = " compopt -o nospace;" if option.takes_setting else ""
            lines.append(f"    {pattern}){space} COMPREPLY=($(compgen {words} -- \"$word\")); return ;;")
    lines += ["  esac", "  case $verb in"]
    for verb in (root, *verbs):
        words = [one for option in verb.options for one in option.names if one.startswith("--")] + verb.values
        words += [] if verb.name else [one.name for one in verbs]
        lines.append(f"    {verb.name or quoted('')}) COMPREPLY=($(compgen -W {quoted(' '.join(words))} -- \"$word\")) ;;")
    return "\n".join([*lines, "  esac", "}", f"complete -F {function} {name}", ""])


def zsh_argument(option, settings):
    """One word of _arguments for each name of an option."""
    sentence = re.sub(r"([][:\\])", r"\\\1", option.sentence)
    action = ""
    if option.takes_value:
        values = [value.replace(":", "\\:") for value in values_for(option, settings)]
        action = f":value:({' '.join(values)})" if values else ":file:_files" if option.takes_file else ":value: "
    return [quoted(f"*{one}[{sentence}]{action}") for one in option.names]


def zsh(name, root, verbs, settings):
    function = "_" + re.sub(r"\W", "_", name)
    lines = [f"#compdef {name}", f"# Completion of {name} for zsh; made from its --help.", f"{function}() {{",
             "  local state line", "  typeset -A opt_args"]
    arguments = [word for option in root.options for word in zsh_argument(option, settings)]
    if not verbs:
        return "\n".join([*lines, "  _arguments \\", "    " + " \\\n    ".join(arguments), "}",
                          f"compdef {function} {name}", ""])
    lines += ["  _arguments -C \\", "    " + " \\\n    ".join([*arguments, "'1:subcommand:->verb'", "'*::argument:->rest'"]),
              "  case $state in", "    verb)", "      local -a verbs=("]
    lines += ["        " + quoted(f"{verb.name}:" + verb.sentence.replace(":", "\\:")) for verb in verbs]
    lines += ["      )", "      _describe subcommand verbs", "      ;;", "    rest)", "      case $line[1] in"]
    for verb in verbs:
        words = [word for option in verb.options for word in zsh_argument(option, settings)]
        if verb.values:
            words.append(quoted(f"*:value:({' '.join(verb.values)})"))
        elif verb.takes_command:
            words.append("'*::command:_normal'")
        lines += [f"        {verb.name})", "          _arguments \\",
                  "            " + " \\\n            ".join(words), "          ;;"]
    return "\n".join([*lines, "      esac", "      ;;", "  esac", "}", f"compdef {function} {name}", ""])


def fish_option(name, condition, option, settings):
    words = ["complete", "-c", name, "-n", quoted(condition)]
    for one in option.names:
        words += ["-l", one[2:]] if one.startswith("--") else ["-s", one[1:]]
    if option.takes_value:
        values = values_for(option, settings)
        words += ["-r", "-F"] if option.takes_file else ["-x", *(["-a", quoted(" ".join(values))] if values else [])]
    return " ".join([*words, "-d", quoted(option.sentence)])


def fish(name, root, verbs, settings):
    lines = [f"# Completion of {name} for fish; made from its --help.", f"complete -c {name} -f"]
    lines += [fish_option(name, "__fish_use_subcommand", option, settings) for option in root.options]
    for verb in verbs:
        lines.append(f"complete -c {name} -n __fish_use_subcommand -a {verb.name} -d {quoted(verb.sentence)}")
    for verb in verbs:
        condition = f"__fish_seen_subcommand_from {verb.name}"
        lines += [fish_option(name, condition, option, settings) for option in verb.options]
        if verb.values:
            lines.append(f"complete -c {name} -n {quoted(condition)} -a {quoted(' '.join(verb.values))}")
    return "\n".join([*lines, ""])


def setting_keys(path):
    """A heading for each part, [network], with a row below it for each setting, `port`."""
    part, keys = "", []
    for line in Path(path).read_text().splitlines():
        if heading := re.match(r"## \[([a-z_]+)\]$", line):
            part = heading.group(1)
        elif line.startswith("## "):
            part = ""  # tables that are no settings, such as [[app]]
        elif (row := re.match(r"\| `([a-z_]+)` \|", line)) and part:
            keys.append(f"{part}.{row.group(1)}")
    return keys


def main():
    if len(sys.argv) not in (4, 5):
        sys.exit(__doc__)
    program, name, folder = os.path.abspath(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
    # Leaks of a program that only prints its help are nobody's business here.
    os.environ.setdefault("ASAN_OPTIONS", "detect_leaks=0")
    settings = setting_keys(sys.argv[4]) if len(sys.argv) == 5 else []
    root, verbs = verbs_and_root(program)
    for place, make in ((f"bash/{name}", bash), (f"zsh/_{name}", zsh), (f"fish/{name}.fish", fish)):
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        (folder / place).write_text(make(name, root, verbs, settings))


if __name__ == "__main__":
    main()
