#!/bin/sh
# Prints the path of a Chromium for the browser tests: LIVE_CHROMIUM's, one on the PATH, or
# Debian's, which root installs here.
set -eu

on_path() {
    for name in chromium google-chrome google-chrome-stable chromium-browser; do
        command -v "$name" && return
    done
    return 1
}

if [ -n "${LIVE_CHROMIUM:-}" ]; then
    if [ -x "$LIVE_CHROMIUM" ]; then
        echo "$LIVE_CHROMIUM"
        exit
    fi
    echo "LIVE_CHROMIUM=$LIVE_CHROMIUM is not a program" >&2
    exit 1
fi
on_path && exit

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "installing chromium with apt-get" >&2
    log=$(mktemp)
    trap 'rm -f "$log"' EXIT
    apt() { DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=60 "$@" >>"$log" 2>&1; }
    if apt update && apt install -y --no-install-recommends chromium fonts-noto-cjk; then
        on_path && exit
    fi
    tail -n 5 "$log" >&2
fi
echo "the browser tests need Chromium: install it (Debian: apt-get install chromium fonts-noto-cjk)" \
    "or name one in LIVE_CHROMIUM" >&2
exit 1
