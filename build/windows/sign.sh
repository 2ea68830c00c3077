#!/usr/bin/env bash
# sign.sh FILES   signs Windows programs, in place, as packages/windows.sh says: SIGN_PFX, SIGN_PASS_FILE, SIGN_TIMESTAMP
set -euo pipefail

# sign FILE: osslsigncode reads the password itself, so that no other program gets to see it.
sign() {
  local args=(-pkcs12 "$SIGN_PFX" -h sha256 -n Sightline) word
  if [ -n "${SIGN_PASS_FILE:-}" ]; then args+=(-readpass "$SIGN_PASS_FILE"); else args+=(-pass ''); fi
  if [ -n "${SIGN_TIMESTAMP:-}" ]; then args+=(-ts "$SIGN_TIMESTAMP"); fi
  if ! word=$(timeout 120 osslsigncode sign "${args[@]}" -in "$1" -out "$1.signed" 2>&1 </dev/null); then
    rm -f "$1.signed"
    printf 'sign.sh: %s could not be signed: %s\n' "$(basename "$1")" "$word" >&2
    return 1
  fi
  mv "$1.signed" "$1"
}

for file; do sign "$file"; done
