#!/bin/sh
# tidy_instead.sh COMPILER ARGUMENT...: stands before the compiler in the preset tidy. clang-tidy reads the source, and the
# object is a mere mark. So ninja and ccache know which sources had no finding, and only the others are read again.
set -eu

source='' object='' previous=''
for argument; do
  case $previous in
    -o) object=$argument ;;
    -c) source=$argument ;;
  esac
  previous=$argument
done
# ccache asks its compiler for other things too.
[ -n "$source" ] && [ -n "$object" ] || exec "$@"

"$@" -E -o /dev/null  # Writes the list of headers.
findings=$(clang-tidy -p . --load=./tidy_scope.so --quiet "$source" 2>&1) || { printf '%s\n' "$findings"; exit 1; }
echo 'no finding' >"$object"  # ccache refuses empty ones.
