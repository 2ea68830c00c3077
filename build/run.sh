#!/usr/bin/env bash
# run.sh   opens the window; where there is no display, the same session runs in the terminal
set -euo pipefail
BIN=$(cd "$(dirname "$0")" && pwd)/bin

if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
  exec "$BIN/sightline"
fi
echo "There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set), so the session runs in the terminal. Ctrl-C ends it." >&2
exec "$BIN/sightline-cli" watch
