#!/usr/bin/env bash
# icons.sh   draws build/appicon.png (1024x1024) and build/windows/icon.ico from build/linux/sightline.svg
set -euo pipefail
HERE=$(cd "$(dirname "$0")" && pwd)
. "$HERE/cache.sh"

room=$(mktemp -d "$CACHE/icons.XXXXXX")
trap 'rm -rf "$room"' EXIT

# Chromium draws SVG as people will see it; the page around it is see-through.
printf '<!doctype html><style>body{margin:0}svg{display:block}</style>' >"$room/icon.html"
sed 's/<svg /<svg width="1024" height="1024" /' "$HERE/linux/sightline.svg" >>"$room/icon.html"
timeout 60 chromium --headless --no-sandbox --user-data-dir="$room/profile" --hide-scrollbars --default-background-color=00000000 \
  --window-size=1024,1024 --screenshot="$room/icon.png" "file://$room/icon.html" >"$room/log" 2>&1 || { cat "$room/log" >&2; die "chromium failed"; }

/usr/bin/convert "$room/icon.png" -strip -define png:compression-level=9 "$HERE/appicon.png"
/usr/bin/convert "$HERE/appicon.png" -define icon:auto-resize=256,64,48,32,24,16 "$HERE/windows/icon.ico"
