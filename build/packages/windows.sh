#!/usr/bin/env bash
# windows.sh   builds Sightline for Windows from this tree, and packs it with its models: Sightline-VERSION-x64-setup.exe in build/bin/packages
#
# SIGN_PFX=FILE signs the programs, the installer and the uninstaller with that certificate and its key; SIGN_PASS_FILE names a file with its
# password, and SIGN_TIMESTAMP the URL of a server that vouches for the time. HOMEPAGE is the web page of whoever hands the installer out, and
# PACKAGES another folder to put it into; QUICK=1 packs without compressing, for tests.
# The page is in frontend/dist: "make packages" builds it first. Needs (apt): nsis gcc-mingw-w64-x86-64 g++-mingw-w64-x86-64, for signing
# osslsigncode, and what build/windows/libs.sh needs; without that, Windows gets Go's own picture codec, and recordings have no video.
set -euo pipefail
HERE=$(cd "$(dirname "$0")" && pwd)
. "$HERE/../cache.sh"
cd "$HERE/../.."

OUT=${PACKAGES:-build/bin/packages}
VERSION=$(build/version.sh package)
SHOWN=$(build/version.sh)
NAME=Sightline-$VERSION-x64-setup.exe
NUMBERS=$(build/version.sh windows)
SOURCE_DATE_EPOCH=$(build/version.sh epoch)
HOMEPAGE=${HOMEPAGE:-}
MINGW=x86_64-w64-mingw32
RESOURCES=resources_windows_amd64.syso # Go links what has such a name beside the Go files of a program, for Windows alone
export SOURCE_DATE_EPOCH

exec 9>"$CACHE/windows.lock" # the resources lie in the tree for a while
flock -w 1200 9 || die "another one has been packing for twenty minutes"
room=$(mktemp -d "$CACHE/packages.XXXXXX")
trap 'rm -rf "$room" $RESOURCES backend/cmd/sightline-cli/$RESOURCES' EXIT
umask 022

check_tools() {
  local need missing='' needs="makensis=nsis $MINGW-gcc=gcc-mingw-w64-x86-64 $MINGW-g++=g++-mingw-w64-x86-64"
  if [ -n "${SIGN_PFX:-}" ]; then needs="$needs osslsigncode=osslsigncode"; fi
  for need in $needs; do
    command -v "${need%%=*}" >/dev/null || missing="$missing ${need#*=}"
  done
  [ -z "$missing" ] || die "the Windows installer cannot be built without some packages, run: apt-get install$missing"
  [ -f frontend/dist/index.html ] || die "frontend/dist/index.html is missing: run make packages"
  for need in "${SIGN_PFX:-}" "${SIGN_PASS_FILE:-}"; do
    if [ -n "$need" ] && [ ! -r "$need" ]; then die "$need cannot be read"; fi
  done
}

# codecs: sets what Go is to build with. GNU's libraries are linked into the programs, so that they need nothing but Windows.
codecs() {
  local libs
  tags=desktop,production,wv2runtime.browser # without WebView2 the window offers Microsoft's page: Wails' own download crashes when offline
  export GOOS=windows GOARCH=amd64 CGO_ENABLED=1 CC=$MINGW-gcc CXX=$MINGW-g++ CGO_CFLAGS=-O2 CGO_CXXFLAGS=-O2 CGO_LDFLAGS=-static
  if libs=$(build/windows/libs.sh 9>&-); then
    CGO_CFLAGS="-O2 -I$libs/include"
    CGO_LDFLAGS="-static -L$libs/lib"
  else
    tags=$tags,stdjpeg,noh264
    echo "windows.sh: libjpeg-turbo and openh264 are not to be had for Windows (see above): there pictures are decoded by Go's own codec, which is" \
      "slower, and recordings have no video." >&2
  fi
}

# resources NAME DESCRIPTION FILE: the icon, the version and the manifest of a program.
resources() {
  sed -e "s|@NAME@|$1|" -e "s|@DESCRIPTION@|$2|" -e "s|@VERSION@|$SHOWN|" -e "s|@NUMBERS@|${NUMBERS//./,}|" build/windows/program.rc.in >"$room/$1.rc"
  $MINGW-windres --include-dir=build/windows -i "$room/$1.rc" -O coff -o "$3"
}

