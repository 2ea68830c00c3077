#!/usr/bin/env bash
# camvm.sh build                   makes the guest, into the cache (cold: under a minute)
# camvm.sh run [OPTIONS] COMMAND   boots it with a camera at /dev/video0 and runs the shell line COMMAND there as root
#   -b FILE     a Linux binary to bring along with its shared libraries, found by its name on PATH; as often as needed
#   -m FOLDER   an MJPEG webcam that plays FOLDER/*.jpg, all of one size, in place of Linux's test camera (vivid)
#   -s WxH      the size of those pictures (1280x720)        -r FPS  how many of them a second (10)
#   -o FOLDER   where the files come back that COMMAND leaves under $OUT
#   -t SECONDS  how long all of it may take (180)
#
# A small virtual machine with Debian's own kernel, for a real V4L2 camera where the host has none and may load no modules. Its processor is
# emulated (CAMVM_ACCEL=kvm asks for better, where /dev/kvm does work), so it is no place to measure speed. The guest has busybox and a
# loopback network, nothing else. It can pull the test camera's plug: "unplug" and "replug" are commands there. What COMMAND prints comes
# out on stderr. The exit status is COMMAND's; 125 when the guest gave none in time.
# Needs (apt): qemu-system-x86 busybox-static cpio kmod make gcc, and Go.
set -euo pipefail
HERE=$(cd "$(dirname "$0")" && pwd)
. "$HERE/../cache.sh"

HOUSE=$CACHE/camvm
NEEDS="qemu-system-x86_64=qemu-system-x86 busybox=busybox-static cpio=cpio depmod=kmod make=make gcc=gcc"

# recipe: changes whenever the guest has to be made anew.
recipe() { cat "$HERE/camvm.sh" "$HERE/camvm/init" "$HERE/camvm/feed/main.go" | sha256sum; }

check_tools() {
  local need missing=
  for need in $NEEDS; do
    command -v "${need%%=*}" >/dev/null || missing="$missing ${need#*=}"
  done
  [ -z "$missing" ] || die "missing, run: apt-get install$missing"
  ! ldd "$(command -v busybox)" >/dev/null 2>&1 || die "busybox needs shared libraries, run: apt-get install busybox-static"
}

# dependency PACKAGE PATTERN: the first package matching PATTERN (sed) that PACKAGE depends on.
dependency() {
  local name
  name=$(apt-cache depends "$1" | sed -n "s/^ *Depends: \($2\)\$/\1/p" | head -1)
  [ -n "$name" ] || die "apt knows no $2 for $1, run: apt-get update"
  echo "$name"
}

