#!/usr/bin/env bash
# Installs what the build needs, where it is missing: only git, a C++ compiler and Python are taken for granted.
#   scripts/setup.sh          what `make demo` needs
#   scripts/setup.sh test     also what `make test` needs
#   scripts/setup.sh reference  also what `make reference` needs
#   scripts/setup.sh wheel    also what `make wheel` and `make wheel-proof` need
#   scripts/setup.sh lint     also formatters and linters
set -euo pipefail

packages=(cmake ninja-build g++ pkg-config libicu-dev libre2-dev libboost-locale-dev libcli11-dev nlohmann-json3-dev zlib1g-dev gettext doctest-dev ccache)
for what in "$@"; do
  case $what in
    test) packages+=(python3-dev python3-venv pybind11-dev clang-14 libclang-rt-14-dev chromium bash zsh fish mandoc groff-base icu-devtools openjdk-17-jre-headless doxygen binutils) ;;
    reference) packages+=(doxygen) ;;
    wheel) packages+=(python3-dev python3-venv icu-devtools debootstrap) ;;
    lint) packages+=(clang-format-14 clang-tidy-14 python3-venv) ;;
    *) echo "setup.sh: unknown argument $what" >&2; exit 2 ;;
  esac
done

missing=()
for package in "${packages[@]}"; do
  status=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true)
  [[ $status == "install ok installed" ]] || missing+=("$package")
done
[[ ${#missing[@]} -eq 0 ]] && exit 0

if ! command -v apt-get >/dev/null; then
  echo "setup.sh: please install these (Debian's names): ${missing[*]}" >&2
  exit 1
fi
as_root=()
[[ $(id -u) -eq 0 ]] || as_root=(sudo)
echo "installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
