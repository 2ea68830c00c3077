#!/usr/bin/env bash
# bindings.sh write   writes frontend/wailsjs, the page's view of the bound Go methods and types, from the program itself
# bindings.sh check   fails where frontend/wailsjs is not what would be written
set -euo pipefail
HERE=$(cd "$(dirname "$0")" && pwd)
. "$HERE/cache.sh"
cd "$HERE/.."

room=$(mktemp -d "$CACHE/bindings.XXXXXX")
trap 'rm -rf "$room"' EXIT

# The generator is the program under another tag; it writes beside the wails.json of the folder it is started in. It opens no window, but
# looks for a display as the program does.
generate() {
  go build -buildvcs=false -tags bindings,webkit2_41 -o "$room/generator" .
  cp wails.json "$room/"
  mkdir -p "$room/frontend"
  (cd "$room" && DISPLAY=${DISPLAY:-:none} XDG_CONFIG_HOME=$room/config XDG_STATE_HOME=$room/state XDG_RUNTIME_DIR=$room ./generator >log 2>&1) || { cat "$room/log" >&2; die "the generator failed"; }
}

case "${1:-}" in
write)
  generate
  mkdir -p frontend/wailsjs
  cp -r "$room/frontend/wailsjs/." frontend/wailsjs/
  ;;
check)
  generate
  diff -r "$room/frontend/wailsjs" frontend/wailsjs >&2 || die "frontend/wailsjs is out of date: run make bindings"
  ;;
*) sed -n '2,3s/^# //p' "$0" >&2; exit 2 ;;
esac
