#!/usr/bin/env bash
# Compares the symbols that libatau_c shows with those of the list: programs that were linked once must find all of theirs for as long as the
# major version of the ABI is the same. New functions are added to the list by hand, with ATAU_ABI_MINOR raised in the header.
#   tests/capi/check_symbols.sh LIBRARY LIST
set -euo pipefail
shown=$(nm -D --defined-only "$1" | awk '$2 == "T" || $2 == "D" || $2 == "B" || $2 == "R" || $2 == "W" || $2 == "V" || $2 == "u" {sub(/@.*/, "", $3); print $3}' | LC_ALL=C sort)
if ! difference=$(diff <(grep -v '^#' "$2") <(echo "$shown")); then
  echo "$1 does not show the symbols of $2 (< the list, > the library):" >&2
  echo "$difference" >&2
  exit 1
fi
echo "$(wc -l <<<"$shown") functions, as listed"
