#!/usr/bin/env bash
# photos.sh [FOLDER]    makes the photographs of the source "sample:" again from Debian's python3-skimage (rights: LICENCES.md beside them)
#
# FOLDER is where they go: backend/capture/sample/photos unless told. Nothing is installed. Needs (apt): apt dpkg imagemagick.
set -euo pipefail
HERE=$(cd "$(dirname "$0")" && pwd)
. "$HERE/../cache.sh"

OUT=${1:-$HERE/../../backend/capture/sample/photos}
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT

# prepare FROM WIDTHxHEIGHT QUALITY TO: enlarged, slightly sharpened, in colour, 4:2:0.
prepare() {
  convert "$DATA/$1" -colorspace sRGB -type TrueColor -filter Lanczos -resize "$2!" -unsharp 0x1.2+0.5+0.01 \
    -strip -sampling-factor 4:2:0 -quality "$3" "$OUT/$4"
}

command -v convert >/dev/null || die "missing, run: apt-get install imagemagick"
(cd "$WORK" && apt-get download -q python3-skimage && dpkg -x python3-skimage_*.deb unpacked)
DATA=$WORK/unpacked/usr/lib/python3/dist-packages/skimage/data
prepare coffee.png 1440x960 85 coffee.jpg
prepare chelsea.png 1440x958 85 chelsea.jpg
prepare rocket.jpg 1440x960 85 rocket.jpg
prepare camera.png 1440x1440 80 camera.jpg
