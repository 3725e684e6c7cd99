#!/bin/sh
# Builds Hakem and runs its tests in another Debian, as a user there would.
# usage: debian_build.sh RELEASE [CTEST ARGUMENT...]      RELEASE is Debian's number: 13
#
# The sources are copied into a fresh tree of that release, where `./dev test` installs what it needs. Needs root.
set -eu

release=${1:?usage: debian_build.sh RELEASE [CTEST ARGUMENT...]}
shift
case $release in
  12) suite=bookworm ;;
  13) suite=trixie ;;
  *)
    echo "debian_build.sh: Hakem is built on Debian 12 and 13, not on \"$release\"" >&2
    exit 2
    ;;
esac
cd "$(dirname "$0")/../.."
tree=$(tests/soak/debian_tree.sh "$suite" ccache)

# Copies all files that git tracks or would add. The build folder and modification times are kept, so that a second run only
# builds what has changed.
mkdir -p "$tree/srv/hakem"
find "$tree/srv/hakem" -mindepth 1 -maxdepth 1 ! -name build -exec rm -rf {} +
git ls-files -z --cached --others --exclude-standard | tar --create --null --ignore-failed-read --files-from=- |
  tar --extract --directory="$tree/srv/hakem"

# Runs in a new mount namespace, so that its mounts disappear when the command ends in any way.
exec unshare --mount --propagation private sh -eu -c '
  tree=$1
  shift
  mount -t proc proc "$tree/proc"
  mount --rbind /dev "$tree/dev"
  mount -t tmpfs -o mode=1777 tmpfs "$tree/dev/shm"
  cp /etc/resolv.conf "$tree/etc/resolv.conf"
  exec chroot "$tree" env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 \
    sh -euc "cd /srv/hakem; exec ./dev test \"\$@\"" sh "$@"' sh "$tree" "$@"
