"""What the benchmarks share: the machine, times, texts, other tools, scores, plots and the report."""
