#!/usr/bin/env bash
# Installs a build into a fresh prefix, moves the prefix, and builds one small program against it by find_package and another by pkg-config.
#   tests/install/run.sh BUILD_FOLDER [COMPILER]
set -euo pipefail
build=$(cd "$1" && pwd)
compiler=${2:-c++}
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cmake --install "$build" --prefix "$work/first" >/dev/null
mv "$work/first" "$work/prefix"  # an installation may be moved
prefix=$work/prefix

echo "== find_package(atau CONFIG)"
cmake -S "$here" -B "$work/app" -G Ninja -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_CXX_COMPILER="$compiler" -DCMAKE_BUILD_TYPE=Release >/dev/null
cmake --build "$work/app" >/dev/null
bundle=$(cat "$work/app/bundle.txt")
[[ $bundle == "$prefix"/* && -f $bundle ]] || { echo "atau_BUNDLE is $bundle"; exit 1; }
"$work/app/app" "$bundle"

echo "== pkg-config atau"
pc=$(find "$prefix" -name atau.pc -printf '%h')
export PKG_CONFIG_PATH=$pc
[[ $(readlink -f "$(pkg-config --variable=bundle atau)") == $(readlink -f "$bundle") ]]
# shellcheck disable=SC2046
"$compiler" -std=c++20 -O1 "$here/main.cc" -o "$work/by_pkg_config" $(pkg-config --cflags --libs atau)
"$work/by_pkg_config" "$bundle"

echo "== the installed program"
(cd / && env -u ATAU_BUNDLE "$prefix/bin/atau" extract --types PERSON <<<'Президент Франции Эмманюэль Макрон') | grep -q Макрон
(cd / && "$prefix/bin/atau" --lang ru --help) | grep -q Команды  # its messages moved along
for file in share/man/man1/atau.1 share/man/ru/man1/atau.1 share/bash-completion/completions/atau share/zsh/site-functions/_atau \
  share/fish/vendor_completions.d/atau.fish; do
  [[ -s $prefix/$file ]] || { echo "$file was not installed"; exit 1; }
done
echo "installation works"
