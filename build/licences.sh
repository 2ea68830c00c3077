#!/usr/bin/env bash
# licences.sh list    what is linked into the programs (Linux and Windows) or built into the page, each with its licence
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

list() {
  echo "Go"
  go_modules | table | sed 's/^/  /'
  echo "npm"
  npm_packages | table | sort -u | sed 's/^/  /'
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
    printf '\n===== %s =====\n\n' "${line% *}"
    cat "$(licence_file "${line##* }")" 2>/dev/null || echo "Licence: $(licence "${line##* }")"
  done
}

case "${1:-}" in
list | check | texts) "$1" ;;
*) sed -n '2,4s/^# //p' "$0" >&2; exit 2 ;;
esac
