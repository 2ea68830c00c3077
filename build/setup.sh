#!/usr/bin/env bash
# setup.sh run|build|test|real|check|packages   brings what this machine lacks for that; quick and silent when it lacks nothing
#
# Packages come from the distribution: on Debian and Ubuntu they are installed (asking before sudo), elsewhere they are named.
# A missing or old Go or Node comes pinned and checksummed into the cache (build/cache.sh) and touches nothing else.
set -euo pipefail
HERE=$(cd "$(dirname "$0")" && pwd)
. "$HERE/cache.sh"
. "$HERE/versions.sh"

# ROOM holds what is half fetched; a complete thing leaves it by one rename.
ROOM=$CACHE/setup.$$
trap 'rm -rf "$ROOM"' EXIT

# How a need is recognised, then what provides it: Debian's package, Fedora's, Arch's ("-" where there is none to be had).
NEEDS_BUILD='
  cmd:gcc                     gcc                    gcc                      gcc
  cmd:g++                     g++                    gcc-c++                  gcc
  cmd:pkg-config              pkg-config             pkgconf-pkg-config       pkgconf
  lib:gtk+-3.0                libgtk-3-dev           gtk3-devel               gtk3
  lib:webkit2gtk-4.1          libwebkit2gtk-4.1-dev  webkit2gtk4.1-devel      webkit2gtk-4.1
  archive:libturbojpeg.a      libturbojpeg0-dev      -                        -
  archive:libopenh264.a       libopenh264-dev        -                        -
'
NEEDS_RUN='
  cmd:ffmpeg                  ffmpeg                 ffmpeg                   ffmpeg
  gst:libgstlibav.so          gstreamer1.0-libav     gstreamer1-plugin-libav  gst-libav
  gst:libgstisomp4.so         gstreamer1.0-plugins-good  gstreamer1-plugins-good  gst-plugins-good
'
NEEDS_TEST='
  cmd:Xvfb                    xvfb                   xorg-x11-server-Xvfb     xorg-server-xvfb
  cmd:xdotool                 xdotool                xdotool                  xdotool
  cmd:openbox                 openbox                openbox                  openbox
  cmd:wmctrl                  wmctrl                 wmctrl                   wmctrl
  cmd:import                  imagemagick            ImageMagick              imagemagick
  cmd:chromium                chromium               chromium                 chromium
  font:DejaVuSans.ttf         fonts-dejavu-core      dejavu-sans-fonts        ttf-dejavu
  cmd:dbus-run-session        dbus                   dbus-daemon              dbus
  cmd:ffmpeg                  ffmpeg                 ffmpeg                   ffmpeg
  cmd:ffprobe                 ffmpeg                 ffmpeg                   ffmpeg
'
NEEDS_REAL='
  cmd:qemu-system-x86_64      qemu-system-x86        -                        -
  static:busybox              busybox-static         -                        -
  cmd:cpio                    cpio                   -                        -
  cmd:depmod                  kmod                   -                        -
  cmd:make                    make                   -                        -
  file:nlohmann/json.hpp      nlohmann-json3-dev     -                        -
  file:stb/stb_image.h        libstb-dev             -                        -
  cmd:curl                    curl                   -                        -
  cmd:xz                      xz-utils               -                        -
  cmd:wine                    wine                   -                        -
  path:/usr/lib/wine/wine64   wine64                 -                        -
  lib:gstreamer-rtsp-server-1.0  libgstrtspserver-1.0-dev  -                    -
  gst:libgstrtp.so            gstreamer1.0-plugins-good  -                     -
  gst:libgstvideotestsrc.so   gstreamer1.0-plugins-base  -                     -
  cmd:ps                      procps                 -                        -
  gst:libgstopenh264.so       gstreamer1.0-plugins-bad   -                     -
  cmd:lintian                 lintian                -                        -
  cmd:rpm                     rpm                    -                        -
  cmd:rpm2cpio                rpm2cpio               -                        -
  cmd:appstreamcli            appstream              -                        -
  cmd:desktop-file-validate   desktop-file-utils     -                        -
  cmd:man                     man-db                 -                        -
  cmd:dpkg-shlibdeps          dpkg-dev               -                        -
