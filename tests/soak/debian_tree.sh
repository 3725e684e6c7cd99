#!/bin/sh
# Creates a folder with another Debian for chroot, to test with other versions of PostgreSQL, libraries and peers.
# usage: debian_tree.sh SUITE PACKAGE...      prints the folder when it is complete
#
# Trees are kept in $HAKEM_TREES (default $XDG_CACHE_HOME/hakem/trees, ~/.cache/hakem/trees), about 300 MB each without
# compilers. It starts no service and creates no cluster in them. The only change to this machine is that debootstrap is
# installed if it is missing. Needs root.
set -eu

suite=${1:?usage: debian_tree.sh SUITE PACKAGE...}
shift
trees=${HAKEM_TREES:-${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/hakem/trees}
tree=$trees/$suite
log=$trees/$suite.log
mkdir -p "$trees"

fail() {
  echo "debian_tree.sh: $*" >&2
  exit 1
}

# quietly WHAT COMMAND...: runs a command and shows its output only if it fails.
quietly() {
  what=$1
  shift
  "$@" >>"$log" 2>&1 </dev/null || { tail -n 15 "$log" >&2; fail "$what failed; all of it is in $log"; }
}

# Prints the mirror that this machine uses, because it is known to work.
mirror() {
  apt-get indextargets --format '$(ORIGIN) $(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
    sed -n 's/^Debian \(.*debian\/\{0,1\}\)$/\1/p' | head -n 1
}

# Uses a temporary folder name first, so that a tree is either complete or missing.
bootstrap() {
  command -v debootstrap >/dev/null || quietly "installing debootstrap" apt-get install -y -qq --no-install-recommends debootstrap
  # debootstrap does not know suites newer than itself; they are made like unstable.
  script=$suite
  [ -e "/usr/share/debootstrap/scripts/$suite" ] || script=sid
  source=$(mirror)
  rm -rf "$tree.part"
  quietly "debootstrap $suite" debootstrap --variant=minbase "$suite" "$tree.part" "${source:-http://deb.debian.org/debian}" "$script"
  printf '#!/bin/sh\nexit 101\n' >"$tree.part/usr/sbin/policy-rc.d"
  chmod +x "$tree.part/usr/sbin/policy-rc.d"
  echo force-unsafe-io >"$tree.part/etc/dpkg/dpkg.cfg.d/hakem"  # A tree that a crash damages is made again.
  mkdir -p "$tree.part/etc/postgresql-common/createcluster.d"
  echo 'create_main_cluster = false' >"$tree.part/etc/postgresql-common/createcluster.d/hakem.conf"
  mv "$tree.part" "$tree"
}

# Runs in a new mount namespace, so that its mounts disappear when the command ends in any way.
install_packages() {
  quietly "installing $*" unshare --mount --propagation private sh -eu -c '
    tree=$1
    shift
    mount -t proc proc "$tree/proc"
    export DEBIAN_FRONTEND=noninteractive
    install() { chroot "$tree" apt-get install -y -qq --no-install-recommends "$@"; }
    # A new tree has current package lists; those of an older tree may name packages that no longer exist.
    install "$@" || { chroot "$tree" apt-get update -qq && install "$@"; }' sh "$tree" "$@"
}

[ "$(id -u)" = 0 ] || fail "a tree of Debian $suite can only be made by root"
exec 9>"$tree.lock"
flock 9
[ -d "$tree" ] || bootstrap
missing=
for package in "$@"; do
  status=$(dpkg-query --admindir="$tree/var/lib/dpkg" -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$status" = installed ] || missing="$missing $package"
done
# shellcheck disable=SC2086  # a list of words
[ -z "$missing" ] || install_packages $missing
echo "$tree"
