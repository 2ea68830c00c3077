#!/usr/bin/env bash
# test-windows.sh   looks into the installer in build/bin/packages, and has it install, upgrade and uninstall Sightline in a Windows under wine
#
# That Windows is made for the test and goes with it. The packages are built again on the way, to be compared, and to be signed with a certificate
# made for that. Needs (apt): wine wine64 openssl osslsigncode, and what packages/windows.sh needs.
set -euo pipefail
HERE=$(cd "$(dirname "$0")" && pwd)
. "$HERE/../cache.sh"
cd "$HERE/../.."
umask 022
export LC_ALL=C.UTF-8 # names that are not ASCII go to Windows by it

SETUP=$PWD/build/bin/packages/Sightline-$(build/version.sh package)-x64-setup.exe
MOST_BYTES=$((80 * 1024 * 1024))
MINGW=x86_64-w64-mingw32
APPS='Software\Microsoft\Windows\CurrentVersion\Uninstall\Sightline'
FOLDER='C:\Prüf Ordner\Größe & mehr\Sightline'

passed=0 failed=0
room=$(mktemp -d "$CACHE/test-windows.XXXXXX")

leave() {
  if [ -n "${WINEPREFIX:-}" ]; then timeout -k 5 30 wineserver -k 2>/dev/null || true; fi
  rm -rf "$room"
}
trap leave EXIT
trap 'exit 130' INT TERM HUP

for need in wine=wine wineserver=wine64 openssl=openssl osslsigncode=osslsigncode $MINGW-objdump=binutils-mingw-w64-x86-64; do
  command -v "${need%%=*}" >/dev/null || die "missing, run: apt-get install ${need#*=}"
done
[ -f "$SETUP" ] || die "$SETUP is missing: run make packages"

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

step() { printf '\n== %s\n' "$1"; }
no() { echo "$*" >&2; return 1; }

# gives STATUS COMMAND...
gives() {
  local wanted=$1 status=0
  shift
  "$@" || status=$?
  [ $status = "$wanted" ] || no "status $status instead of $wanted: $*"
}

# await SECONDS COMMAND...: until it succeeds.
await() {
  local left=$(($1 * 4))
  shift
  until "$@"; do
    left=$((left - 1))
    [ $left -gt 0 ] || no "in vain: $*" || return
    sleep 0.25
  done
}

# ---- a Windows

# windows PROGRAM ARGUMENTS...
windows() { timeout -k 5 100 wine "$@"; }

# enter: a new Windows, so that what is there before and after can be compared. From here on wine means this one.
enter() {
  local house
  house=$(SIGHTLINE_CACHE=$room/windows build/rigs/wine.sh build)
  export WINEPREFIX=$house/windows HOME=$house/home WINEDEBUG=-all WINEDLLOVERRIDES='mscoree=;mshtml=;winemenubuilder.exe=d'
  unset DISPLAY WAYLAND_DISPLAY WINEARCH
  wineserver -p 2>/dev/null || true # stays until the end
  person=$(find "$WINEPREFIX/drive_c/users" -mindepth 2 -maxdepth 2 -name AppData -not -path '*/Public/*' -printf '%h\n' | head -1)
  mine=$person/AppData/Local/sightline
  programs="C:\\users\\${person##*/}\\AppData\\Local\\Programs\\Sightline"
}

# unix PATH: where a file of Windows lies. There is no such path of the system's own that has other letters here than there.
unix() { sed -e 's|\\|/|g' -e "s|^C:|$WINEPREFIX/drive_c|" <<<"$1"; }

# registered ROOT NAME: what Apps knows of it.
registered() {
  local entry
  entry=$(windows reg query "$1\\$APPS" /v "$2" 2>/dev/null) && tr -d '\r' <<<"$entry"
}
unregistered() { ! registered "$1" DisplayName; }

