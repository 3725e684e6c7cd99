#!/bin/sh
# Runs the tests of collectors on a real server of another version.
# usage: postgres_version.sh VERSION [CTEST ARGUMENT...]      VERSION is 13, 15, 17 or 18
#
# The server runs in a tree of the Debian release that has it; the tests are those of this build. Needs root, except for
# this machine's version.
set -eu

version=${1:?usage: postgres_version.sh VERSION [CTEST ARGUMENT...]}
shift
case $version in
  13) suite=bullseye ;;
  15) suite=bookworm ;;
  17) suite=trixie ;;
  18) suite=forky ;;
  *)
    echo "postgres_version.sh: no release of Debian has PostgreSQL \"$version\" for us: 13, 15, 17 or 18" >&2
    exit 2
    ;;
esac
cd "$(dirname "$0")/../.."
if [ ! -x "/usr/lib/postgresql/$version/bin/postgres" ]; then
  HAKEM_POSTGRES_ROOT=$(tests/soak/debian_tree.sh "$suite" "postgresql-$version")
  TMPDIR=$HAKEM_POSTGRES_ROOT/tmp
  export HAKEM_POSTGRES_ROOT TMPDIR
fi
HAKEM_WALK_SETTINGS=1 # Tests each setting of a role separately.
export HAKEM_WALK_SETTINGS
exec ctest --preset release --tests-regex "integration\.(collectors|databases|dropin|faults|faults_inside|game_.*|session|session_.*|setup)_test" "$@"
