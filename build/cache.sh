# cache.sh: sourced by the project's scripts. CACHE is where everything fetched or built for the project goes, outside the
# checkout so that a fresh clone finds it again. SIGHTLINE_CACHE overrides it.
CACHE=${SIGHTLINE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/sightline-build}
mkdir -p "$CACHE"
CACHE=$(cd "$CACHE" && pwd)
PATH=$CACHE/go/bin:$CACHE/node/bin:$CACHE/bin:$PATH:/usr/sbin:/sbin
export PATH

die() { echo "$(basename "$0"): $*" >&2; exit 1; }