# install_by INSTALLER SWITCHES: as a deployment tool would. A folder with spaces is wanted unquoted: as several words.
install_by() { windows "$@" >/dev/null 2>&1; }

# uninstall FOLDER SWITCHES: an uninstaller that runs from elsewhere goes on after it has ended, as it removes itself.
uninstall() {
  local folder=$1
  shift
  windows "$(unix "$folder")/uninstall.exe" /S "$@" >/dev/null 2>&1
  await 30 test ! -e "$(unix "$folder")/uninstall.exe"
}

# inventory: all files of that Windows but its own, and what is in its folder for such things.
inventory() {
  (cd "$WINEPREFIX/.." &&
    find . \( -path ./windows/drive_c/windows -o -name Temp -o -name '*.reg' -o -name .update-timestamp \) -prune -o -print | LC_ALL=C sort)
}

files_of() { (cd "$(unix "$1")" && find . -type f -exec sha256sum {} + | LC_ALL=C sort -k 2); }

# save_keys: two of Sightline's and one of another program, as wine keeps credentials.
save_keys() {
  local name
  echo 'Windows Registry Editor Version 5.00'
  for name in sightline:https://a.example sightline:http://b.example:80 other:https://c.example; do
    printf '\n[%s\\Generic: %s]\n@="%s"\n"Flags"=dword:0\n"Type"=dword:1\n"Persist"=dword:2\n"LastWritten"=hex:%s\n' \
      'HKEY_CURRENT_USER\Software\Wine\Credential Manager' "$name" "$name" 00,00,00,00,00,00,00,00
  done
} >"$room/keys.reg"

keys() { windows reg query 'HKCU\Software\Wine\Credential Manager' | tr -d '\r' | sed -n 's/.*Generic: //p' | sort | paste -sd ' '; }

# ---- the file itself

small_enough() {
  local size
  size=$(stat -c %s "$SETUP")
  echo "$((size / 1024)) kB" >&3
  [ "$size" -le "$MOST_BYTES" ]
}

# shows FILE DESCRIPTION: what Explorer does, and how Windows is to treat it.
shows() {
  $MINGW-windres -J coff -i "$1" -O rc >"$room/resources" 2>/dev/null
  grep -qi 'type: icon' "$room/resources" || no "no icon"
  grep -qF "VALUE \"FileDescription\", \"$2\"" "$room/resources" || no "no description"
  grep -qF "VALUE \"ProductVersion\", \"$(build/version.sh)\"" "$room/resources" || no "no version, or an old one: run make packages"
  grep -q "FILEVERSION $(build/version.sh windows | sed 's/\./, /g')" "$room/resources" || no "no version in numbers"
}

# manifest FILE WORDS...
manifest() {
  local file=$1 word
  shift
  for word; do grep -qaF "$word" "$file" || no "$file: no $word"; done
}

needs_only_windows() {
  local file
  for file in sightline sightline-cli; do
    $MINGW-objdump -p "$(unix "$FOLDER")/$file.exe" | sed -n 's/.*DLL Name: //p' >"$room/libraries"
    echo "$file: $(paste -sd ' ' "$room/libraries")" >&3
    ! grep -qiE '^(lib|cyg|msys)' "$room/libraries" || no "libraries that Windows has not"
  done
  $MINGW-objdump -p "$(unix "$FOLDER")/models/onnxruntime.dll" | sed -n 's/.*DLL Name: //p' | grep -vi '^api-ms-win-' >"$room/libraries"
  echo "onnxruntime.dll: $(paste -sd ' ' "$room/libraries")" >&3
  ! grep -viE '^(kernel32|user32|setupapi|dbghelp|(msvcp|vcruntime)140[a-z0-9_]*)\.dll$' "$room/libraries" || no "libraries that setup does not know of"
}

# ---- installing

