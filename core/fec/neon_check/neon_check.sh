#!/bin/sh
# Builds the erasure codes for AArch64 and runs the comparison with the reference under an emulator.
# usage: neon_check.sh <source root> <build folder>; what is missing is a failure.
set -eu
compiler=$(command -v aarch64-linux-gnu-g++) || { echo "neon: not run, no aarch64-linux-gnu-g++"; exit 1; }
emulator=$(command -v qemu-aarch64) || { echo "neon: not run, no qemu-aarch64"; exit 1; }
cd "$1"
mkdir -p "$2"
sources=$(ls core/fec/*.cpp | grep -v -e _test.cpp -e _fuzz.cpp -e _bench.cpp)
"$compiler" -std=c++20 -O1 -Wall -Wextra -Werror -static -I. $sources core/base/check.cpp core/base/rng.cpp \
  core/fec/neon_check/main.cpp -o "$2/neon_check"
exec "$emulator" "$2/neon_check"