# program NAME FOLDER FLAGS: a build ID would tell where the cache is.
program() {
  go build -trimpath -buildvcs=false -tags "$tags" -o "$room/tree/$1.exe" \
    -ldflags "-s -w -buildid= $3 -X sightline/backend/cli.Version=$SHOWN -X sightline/backend/cli.Homepage=$HOMEPAGE" "$2"
}

# texts: what goes along, for people who open it with a double click.
texts() {
  local name
  for name in LICENSE NOTICE; do sed 's/$/\r/' $name >"$room/tree/$name.txt"; done
  env -u GOOS -u GOARCH -u CGO_ENABLED -u CC -u CXX build/licences.sh texts | sed 's/\r*$/\r/' >"$room/tree/licences.txt"
}

# models: copies, since their dates are settled below.
models() {
  build/models.sh install "$room/models" windows
  install -D -m 644 -t "$room/tree/models" "$room"/models/*
}

# file_lists: the names of all that is installed, for upgrades that remove what is no more; and as macro calls, folders from the outside in first.
file_lists() {
  (cd "$room/tree" && find . -mindepth 1 -type f -printf '%P\n' && echo files.txt) | LC_ALL=C sort | sed 's|/|\\|g' >"$room/files"
  sed 's/$/\r/' "$room/files" >"$room/tree/files.txt"
  (cd "$room/tree" && find . -mindepth 1 -type d -printf '%P\n') | LC_ALL=C sort | sed 's|/|\\|g' >"$room/folders"
  {
    sed "s/.*/\${InFolder} \"&\"/" "$room/folders"
    sed "s/.*/\${EachFile} \"&\"/" "$room/files"
    tac "$room/folders" | sed "s/.*/\${OutOfFolder} \"&\"/"
  } >"$room/files.nsh"
}

# settle_dates FOLDER: every file is as old as the commit.
settle_dates() { find "$1" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +; }

# pack: the uninstaller is made, and signed, by makensis.
pack() {
  local webview options=()
  webview=$(go list -m -f '{{.Dir}}' github.com/wailsapp/wails/v2)/internal/webview2runtime/MicrosoftEdgeWebview2Setup.exe
  if [ -n "${SIGN_PFX:-}" ]; then options+=("-DSIGN=$PWD/build/windows/sign.sh"); fi
  if [ -n "${QUICK:-}" ]; then options+=(-DQUICK); fi
  makensis -V2 -WX -NOCONFIG -INPUTCHARSET UTF8 "-DTREE=$room/tree" "-DROOM=$room" "-DVERSION=$SHOWN" "-DNUMBERS=$NUMBERS" "-DOUT=$room/$NAME" \
    "-DSIZE=$(du -sk --apparent-size "$room/tree" | cut -f1)" "-DWEBVIEW2=$webview" "-DICON=$PWD/build/windows/icon.ico" "-DHOMEPAGE=$HOMEPAGE" \
    "${options[@]}" build/windows/installer.nsi >&2 || die "makensis failed"
}

check_tools
codecs
mkdir -p "$room/tree" "$OUT"
resources sightline "Sightline" $RESOURCES
resources sightline-cli "Sightline's commands" backend/cmd/sightline-cli/$RESOURCES
program sightline . "-H windowsgui"
program sightline-cli ./backend/cmd/sightline-cli ""
models
texts
file_lists
if [ -n "${SIGN_PFX:-}" ]; then build/windows/sign.sh "$room/tree/sightline.exe" "$room/tree/sightline-cli.exe"; fi
settle_dates "$room/tree"
pack
if [ -n "${SIGN_PFX:-}" ]; then build/windows/sign.sh "$room/$NAME"; fi
rm -f "$OUT"/Sightline-*-x64-setup.exe
mv "$room/$NAME" "$OUT/$NAME"
ls -l "$OUT/$NAME"
