#!/usr/bin/env bash
# rtsp.sh build                                             builds a real network camera (gst-rtsp-server) into the cache
# rtsp.sh serve PORT h264|mjpeg SIZE [WAY USER PASSWORD]    starts it on 127.0.0.1:PORT, prints "URL PID"; whoever started it kills PID
#
# SIZE is WIDTHxHEIGHT@RATE; a ball moves in the picture. WAY is basic or digest: whoever comes without that login is turned away. To freeze the camera:
# kill -STOP PID; -CONT has it go on. Needs (apt): gcc pkg-config libgstrtspserver-1.0-dev gstreamer1.0-plugins-base, -good and -bad.
set -euo pipefail
HERE=$(cd "$(dirname "$0")" && pwd)
. "$HERE/../cache.sh"

HOUSE=$CACHE/rtsp
CAMERA=$HOUSE/camera

build() {
  pkg-config --exists gstreamer-rtsp-server-1.0 || die "missing, run: apt-get install libgstrtspserver-1.0-dev"
  mkdir -p "$HOUSE"
  if [ "$CAMERA" -nt "$HERE/rtsp/camera.c" ]; then return; fi
  # shellcheck disable=SC2046 # flags, one by one
  gcc -O2 -Wall -Wextra -Werror -o "$CAMERA.new" "$HERE/rtsp/camera.c" $(pkg-config --cflags --libs gstreamer-rtsp-server-1.0)
  mv "$CAMERA.new" "$CAMERA"
}

# pipeline KIND WIDTH HEIGHT RATE: a key picture each second, and the parameter sets with each of them.
pipeline() {
  local picture="videotestsrc is-live=true pattern=ball ! video/x-raw,format=I420,width=$2,height=$3,framerate=$4/1"
  case $1 in
  h264) echo "( $picture ! openh264enc complexity=low gop-size=$4 ! h264parse config-interval=1 ! rtph264pay name=pay0 pt=96 )" ;;
  mjpeg) echo "( $picture ! jpegenc quality=80 ! rtpjpegpay name=pay0 pt=26 )" ;;
  *) die "no such video: $1" ;;
  esac
}

serve() {
  local port=$1 kind=$2 size=$3 line pid tries=0
  shift 3
  [[ $size =~ ^([0-9]+)x([0-9]+)@([0-9]+)$ ]] || die "no such size: $size"
  line=$(pipeline "$kind" "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}" "${BASH_REMATCH[3]}")
  build
  setsid "$CAMERA" "$port" "$line" "$@" >"$HOUSE/$port.log" 2>&1 </dev/null &
  pid=$!
  until grep -q ready "$HOUSE/$port.log"; do
    tries=$((tries + 1))
    if [ $tries -ge 100 ] || ! kill -0 $pid 2>/dev/null; then
      kill $pid 2>/dev/null || true
      cat "$HOUSE/$port.log" >&2
      die "the camera did not start"
    fi
    sleep 0.1
  done
  echo "rtsp://127.0.0.1:$port/live $pid"
}

case "${1:-}" in
build) build ;;
serve) shift; [ $# -eq 3 ] || [ $# -eq 6 ] || { sed -n '2,3s/^# //p' "$0" >&2; exit 2; }; serve "$@" ;;
*) sed -n '2,3s/^# //p' "$0" >&2; exit 2 ;;
esac
