#!/bin/sh
# Builds the web console and leaves build/console/assets.{cpp,bin} for host/console. Does nothing when nothing that it is
# made from has changed, whichever preset asks. Needs npm and nothing else: Node is one of the packages (package.json).
set -eu

web=$(CDPATH='' cd "$(dirname "$0")" && pwd)
root=$(dirname "$web")
out=$root/build/console
without="A host without its console is built with: cmake --preset release -DPF_CONSOLE=OFF"

die() {
  printf 'console: %s\n' "$*" >&2
  exit 1
}

fetch() {
  npm ci --no-progress --loglevel=error >"$out/npm.log" 2>&1 || {
    tail -n 5 "$out/npm.log" >&2
    die "npm could not fetch the packages; its last words are above, all of them in build/console/npm.log." "$without"
  }
}

mkdir -p "$out"
# Two presets may build at once.
exec 9>"$out/lock"
flock 9

cd "$web"
made_from() {
  find . ../api/openapi.json \( -path ./node_modules -o -name schema.gen.ts \) -prune -o -type f -print |
    LC_ALL=C sort | xargs -d '\n' sha256sum | sha256sum
}
wanted=$(made_from)
if [ -f "$out/assets.bin" ] && [ "$(cat "$out/made-from" 2>/dev/null)" = "$wanted" ]; then
  touch "$out/assets.bin" "$out/assets.cpp"
  exit 0
fi

packages=$(sha256sum package-lock.json)
if [ "$(cat node_modules/.made-from 2>/dev/null)" != "$packages" ]; then
  command -v npm >/dev/null 2>&1 || die "npm is missing, which the web console is built with: apt-get install npm." "$without"
  echo "console: fetching what package-lock.json lists"
  fetch
  # Under a Node that is too old for them, as Debian's is, npm leaves out what vite is compiled from, without a word. So the
  # Node that just came has npm fetch once more; not from where it lies, since npm begins by deleting that.
  mkdir -p "$out/node"
  cp "$("$web/scripts/node-path.sh")/node" "$out/node/node"
  PATH=$out/node:$PATH fetch
  printf '%s\n' "$packages" >node_modules/.made-from
fi

PATH=$("$web/scripts/node-path.sh"):$web/node_modules/.bin:$PATH
export PATH
openapi-typescript ../api/openapi.json --output src/api/schema.gen.ts >"$out/build.log" 2>&1 &&
  vite build --outDir "$out/dist" --emptyOutDir --logLevel warn >>"$out/build.log" 2>&1 || {
  tail -n 30 "$out/build.log" >&2
  die "the console did not build; see above, or build/console/build.log"
}
node scripts/embed.mjs "$out/dist" "$out"
printf '%s\n' "$wanted" >"$out/made-from"
