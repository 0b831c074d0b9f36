#!/usr/bin/env bash
# Writes the reference of the public headers as HTML: OUTPUT/html/index.html. Any warning fails it: an undocumented name, a broken link.
#   scripts/reference.sh OUTPUT
set -euo pipefail
mkdir -p "$1"
out=$(cd "$1" && pwd)
cd "$(dirname "$0")/.."
ATAU_VERSION=$(sed -n 's/^project(atau VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)
export ATAU_VERSION
rm -rf "$out/html"
{
  cat docs/reference/Doxyfile
  echo "OUTPUT_DIRECTORY = \"$out\""
} | doxygen -
[[ -s $out/html/index.html ]] || { echo "reference.sh: there is no page" >&2; exit 1; }
echo "the reference is $out/html/index.html"
