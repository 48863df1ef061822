#!/usr/bin/env bash
# Makes sure that a Chromium is there for the browser tests, and prints where it is.
# Installs Debian's package if it is missing and we may; otherwise says what to do.
set -euo pipefail

find_browser() {
  command -v chromium || command -v chromium-browser || command -v google-chrome
}

if find_browser; then
  exit 0
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq >/dev/null || true
  if apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null && find_browser; then
    exit 0
  fi
fi
echo "The browser tests need Chromium. Install it (Debian: apt-get install chromium) and try again." >&2
exit 1
