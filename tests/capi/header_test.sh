#!/usr/bin/env bash
# Every public header compiles alone, in C++ (and the C one in C99), with all warnings as errors, and brings in no header of ICU, RE2 or Boost.
#   tests/capi/header_test.sh INCLUDE_FOLDER CXX CC
set -euo pipefail
include=$1 cxx=$2 cc=$3
for header in "$include"/atau/*.h; do
  name=atau/$(basename "$header")
  read_headers=$(echo "#include <$name>" | "$cxx" -std=c++20 -Wall -Wextra -Wpedantic -Wshadow -Werror -I"$include" -x c++ -fsyntax-only -H - 2>&1) ||
    { echo "$name does not compile alone:" >&2; echo "$read_headers" >&2; exit 1; }
  if foreign=$(grep -E '/(unicode|re2|boost|absl)/' <<<"$read_headers"); then
    echo "$name includes headers that a user may not have:" >&2; echo "$foreign" >&2; exit 1
  fi
done
for standard in c99 c11 c17; do
  echo '#include <atau/atau_c.h>' | "$cc" -std=$standard -Wall -Wextra -Wpedantic -Wstrict-prototypes -Werror -I"$include" -x c -fsyntax-only -
done
echo "headers stand alone"