'
NEEDS_PACKAGES='
  cmd:rsvg-convert            librsvg2-bin           librsvg2-tools           librsvg
  cmd:objcopy                 binutils               binutils                 binutils
  cmd:makensis                nsis                   mingw64-nsis             -
  cmd:osslsigncode            osslsigncode           osslsigncode             -
  cmd:x86_64-w64-mingw32-gcc  gcc-mingw-w64-x86-64   mingw64-gcc              mingw-w64-gcc
  cmd:x86_64-w64-mingw32-g++  g++-mingw-w64-x86-64   mingw64-gcc-c++          mingw-w64-gcc
  cmd:cmake                   cmake                  cmake                    cmake
  cmd:nasm                    nasm                   nasm                     nasm
  cmd:make                    make                   make                     make
  cmd:dpkg-source             dpkg-dev               -                        -
  cmd:openssl                 openssl                openssl                  openssl
'
NEEDS_CHECK='
  cmd:shellcheck              shellcheck             ShellCheck               shellcheck
'
NEEDS_FETCH='
  cmd:curl                    curl                   curl                     curl
  cmd:unzip                   unzip                  unzip                    unzip
  path:/etc/ssl/certs/ca-certificates.crt  ca-certificates  -  -
'

usage() { sed -n '2s/^# //p' "$0" >&2; exit 2; }
say() { echo "setup: $*" >&2; }

# The operating system

# family: debian, fedora, arch or unknown, by what the distribution says it is like.
family() {
  local ID='' ID_LIKE=''
  # shellcheck disable=SC1091
  if [ -r /etc/os-release ]; then . /etc/os-release; fi
  case " $ID $ID_LIKE " in
  *' debian '* | *' ubuntu '*) echo debian ;;
  *' fedora '* | *' rhel '*) echo fedora ;;
  *' arch '*) echo arch ;;
  *) echo unknown ;;
  esac
}

chromium_is_a_snap() { grep -qs '^ID=ubuntu$' /etc/os-release; }

# present KIND:NAME: whether the machine has it.
present() {
  local kind=${1%%:*} name=${1#*:}
  case $kind in
  cmd) command -v "$name" >/dev/null ;;
  lib) pkg-config --exists "$name" 2>/dev/null ;;
  archive) command -v gcc >/dev/null && [ "$(gcc -print-file-name="$name")" != "$name" ] ;;
  gst) [ -n "$(find -L /usr/lib /usr/lib64 -path "*/gstreamer-1.0/$name" -print -quit 2>/dev/null)" ] ;;
  font) [ -n "$(find -L /usr/share/fonts -name "$name" -print -quit 2>/dev/null)" ] ;;
  static) command -v "$name" >/dev/null && ! ldd "$(command -v "$name")" >/dev/null 2>&1 ;;
  file) [ -e "/usr/include/$name" ] ;;
  path) [ -e "$name" ] ;;
  esac
}

# missing FAMILY: of the needs on stdin, those not present, as FAMILY's packages; an unknown family gets them as recognised.
missing() {
  local need debian fedora arch name
  while read -r need debian fedora arch; do
    if [ -z "$need" ] || present "$need"; then continue; fi
    case $1 in
    debian) name=$debian ;;
    fedora) name=$fedora ;;
    arch) name=$arch ;;
    *) name=$([ "$arch" = - ] && echo - || echo "${need#*:}") ;;
    esac
    if [ "$name" != - ]; then echo "$name"; fi
  done | sort -u | paste -sd ' '
}

# needs PURPOSE: the rows that apply.
needs() {
  echo "$NEEDS_BUILD"
  case $1 in run | test | real) echo "$NEEDS_RUN" ;; esac # what plays recorded video in the window
  case $1 in test | real | check) echo "$NEEDS_TEST" ;; esac
  case $1 in real) echo "$NEEDS_REAL" ;; check) echo "$NEEDS_CHECK" ;; esac
  case $1 in real | packages) echo "$NEEDS_PACKAGES" ;; esac
  if ! go_is_good || ! node_is_good; then echo "$NEEDS_FETCH"; fi
}

# Packages

APT="apt-get -o DPkg::Lock::Timeout=900"

packages() {
  local purpose=$1 family
  family=$(family)
  if [ "$purpose" = real ] && [ "$family" != debian ]; then
    die "the rigs of test-real unpack Debian packages: run it on Debian or Ubuntu"
  fi
  case $family in
  debian)
    debian_packages "$purpose"
    if [ "$purpose" = real ]; then apt_lists; fi
    ;;
  fedora) name_packages "sudo dnf install" "$(needs "$purpose" | missing fedora)" ;;
  arch) name_packages "sudo pacman -S --needed" "$(needs "$purpose" | missing arch)" ;;
  *) name_packages "by your distribution's names, with development files:" "$(needs "$purpose" | missing unknown)" ;;
  esac
}

