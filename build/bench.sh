#!/usr/bin/env bash
# bench.sh [NAME]: the figures of the built programs, measured from outside; with NAME, those whose name holds it. See docs/figures.md.
set -euo pipefail
cd "$(dirname "$0")/.."
. build/cache.sh
go build -trimpath -tags desktop,production,webkit2_41 -o build/bin/barewindow ./build/bench/barewindow
go run ./build/bench -only "${1:-}"
