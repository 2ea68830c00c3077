#!/usr/bin/env bash
# libs.sh   builds libjpeg-turbo and openh264 for Windows into the cache, from Debian's sources, and prints their folder (include and lib are there)
#
# The same versions with the same patches as Debian's own, which the Linux programs are linked with. What is fetched is pinned below by its sum.
# Needs (apt): cmake nasm make dpkg-dev gcc-mingw-w64-x86-64 g++-mingw-w64-x86-64. Three minutes, once.
set -euo pipefail
HERE=$(cd "$(dirname "$0")" && pwd)
. "$HERE/../cache.sh"

DEBIAN='deb-src [trusted=yes] http://deb.debian.org/debian bookworm main' # trusted: the sums below are what is believed
TURBO=2.1.5-2
H264=2.3.1+dfsg-3+deb12u2
SUMS='
254f3642b04e309fee775123133c6464181addc150499561020312ec61c1bf7c  libjpeg-turbo_2.1.5.orig.tar.gz
cdb2433c2f7101345c1ffa14efb943787c675b86354691a32490845fe4bc9237  libjpeg-turbo_2.1.5-2.debian.tar.xz
87124d0eb5d86ea78c59bab916ecdc3d9dfa752ce6bf73a609bbb98db7d96383  openh264_2.3.1+dfsg.orig.tar.xz
8d749166ec936dd757eed56a3157167bee5ab95511d5726cc2d87ffca2069bb0  openh264_2.3.1+dfsg-3+deb12u2.debian.tar.xz
'

HOUSE=$CACHE/windows
MINGW=x86_64-w64-mingw32

# recipe: changes whenever the libraries have to be built anew.
recipe() { cat "$HERE/libs.sh" <($MINGW-g++ --version) <(nasm --version | sed 's/ compiled on .*//') | sha256sum; }

check_tools() {
  local need missing=
  for need in cmake=cmake nasm=nasm make=make apt-get=apt dpkg-source=dpkg-dev $MINGW-gcc=gcc-mingw-w64-x86-64 $MINGW-g++=g++-mingw-w64-x86-64; do
    command -v "${need%%=*}" >/dev/null || missing="$missing ${need#*=}"
  done
  [ -z "$missing" ] || die "missing, run: apt-get install$missing"
}

# fetch: both sources into $ROOM/src. apt keeps its lists in there, and the machine's own are left as they are.
fetch() {
  local apt=(apt-get -qq -o APT::Sandbox::User=root -o Acquire::Retries=2 -o Acquire::http::Timeout=30 -o "Dir::Etc::SourceList=$ROOM/sources.list"
    -o Dir::Etc::SourceParts=- -o "Dir::State::Lists=$ROOM/lists" -o "Dir::Cache=$ROOM/apt")
  mkdir -p "$ROOM/src" "$ROOM/lists/partial" "$ROOM/apt/archives/partial"
  echo "$DEBIAN" >"$ROOM/sources.list"
  cd "$ROOM/src"
  timeout 300 "${apt[@]}" update || die "Debian's list of sources cannot be fetched"
  timeout 300 "${apt[@]}" source --download-only "libjpeg-turbo=1:$TURBO" "openh264=$H264" ||
    die "Debian has no libjpeg-turbo $TURBO or no openh264 $H264 any more: pin what it has now"
  grep . <<<"$SUMS" | sha256sum --check --quiet >&2 || die "these are not the sources that are pinned here"
}

# unpack NAME VERSION: into $ROOM/NAME, with Debian's patches.
unpack() { dpkg-source --no-check -x "$ROOM/src/$1_$2.dsc" "$ROOM/$1" >/dev/null; }

# turbo: without the programs; on what it was built, and when, is left out.
turbo() {
  unpack libjpeg-turbo "$TURBO" &&
    cmake -S "$ROOM/libjpeg-turbo" -B "$ROOM/turbo" -DCMAKE_SYSTEM_NAME=Windows -DCMAKE_SYSTEM_PROCESSOR=AMD64 -DCMAKE_BUILD_TYPE=Release \
      -DCMAKE_C_COMPILER=$MINGW-gcc -DCMAKE_RC_COMPILER=$MINGW-windres -DCMAKE_C_FLAGS="-ffile-prefix-map=$ROOM=." \
      -DCMAKE_INSTALL_PREFIX=/usr -DENABLE_SHARED=0 -DREQUIRE_SIMD=1 -DBUILD=debian &&
    make -C "$ROOM/turbo" -j "$(nproc)" turbojpeg-static &&
    cp "$ROOM/turbo/libturbojpeg.a" "$ROOM/here/lib/" &&
    cp "$ROOM/libjpeg-turbo/turbojpeg.h" "$ROOM/here/include/"
}

h264() {
  unpack openh264 "$H264" &&
    make -C "$ROOM/openh264" -j "$(nproc)" OS=mingw_nt ARCH=x86_64 CC=$MINGW-gcc CXX=$MINGW-g++ AR=$MINGW-ar \
      CFLAGS_OPT="-O3 -DNDEBUG -ffile-prefix-map=$ROOM=." libopenh264.a &&
    cp "$ROOM/openh264/libopenh264.a" "$ROOM/here/lib/" &&
    mkdir "$ROOM/here/include/wels" &&
    cp "$ROOM"/openh264/codec/api/wels/*.h "$ROOM/here/include/wels/"
}

# build: a complete folder takes the old one's place by one rename.
build() {
  ROOM=$(mktemp -d "$HOUSE/libs.XXXXXX")
  trap 'rm -rf "$ROOM"' EXIT
  mkdir -p "$ROOM/here/include" "$ROOM/here/lib"
  fetch
  for library in turbo h264; do
    echo "libs: building $library for Windows" >&2
    $library >"$ROOM/log" 2>&1 || { tail -30 "$ROOM/log" >&2; die "$library does not build"; }
  done
  recipe >"$ROOM/here/recipe"
  rm -rf "$HOUSE/libs"
  mv "$ROOM/here" "$HOUSE/libs"
}

check_tools
mkdir -p "$HOUSE"
exec 9>"$HOUSE/lock"
flock -w 600 9 || die "another one has been building for ten minutes"
if [ "$(cat "$HOUSE/libs/recipe" 2>/dev/null)" != "$(recipe)" ]; then build; fi
echo "$HOUSE/libs"
