#!/usr/bin/env bash
# soak.sh DURATION   watches and records for so long, as fast as it can, and fails on growing memory, on descriptors left open, on outcomes that do
#                    not add up, or on a recording that is not clean
set -euo pipefail
HERE=$(cd "$(dirname "$0")" && pwd)
. "$HERE/cache.sh"

[ $# = 1 ] || { sed -n '2,3s/^# //p' "$0" >&2; exit 2; }
room=$(mktemp -d "$CACHE/soak.XXXXXX")
program=
trap '[ -z "$program" ] || kill "$program" 2>/dev/null; rm -rf "$room"' EXIT

# sample: the program's memory in kB, and its open descriptors.
sample() {
  local kb files
  kb=$(awk '/^Pss:/ {print $2}' "/proc/$program/smaps_rollup" 2>/dev/null) || return
  files=("/proc/$program/fd"/*)
  echo "$kb ${#files[@]}"
}

# outcomes prints the last line's counts as NAME=NUMBER words.
outcomes() { tail -1 "$room/lines" | grep -o '"[a-z]*":[0-9]*' | tr -d '"' | tr ':' '='; }

verdict_on_memory() {
  awk '
    { kb[NR] = $1; files[NR] = $2 }
    END {
      # The first minute still warms up, so it may not reach into the second quarter, which is held against the last.
      if (NR < 120) { print "too short to judge memory: four minutes are the least"; exit 1 }
      quarter = int(NR / 4)
      for (i = quarter + 1; i <= 2 * quarter; i++) { early += kb[i] / quarter; if (files[i] > early_files) early_files = files[i] }
      for (i = NR - quarter + 1; i <= NR; i++) { late += kb[i] / quarter; if (files[i] > late_files) late_files = files[i] }
      printf "memory %.1f MB, then %.1f MB; open files %d, then %d; %d samples\n", early / 1024, late / 1024, early_files, late_files, NR
      exit late > early * 1.1 + 4096 || late_files > early_files + 2
    }' "$room/samples"
}

verdict_on_outcomes() {
  local captured=0 sampled=0 answered=0 superseded=0 unchanged=0 failed=0 cancelled=0 word
  for word in $(outcomes); do
    case $word in captured=* | sampled=* | answered=* | superseded=* | unchanged=* | failed=* | cancelled=*) declare "$word" ;; esac
  done
  echo "captured $captured, sampled $sampled: answered $answered, superseded $superseded, unchanged $unchanged, failed $failed, cancelled $cancelled"
  [ "$answered" -gt 0 ] && [ "$sampled" -eq $((answered + superseded + unchanged + failed + cancelled)) ]
}

verdict_on_recording() {
  local complaints video bytes seconds
  for video in "$room"/recordings/*/video*.mp4; do
    complaints=$(ffmpeg -v error -i "$video" -f null - 2>&1) || return
    [ -z "$complaints" ] || { echo "$video: $complaints"; return 1; }
  done
  bytes=$(cat "$room"/recordings/*/video*.mp4 | wc -c)
  seconds=$(sed -n 's/.*"seconds": *\([0-9.]*\).*/\1/p' "$room"/recordings/*/recording.json | head -1)
  awk -v bytes="$bytes" -v seconds="$seconds" 'BEGIN {
    hour = bytes / seconds * 3600 / 1e9
    printf "recorded %.0f s, %.0f MB: %.2f GB an hour\n", seconds, bytes / 1e6, hour
    exit hour > 1.2
  }'
}

"$HERE/bin/sightline-cli" watch --source sample: --backend builtin: --every 0 --for "$1" --record "$room/recordings" --json >"$room/lines" 2>"$room/errors" &
program=$!
while kill -0 "$program" 2>/dev/null; do
  sample >>"$room/samples" || break
  sleep 2
done
wait "$program" || { cat "$room/errors" >&2; die "watch ended with an error"; }
program=

verdict_on_outcomes || die "the outcomes do not add up"
verdict_on_recording || die "the recording is not clean, or too large"
verdict_on_memory || die "something grows"
