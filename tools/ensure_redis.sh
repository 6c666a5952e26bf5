#!/bin/sh
# Prints the path of a redis-server that can form a Cluster for the tests: LIVE_REDIS_SERVER's, one
# on the PATH, or Debian's, which root installs here. No service is started.
set -eu

OLDEST=7

is_new_enough() {
    version=$("$1" --version 2>/dev/null | sed -n 's/.* v=\([0-9]*\)\..*/\1/p')
    [ "${version:-0}" -ge "$OLDEST" ]
}

on_path() {
    found=$(command -v redis-server) && is_new_enough "$found" && echo "$found"
}

if [ -n "${LIVE_REDIS_SERVER:-}" ]; then
    if is_new_enough "$LIVE_REDIS_SERVER"; then
        echo "$LIVE_REDIS_SERVER"
        exit
    fi
    echo "LIVE_REDIS_SERVER=$LIVE_REDIS_SERVER is no redis-server $OLDEST" >&2
    exit 1
fi
on_path && exit

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "installing redis-server with apt-get" >&2
    log=$(mktemp)
    policy=/usr/sbin/policy-rc.d  # Debian asks it whether a package may start its service
    trap 'rm -f "$log"' EXIT
    if [ ! -e "$policy" ]; then
        trap 'rm -f "$log" "$policy"' EXIT
        printf '#!/bin/sh\nexit 101\n' >"$policy"
        chmod +x "$policy"
    fi
    apt() { DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=60 "$@" >>"$log" 2>&1; }
    if apt update && apt install -y --no-install-recommends redis-server; then
        on_path && exit
    fi
    tail -n 5 "$log" >&2
fi
echo "the Cluster tests need redis-server $OLDEST or newer: install it (Debian: apt-get install" \
    "redis-server) or name one in LIVE_REDIS_SERVER" >&2
exit 1
