#!/usr/bin/env bash
# photos.sh [FOLDER]    makes the photographs of the source "sample:" again from Debian's python3-skimage (rights: LICENCES.md beside them)
# photos.sh test        brings photographs and a film for tests into the cache, and prints where they are
#
# FOLDER is where they go: backend/capture/sample/photos unless told. Those for tests are the same photographs and an astronaut as they came, a
# street with a sign, and people who walk past a camera in 24 frames, from Debian's opencv-doc (96 MB are fetched the first time). They are for looking
# at, and go nowhere else. Nothing is installed. Needs (apt): apt dpkg imagemagick, and ffmpeg for those for tests.
set -euo pipefail
HERE=$(cd "$(dirname "$0")" && pwd)
. "$HERE/../cache.sh"

# unpack PACKAGE: prints where its files are.
unpack() {
  (cd "$WORK" && apt-get download -q "$1" >&2 && dpkg -x "$1"_*.deb "$1")
  echo "$WORK/$1"
}

# for_tests: all or none, so that half a download is tried again.
for_tests() {
  local there=$CACHE/photos data name
  if [ ! -e "$there" ]; then
    command -v ffmpeg >/dev/null || die "missing, run: apt-get install ffmpeg"
    mkdir -p "$WORK/photos"
    data=$(unpack python3-skimage)/usr/lib/python3/dist-packages/skimage/data
    for name in astronaut.png camera.png chelsea.png coffee.png rocket.jpg; do
      convert "$data/$name" -colorspace sRGB -type TrueColor -strip -quality 92 "$WORK/photos/${name%.*}.jpg"
    done
    data=$(unpack opencv-doc)/usr/share/doc/opencv-doc/examples
    cp "$data/text/scenetext01.jpg" "$WORK/photos/sign.jpg"
    ffmpeg -v error -i "$data/data/vtest.avi" -vf fps=0.5 -frames:v 24 -q:v 2 "$WORK/photos/people%02d.jpg"
    mv "$WORK/photos" "$there"
  fi
  echo "$there"
}

WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
command -v convert >/dev/null || die "missing, run: apt-get install imagemagick"
if [ "${1:-}" = test ]; then
  for_tests
  exit
fi
OUT=${1:-$HERE/../../backend/capture/sample/photos}

# prepare FROM WIDTHxHEIGHT QUALITY TO: enlarged, slightly sharpened, in colour, 4:2:0.
prepare() {
  convert "$DATA/$1" -colorspace sRGB -type TrueColor -filter Lanczos -resize "$2!" -unsharp 0x1.2+0.5+0.01 \
    -strip -sampling-factor 4:2:0 -quality "$3" "$OUT/$4"
}

DATA=$(unpack python3-skimage)/usr/lib/python3/dist-packages/skimage/data
prepare coffee.png 1440x960 85 coffee.jpg
prepare chelsea.png 1440x958 85 chelsea.jpg
prepare rocket.jpg 1440x960 85 rocket.jpg
prepare camera.png 1440x1440 80 camera.jpg
