"""How fast is extraction in Spark? Prints documents and megabytes a second for each number of cores, on one machine.

    PYSPARK_PYTHON=$(which python) python benchmarks/spark/run.py FILE.jsonl [CORES…]

The session is warm (workers started, bundle opened) before time is taken, and the result is counted in bytes, not kept.
"""

import os
import sys
import time

os.environ.setdefault("PYSPARK_PYTHON", sys.executable)

from atau import spark as atau_spark
from pyspark.sql import SparkSession, functions


def measure(path, cores):
    builder = SparkSession.builder.master(f"local[{cores}]").config("spark.ui.enabled", "false")
    spark = builder.config("spark.ui.showConsoleProgress", "false").config("spark.driver.memory", "2g").getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    df = spark.read.schema("id string, text string").json(path).repartition(4 * cores).cache()
    documents = df.count()
    size = df.agg(functions.sum(functions.octet_length("text"))).first()[0]
    atau_spark.extract(df.limit(1000)).count()
    begin = time.perf_counter()
    out = atau_spark.extract(df).agg(functions.sum(functions.octet_length("json"))).first()[0]
    took = time.perf_counter() - begin
    spark.stop()
    print(
        f"{cores} cores: {documents} documents of {size / 1e6:.1f} MB gave {out / 1e6:.1f} MB in {took:.1f} s:"
        f" {documents / took:.0f} documents/s, {size / took / 1e6:.2f} MB/s"
    )


def main():
    path = sys.argv[1]
    for cores in [int(c) for c in sys.argv[2:]] or [1, os.cpu_count() or 1]:
        measure(path, cores)


if __name__ == "__main__":
    main()
