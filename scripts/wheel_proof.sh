#!/usr/bin/env bash
# Proves that a wheel needs nothing of the machine it was made on.
#   scripts/wheel_proof.sh hidden WHEEL [PYTHON]   in a mount namespace where this machine's ICU, RE2 and Boost are empty files
#   scripts/wheel_proof.sh debian WHEEL            in a fresh minimal Debian 12 (debootstrap, as root; about 300 MB in build/)
# Both install the wheel with pip, without an index, and compare extraction with the golden results. The first needs root, or user
# namespaces, and says so with status 77 where it has neither.
set -euo pipefail
cd "$(dirname "$0")/.."
how=${1:?usage: wheel_proof.sh hidden|debian WHEEL [PYTHON]}
wheel=$(readlink -f "${2:?usage: wheel_proof.sh hidden|debian WHEEL [PYTHON]}")
python=${3:-python3}

case $how in
hidden)
  namespace=(unshare --mount)
  [[ $(id -u) -eq 0 ]] || namespace=(unshare --map-root-user --mount)
  "${namespace[@]}" true 2>/dev/null || { echo "wheel_proof.sh: mount namespaces are not allowed here" >&2; exit 77; }
  room=$(mktemp -d)
  trap 'rm -rf "$room"' EXIT
  "$python" -m venv "$room/venv"
  "$room/venv/bin/pip" install --quiet --no-index --no-deps "$wheel"
  "${namespace[@]}" bash -euo pipefail -c '
    hidden=0
    while read -r library; do
      mount --bind /dev/null "$library"
      hidden=$((hidden + 1))
    done < <(find /usr/lib /usr/local/lib -name "libicu*.so.*.*" -o -name "libre2.so.*" -type f -o -name "libboost_*.so.*" -type f -o -name "libabsl_*.so.*" -type f)
    [[ $hidden -gt 0 ]] || echo "wheel_proof.sh: this machine has no such libraries to hide" >&2
    cd / && env -u ATAU_BUNDLE -u LD_LIBRARY_PATH -u PYTHONPATH "$1" "$2/tests/adapters/check_wheel.py" "$2/tests/golden"
    echo "with $hidden libraries of this machine hidden"
  ' _ "$room/venv/bin/python" "$PWD"
  ;;
debian)
  command -v debootstrap >/dev/null || apt-get install -y -qq --no-install-recommends debootstrap >/dev/null
  root=$PWD/build/wheels/debian
  if [[ ! -e $root/ready ]]; then
    rm -rf "$root"
    mkdir -p "$root"
    debootstrap --variant=minbase --include=python3,python3-pip bookworm "$root" >"$root.log" 2>&1 || { tail "$root.log" >&2; exit 1; }
    touch "$root/ready"
  fi
  # What an earlier proof has installed does not count.
  if find "$root" -path '*/dist-packages/atau*' -prune -o \( -name 'libicu*' -o -name 'libre2*' -o -name 'libboost*' -o -path '*/bin/g++*' \) -print | grep -q .; then
    echo "wheel_proof.sh: the fresh root is not bare" >&2
    exit 1
  fi
  rm -rf "$root/proof"
  mkdir -p "$root/proof"
  cp "$wheel" tests/adapters/check_wheel.py "$root/proof"
  cp -r tests/golden "$root/proof/golden"
  # Neither network nor the machine's folders: a namespace of its own with nothing but /proc.
  unshare --mount --net --pid --fork bash -euo pipefail -c '
    mount -t proc proc "$1/proc"
    chroot "$1" env -i PATH=/usr/bin:/bin bash -euo pipefail -c "
      python3 -m pip install --quiet --no-index --break-system-packages --root-user-action ignore --force-reinstall /proof/*.whl
      python3 /proof/check_wheel.py /proof/golden
      . /etc/os-release
      echo \"in \$PRETTY_NAME with \$(python3 -V) and \$(dpkg-query -f x -W | wc -c) packages\""
  ' _ "$root"
  ;;
*)
  echo "wheel_proof.sh: unknown way $how" >&2
  exit 2
  ;;
esac