installs_silently() {
  local words
  read -ra words <<<"/D=$FOLDER"
  gives 0 install_by "$SETUP" /S /DESKTOP "${words[@]}"
  local name
  for name in sightline.exe sightline-cli.exe uninstall.exe LICENSE.txt NOTICE.txt licences.txt files.txt \
    models/{onnxruntime.dll,things.onnx,text-find.onnx,text-read.onnx,text-signs.txt,models.json}; do
    [ -s "$(unix "$FOLDER")/$name" ] || no "no $name"
  done
  [ ! -e "$(unix "$FOLDER")/.new" ] || no "it leaves what it unpacked"
}

tells_windows() {
  registered HKCU DisplayVersion | grep -qF "$(build/version.sh)" || no "Apps has no version"
  registered HKCU Publisher | grep -q 'The authors of Sightline' || no "Apps has no publisher"
  registered HKCU DisplayIcon | grep -q 'sightline.exe,0' || no "Apps has no icon"
  registered HKCU EstimatedSize | grep -q REG_DWORD || no "Apps has no size"
  registered HKCU QuietUninstallString | grep -q '/S' || no "no silent uninstaller"
  unregistered HKLM || no "something is there for everybody"
  [ -e "$person/AppData/Roaming/Microsoft/Windows/Start Menu/Programs/Sightline.lnk" ] || no "nothing in the Start menu"
  [ -n "$(find -L "$WINEPREFIX/drive_c/users" -path '*Desktop/Sightline.lnk' -print -quit)" ] || no "no icon on the desktop"
}

cli() { windows "$(unix "$FOLDER")/sightline-cli.exe" "$@" | tr -d '\r'; }

answers() {
  [ "$(cli version)" = "sightline $(build/version.sh)" ] || no "another version: $(cli version)"
  cli watch --source sample: --backend builtin: --answers 3 --json >"$room/answers" || no "watch failed"
  [ "$(grep -c '"outcome":"answered"' "$room/answers")" = 3 ] || no "no three answers: $(cat "$room/answers")"
  sed -n '1s/.*"text":"\([^"]*\)".*/\1/p' "$room/answers" >&3
}

# names_a_thing: on a photograph of a man with a camera, by the networks that were installed.
names_a_thing() {
  mkdir -p "$person/photo"
  cp backend/capture/sample/photos/camera.jpg "$person/photo/"
  cli watch --source "images:C:\\users\\${person##*/}\\photo" --backend builtin: --answers 1 --json >"$room/answers" || no "watch failed"
  rm -r "$person/photo"
  grep -q '"label":"person"' "$room/answers" || no "no person: $(cat "$room/answers")"
  sed -n '1s/.*"text":"\([^"]*\)".*/\1/p' "$room/answers" >&3
}

# says_which_file_is_missing: the networks are told where a person can do something about it.
says_which_file_is_missing() {
  local there status=0
  there=$(unix "$FOLDER")/models
  mv "$there/onnxruntime.dll" "$there/gone.dll"
  cli watch --source sample: --backend builtin: --answers 1 --for 5s >"$room/answers" 2>&1 || status=$?
  mv "$there/gone.dll" "$there/onnxruntime.dll"
  grep -q 'onnxruntime.dll' "$room/answers" || no "not a word of it (status $status): $(cat "$room/answers")"
  grep 'onnxruntime.dll' "$room/answers" | head -1 >&3
}

# records: settings and a recording with video, as the program itself makes and reads them. What it says of codecs is what it was built with.
records() {
  local recording
  mkdir -p "$mine"
  cp backend/settings/testdata/v1-windows/settings.json "$mine/settings.json"
  save_keys
  windows reg import "$room/keys.reg"
  cli watch --source sample: --backend builtin: --answers 3 --record "C:\\users\\${person##*/}\\Videos\\Sightline" >"$room/answers" 2>&1 ||
    no "watch --record failed: $(cat "$room/answers")"
  find -L "$person/Videos/Sightline" -name recording.json -printf '%h\n' >"$room/recordings"
  [ "$(wc -l <"$room/recordings")" = 1 ] || no "no recording"
  recording=$(cat "$room/recordings")
  [ -s "$recording/answers.jsonl" ] || no "no answers in the recording"
  if [ -s "$recording/video.mp4" ]; then
    echo "its video: $(($(stat -c %s "$recording/video.mp4") / 1024)) kB" >&3
  elif [ -d "$CACHE/windows/libs" ]; then
    no "the recording has no video"
  else
    echo "without video: build/windows/libs.sh could not build openh264" >&3
  fi
}

