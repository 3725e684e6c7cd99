#!/bin/sh
# Compares Hakem with the postgres_exporter of Debian testing, with all of its collectors, on this machine's PostgreSQL and
# on the newest. usage: newest_peer.sh [TEST ARGUMENT...]      Needs root.
set -eu

cd "$(dirname "$0")/../.."
HAKEM_PEER_ROOT=$(tests/soak/debian_tree.sh forky prometheus-postgres-exporter postgresql-18)
export HAKEM_PEER_ROOT
test=build/release/tests/integration_postgres_exporter_test
"$test" "$@"
HAKEM_POSTGRES_ROOT=$HAKEM_PEER_ROOT TMPDIR=$HAKEM_PEER_ROOT/tmp "$test" "$@"
