#!/usr/bin/env bash
# version.sh [package|windows|date|epoch]   the one version of this tree, from git: as people see it; as packages and Windows want it; and when it was made
set -euo pipefail
cd "$(dirname "$0")/.."

# A tag v1.2.3 names a release. Between releases the number of commits since the last one follows, and the commit; before the first one all count.
described() {
  git describe --tags --match 'v[0-9]*' --long --abbrev=7 2>/dev/null ||
    echo "v0.0.0-$(git rev-list --count HEAD)-g$(git rev-parse --short=7 HEAD)"
}

dirty() { if [ -n "$(git status --porcelain --untracked-files=no)" ]; then echo +dirty; fi; }

if ! git rev-parse --git-dir >/dev/null 2>&1; then # a tree without its history, as in an archive of the source
  case ${1:-} in
  windows) echo 0.0.0.0 ;;
  date) date -u -d "@${SOURCE_DATE_EPOCH:-0}" +%FT%TZ ;;
  epoch) echo "${SOURCE_DATE_EPOCH:-0}" ;;
  *) echo 0.0.0 ;;
  esac
  exit
fi

described=$(described)
commit=${described##*-}
described=${described%-*}
count=${described##*-}
release=${described%-*}
release=${release#v}

case ${1:-} in
'') if [ "$count" = 0 ]; then echo "$release$(dirty)"; else echo "$release-$count-$commit$(dirty)"; fi ;;
package) if [ "$count" = 0 ]; then echo "$release"; else echo "$release+$count.$commit"; fi ;;
windows) echo "${release%%-*}.$count" ;;
date) TZ=UTC git log -1 --format=%cd --date=format-local:%FT%TZ ;;
epoch) git log -1 --format=%ct ;;
*) sed -n '2s/^# //p' "$0" >&2; exit 2 ;;
esac
