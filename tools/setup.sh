#!/bin/sh
# Installs the packages of packaging/packages/GROUP.txt that are missing: setup.sh run build test
# Says what it does. When nothing is missing it asks dpkg only, changes nothing and needs no rights.
set -eu

here=$(CDPATH='' cd "$(dirname "$0")/.." && pwd)
log=$here/build/setup.log

die() {
  printf 'setup: %s\n' "$*" >&2
  exit 1
}

[ $# -gt 0 ] || die "usage: setup.sh GROUP… (run, build, test, develop, peers)"

# "name [arch]" is for that architecture only.
arch=$(dpkg --print-architecture 2>/dev/null || uname -m)
wanted=
for group in "$@"; do
  list=$here/packaging/packages/$group.txt
  [ -r "$list" ] || die "there is no package list '$group' (choose from run, build, test, develop, peers)"
  wanted="$wanted $(sed -e 's/#.*//' -e "s/\[$arch\]//" -e '/\[/d' "$list")"
done

os=$( (. /etc/os-release && echo "$ID $VERSION_ID") 2>/dev/null || uname -s)
if [ "$os" != "debian 12" ]; then
  die "this is '$os', but the package lists name Debian 12 packages." \
    "Install the equivalents of packaging/packages/*.txt by hand, then: cmake --preset release && cmake --build --preset release"
fi

# Word splitting of the lists is intended here and below: one word is one package.
# shellcheck disable=SC2086
installed=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' $wanted 2>/dev/null | sed -n 's/^installed //p' || true)
# Node from another archive is one package that provides npm and conflicts with Debian's: then npm is there.
# shellcheck disable=SC2016
provided=$(dpkg-query -W -f='${db:Status-Status} ${Provides}\n' nodejs 2>/dev/null | sed -n 's/^installed //p' | tr ',' '\n' | tr -d ' ' || true)
installed="$installed
$provided"
missing=
count=0
total=0
for package in $wanted; do
  total=$((total + 1))
  case "
$installed
" in
    *"
$package
"*) ;;
    *)
      missing="$missing $package"
      count=$((count + 1))
      ;;
  esac
done
[ "$count" -gt 0 ] || exit 0

if [ "$(id -u)" -eq 0 ]; then
  as_root=
elif command -v sudo >/dev/null 2>&1; then
  as_root=sudo
else
  die "$count packages are missing, and installing them needs root: run this as root, or install sudo." \
    "Missing:$missing"
fi

apt() {
  # shellcheck disable=SC2086
  $as_root env DEBIAN_FRONTEND=noninteractive LC_ALL=C apt-get -q -y -o DPkg::Lock::Timeout=120 "$@"
}

mkdir -p "$here/build"
printf 'setup: installing %d of %d packages (%s)\n' "$count" "$total" "$*"
printf '%s\n' "$missing" | fold -s -w 100 | sed 's/^ */setup:   /'
if [ -n "$as_root" ] && ! sudo -n true 2>/dev/null && ! sudo true; then
  die "sudo did not let us become root; run this as root, or have your user allowed to use sudo"
fi
if ! apt update >"$log" 2>&1; then
  echo "setup: apt-get update had trouble (build/setup.log); trying with the lists at hand"
fi
# Several hundred lines become one for every 40 packages; the rest goes to the log.
# shellcheck disable=SC2086
if ! { apt install --no-install-recommends $missing 2>&1 || echo "setup-failed"; } | tee -a "$log" | awk '
    /newly installed/  { total = $3 }
    /^Setting up /     { if (++done % 40 == 0) { printf "setup:   %d of %d set up\n", done, total; fflush() } }
    /^Need to get /    { print "setup:   " tolower(substr($0, 1, 1)) substr($0, 2); fflush() }
    /^setup-failed$/   { failed = 1 }
    END                { exit failed }'; then
  tail -n 8 "$log" | grep -v '^setup-failed$' >&2
  die "apt-get could not install everything; its last words are above, all of them in build/setup.log"
fi
printf 'setup: done, %d packages installed\n' "$count"