says_what_it_lacks() {
  local status=0
  timeout -k 5 60 wine "$(unix "$FOLDER")/sightline.exe" >"$room/window" 2>&1 || status=$?
  case $status in 0) no "status 0" ;; 124 | 137) no "it hangs" ;; esac
  grep -qiE 'webview2|runtime' "$room/window" || no "not a word: $(cat "$room/window")"
  grep -iE 'webview2|runtime' "$room/window" | tr -d '\r' | head -1 | sed 's/^ */it says: /' >&3
}

# ---- upgrading

# while_it_runs COMMAND...
while_it_runs() {
  local status=0
  timeout -k 5 90 wine "$(unix "$FOLDER")/sightline-cli.exe" watch --source sample: --backend builtin: --answers 1000 --json >"$room/running" 2>&1 &
  await 30 grep -q answered "$room/running" || status=$?
  if [ $status = 0 ]; then "$@" || status=$?; fi
  kill $!
  wait $! 2>/dev/null || true
  return $status
}

refuses_while_it_runs() {
  local words
  files_of "$FOLDER" >"$room/before"
  while_it_runs gives 3 install_by "$room/new/"*-setup.exe /S
  read -ra words <<<"_?=$FOLDER"
  while_it_runs gives 3 install_by "$(unix "$FOLDER")/uninstall.exe" /S "${words[@]}"
  files_of "$FOLDER" | diff "$room/before" - >&2 || no "something was changed"
  registered HKCU DisplayName | grep -q Sightline || no "Apps has forgotten it"
}

# upgrades: the version before has had files that are no more, and somebody has put a file there; its list was tampered with, too.
upgrades() {
  local there name
  there=$(unix "$FOLDER")
  mkdir -p "$there/models/old"
  touch "$there/models/old/gone.onnx" "$there/gone.dll" "$there/my own.txt" "$there/../stay.txt"
  printf '%s\r\n' 'models\old\gone.onnx' 'gone.dll' '..\stay.txt' 'models\..\..\stay.txt' 'C:\Prüf Ordner\Größe & mehr\stay.txt' '' \
    >>"$there/files.txt"
  files_of 'C:\users' | grep -v -e '\.lnk$' -e /Temp/ >"$room/before"
  gives 0 install_by "$room/new/"*-setup.exe /S
  files_of 'C:\users' | grep -v -e '\.lnk$' -e /Temp/ | diff "$room/before" - >&2 || no "settings or recordings were changed"
  for name in models/old gone.dll; do [ ! -e "$there/$name" ] || no "$name of the old version is still there"; done
  for name in 'my own.txt' ../stay.txt; do [ -e "$there/$name" ] || no "$name, which is not Sightline's, was removed"; done
  rm "$there/my own.txt" "$there/../stay.txt"
  cmp "$mine/settings.json" backend/settings/testdata/v1-windows/settings.json
  cli recordings --json >"$room/listed"
  [ "$(wc -l <"$room/listed")" = 1 ] || no "the recording is not found any more"
}

moves() {
  gives 0 install_by "$room/new/"*-setup.exe /S '/D=C:\else' 'where'
  [ -e "$(unix 'C:\else where')/sightline.exe" ] || no "it is not there"
  [ ! -e "$(unix "$FOLDER")" ] || no "it is in its old folder, too"
  registered HKCU InstallLocation | grep -qF 'C:\else where' || no "Apps does not know"
}

