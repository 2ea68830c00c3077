#!/usr/bin/env bash
# test-linux.sh   looks into the packages in build/bin/packages, and installs, starts, upgrades and purges them on this machine
#
# Installing needs root, and a machine where Sightline is not installed: without, that part is named and left out. It leaves the machine as it
# was, also when it fails. The pictures it takes of the windows lie beside the packages.
set -euo pipefail
HERE=$(cd "$(dirname "$0")" && pwd)
. "$HERE/../cache.sh"
cd "$HERE/../.."
umask 022

IN=$PWD/build/bin/packages
MOST_BYTES=$((80 * 1024 * 1024))
NEWEST_GLIBC=2.35 # Ubuntu 22.04's
NEWEST_GLIBCXX=3.4.30
export DEBIAN_FRONTEND=noninteractive

passed=0 failed=0 left_out=0
room=$(mktemp -d /tmp/sightline-packages.XXXXXX)

# leave: the machine is left without Sightline where this has put it there.
leave() {
  if [ -e "$room/installed" ]; then apt purge sightline >/dev/null 2>&1 || dpkg --purge sightline >/dev/null 2>&1 || true; fi
  rm -rf "$room"
}
trap leave EXIT
trap 'exit 130' INT TERM HUP

apt() { timeout -k 10 300 apt-get -q -y -o DPkg::Lock::Timeout=120 -o APT::Sandbox::User=root "$@"; }

# check WORDS COMMAND...: counts, and shows what was said where it fails. What a check has to tell a person it writes to descriptor 3.
check() {
  local words=$1 status=0
  shift
  set +e
  (
    set -eE
    trap 'echo "stopped at: $BASH_COMMAND" >&2' ERR
    "$@"
  ) >"$room/log" 2>&1 3>"$room/told"
  status=$?
  set -e
  if [ $status = 0 ]; then
    passed=$((passed + 1))
    echo "ok    $words"
    sed 's/^/        /' "$room/told"
  else
    failed=$((failed + 1))
    echo "FAIL  $words"
    cat "$room/told" "$room/log" | tail -n 25 | sed 's/^/        /'
  fi
}

leave_out() {
  left_out=$((left_out + 1))
  echo "--    $1"
}

