#!/usr/bin/env bash
# Scores atau on annotated texts: benchmarks/accuracy/run.sh build/atau GOLD.jsonl...
# GOLD is what `atau eval` reads: {"id", "text", "entities": [{"start", "end", "type"}], "ignore": […]}, one document a line.
set -euo pipefail
program=${1:?usage: run.sh PROGRAM GOLD.jsonl...}
shift
for gold in "$@"; do
  echo "$(basename "$gold" .jsonl)"
  "$program" eval "$gold" | sed 's/^/  /'
done