refuses_a_path_too_long() {
  gives 5 install_by "$SETUP" /S "/D=C:\\$(printf 'f%.0s' $(seq 230))"
  registered HKCU InstallLocation | grep -qF 'C:\else where' || no "Apps has forgotten where it is"
}

# ---- uninstalling

leaves_settings_and_recordings() {
  uninstall 'C:\else where'
  unregistered HKCU || no "Apps still knows it"
  # What is left are settings, the recording, and the folders made on the way to those it was told to go into.
  inventory | diff "$room/empty" - | grep '^[<>]' | grep -vE -e '^> .*/Sightline(/[^/]*_[^/]*(/.*)?)?$' \
    -e '^> .*/AppData/Local/sightline(/settings\.json|/windows(/[^/]*\.json)?)?$' \
    -e '^> \./windows/drive_c/Prüf Ordner(/Größe & mehr)?$' >"$room/left" || true
  [ ! -s "$room/left" ] || no "it leaves more than that: $(cat "$room/left")"
  while read -r recording; do [ -s "$recording/recording.json" ] || no "a recording is gone"; done <"$room/recordings"
  [ -s "$mine/settings.json" ] || no "the settings are gone"
  [ "$(keys)" = "other:https://c.example sightline:http://b.example:80 sightline:https://a.example" ] || no "keys: $(keys)"
}

installs_for_everybody() {
  gives 0 install_by "$room/new/"*-setup.exe /S /ALLUSERS
  [ -e "$(unix 'C:\Program Files\Sightline')/sightline.exe" ] || no "it is not there"
  registered HKLM DisplayName | grep -q Sightline || no "Apps does not know"
  unregistered HKCU || no "Apps has it for one person, too"
  [ -e "$(unix 'C:\ProgramData\Microsoft\Windows\Start Menu\Programs')/Sightline.lnk" ] || no "nothing in the Start menu"
}

leaves_only_recordings() {
  uninstall 'C:\Program Files\Sightline' /SETTINGS
  unregistered HKLM || no "Apps still knows it"
  [ ! -e "$(unix 'C:\Program Files\Sightline')" ] || no "its folder is still there"
  [ ! -e "$mine" ] || no "settings are left"
  [ "$(keys)" = "other:https://c.example" ] || no "keys: $(keys)"
  while read -r recording; do [ -s "$recording/recording.json" ] || no "a recording is gone"; done <"$room/recordings"
}

# ---- building again

builds() { PACKAGES=$1 QUICK=1 HOME=$home build/packages/windows.sh; }

builds_the_same_again() {
  builds "$room/again"
  cmp "$room/new/"*-setup.exe "$room/again/"*-setup.exe || no "two builds differ"
}

# certificate: and its password, and an osslsigncode that notes how it is called.
certificate() {
  mkdir "$room/tools"
  printf 'süß & geheim' >"$room/password"
  openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj '/CN=Sightline test' -addext extendedKeyUsage=codeSigning \
    -keyout "$room/key.pem" -out "$room/certificate.pem"
  openssl pkcs12 -export -inkey "$room/key.pem" -in "$room/certificate.pem" -passout "file:$room/password" -out "$room/certificate.pfx"
  printf '#!/bin/sh\necho "$*" >>%q\nexec %q "$@"\n' "$room/calls" "$(command -v osslsigncode)" >"$room/tools/osslsigncode"
  chmod +x "$room/tools/osslsigncode"
}

