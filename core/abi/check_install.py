#!/usr/bin/env python3
"""Installs the library into a new place and builds the example against it, as strangers would.

check_install.py CMAKE BUILD_DIR SOURCE_DIR C_COMPILER SANITIZE
Through the CMake package and through pkg-config, each shared and static. Each program must run. The example is
the one that docs/embedding.md shows.
"""
import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

PROJECT = """cmake_minimum_required(VERSION 3.16)
project(stranger C)
find_package(punktfunk_core REQUIRED)
add_executable(shared example.c)
target_link_libraries(shared PRIVATE punktfunk::core)
add_executable(static example.c)
target_link_libraries(static PRIVATE punktfunk::core_static)
"""


def run(*command, **options):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False, **options)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout


def free_addresses():
    sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    addresses = [f"127.0.0.1:{one.getsockname()[1]}" for one in sockets]
    for one in sockets:
        one.close()
    return addresses


def main():
    cmake, build, sources, compiler, sanitize = sys.argv[1:6]
    example = Path(sources, "core/abi/example.c").read_text()
    shown = Path(sources, "docs/embedding.md").read_text()
    for name in ("example.c", "example_client.c"):
        if f"```c\n{Path(sources, 'core/abi', name).read_text()}```" not in shown:
            sys.exit(f"docs/embedding.md does not show core/abi/{name} as it is")
    flags = ["-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Werror"]
    flags += [f"-fsanitize={sanitize}"] if sanitize else []
    with tempfile.TemporaryDirectory() as place:
        place = Path(place)
        prefix = place / "prefix"
        run(cmake, "--install", build, "--component", "core", "--prefix", prefix)
        source = place / "source"
        source.mkdir()
        (source / "CMakeLists.txt").write_text(PROJECT)
        (source / "example.c").write_text(example)
        run(cmake, "-S", source, "-B", place / "build", f"-DCMAKE_PREFIX_PATH={prefix}",
            f"-DCMAKE_C_COMPILER={compiler}", f"-DCMAKE_C_FLAGS={' '.join(flags)}")
        run(cmake, "--build", place / "build")

        pc = next(prefix.rglob("punktfunk_core.pc"))
        paths = dict(os.environ, PKG_CONFIG_PATH=str(pc.parent))
        shared = run("pkg-config", "--cflags", "--libs", "punktfunk_core", env=paths).split()
        run(compiler, *flags, source / "example.c", *shared, "-o", place / "by_pkg_config")
        # The linker would take the shared library of that name first.
        static = [word.replace("-lpunktfunk_core", "-l:libpunktfunk_core.a")
                  for word in run("pkg-config", "--static", "--cflags", "--libs", "punktfunk_core", env=paths).split()]
        run(compiler, *flags, source / "example.c", *static, "-o", place / "by_pkg_config_static")

        found = dict(os.environ, LD_LIBRARY_PATH=str(pc.parent.parent))
        for program in (place / "build/shared", place / "build/static", place / "by_pkg_config",
                        place / "by_pkg_config_static"):
            print(program.name, run(program, *free_addresses(), env=found).strip())


if __name__ == "__main__":
    main()
