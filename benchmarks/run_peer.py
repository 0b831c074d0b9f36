#!/usr/bin/env python3
"""Runs one tool as a process: JSON lines in, JSON lines of entities out. The benchmark starts it with the tool's own
Python.

    run_peer.py NAME --describe                       prints {"title", "installed", "versions", …}
    run_peer.py NAME [--names FILE] [--normal] [--stats FILE] < texts.jsonl > entities.jsonl

NAME is an adapter: peers/NAME.py, whose top level imports nothing but has

    TITLE, NOTE      what the tool is called, and what it does in a line
    PACKAGES, TYPES  its packages, and the types that it can find
    NAMES, NORMAL    needs the list of names; can give normal forms
    SLOW             is spared the damaged copies
    load(names, normal)  returns a function from a text to {"entities": [{"start", "end", "type"}]}, or to that as JSON

The statistics are what the process saw: seconds to load, seconds in that function, texts on which it failed.
"""

import sys
import time

STARTED = time.perf_counter()

import argparse  # noqa: E402
import importlib.util  # noqa: E402
import json  # noqa: E402
import pathlib  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent


def adapter(name):
    # Not by `import`: an adapter has the name of the package it drives.
    spec = importlib.util.spec_from_file_location("peer_" + name, HERE / "peers" / (name + ".py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def describe(name):
    # Here, since their import would count as the tool's start-up.
    import importlib.metadata
    import platform

    module = adapter(name)
    versions, missing = {}, []
    for package in module.PACKAGES:
        try:
            versions[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            missing.append(package)
    return {
        "name": name,
        "title": module.TITLE,
        "note": module.NOTE,
        "types": module.TYPES,
        "names": module.NAMES,
        "normal": module.NORMAL,
        "slow": module.SLOW,
        "versions": versions,
        "missing": missing,
        "installed": not missing,
        "python": platform.python_version(),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name")
    parser.add_argument("--describe", action="store_true")
    parser.add_argument("--names", help="names for tools that need them: {name, type} a line")
    parser.add_argument("--normal", action="store_true", help="with normal forms, where the tool has them")
    parser.add_argument("--stats", help="where to write the statistics")
    options = parser.parse_args()
    if options.describe:
        print(json.dumps(describe(options.name)))
        return 0
    names = []
    if options.names:
        with open(options.names, encoding="utf-8") as lines:
            names = [(row["name"], row["type"]) for row in map(json.loads, lines)]
    extract = adapter(options.name).load(names, options.normal)
    loaded = time.perf_counter()
    inside, documents, failed, first = 0.0, 0, 0, None
    for line in sys.stdin.buffer:
        row = json.loads(line)
        before = time.perf_counter()
        try:
            found = extract(row["text"])
        except (
            Exception
        ) as error:  # a tool that fails on one text is measured on the others, and its failures are counted
            found = {"entities": [], "error": f"{type(error).__name__}: {error}"}
            failed += 1
        after = time.perf_counter()
        inside += after - before
        first = first or after - STARTED
        documents += 1
        if isinstance(found, str):
            out = '{"id":' + json.dumps(row["id"], ensure_ascii=False) + "," + found[1:]
        else:
            out = json.dumps({"id": row["id"], **found}, ensure_ascii=False)
        sys.stdout.buffer.write(out.encode() + b"\n")
    sys.stdout.flush()
    if options.stats:
        stats = {
            "load_seconds": loaded - STARTED,
            "first_answer_seconds": first,
            "extract_seconds": inside,
            "documents": documents,
            "failed": failed,
        }
        pathlib.Path(options.stats).write_text(json.dumps(stats), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
