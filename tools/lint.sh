#!/bin/sh
# Formatting, layers and clang-tidy over our own sources, cheapest first: lint.sh JOBS
# Uses the compile commands of build/dev; all three report before it fails.
set -u

cd "$(dirname "$0")/.." || exit 1
jobs=${1:-2}
failed=0

echo "lint: formatting"
git ls-files '*.c' '*.h' '*.cpp' | grep -v '^third_party/' |
  xargs clang-format-14 --dry-run --Werror --ferror-limit=3 || {
  echo "lint: 'make fmt' puts this right" >&2
  failed=1
}

echo "lint: layers"
python3 tools/check_layers.py || failed=1

echo "lint: clang-tidy, which takes some 5 s a file"
# Only files that the dev build knows: their flags are in its compile commands. Generated headers are not ours.
# Without what only g++ knows: its parameters, and its precompiled headers, which would hide an include that is missing.
mkdir -p build/lint
sed -e 's/-Winvalid-pch -include [^ ]*cmake_pch.hxx//' -e 's/--param [^ ]*//' build/dev/compile_commands.json >build/lint/compile_commands.json
known=build/lint/files
git ls-files '*.cpp' | while read -r file; do
  if grep -q "\"file\": \"$PWD/$file\"" build/lint/compile_commands.json; then echo "$file"; fi
done >"$known"
tidy() {
  xargs -P "$jobs" -n 2 clang-tidy-14 -p build/lint --quiet --warnings-as-errors='*' \
    --header-filter="^$PWD/(core|host|client|desktop|pattern|sound|sim|testing|tools)/" "$@" 2>>build/lint/log
}
: >build/lint/log
grep -v '_test\.cpp$' "$known" | tidy || failed=1
# The path-sensitive half doubles the time and sees little in the macros of tests.
grep '_test\.cpp$' "$known" | tidy --checks='-clang-analyzer-*' || failed=1
grep -v -e 'warnings\{0,1\} generated' -e 'warnings treated as errors' -e '^Suppressed' -e '^Use -header-filter' build/lint/log >&2

[ "$failed" -eq 0 ] && echo "lint: clean"
exit "$failed"
