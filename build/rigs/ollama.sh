#!/usr/bin/env bash
# ollama.sh build            builds the real Ollama server and a tiny vision model into the cache (cold: about ten minutes)
# ollama.sh serve PORT       starts it on 127.0.0.1:PORT, prints "BASE_URL PID"; whoever started it kills PID
#
# The model (tinyvlm/) has random weights: its words mean nothing, but the server decodes the picture, streams, counts tokens and
# refuses exactly as it does with a real one. Needs (apt): gcc g++ nlohmann-json3-dev libstb-dev curl.
set -euo pipefail
HERE=$(cd "$(dirname "$0")" && pwd)
. "$HERE/../cache.sh"

VERSION=v0.17.4
HOUSE=$CACHE/ollama-$VERSION
SOURCE=$HOUSE/source

# module PATH@VERSION: where Go's module cache keeps it.
module() { (cd "$HOUSE" && go mod download -json "$1") | sed -n 's/^\t"Dir": "\(.*\)",\{0,1\}$/\1/p'; }

# header PACKAGE FILE: where the Debian package put FILE.
header() { dpkg -L "$1" 2>/dev/null | grep "/$2\$" || die "missing, run: apt-get install $1"; }

fetch_source() {
  [ -e "$SOURCE/.complete" ] && return
  local ollama malgo json stb vendor
  json=$(header nlohmann-json3-dev nlohmann/json.hpp)
  stb=$(header libstb-dev stb_image.h)
  ollama=$(module "github.com/ollama/ollama@$VERSION")
  malgo=$(module github.com/gen2brain/malgo@v0.11.24)
  if [ -z "$ollama" ] || [ -z "$malgo" ]; then die "the Go module proxy did not give Ollama's source"; fi
  rm -rf "$SOURCE"
  cp -r "$ollama" "$SOURCE"
  chmod -R u+w "$SOURCE"
  # A module's zip leaves out every folder named vendor, llama.cpp's headers among them: Debian and another module have them.
  vendor=$SOURCE/llama/llama.cpp/vendor
  mkdir -p "$vendor/stb" "$vendor/miniaudio"
  cp -r "$(dirname "$json")" "$vendor/nlohmann"
  cp "$stb" "$vendor/stb/"
  cp "$malgo/miniaudio.h" "$vendor/miniaudio/"
  touch "$SOURCE/.complete"
}

build() {
  mkdir -p "$HOUSE"
  if [ ! -x "$HOUSE/ollama" ]; then
    fetch_source
    (cd "$SOURCE" && go build -ldflags '-s -w' -o "$HOUSE/ollama.new" . && mv "$HOUSE/ollama.new" "$HOUSE/ollama")
  fi
  (cd "$HERE/tinyvlm" && GOFLAGS=-mod=mod go run . "$HOUSE/tiny.gguf")
  cp "$HERE/tinyvlm/Modelfile" "$HOUSE/"
  echo "$HOUSE/ollama"
}

serve() {
  local port=$1 pid tries=0
  if [ ! -x "$HOUSE/ollama" ] || [ ! -e "$HOUSE/tiny.gguf" ]; then die "not built yet, run: build/rigs/ollama.sh build"; fi
  export HOME=$HOUSE/home OLLAMA_MODELS=$HOUSE/home/models OLLAMA_HOST=127.0.0.1:$port
  export OLLAMA_NO_CLOUD=1 OLLAMA_NOPRUNE=1 OLLAMA_KEEP_ALIVE=30m
  rm -rf "$OLLAMA_MODELS" # whatever somebody tried here is not the test's
  mkdir -p "$HOME"
  if curl -s -o /dev/null "$OLLAMA_HOST"; then die "port $port is taken"; fi
  setsid "$HOUSE/ollama" serve >"$HOUSE/serve.$port.log" 2>&1 </dev/null &
  pid=$!
  until curl -sf -o /dev/null "$OLLAMA_HOST"; do
    tries=$((tries + 1))
    [ $tries -lt 150 ] || { kill $pid; tail -5 "$HOUSE/serve.$port.log" >&2; die "the server did not start"; }
    sleep 0.1
  done
  (cd "$HOUSE" && ./ollama create tinyvlm -f Modelfile >create.log 2>&1) || { kill $pid; cat "$HOUSE/create.log" >&2; die "ollama create failed"; }
  echo "http://127.0.0.1:$port/v1 $pid"
}

case "${1:-}" in
build) build ;;
serve) serve "${2:?usage: ollama.sh serve PORT}" ;;
*) sed -n '2,3s/^# //p' "$0" >&2; exit 2 ;;
esac
