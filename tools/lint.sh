#!/bin/sh
# Formatting, layers and clang-tidy over our own sources, cheapest first: lint.sh JOBS
# All three report before it fails.
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
# Every file as it stands, without the precompiled headers and the rooms that `make test` compiles together: both would hide
# an include that is missing. Only files that this build knows, and generated headers are not ours.
cmake --preset dev -B build/lint -DPF_PRECOMPILE=OFF -DPF_CONSOLE=OFF -Wno-dev --log-level=WARNING >/dev/null || exit 1
ninja -C build/lint -t targets rule CUSTOM_COMMAND | grep '\.h$' | xargs ninja -C build/lint --quiet || exit 1
sed -i 's/--param [^ ]*//' build/lint/compile_commands.json  # which only g++ knows
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