signs() {
  certificate
  PATH=$room/tools:$PATH SIGN_PFX=$room/certificate.pfx SIGN_PASS_FILE=$room/password builds "$room/signed"
  [ "$(grep -c '^sign ' "$room/calls")" = 4 ] || no "not two programs, an uninstaller and an installer: $(cat "$room/calls")"
  ! grep -qF geheim "$room/calls" || no "the password is on a command line"
  gives 0 install_by "$room/signed/"*-setup.exe /S
  local file there
  there=$(unix "$programs")
  for file in "$room/signed/"*-setup.exe "$there/sightline.exe" "$there/sightline-cli.exe" "$there/uninstall.exe"; do
    osslsigncode verify -CAfile "$room/certificate.pem" -in "$file" >"$room/verdict" 2>&1 || no "$file: $(tail -5 "$room/verdict")"
    grep -qi 'sha256' "$room/verdict" || no "$file: another digest"
  done
  ! osslsigncode verify -CAfile "$room/certificate.pem" -in "$room/new/"*-setup.exe >/dev/null 2>&1 || no "an unsigned one passes, too"
  uninstall "$programs"
}

says_why_it_cannot_sign() {
  local status=0
  cp "$(printf '%s' "$room/new/"*-setup.exe)" "$room/unsigned.exe"
  printf wrong >"$room/wrong"
  SIGN_PFX=$room/certificate.pfx SIGN_PASS_FILE=$room/wrong build/windows/sign.sh "$room/unsigned.exe" >"$room/word" 2>&1 || status=$?
  [ $status = 1 ] || no "status $status"
  grep -q 'unsigned.exe could not be signed' "$room/word" || no "$(cat "$room/word")"
  cmp "$room/unsigned.exe" "$room/new/"*-setup.exe
}

# without_makensis: a machine with all of this one's programs but that.
says_what_is_missing() {
  mkdir "$room/few"
  find /usr/bin /bin -maxdepth 1 ! -name makensis -exec ln -sf -t "$room/few" {} +
  ! PATH=$room/few build/packages/windows.sh >"$room/word" 2>&1 || no "it needs no makensis"
  grep -q 'apt-get install nsis' "$room/word" || no "$(cat "$room/word")"
}

home=$HOME

step "the installer"
check "it is no larger than $((MOST_BYTES >> 20)) MB" small_enough
check "it has an icon, a name and a version" shows "$SETUP" "Sightline Setup"
check "it asks for no administrator by itself" manifest "$SETUP" 'level="asInvoker"' longPathAware

step "built again"
check "it builds from this tree" builds "$room/new"
check "a second build is the same to the byte" builds_the_same_again
check "a machine without NSIS is told what to install" says_what_is_missing

step "installed, into $FOLDER"
enter
inventory >"$room/empty"
check "it installs silently, without WebView2 and offline" installs_silently
check "the Start menu, the desktop and Apps have it" tells_windows
check "the window's program has an icon, a name and a version" shows "$(unix "$FOLDER")/sightline.exe" "Sightline"
check "so have the commands" shows "$(unix "$FOLDER")/sightline-cli.exe" "Sightline's commands"
check "both are made for sharp screens, long paths and all languages" \
  manifest "$(unix "$FOLDER")/sightline.exe" PerMonitorV2 longPathAware UTF-8 asInvoker
check "they need nothing but Windows, and the detector the runtime of Visual C++" needs_only_windows
check "sightline-cli.exe answers" answers
check "it knows a person on a photograph" names_a_thing
check "a missing file of the detector's is named" says_which_file_is_missing
check "it records" records
check "sightline.exe says what it lacks" says_what_it_lacks

step "upgraded"
check "nothing changes while it runs" refuses_while_it_runs
check "settings and recordings stay; files that are no more go, and no others" upgrades
check "it moves" moves
check "a path that is too long is refused" refuses_a_path_too_long

step "uninstalled"
check "settings and recordings stay, and nothing else" leaves_settings_and_recordings
check "it installs for everybody" installs_for_everybody
check "settings go when that is asked for" leaves_only_recordings

step "signed"
check "programs, uninstaller and installer bear the signature" signs
check "a wrong password is told, and changes nothing" says_why_it_cannot_sign

printf '\n%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" = 0 ]
