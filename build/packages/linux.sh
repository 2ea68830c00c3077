#!/usr/bin/env bash
# linux.sh   packs build/bin/sightline and build/bin/sightline-cli with the detector's models: a .deb, an .rpm and a .tar.gz in build/bin/packages
#
# HOMEPAGE and MAINTAINER are the web page, and the name with a mail address, of whoever hands the packages out; PACKAGES is another folder to put
# them into. "make packages" builds the programs first.
set -euo pipefail
HERE=$(cd "$(dirname "$0")" && pwd)
. "$HERE/../cache.sh"
cd "$HERE/../.."

OUT=${PACKAGES:-build/bin/packages}
VERSION=$(build/version.sh package)
SHOWN=$(build/version.sh)
DATE=$(build/version.sh date)
SOURCE_DATE_EPOCH=$(build/version.sh epoch)
HOMEPAGE=${HOMEPAGE:-}
MAINTAINER=${MAINTAINER:-The authors of Sightline <nobody@sightline.example>}
export SOURCE_DATE_EPOCH

room=$(mktemp -d "$CACHE/packages.XXXXXX")
trap 'rm -rf "$room"' EXIT
umask 022

# What all packages have in common, below $1 as it lies below /usr.
lay_out() {
  local usr=$1 size program
  mkdir -p "$usr/bin"
  for program in sightline sightline-cli; do # the compiler's name is of no use to anybody
    objcopy --remove-section=.comment "build/bin/$program" "$usr/bin/$program"
    chmod 755 "$usr/bin/$program"
  done
  install -D -m 644 -t "$usr/share/applications" build/linux/sightline.desktop
  install -D -m 644 build/linux/sightline.svg "$usr/share/icons/hicolor/scalable/apps/sightline.svg"
  for size in 16 22 24 32 48 64 128 256 512; do
    mkdir -p "$usr/share/icons/hicolor/${size}x$size/apps"
    rsvg-convert -w $size -h $size build/linux/sightline.svg -o "$usr/share/icons/hicolor/${size}x$size/apps/sightline.png"
  done
  mkdir -p "$usr/share/metainfo"
  metainfo >"$usr/share/metainfo/org.sightline.Sightline.metainfo.xml"
  install -D -m 644 -t "$usr/lib/systemd/user" 'build/linux/sightline-watch@.service'
  install -D -m 644 -t "$usr/lib/sightline/models" "$room"/models/* # copies: their dates are settled below
  words "$usr/share"
}

# metainfo: what software centres show.
metainfo() {
  local url=''
  if [ -n "$HOMEPAGE" ]; then url="<url type=\"homepage\">$HOMEPAGE</url>"; fi
  sed -e "s|@URL@|$url|" -e "s|@VERSION@|$VERSION|" -e "s|@DATE@|${DATE%%T*}|" -e '/^ *$/d' build/linux/metainfo.xml.in
}

# words SHARE: the manual and the completions, from the command line itself; each under both programs' names where a shell looks by name.
words() {
  mkdir -p "$1/man/man1" "$1/bash-completion/completions" "$1/zsh/$ZSH_FOLDER" "$1/fish/vendor_completions.d"
  "$room/manual" man "$SHOWN" "${DATE%%T*}" | gzip -9n >"$1/man/man1/sightline.1.gz"
  ln -sf sightline.1.gz "$1/man/man1/sightline-cli.1.gz"
  "$room/manual" bash >"$1/bash-completion/completions/sightline"
  ln -sf sightline "$1/bash-completion/completions/sightline-cli"
  "$room/manual" zsh >"$1/zsh/$ZSH_FOLDER/_sightline"
  "$room/manual" fish >"$1/fish/vendor_completions.d/sightline.fish"
  ln -sf sightline.fish "$1/fish/vendor_completions.d/sightline-cli.fish"
}

# debian_doc FOLDER: what Debian wants to find in /usr/share/doc.
debian_doc() {
  mkdir -p "$1"
  {
    printf 'Sightline, Copyright 2026 The authors of Sightline, Apache-2.0.\nOn Debian the licence is in /usr/share/common-licenses/Apache-2.0.\n\n'
    cat NOTICE
    printf '\nThe licences of what it is made of are in licences.txt.gz beside this file.\n'
  } >"$1/copyright"
  gzip -9nc "$room/licences.txt" >"$1/licences.txt.gz"
  printf 'sightline (%s) unstable; urgency=medium\n\n  * See NEWS.gz for what has changed.\n\n -- %s  %s\n' \
    "$VERSION" "$MAINTAINER" "$(date -u -R -d "@$SOURCE_DATE_EPOCH")" | gzip -9n >"$1/changelog.gz"
  gzip -9nc CHANGELOG.md >"$1/NEWS.gz"
}

# settle_dates FOLDER: every file is as old as the commit.
settle_dates() { find "$1" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +; }

# nfpm_pack KIND FILE: by build/linux/nfpm.yaml, in which it fills in what differs; a line that stays empty is left out.
nfpm_pack() {
  local release='' licence='' synopsis='watch a live camera with any vision-language model'
  if [ "$1" = rpm ]; then release=1 licence=Apache-2.0 synopsis=''; fi # Debian's package tells its licence in its own way, the .rpm its summary
  settle_dates "$room/$1"
  sed -e "s|\${ROOM}|$room/$1|" -e "s|\${VERSION}|$VERSION|" -e "s|\${RELEASE}|$release|" -e "s|\${LICENCE}|$licence|" -e "s|\${DATE}|$DATE|" \
    -e "s|\${HOMEPAGE}|$HOMEPAGE|" -e "s|\${MAINTAINER}|$MAINTAINER|" -e "s|\${SYNOPSIS}|$synopsis|" \
    -e '/^[a-z]*: $/d' -e '/^  $/d' build/linux/nfpm.yaml >"$room/nfpm.yaml"
  nfpm package --config "$room/nfpm.yaml" --packager "$1" --target "$2" >"$room/log" 2>&1 || { cat "$room/log" >&2; die "nfpm failed"; }
}

deb() {
  ZSH_FOLDER=vendor-completions lay_out "$room/deb/usr"
  debian_doc "$room/deb/usr/share/doc/sightline"
  install -D -m 644 build/linux/lintian-overrides "$room/deb/usr/share/lintian/overrides/sightline"
  nfpm_pack deb "$OUT/sightline_${VERSION}_amd64.deb"
}

rpm() {
  ZSH_FOLDER=site-functions lay_out "$room/rpm/usr"
  install -D -m 644 -t "$room/rpm/doc" LICENSE NOTICE CHANGELOG.md README.md "$room/licences.txt"
  nfpm_pack rpm "$OUT/sightline-$VERSION-1.x86_64.rpm"
}

# archive: runs from any folder it is unpacked in.
archive() {
  local name=sightline-$VERSION-linux-x64
  local into=$room/tar/$name
  ZSH_FOLDER=site-functions lay_out "$into"
  mv "$into"/bin/* "$into"
  mv "$into/lib/sightline/models" "$into"
  rmdir "$into/bin" "$into/lib/sightline"
  install -m 644 -t "$into" LICENSE NOTICE README.md CHANGELOG.md build/linux/INSTALL.txt "$room/licences.txt"
  settle_dates "$room/tar"
  tar -C "$room/tar" --sort=name --owner=0 --group=0 --numeric-owner --format=gnu -cf - "$name" | gzip -n >"$OUT/$name.tar.gz"
}

# check_given: what goes into files of several kinds has nothing in it that means something in one of them.
check_given() {
  case $HOMEPAGE in
  '' | http://* | https://*) ;;
  *) die "HOMEPAGE is no web address: $HOMEPAGE" ;;
  esac
  case $HOMEPAGE$MAINTAINER in *[\|\&\"\\$'\n']*) die "HOMEPAGE and MAINTAINER may hold no |, &, quote or backslash" ;; esac
  case $MAINTAINER in *?' <'?*@?*'>') ;; *) die "MAINTAINER is written like: A Name <name@example.org>" ;; esac
}

check_given
if [ "$(uname -m)" != x86_64 ]; then die "packages are made on x86-64 alone; make build works here, too"; fi
for program in sightline sightline-cli; do
  if [ ! -x build/bin/$program ]; then die "build/bin/$program is missing: run make packages"; fi
done
mkdir -p "$OUT"
rm -f "$OUT"/*.deb "$OUT"/*.rpm "$OUT"/*.tar.gz
build/models.sh install "$room/models"
build/licences.sh texts >"$room/licences.txt"
go build -o "$room/manual" ./build/manual
deb
rpm
archive
(cd "$OUT" && ls -l -- *.deb *.rpm *.tar.gz)
