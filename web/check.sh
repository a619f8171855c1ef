#!/bin/sh
# The console's own tests, with the Node and the packages that build.sh has fetched: check.sh unit | types
set -eu

web=$(CDPATH='' cd "$(dirname "$0")" && pwd)
cd "$web"
PATH=$("$web/scripts/node-path.sh"):$web/node_modules/.bin:$PATH
export PATH
case $1 in
  unit) exec vitest run ;;
  types) exec tsc --noEmit ;;
  *) echo "check.sh: unit or types, not '$1'" >&2; exit 2 ;;
esac