# unpack FOLDER PACKAGE...: the packages' files under FOLDER; nothing is installed.
unpack() {
  local into=$1 debs
  shift
  debs=$(mktemp -d "$HOUSE/debs.XXXX")
  (cd "$debs" && apt-get download -qq -o APT::Sandbox::User=root "$@" >&2) || die "apt-get download $* failed, run: apt-get update"
  mkdir -p "$into"
  for deb in "$debs"/*.deb; do dpkg -x "$deb" "$into"; done
  rm -rf "$debs"
}

# unpack_kernel: sets KERNEL (its version) and KERNEL_FILES, and fetches what is not there yet.
unpack_kernel() {
  local image headers
  image=$(dependency linux-image-amd64 'linux-image-[0-9].*-amd64')
  KERNEL=${image#linux-image-}
  KERNEL_FILES=$HOUSE/$KERNEL
  [ ! -e "$KERNEL_FILES/.complete" ] || return 0
  rm -rf "$KERNEL_FILES"
  headers=linux-headers-$KERNEL
  unpack "$KERNEL_FILES" "$image" v4l2loopback-dkms "$headers" \
    "$(dependency "$headers" 'linux-headers-.*-common')" "$(dependency "$headers" 'linux-kbuild-.*')"
  depmod -b "$KERNEL_FILES" "$KERNEL"
  make_loopback "$KERNEL_FILES/usr/src"
  touch "$KERNEL_FILES/.complete"
}

# make_loopback SRC: builds v4l2loopback.ko; the headers' Makefile points at /usr/src, where they are not.
make_loopback() {
  local src=$1
  echo "include $src/linux-headers-${KERNEL%-amd64}-common/Makefile" >"$src/linux-headers-$KERNEL/Makefile"
  mv "$src"/v4l2loopback-* "$src/v4l2loopback"
  make -C "$src/linux-headers-$KERNEL" M="$src/v4l2loopback" modules >"$src/make.log" 2>&1 ||
    { tail -20 "$src/make.log" >&2; die "v4l2loopback did not build"; }
}

# modules FOLDER: copies the guest's modules there, and writes the order to load them in.
modules() {
  local into=$1 file
  modprobe -d "$KERNEL_FILES" -S "$KERNEL" --show-depends -a virtio_pci 9pnet_virtio 9p videodev vivid | awk '!seen[$2]++ {print $2}' |
    while read -r file; do
      cp "$file" "$into/"
      basename "$file" >>"$into/order"
    done
  cp "$KERNEL_FILES/usr/src/v4l2loopback/v4l2loopback.ko" "$into/"
  echo v4l2loopback.ko >>"$into/order"
}

# archive FOLDER: its files as an initramfs, to stdout.
archive() { (cd "$1" && find . -mindepth 1 | cpio -o -H newc --quiet | gzip -1); }

build() {
  local root
  check_tools
  mkdir -p "$HOUSE"
  exec 9>"$HOUSE/lock"
  flock 9
  if [ "$(cat "$HOUSE/recipe" 2>/dev/null)" != "$(recipe)" ]; then
    unpack_kernel
    root=$(mktemp -d "$HOUSE/root.XXXX")
    mkdir -p "$root"/{bin,dev,proc,sys,tmp,host,modules,etc,root}
    cp "$(command -v busybox)" "$root/bin/"
    cp "$HERE/camvm/init" "$root/init"
    (cd "$HERE/camvm/feed" && CGO_ENABLED=0 go build -trimpath -o "$root/bin/feed" .)
    modules "$root/modules"
    archive "$root" >"$HOUSE/guest.cpio.gz"
    cp "$KERNEL_FILES/boot/vmlinuz-$KERNEL" "$HOUSE/vmlinuz"
    rm -rf "$root"
    recipe >"$HOUSE/recipe"
  fi
  exec 9>&-
}

# bring BINARY ROOT: copies it and the shared libraries it names.
bring() {
  local library
  mkdir -p "$2/usr/bin"
  cp "$1" "$2/usr/bin/"
  { ldd "$1" 2>/dev/null || true; } | awk '/=> \//{print $3} /^\t\//{print $1}' | while read -r library; do
    mkdir -p "$2$(dirname "$library")"
    cp -L "$library" "$2$library"
  done
}

boot() {
  timeout -k 5 "$LIMIT" nice qemu-system-x86_64 -accel "${CAMVM_ACCEL:-tcg,thread=multi}" -cpu max -machine q35 -smp 2 -m 1024 \
    -nodefaults -no-user-config -display none -no-reboot -serial stdio -kernel "$HOUSE/vmlinuz" -initrd "$WORK/initrd" \
    -virtfs local,path="$WORK/host",mount_tag=host,security_model=none \
    -append "console=ttyS0 quiet loglevel=3 panic=-1 mitigations=off nokaslr camera=$CAMERA" </dev/null
}

run() {
  local option out='' size=1280x720 rate=10 status=0
  CAMERA=vivid LIMIT=180
  WORK=$(mktemp -d)
  trap 'rm -rf "$WORK"' EXIT
  mkdir -p "$WORK/host/out" "$WORK/root"
  while getopts b:m:s:r:o:t: option; do
    case $option in
    b) bring "$OPTARG" "$WORK/root" ;;
    m) CAMERA=mjpeg && mkdir "$WORK/host/play" && cp "$OPTARG"/*.jpg "$WORK/host/play/" ;;
    s) size=$OPTARG ;;
    r) rate=$OPTARG ;;
    o) out=$OPTARG ;;
    t) LIMIT=$OPTARG ;;
    *) usage ;;
    esac
  done
  shift $((OPTIND - 1))
  [ $# = 1 ] || usage
  build
  echo "$1" >"$WORK/host/command"
  echo "$size $rate" >"$WORK/host/feed"
  { cat "$HOUSE/guest.cpio.gz" && archive "$WORK/root"; } >"$WORK/initrd"
  boot >&2 || status=$?
  if [ -n "$out" ]; then mkdir -p "$out" && cp -r "$WORK/host/out/." "$out/"; fi
  [ -e "$WORK/host/status" ] || { echo "camvm.sh: the guest gave no exit status (qemu ended with $status)" >&2; exit 125; }
  exit "$(cat "$WORK/host/status")"
}

usage() { sed -n '2,8s/^# //p' "$0" >&2; exit 2; }

case "${1:-}" in
build) build && echo "$HOUSE" ;;
run) shift && run "$@" ;;
*) usage ;;
esac
