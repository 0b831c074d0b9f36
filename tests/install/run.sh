#!/usr/bin/env bash
# Installs a build into a fresh prefix, moves the prefix, builds the programs of examples/cpp and examples/c against it by find_package and by
# pkg-config, runs them all and looks at what they write.
#   tests/install/run.sh BUILD_FOLDER [COMPILER [C_COMPILER]]
set -euo pipefail
build=$(cd "$1" && pwd)
compiler=${2:-c++}
c_compiler=${3:-cc}
examples=$(cd "$(dirname "$0")/../../examples" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
  echo "FAILED: $1" >&2
  exit 1
}

# Runs the programs of a folder.
check_cpp() {
  local out
  # The reference shows this output; a name that atau now gives otherwise is written into minimal.out.
  out=$("$1/minimal" | diff "$examples/cpp/minimal.out" -) || fail "minimal does not write what minimal.out says: $out"

  # Order, a bad line, and the same bytes with one thread and with three.
  for i in $(seq 1 300); do
    if [[ $i == 42 ]]; then echo '{"id": "broken", "text'; else echo "{\"id\": \"a$i\", \"text\": \"Дмитрий Рогозин посетил дом $i в Астане.\"}"; fi
  done >"$work/feed.jsonl"
  local status=0
  "$1/feed_reader" --threads 3 "$work/feed.jsonl" >"$work/three.jsonl" 2>"$work/three.err" || status=$?
  [[ $status == 1 ]] || fail "feed_reader ended with $status though line 42 is broken"
  [[ $(cat "$work/three.err") == "line 42: this is no JSON object" ]] || fail "feed_reader complained: $(cat "$work/three.err")"
  "$1/feed_reader" --threads 1 <"$work/feed.jsonl" >"$work/one.jsonl" 2>/dev/null || true
  cmp "$work/one.jsonl" "$work/three.jsonl" || fail "feed_reader writes other lines with three threads"
  python3 - "$work/three.jsonl" <<'PYTHON' || fail "feed_reader's lines are not in order"
import json, sys
lines = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
assert [line["id"] for line in lines] == [None if i == 42 else f"a{i}" for i in range(1, 301)]
assert lines[41]["error"].startswith("line 42:")
assert all(any(e["normal"] == "Астана" for e in line["entities"]) for i, line in enumerate(lines) if i != 41)
PYTHON

  out=$("$1/own_dictionary" "$examples/cpp/buildings.rules" 2>"$work/why.txt")
  grep -qxF $'PROGRAM\tЗари степи\tЗаря степи\town.zarya_stepi' <<<"$out" && grep -qE $'^LOCATION\tпавильон 12\t' <<<"$out" ||
    fail "own_dictionary wrote: $out"
  grep -q 'rule=own.pavilion' "$work/why.txt" || fail "own_dictionary explained: $(cat "$work/why.txt")"
  sed 's/match/mtach/' "$examples/cpp/buildings.rules" >"$work/broken.rules"
  if out=$("$1/own_dictionary" "$work/broken.rules" 2>&1) || [[ $out != "$work/broken.rules:"[0-9]* ]]; then
    fail "own_dictionary did not say where broken.rules is broken: $out"
  fi
}

check_c() {
  local out
  out=$("$1/people" <<<"Гендиректор Роскосмоса Дмитрий Рогозин прилетел в Казахстан.")
  grep -qE $'^Дмитрий Рогозин\t[^\t]*директор\t.*Роскосмос' <<<"$out" || fail "people wrote: $out"
  if ATAU_BUNDLE=/no/such/bundle "$1/people" </dev/null 2>"$work/people.err"; then fail "people found a bundle where there is none"; fi
  grep -q '/no/such/bundle' "$work/people.err" || fail "people complained: $(cat "$work/people.err")"
}

cmake --install "$build" --prefix "$work/first" >/dev/null
mv "$work/first" "$work/prefix"  # an installation may be moved
prefix=$work/prefix
libraries=$(dirname "$(find "$prefix" -name 'libatau_c.so' -print -quit)")

echo "== find_package(atau CONFIG)"
cmake -S "$examples/cpp" -B "$work/cpp" -G Ninja -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_CXX_COMPILER="$compiler" -DCMAKE_BUILD_TYPE=Debug >/dev/null
cmake --build "$work/cpp" >"$work/log" || { cat "$work/log"; exit 1; }
bundle=$(cat "$work/cpp/bundle.txt")
[[ $bundle == "$prefix"/* && -f $bundle ]] || fail "atau_BUNDLE is $bundle"
export ATAU_BUNDLE=$bundle
check_cpp "$work/cpp"

echo "== find_package(atau_c CONFIG), in a project that knows no C++"
cmake -S "$examples/c" -B "$work/c" -G Ninja -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_C_COMPILER="$c_compiler" >/dev/null
cmake --build "$work/c" >"$work/log" || { cat "$work/log"; exit 1; }
check_c "$work/c"

echo "== pkg-config atau, atau_c"
pc=$(find "$prefix" -name atau.pc -printf '%h')
export PKG_CONFIG_PATH=$pc LD_LIBRARY_PATH=$libraries
[[ $(readlink -f "$(pkg-config --variable=bundle atau)") == $(readlink -f "$bundle") ]] || fail "atau.pc names another bundle"
mkdir "$work/pc"
for name in minimal feed_reader own_dictionary; do
  # shellcheck disable=SC2046
  "$compiler" -std=c++20 -Wall -Wextra -Wpedantic -Werror -pthread "$examples/cpp/$name.cc" -o "$work/pc/$name" $(pkg-config --cflags --libs atau)
done
check_cpp "$work/pc"
# shellcheck disable=SC2046
"$c_compiler" -std=c99 -Wall -Wextra -Wpedantic -Werror "$examples/c/people.c" -o "$work/pc/people" $(pkg-config --cflags --libs atau_c)
check_c "$work/pc"
unset LD_LIBRARY_PATH

echo "== the installed program"
(cd / && env -u ATAU_BUNDLE "$prefix/bin/atau" extract --types PERSON <<<'Президент Франции Эмманюэль Макрон') | grep -q Макрон
(cd / && "$prefix/bin/atau" --lang ru --help) | grep -q Команды  # its messages moved along
for file in share/man/man1/atau.1 share/man/ru/man1/atau.1 share/bash-completion/completions/atau share/zsh/site-functions/_atau \
  share/fish/vendor_completions.d/atau.fish; do
  [[ -s $prefix/$file ]] || fail "$file was not installed"
done
echo "installation works"
