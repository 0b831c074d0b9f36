"""How fast is extraction in Spark? Prints documents and megabytes a second for each number of cores, on one machine.

    PYSPARK_PYTHON=$(which python) python benchmarks/spark/run.py FILE.jsonl [CORES…]

The session is warm (workers started, bundle opened) before time is taken, and the result is counted in bytes, not kept.
Processor time, of the JVM and of all workers, says more than the clock where others use the machine too.
"""

import os
import pathlib
import sys
import time

os.environ.setdefault("PYSPARK_PYTHON", sys.executable)

from atau import spark as atau_spark
from pyspark.sql import SparkSession, functions


def processor_seconds(root):
    """User and system time of a process and all below it; time of ended children counts with their parents."""
    ticks, children = {}, {}
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:  # it has ended meanwhile
            continue
        pid = int(stat.parent.name)
        ticks[pid] = sum(map(int, fields[11:15]))
        children.setdefault(int(fields[1]), []).append(pid)
    total, waiting = 0, [root]
    while waiting:
        pid = waiting.pop()
        total += ticks.get(pid, 0)
        waiting += children.get(pid, [])
    return total / os.sysconf("SC_CLK_TCK")


def measure(path, cores):
    builder = SparkSession.builder.master(f"local[{cores}]").config("spark.ui.enabled", "false")
    spark = builder.config("spark.ui.showConsoleProgress", "false").config("spark.driver.memory", "2g").getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    df = spark.read.schema("id string, text string").json(path).repartition(4 * cores).cache()
    documents = df.count()
    size = df.agg(functions.sum(functions.octet_length("text"))).first()[0]
    size_of_json = functions.sum(functions.octet_length("json"))
    atau_spark.extract(df.limit(4000).repartition(4 * cores)).agg(size_of_json).collect()
    java = spark.sparkContext._gateway.proc.pid
    used, begin = processor_seconds(java), time.perf_counter()
    out = atau_spark.extract(df).agg(size_of_json).first()[0]
    took, used = time.perf_counter() - begin, processor_seconds(java) - used
    spark.stop()
    print(
        f"{cores} core(s): {documents} documents of {size / 1e6:.1f} MB gave {out / 1e6:.1f} MB in {took:.1f} s:"
        f" {documents / took:.0f} documents/s, {size / took / 1e6:.2f} MB/s; {used:.1f} s of processor time:"
        f" {documents / used:.0f} documents/s, {size / used / 1e6:.2f} MB/s for each core"
    )


def main():
    path = sys.argv[1]
    for cores in [int(c) for c in sys.argv[2:]] or [1, os.cpu_count() or 1]:
        measure(path, cores)


if __name__ == "__main__":
    main()
