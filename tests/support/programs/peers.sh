#!/bin/sh
# Provides the programs that tests compare Hakem with, as plain files: prometheus, promtool, prometheus-alertmanager, amtool and
# prometheus-postgres-exporter, in DIR/usr/bin. They are taken from PATH, or else unpacked from Debian's packages.
# They are never installed, because the packages would set up services on 9090, 9093 and 9187.
#
# Packages are kept in $HAKEM_PEERS_CACHE (default $XDG_CACHE_HOME/hakem/peers, ~/.cache/hakem/peers), so that only the
# first run on a machine needs the network.
set -eu

dir=${1:?usage: peers.sh DIR}
cache=${HAKEM_PEERS_CACHE:-${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/hakem/peers}
bin=$dir/usr/bin
mkdir -p "$bin"
# Without a writable home folder, each new build folder downloads the packages again.
mkdir -p "$cache" 2>/dev/null && [ -w "$cache" ] || { cache=$dir/cache; mkdir -p "$cache"; }

# By default apt downloads as another user, who cannot write to the cache.
download_here() { apt-get download -qq -o APT::Sandbox::User=root "$1"; }

# Downloads a package into the cache; an aborted download leaves nothing there.
download() {
  part=$(mktemp -d "$cache/.part.XXXXXX")
  trap 'rm -rf "$part"' EXIT
  if ! (cd "$part" && download_here "$1" 2>/dev/null); then
    echo "peers.sh: cannot download $1 by apt's present lists, updating them" >&2
    if [ "$(id -u)" = 0 ]; then apt-get update -qq; else sudo -n apt-get update -qq; fi
    (cd "$part" && download_here "$1")
  fi
  mv "$part"/*.deb "$cache/"
  rm -rf "$part"
  trap - EXIT
}

# provide PACKAGE BINARY...
provide() {
  package=$1
  shift
  missing=
  for binary in "$@"; do
    [ -x "$bin/$binary" ] && continue
    if found=$(command -v "$binary") && [ -x "$found" ]; then
      ln -sf "$found" "$bin/$binary"
    else
      missing="$missing $binary"
    fi
  done
  [ -n "$missing" ] || return 0
  ls "$cache/$package"_*.deb >/dev/null 2>&1 || download "$package"
  # Uses the newest version if the cache has several.
  dpkg -x "$(ls -v "$cache/$package"_*.deb | tail -n 1)" "$dir"
  for binary in $missing; do
    [ -x "$bin/$binary" ] || { echo "peers.sh: package $package has no $binary" >&2; exit 1; }
  done
}

provide prometheus prometheus
if apt-cache show promtool >/dev/null 2>&1; then provide promtool promtool; else provide prometheus promtool; fi  # Debian 13; 12.
provide prometheus-alertmanager prometheus-alertmanager amtool
provide prometheus-postgres-exporter prometheus-postgres-exporter
