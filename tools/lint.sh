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

echo "lint: clang-tidy, which takes a while"
# Only files that the dev build knows: their flags are in its compile commands.
git ls-files '*.cpp' | while read -r file; do
  if grep -q "\"file\": \".*/$file\"" build/dev/compile_commands.json; then echo "$file"; fi
done | xargs -P "$jobs" -n 4 clang-tidy-14 -p build/dev --quiet --warnings-as-errors='*' 2>build/lint.log || {
  grep -v -e 'warnings generated' -e '^Suppressed' -e '^Use -header-filter' build/lint.log >&2
  failed=1
}

[ "$failed" -eq 0 ] && echo "lint: clean"
exit "$failed"
