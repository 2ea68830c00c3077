#!/usr/bin/env bash
# wine.sh build                      makes a small Windows 10 in the cache (a few seconds), and prints where it is
# wine.sh run PROGRAM [ARGS...]      runs a Windows program there; the exit status is the program's, 124 when it took too long
# wine.sh test PACKAGES [GO_FLAGS]   runs the Go tests of the packages as Windows programs there, as "go test" would
#
# SIGHTLINE_WINE_LIMIT: how many seconds a program, or the tests of one package, may take (300). "test" takes all that go test takes, and builds
# without cgo unless CGO_ENABLED=1 and CC say otherwise; -run, -v and -count mean what they mean there, and nothing is judged but by Go itself:
# what wine 8 lacks for Go's own library to work is brought along (wine/bcryptprimitives.c).
#
# Windows programs see this computer's files as drive Z:, and have folders of their own for all that is theirs: nothing of them gets into the home
# of whoever runs them. What a program has started ends with it. All run in one wine, which goes by itself when it has been idle for a while.
# Needs (apt): wine wine64 gcc-mingw-w64-x86-64, and Go for "test". No display.
set -euo pipefail
HERE=$(cd "$(dirname "$0")" && pwd)
. "$HERE/../cache.sh"

HOUSE=$CACHE/wine
LIMIT=${SIGHTLINE_WINE_LIMIT:-300}
CC_WINDOWS=x86_64-w64-mingw32-gcc

# recipe: changes whenever the house has to be made anew.
recipe() { cat "$HERE/wine.sh" "$HERE/wine/bcryptprimitives.c" <(wine --version 2>/dev/null) | sha256sum; }

check_tools() {
  local need missing=
  for need in wine=wine wineserver=wine64 $CC_WINDOWS=gcc-mingw-w64-x86-64; do
    command -v "${need%%=*}" >/dev/null || missing="$missing ${need#*=}"
  done
  [ -z "$missing" ] || die "missing, run: apt-get install$missing"
}

# enter FOLDER: all that wine does from here on concerns the Windows in FOLDER. Its folders for a person's documents are links into HOME, so
# that is in there, too. Programs that come with wine and would ask for something on the screen, or put it in a menu, are not started.
enter() {
  export WINEPREFIX=$1/windows HOME=$1/home WINEDEBUG=${WINEDEBUG:--all} WINEDLLOVERRIDES='mscoree=;mshtml=;winemenubuilder.exe=d'
  unset DISPLAY WAYLAND_DISPLAY WINEARCH
}

# furnish FOLDER: makes a Windows there. It says Windows 10 of itself, since wine 8 says 7, which Go does not know any more.
furnish() (
  enter "$1"
  mkdir -p "$HOME"
  timeout -k 5 120 wine wineboot -i || die "wineboot failed"
  timeout -k 5 30 wine winecfg -v win10 || die "winecfg failed"
  timeout -k 5 30 wineserver -w || die "wine did not settle"
  "$CC_WINDOWS" -O2 -Wall -Wextra -Werror -shared -o "$WINEPREFIX/drive_c/windows/system32/bcryptprimitives.dll" \
    "$HERE/wine/bcryptprimitives.c" -ladvapi32
)

# lock and unlock: one at a time builds, or wakes.
lock() {
  mkdir -p "$HOUSE"
  exec 9>"$HOUSE/lock"
  flock -w 300 9 || die "another one has been at it for five minutes"
}
unlock() { exec 9>&-; }

build() {
  check_tools
  lock
  if [ "$(cat "$HOUSE/recipe" 2>/dev/null)" != "$(recipe)" ]; then
    rm -f "$HOUSE/recipe"
    if [ -e "$HOUSE/here" ]; then (enter "$HOUSE/here" && timeout -k 5 30 wineserver -k 2>/dev/null) || true; fi
    rm -rf "$HOUSE/here"
    furnish "$HOUSE/here" >"$HOUSE/log" 2>&1 9>&- || { tail -20 "$HOUSE/log" >&2; die "no Windows could be made"; }
    recipe >"$HOUSE/recipe"
  fi
  unlock
}

# wake: starts wine where it is not running, for a minute after its last program. Its own programs would otherwise be the children of the first
# one run, and keep what that one writes to open: whoever reads it would wait for them.
wake() {
  lock
  if ! wineserver -k0 2>/dev/null; then
    wineserver -p60 </dev/null >/dev/null 2>&1 9>&-
    timeout -k 5 60 wine cmd /c exit </dev/null >/dev/null 2>&1 9>&- || die "wine does not start"
  fi
  unlock
}

# run PROGRAM [ARGS...]: stays its parent, so as to end what it leaves behind.
run() {
  local child mark=$$.$RANDOM status=0
  build
  enter "$HOUSE/here"
  wake
  SIGHTLINE_WINE_RUN=$mark timeout -k 5 "$LIMIT" wine "$@" <&0 &
  child=$!
  trap 'kill -TERM "$child" 2>/dev/null || true' INT TERM QUIT HUP
  while kill -0 "$child" 2>/dev/null; do
    status=0
    wait "$child" || status=$?
  done
  end_rest "$mark"
  exit "$status"
}

# end_rest MARK: ends the programs that one with that mark has started, and that are still there; wine's own stay, others use them too.
end_rest() {
  local pid
  { grep -lzsx "SIGHTLINE_WINE_RUN=$1" /proc/[0-9]*/environ || true; } | tr -dc '0-9\n' | while read -r pid; do
    case $(tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline") in
    '' | *[Cc]:\\windows\\* | *wineserver*) ;;
    *) kill -KILL "$pid" 2>/dev/null || true ;;
    esac
  done
}

# tests PACKAGES [GO_FLAGS]: what earlier tests left in Windows' folder for such things goes after a day.
tests() {
  build
  find "$HOUSE"/here/windows/drive_c/users/*/Temp -mindepth 1 -mtime +0 -delete 2>/dev/null || true
  export GOOS=windows GOARCH=amd64 CGO_ENABLED=${CGO_ENABLED:-0}
  SIGHTLINE_WINE_LIMIT=$((LIMIT + 15)) exec go test -exec "'$HERE/wine.sh' run" -count=1 -timeout "${LIMIT}s" "$@"
}

usage() { sed -n '2,4s/^# //p' "$0" >&2; exit 2; }

case "${1:-}" in
build) build && echo "$HOUSE/here" ;;
run) [ $# -ge 2 ] || usage; shift && run "$@" ;;
test) [ $# -ge 2 ] || usage; shift && tests "$@" ;;
*) usage ;;
esac