name_packages() {
  if [ -n "$2" ]; then die "this machine lacks some packages; install them, then start again: $1 $2"; fi
}

debian_packages() {
  local lacking
  lacking=$(needs "$1" | missing debian)
  if [ -z "$lacking" ]; then return; fi
  if chromium_is_a_snap && [[ " $lacking " = *' chromium '* ]]; then
    die "Ubuntu has Chromium as a snap only; install it, then start again: sudo snap install chromium"
  fi
  apt_install "$lacking"
  lacking=$(needs "$1" | missing debian)
  if [ -n "$lacking" ]; then die "installed, but still not found here: $lacking"; fi
}

apt_install() {
  say "this machine lacks: $1"
  as_root "$APT update -q && DEBIAN_FRONTEND=noninteractive $APT install -q -y --no-install-recommends $1"
}

# apt_lists: the rigs of test-real ask apt where the kernel is.
apt_lists() {
  if ! compgen -G '/var/lib/apt/lists/*_Packages*' >/dev/null; then
    say "apt has no package lists yet"
    as_root "$APT update -q"
  fi
}

# as_root COMMAND: at once where this is root, by sudo when the person agrees; otherwise it only says what to run.
as_root() {
  if [ "$(id -u)" = 0 ]; then
    sh -c "$1" >&2
  elif [ -t 0 ] && command -v sudo >/dev/null; then
    echo "  $1" >&2
    confirm "Run this with sudo?" || die "nothing was installed; the command above does it"
    sudo sh -c "$1" >&2
  else
    die "run this as root, then start again: $1"
  fi
}

confirm() {
  local answer
  read -r -p "$1 [y/N] " answer
  [[ $answer = [yY]* ]]
}

# Go and Node

# at_least HAVE WANT: compares dotted versions.
at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -1)" = "$2" ]; }

# go_is_good asks inside the project, so that a Go of 1.21 or later may fetch the newer one it needs by itself.
go_is_good() {
  local want have
  want=$(sed -n 's/^go //p' "$HERE/../go.mod")
  have=$(cd "$HERE/.." && go env GOVERSION 2>/dev/null) && at_least "${have#go}" "$want"
}

# node_is_good: what Vite asks for, 20.19 or 22.12 and later.
node_is_good() {
  local have
  have=$(node --version 2>/dev/null) && command -v npm >/dev/null || return
  have=${have#v}
  case $have in
  20.*) at_least "$have" 20.19 ;;
  *) at_least "$have" 22.12 ;;
  esac
}

# arch X86 ARM: the word for this machine.
arch() {
  case $(uname -m) in
  x86_64) echo "$1" ;;
  aarch64) echo "$2" ;;
  *) return 1 ;;
  esac
}

# fetch URL SHA256 FILE: downloads and checks; fails, and says so, when either goes wrong.
fetch() {
  say "fetching $1"
  curl -fsSL --connect-timeout 10 --max-time 1200 --retry 2 -o "$3" "$1" || { say "not from there"; return 1; }
  echo "$2  $3" | sha256sum --check --status || { say "its sum is wrong, so it is not used"; return 1; }
}

# settle FOLDER NAME: puts a complete folder in its place in the cache.
settle() {
  rm -rf "${CACHE:?}/$2"
  mv "$1" "$CACHE/$2"
}

go_from_home() {
  local file=$1/go.tar.gz
  fetch "https://go.dev/dl/go$GO_VERSION.linux-$(arch amd64 arm64).tar.gz" "${GO_TARBALL_SHA256[$(arch 0 1)]}" "$file" || return
  tar -xzf "$file" -C "$1" && settle "$1/go" go
}

# go_from_proxy unpacks what "go" itself would fetch; a module may not hold a go.mod of its own, so those lie there renamed.
go_from_proxy() {
  local file=$1/go.zip name
  name=golang.org/toolchain@v0.0.1-go$GO_VERSION.linux-$(arch amd64 arm64)
  fetch "https://proxy.golang.org/${name/@//@v/}.zip" "${GO_MODULE_SHA256[$(arch 0 1)]}" "$file" || return
  unzip -q "$file" -d "$1" || return
  find "$1/$name" -name _go.mod -execdir mv {} go.mod \;
  settle "$1/$name" go
}