step() { printf '\n== %s\n' "$1"; }
no() { echo "$*" >&2; return 1; }
at_most() { [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | tail -1)" = "$2" ]; }

# one KIND: the only package of its kind.
one() {
  local all
  mapfile -t all < <(find "$IN" -maxdepth 1 -name "$1")
  if [ ${#all[@]} != 1 ]; then die "no single $1 in build/bin/packages: run make packages"; fi
  echo "${all[0]}"
}

# The programs, as they are packed.

# symbols PROGRAM KIND: the newest version of that kind it wants.
symbols() { objdump -T "$1" | grep -oE "\b$2_[0-9.]+" | sort -Vu | tail -1 | sed "s/^$2_//"; }

runs_on_ubuntu_22_04() {
  local file name glibc glibcxx
  for file in "$unpacked"/usr/bin/* "$runtime"; do
    name=$(basename "$file")
    glibc=$(symbols "$file" GLIBC)
    glibcxx=$(symbols "$file" GLIBCXX)
    at_most "$glibc" "$NEWEST_GLIBC" || no "$name wants GLIBC_$glibc, which is newer than $NEWEST_GLIBC"
    at_most "$glibcxx" "$NEWEST_GLIBCXX" || no "$name wants GLIBCXX_$glibcxx, which is newer than $NEWEST_GLIBCXX"
    echo "$name: GLIBC_$glibc, GLIBCXX_$glibcxx" >&3
  done
}

# tells_nobody: newer builds of the runtime, as Microsoft hands them out, report to Microsoft.
tells_nobody() {
  if grep -aoE -m 1 'OneCollector|events\.data\.microsoft|ORT_DISABLE_TELEMETRY|PosixTelemetry' "$runtime"; then no "the runtime reports to its makers"; fi
}

# is_as_told: models.json says of each file what it is.
is_as_told() {
  local models=$unpacked/usr/lib/sightline/models file
  for file in "$models"/*; do
    if [ "$file" != "$models/models.json" ]; then
      grep -F "\"file\": \"$(basename "$file")\"" "$models/models.json" | grep -F "\"$(sha256sum <"$file" | cut -d ' ' -f 1)\"" || no "$file is not as models.json says"
    fi
  done
  [ "$(grep -c '"licence"' "$models/models.json")" = 5 ]
}

is_bare() {
  local program
  for program in "$unpacked"/usr/bin/*; do
    if readelf -S "$program" | grep -E '\.(symtab|debug_|zdebug_|comment)'; then no "$program is not stripped"; fi
    if readelf -d "$program" | grep -E 'RPATH|RUNPATH'; then no "$program looks for libraries where it was built"; fi
    if grep -aoF -m 1 -e "$PWD/" -e "$(go env GOMODCACHE)/" -e "$CACHE/" "$program"; then no "$program names folders of this machine"; fi
  done
}

are_small() {
  local file
  for file in "$deb" "$rpm" "$tgz"; do
    [ "$(stat -c %s "$file")" -le $MOST_BYTES ] || no "$file is larger than 80 MB"
    echo "$(basename "$file"): $(($(stat -c %s "$file") / 100000 * 100000)) bytes or a little more" >&3
  done
}

# The .deb

field() { dpkg-deb -f "$deb" "$1"; }

has_good_metadata() {
  [ "$(field Package) $(field Architecture)" = "sightline amd64" ]
  [ "$(basename "$deb")" = "sightline_$(field Version)_amd64.deb" ]
  field Description | grep 'any vision-language model'
  field Recommends | grep -w ffmpeg
  if field Depends | grep -w ffmpeg; then no "ffmpeg is required"; fi
  field Depends | grep -E '(^|, )gstreamer1.0-libav(,|$)' || no "nothing that decodes H.264 everywhere is required"
}

names_its_libraries() {
  local name
  mkdir -p "$room/shlibs/debian"
  printf 'Source: x\n\nPackage: x\nArchitecture: amd64\n' >"$room/shlibs/debian/control"
  (cd "$room/shlibs" && dpkg-shlibdeps -O -e"$unpacked/usr/bin/sightline" -e"$unpacked/usr/bin/sightline-cli" -e"$runtime" 2>/dev/null) >"$room/shlibs/all"
  field Depends | bare_names >"$room/depends"
  sed 's/^shlibs:Depends=//' "$room/shlibs/all" | bare_names | while read -r name; do
    grep -qxF -e "$name" "$room/depends" || no "it links $name and does not say so"
  done
  field Depends | grep -F "libc6 (>= $(symbols "$unpacked/usr/bin/sightline" GLIBC))" || no "another glibc is named than the programs want"
}

bare_names() { sed -e 's/ ([^)]*)//g' -e 's/ *[,|] */\n/g'; }

passes_lintian() {
  timeout 150 lintian -I --allow-root "$deb" >"$room/lintian" 2>&1 || [ $? = 1 ] || no "$(cat "$room/lintian")"
  grep -vE '^(running with root|N:)' "$room/lintian" >"$room/tags" || true
  if [ -s "$room/tags" ]; then cat "$room/tags"; no "lintian has something to say"; fi
}

goes_into_the_menu() {
  local share=$unpacked/usr/share size
  desktop-file-validate "$share/applications/sightline.desktop"
  appstreamcli validate --no-net "$share/metainfo/org.sightline.Sightline.metainfo.xml"
  grep -q "<release version=\"$(field Version)\" date=\"20" "$share/metainfo/org.sightline.Sightline.metainfo.xml"
  grep -qx 'Icon=sightline' "$share/applications/sightline.desktop"
  for size in 16 22 24 32 48 64 128 256 512; do
    [ "$(identify -format %wx%h "$share/icons/hicolor/${size}x$size/apps/sightline.png")" = "${size}x$size" ]
  done
  [ -s "$share/icons/hicolor/scalable/apps/sightline.svg" ]
}

has_a_manual() {
  local page=$unpacked/usr/share/man/man1/sightline-cli.1.gz
  LC_ALL=C.UTF-8 MANWIDTH=100 man --warnings -l "$page" >"$room/page" 2>"$room/warnings"
  if [ -s "$room/warnings" ]; then cat "$room/warnings"; no "the manual page has faults"; fi
  grep -q 'SIGHTLINE_API_KEY' "$room/page"
  lexgrog "$page" | grep '"sightline-cli - '
}

unit_is_sound() {
  if ! command -v systemd-analyze >/dev/null; then echo "not looked at: no systemd here" >&3; return; fi
  mkdir -p "$room/run"
  cp "$unpacked/usr/lib/systemd/user/sightline-watch@.service" "$room/sightline-watch@door.service"
  XDG_RUNTIME_DIR=$room/run systemd-analyze --user verify "$room/sightline-watch@door.service" >"$room/unit" 2>&1 || no "$(cat "$room/unit")"
}

has_its_licences() {
  local doc=$unpacked/usr/share/doc/sightline
  grep -q 'Apache-2.0' "$doc/copyright"
  zcat "$doc/licences.txt.gz" | grep '===== github.com/wailsapp/wails/v2 ====='
  zcat "$doc/licences.txt.gz" | grep '===== ONNX Runtime' # and the models, which have one licence with Sightline
}

# Installing

# put FILE: installs it by apt, as a double-click does. It may bring nothing else along, since that would stay.
put() {
  local others
  others=$(apt install --no-install-recommends --allow-downgrades -s "$1" | sed -n 's/^Inst \([^ ]*\).*/\1/p' | { grep -vx sightline || true; })
  [ -z "$others" ] || no "this machine lacks, of what the package requires: $others"
  touch "$room/installed"
  apt install --no-install-recommends --allow-downgrades "$1"
}

# The machine's places that a package can leave something in.
traces() { find /usr /etc /opt /srv /var -xdev -iname '*sightline*' ! -path '/var/log/*' ! -path '/var/tmp/*' 2>/dev/null | sort; }

installs() {
  traces >"$room/before"
  dpkg-deb -c "$deb" | awk '{print substr($6, 2)}' | while read -r path; do if [ -d "$path" ]; then echo "${path%/}"; fi; done >"$room/folders-before"
  put "$deb"
  [ "$(dpkg-query -W -f '${Version} ${db:Status-Abbrev}' sightline)" = "$(field Version) ii " ]
  [ -z "$(dpkg -V sightline)" ] || no "some files are not as they were packed"
}

says_its_version() {
  local version
  version=$(sightline version)
  [ "$version" = "$(sightline-cli version)" ]
  [[ $version =~ ^sightline\ .+ ]]
  [ "$(command -v sightline)" = /usr/bin/sightline ]
  echo "$version" >&3
}

is_in_the_manual() {
  [ "$(man -w sightline)" = /usr/share/man/man1/sightline.1.gz ]
  man -w sightline-cli
}

completes() {
  # shellcheck disable=SC2016 # it is bash's own to expand
  [ "$(bash -c 'source /usr/share/bash-completion/completions/sightline-cli
    COMP_WORDS=(sightline-cli export rec --fo) COMP_CWORD=3; _sightline; echo "${COMPREPLY[*]}"')" = --format ]
  if command -v fish >/dev/null; then
    HOME=$room fish -c 'complete -C "sightline-cli wat"' | grep '^watch' || no "fish knows nothing"
    echo "fish, too" >&3
  fi
  if command -v zsh >/dev/null; then
    # shellcheck disable=SC2016
    [ "$(zsh -fc 'autoload -Uz compinit; compinit -D -u; print $_comps[sightline-cli]')" = _sightline ] || no "zsh knows nothing"
    echo "zsh, too" >&3
  fi
}

is_found_by_the_menu() {
  local entry=/usr/share/applications/sightline.desktop
  command -v "$(sed -n 's/^Exec=//p' $entry | head -1)"
  grep '>sightline.desktop<' /usr/share/metainfo/org.sightline.Sightline.metainfo.xml
  [ -e /usr/share/icons/hicolor/128x128/apps/sightline.png ]
}

# window STORY PROGRAM PICTURE [HOME [ARGS...]]: see frontend/e2e/installed.mjs
window() {
  local told
  told=$(timeout -k 5 120 node frontend/e2e/installed.mjs "$1" "$2" "$IN/$3" "${@:4}")
  if [ -n "$told" ]; then echo "$told" >&3; fi
  echo "picture: build/bin/packages/$3" >&3
}

# alone HOME COMMAND...: in that home, with nothing of this session's.
alone() { env -i PATH="$PATH" HOME="$1" XDG_CONFIG_HOME="$1/config" XDG_CACHE_HOME="$1/cache" XDG_STATE_HOME="$1/state" timeout 60 "${@:2}"; }

refuses_newer_settings() {
  local home=$room/newer file=$room/newer/config/sightline/settings.json
  mkdir -p "$(dirname "$file")"
  echo '{"version": 99, "theme": "dark", "of-the-future": true}' >"$file"
  cp "$file" "$room/newer.json"
  alone "$home" sightline-cli watch --source sample: --backend Kitchen --answers 1 >"$room/said" 2>&1 && no "a backend nobody saved answered"
  grep -q 'written by a newer Sightline' "$room/said"
  alone "$home" sightline-cli watch --source sample: --backend builtin: --answers 1 --json | grep '"outcome":"answered"'
  cmp "$file" "$room/newer.json" || no "the newer file was changed"
  cmp "$file" "$file".newer-* || no "no copy lies beside it"
  grep -m 1 'newer Sightline' "$room/said" >&3
}

refuses_a_newer_recording() {
  local dir
  mkdir -p "$room/videos"
  alone "$room/newer-recording" sightline-cli watch --source sample: --backend builtin: --answers 1 --record "$room/videos"
  dir=$(echo "$room"/videos/*)
  sed -i 's/"format": *1\b/"format": 99/' "$dir/recording.json"
  cp "$dir/recording.json" "$room/newer-recording.json"
  alone "$room/newer-recording" sightline-cli export "$dir" --format csv --to "$room/no.csv" >"$room/said" 2>&1 && no "it was exported"
  grep 'made by a newer Sightline' "$room/said" >&3
  cmp "$dir/recording.json" "$room/newer-recording.json"
}

# The shapes of every release are read by tests of backend/settings and backend/archive; here the installed program meets the oldest.
reads_the_oldest() {
  mkdir -p "$room/oldest/config/sightline"
  cp backend/settings/testdata/v1/settings.json "$room/oldest/config/sightline/"
  cp -r backend/archive/testdata/format-1 "$room/oldest/videos"
  alone "$room/oldest" sightline-cli watch --source sample: --backend nobody --answers 1 >"$room/said" 2>&1 && no "nobody answered"
  grep -q Workstation "$room/said" || no "$(cat "$room/said")"
  alone "$room/oldest" sightline-cli recordings --folder "$room/oldest/videos" --json >"$room/listed"
  [ "$(grep -c '"id"' "$room/listed")" = "$(find backend/archive/testdata/format-1 -mindepth 1 -maxdepth 1 | wc -l)" ]
}

leaves_nothing() {
  local path
  dpkg -L sightline >"$room/listing"
  apt purge sightline
  rm "$room/installed"
  if dpkg-query -W sightline 2>/dev/null; then no "dpkg still knows it"; fi
  while read -r path; do
    if [ -e "$path" ] && ! { [ -d "$path" ] && grep -qxF -e "$path" "$room/folders-before"; } && [ "$path" != /. ]; then no "$path is left"; fi
  done <"$room/listing"
  traces | diff "$room/before" - || no "that is left"
  [ ! -e /usr/lib/sightline ]
  if man -w sightline 2>/dev/null; then no "man still knows it"; fi
}

# Upgrading

# older: the same package as an older version, as one that was packed before this would be.
older() {
  rm -rf "$room/older"
  dpkg-deb -R "$deb" "$room/older"
  rm -f "$room/older/DEBIAN/conffiles" # there are none; nfpm says so by an empty line, which dpkg-deb itself would not write
  sed -i 's/^Version: .*/Version: 0.0.0~before/' "$room/older/DEBIAN/control"
  dpkg-deb -Znone --root-owner-group -b "$room/older" "$room/sightline_0.0.0~before_amd64.deb"
  rm -rf "$room/older"
}

version_is() { [ "$(dpkg-query -W -f '${Version}' sightline)" = "$1" ] || no "installed is $(dpkg-query -W -f '${Version}' sightline)"; }

# kept: what the person has made with the older version.
kept() { (cd "$room/person" && find config Videos -type f ! -name '*.lock' | sort | xargs -d '\n' sha256sum); }

starts_with_the_older() {
  older
  put "$room/sightline_0.0.0~before_amd64.deb"
  version_is 0.0.0~before
  mkdir -p "$room/person"
  window green /usr/bin/sightline older.png "$room/person" --window main --source 'pattern:?colour=20c040'
  alone "$room/person" sightline-cli watch --source pattern: --backend builtin: --answers 2 --record "$room/person/Videos/Sightline"
  kept >"$room/kept"
  grep -q 'windows/main.json' "$room/kept"
  grep -q 'recording.json' "$room/kept"
}

upgrades() {
  put "$deb"
  version_is "$(field Version)"
  kept | diff "$room/kept" -
  alone "$room/person" sightline-cli recordings --folder "$room/person/Videos/Sightline" --json | grep '"state":"complete"'
  window green /usr/bin/sightline upgraded.png "$room/person"
  grep -q 'pattern:?colour=20c040' "$room/person/config/sightline/windows/main.json"
}

downgrades() {
  kept >"$room/kept"
  put "$room/sightline_0.0.0~before_amd64.deb"
  version_is 0.0.0~before
  sightline version
  kept | diff "$room/kept" -
}

purges_but_for_what_is_theirs() {
  leaves_nothing
  kept | diff "$room/kept" -
}

# The .rpm

# common FOLDER ZSH: what is in all packages, without what each has of its own.
common() {
  (cd "$1" && find usr ! -type d | sed -e "s|usr/share/zsh/$2/|ZSH/|" | grep -vE '^usr/share/(doc|licenses|lintian)/' | sort)
}

rpm_is_the_same() {
  rpm -K --nosignature "$rpm"
  mkdir "$room/rpm"
  rpm2cpio "$rpm" >"$room/payload" || [ -s "$room/payload" ] # it misses the frames around the files, which nfpm does not count
  (cd "$room/rpm" && cpio -idm --quiet --no-absolute-filenames <"$room/payload")
  diff <(common "$unpacked" vendor-completions) <(common "$room/rpm" site-functions)
  common "$room/rpm" site-functions | grep -v '^ZSH/' | while read -r file; do cmp "$unpacked/$file" "$room/rpm/$file"; done
  cmp "$unpacked"/usr/share/zsh/vendor-completions/_sightline "$room/rpm/usr/share/zsh/site-functions/_sightline"
  rpm -qpl "$rpm" | grep -x /usr/lib/sightline/models
  [ "$(rpm -qpL "$rpm" | wc -l)" = 3 ] || no "not all licences are marked as such"
  [ "$(rpm -qp --qf '%{NAME} %{ARCH} %{LICENSE}' "$rpm")" = 'sightline x86_64 Apache-2.0' ]
}

rpm_names_its_libraries() {
  local library
  rpm -qpR "$rpm" >"$room/requires"
  for library in $(readelf -d "$unpacked"/usr/bin/* "$runtime" | sed -n 's/.*Shared library: \[\(.*\)\]/\1/p' | grep -v '^ld-linux' | sort -u); do
    grep -qF "$library(" "$room/requires" || no "it links $library and does not say so"
  done
  grep -qF "libc.so.6(GLIBC_$(symbols "$unpacked/usr/bin/sightline" GLIBC))(64bit)" "$room/requires"
  grep -q openh264 "$room/requires"
  if grep -q ffmpeg "$room/requires"; then no "ffmpeg is required"; fi
  grep -v '^lib' "$room/requires" | paste -sd ' ' >&3
  echo "and $(grep -c '^lib' "$room/requires") libraries; recommended: $(rpm -qp --recommends "$rpm" | paste -sd ' ')" >&3
}

# rpm itself, in a root where nothing else is; what the package requires is named above, and is not there.
rpm_comes_and_goes() {
  local root=$room/fedora
  mkdir "$root"
  rpm --root "$root" --initdb
  rpm --root "$root" --force-debian -i --nodeps "$rpm"
  rpm --root "$root" -V --nodeps sightline
  [ -x "$root/usr/bin/sightline" ]
  rpm --root "$root" --force-debian -e sightline
  find "$root" -iname '*sightline*' >"$room/left"
  [ ! -s "$room/left" ] || no "left behind: $(cat "$room/left")"
}

# The .tar.gz

runs_from_any_folder() {
  local home=$room/anywhere
  mkdir -p "$place" "$home"
  tar -C "$place" --strip-components=1 -xzf "$tgz"
  [ -s "$place/INSTALL.txt" ] && [ -s "$place/licences.txt" ] && [ -s "$place/LICENSE" ]
  (cd "$place" && alone "$home" ./sightline-cli watch --source sample: --backend builtin: --answers 2 --json) >"$room/lines"
  [ "$(grep -c '"outcome":"answered"' "$room/lines")" = 2 ]
  grep -q '"answered":2' "$room/lines"
}

# knows PROGRAM: a person on a photograph of a man with a camera, by the models that came along.
knows() {
  mkdir -p "$room/photo" "$room/knows"
  cp backend/capture/sample/photos/camera.jpg "$room/photo/"
  (cd / && alone "$room/knows" "$1" watch --source "images:$room/photo" --backend builtin: --answers 1 --json) >"$room/lines"
  grep -q '"label":"person"' "$room/lines" || no "no person: $(cat "$room/lines")"
  sed -n '1s/.*"text":"\([^"]*\)".*/\1/p' "$room/lines" >&3
}

# Two times the same

packs_the_same_again() {
  local file
  export HOMEPAGE MAINTAINER PACKAGES=$room/again
  HOMEPAGE=$(field Homepage) MAINTAINER=$(field Maintainer)
  (umask 077 && TZ=Pacific/Kiritimati LC_ALL=C build/packages/linux.sh)
  for file in "$deb" "$rpm" "$tgz"; do
    [ -e "$room/again/$(basename "$file")" ] || no "$(basename "$file") is of another commit than this tree: run make packages"
    cmp "$file" "$room/again/$(basename "$file")" || no "it differs; where programs or texts have changed since, run make packages"
  done
  (cd "$IN" && sha256sum -- *.deb *.rpm *.tar.gz | cut -c -16,65-) >&3
}

builds_the_same_elsewhere() {
  local tags version
  tags=$(go version -m build/bin/sightline-cli | sed -n 's/.*-tags=//p')
  version=$(build/bin/sightline-cli version)
  mkdir "$room/elsewhere"
  cp -r go.mod go.sum backend "$room/elsewhere/"
  cli "$room/here-cli"
  (cd "$room/elsewhere" && cli "$room/elsewhere-cli")
  cmp "$room/here-cli" "$room/elsewhere-cli"
  sha256sum <"$room/here-cli" | cut -c -16 >&3
}

# cli FILE: as the Makefile builds it.
cli() { timeout 300 go build -buildvcs=false -trimpath -tags "$tags" -ldflags "-s -w -X sightline/backend/cli.Version=${version#* }" -o "$1" ./backend/cmd/sightline-cli; }

look_inside() {
  step "what is packed"
  check "no program wants more than Ubuntu 22.04 has" runs_on_ubuntu_22_04
  check "the programs are stripped, and know nothing of the machine that built them" is_bare
  check "each package is at most 80 MB" are_small
  step "the .deb"
  check "name, version and what it asks for" has_good_metadata
  check "it names every library the programs and the runtime link" names_its_libraries
  check "lintian has nothing to say" passes_lintian
  check "desktop entry, icons and AppStream are valid" goes_into_the_menu
  check "the manual page has no fault" has_a_manual
  check "the systemd unit has no fault" unit_is_sound
  check "licences" has_its_licences
  check "the models are what models.json says" is_as_told
  check "the runtime tells nobody" tells_nobody
  step "the .rpm"
  check "it has what the .deb has, byte for byte" rpm_is_the_same
  check "it names every library the programs and the runtime link" rpm_names_its_libraries
  step "the .tar.gz, in a folder with a space and an umlaut"
  check "the command answers there" runs_from_any_folder
  check "and knows a person on a photograph" knows "$place/sightline-cli"
  check "the window opens there, with a picture and an answer" window first "$place/sightline" unpacked.png
}

install_here() {
  step "installed on this machine"
  check "apt installs it, and needs nothing else" installs
  check "both programs say their version" says_its_version
  check "the command knows a person on a photograph" knows sightline-cli
  check "man knows it" is_in_the_manual
  check "bash completes it" completes
  check "the menu finds program, entry and icon" is_found_by_the_menu
  check "the first window shows a picture and an answer" window first /usr/bin/sightline installed.png
  check "newer settings are refused politely, and left as they are" refuses_newer_settings
  check "a newer recording is refused politely, and left as it is" refuses_a_newer_recording
  check "the oldest settings and recordings are read" reads_the_oldest
  check "purged, it leaves nothing" leaves_nothing
  step "from an older version"
  check "an older version is installed, used, and makes a recording" starts_with_the_older
  check "upgraded, the window comes up as it was left; settings and recording are kept" upgrades
  check "downgraded, they are kept as well" downgrades
  check "purged, nothing is left but settings and recordings of the person" purges_but_for_what_is_theirs
  step "the .rpm, in a root of its own"
  check "rpm installs it, finds every file as it was packed, and removes it" rpm_comes_and_goes
}

step_twice() {
  step "two times the same"
  check "packed again, elsewhere in the world, every byte is the same" packs_the_same_again
  check "built again in another folder, the program is the same" builds_the_same_elsewhere
}

needs() {
  local tool lacking=''
  for tool in dpkg-deb dpkg-shlibdeps lintian rpm rpm2cpio cpio appstreamcli desktop-file-validate identify man lexgrog objdump readelf go node nfpm Xvfb openbox wmctrl import; do
    command -v $tool >/dev/null || lacking+=" $tool"
  done
  if [ -n "$lacking" ]; then die "this machine lacks:$lacking; build/setup.sh real brings them"; fi
}

needs
deb=$(one '*.deb') rpm=$(one '*.rpm') tgz=$(one '*.tar.gz')
unpacked=$room/deb runtime=$room/deb/usr/lib/sightline/models/libonnxruntime.so place="$room/Ein Ordner für Sightline"
dpkg-deb -x "$deb" "$unpacked"
look_inside
if [ "$(id -u)" != 0 ]; then
  leave_out "nothing was installed: that needs root"
elif dpkg-query -W sightline >/dev/null 2>&1; then
  leave_out "nothing was installed: Sightline is here already, and this would replace it (apt purge sightline)"
else
  install_here
fi
step_twice
printf '\n%d passed, %d failed%s\n' $passed $failed "$(if [ $left_out != 0 ]; then echo ", $left_out left out"; fi)"
[ $failed = 0 ]
