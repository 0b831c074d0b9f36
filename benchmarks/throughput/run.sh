#!/usr/bin/env bash
# How fast is extraction? Prints MB/s of extraction and of ICU's word boundaries from the same run, and their ratio.
#   benchmarks/throughput/run.sh build/atau [FILE.jsonl…]
# Without files, the repository's own texts are used.
set -euo pipefail
atau=${1:?usage: run.sh PROGRAM [FILE…]}
shift
here=$(cd "$(dirname "$0")/../.." && pwd)
if [[ $# -eq 0 ]]; then
  set -- "$here/tests/golden/input.jsonl"
fi
"$atau" bench "$@"