node_from_home() {
  local name file=$1/node.tar.gz
  name=node-v$NODE_VERSION-linux-$(arch x64 arm64)
  fetch "https://nodejs.org/dist/v$NODE_VERSION/$name.tar.gz" "${NODE_TARBALL_SHA256[$(arch 0 1)]}" "$file" || return
  tar -xzf "$file" -C "$1" && settle "$1/$name" node
}

node_from_npm() {
  local registry=https://registry.npmjs.org name modules=$1/package/lib/node_modules
  name=node-linux-$(arch x64 arm64)
  fetch "$registry/$name/-/$name-$NODE_VERSION.tgz" "${NODE_PACKAGE_SHA256[$(arch 0 1)]}" "$1/node.tgz" || return
  fetch "$registry/npm/-/npm-$NPM_VERSION.tgz" "$NPM_PACKAGE_SHA256" "$1/npm.tgz" || return
  tar -xzf "$1/node.tgz" -C "$1" && mkdir -p "$modules/npm" || return
  tar -xzf "$1/npm.tgz" -C "$modules/npm" --strip-components=1 || return
  ln -s ../lib/node_modules/npm/bin/npm-cli.js "$1/package/bin/npm"
  ln -s ../lib/node_modules/npm/bin/npx-cli.js "$1/package/bin/npx"
  settle "$1/package" node
}

# bring NAME CHECK ADVICE SOURCE...: tries each source in turn until CHECK is content.
bring() {
  local name=$1 check=$2 advice=$3 source
  shift 3
  if "$check"; then return; fi
  say "no $name here, or one too old"
  arch x86_64 aarch64 >/dev/null || die "there is no pinned $name for $(uname -m): $advice"
  mkdir -p "$ROOM"
  for source; do
    if "$source" "$ROOM" && "$check"; then return; fi
  done
  die "$name could not be fetched: $advice"
}

# The reviewer's tools

# prometheus_tools: Debian's Prometheus and promtool, unpacked into the cache: installed as a package they would start a service.
prometheus_tools() {
  local room=$ROOM/prometheus
  if command -v promtool >/dev/null && command -v prometheus >/dev/null; then return; fi
  if [ "$(family)" != debian ]; then die "this machine lacks prometheus and promtool, which the tests of metrics need; install them, then start again"; fi
  apt_lists
  say "unpacking Debian's prometheus into the cache"
  mkdir -p "$room"
  (cd "$room" && apt-get download -q prometheus >&2 && dpkg-deb -x prometheus_*.deb .)
  mkdir -p "$CACHE/bin"
  mv "$room/usr/bin/prometheus" "$room/usr/bin/promtool" "$CACHE/bin/"
}

# tool PATH@VERSION: builds it into the cache unless that version is there.
tool() {
  local path=${1%@*} version=${1#*@} name
  name=$(basename "$path")
  if go version -m "$CACHE/bin/$name" 2>/dev/null | grep -q "^	mod	.*	$version	"; then return; fi
  say "building $name $version (golangci-lint and nfpm take about two minutes)"
  GOBIN=$CACHE/bin nice go install "$1"
}

tools() {
  tool "mvdan.cc/gofumpt@$GOFUMPT_VERSION"
  tool "github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$GOLANGCI_LINT_VERSION"
}

main() {
  case $1 in run | build | test | real | check | packages) ;; *) usage ;; esac
  if [ "$(uname -s)" != Linux ]; then
    die "this script knows Linux; elsewhere install Go $GO_VERSION, Node $NODE_VERSION, a C compiler and libjpeg-turbo"
  fi
  packages "$1"
  bring Go go_is_good "install Go $GO_VERSION or later from https://go.dev/dl and put it on PATH" go_from_home go_from_proxy
  bring Node node_is_good "install Node $NODE_VERSION or later, with npm, from https://nodejs.org and put it on PATH" node_from_home node_from_npm
  case $1 in test | real | check) prometheus_tools ;; esac
  case $1 in real | packages) tool "github.com/goreleaser/nfpm/v2/cmd/nfpm@$NFPM_VERSION" ;; esac
  if [ "$1" = check ]; then tools; fi
}

main "${1:-}"
