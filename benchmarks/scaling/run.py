#!/usr/bin/env python3
"""How cost grows with the length of a document, with the size of an own dictionary, and with threads.

benchmarks/scaling/run.py [--quick]
"""

from __future__ import annotations

import math
import pathlib
import random
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from common import context, corpora, workload
from common.results import Check, Result, Table, in_text, number, of_speed, point, spread
from common.timing import alternate, run, summary


def slope(points: list[tuple[float, float]]) -> float:
    """The exponent k of cost = length^k, by least squares over the logarithms."""
    xs, ys = [math.log(x) for x, _ in points], [math.log(y) for _, y in points]
    mx, my = sum(xs) / len(xs), sum(ys) / len(ys)
    return sum((x - mx) * (y - my) for x, y in zip(xs, ys)) / sum((x - mx) ** 2 for x in xs)


def lengths(c: context.Context, r: Result) -> None:
    sizes = [10**e for e in range(2, 6 if c.options.quick else 8)]
    maker = workload.Maker(seed=2)
    rows, points = [], []
    for size in sizes:
        c.say(f"a document of {size} bytes")
        # Short documents differ much: many of them make the measure steady.
        documents = [{"id": str(i), "text": maker.exactly(size)} for i in range(max(1, min(2000, 400_000 // size)))]
        path = c.work / "lengths.jsonl"
        corpora.write(documents, path, annotations=False)
        rounds = max(2, min(3, c.repeat)) if size >= 10**6 else c.repeat
        bench = c.bench(path, "--threads", 1, repeat=rounds)
        share = bench["bytes"] / len(documents) / bench["round_bytes"]
        each = r.sample(f"document of {size} bytes", "s", [t * share for t in bench["samples"]["one_thread"]])
        points.append(point(size, each, 1e3))
        rows.append([f"{size:,}".replace(",", " "), spread(each, 1e3), spread(of_speed(each, size / 1e6))])
    k = slope([(x, y) for x, y, *_ in points if x >= 1000])
    r.tables.append(
        Table(
            "Length of a document",
            ["bytes", "ms a document", "MB/s"],
            rows,
            f"From 1 kB on, cost grows as length to the power of {k:.2f} (1 is linear).",
        )
    )
    first = points[1]
    r.plots.append(
        {
            "kind": "lines",
            "title": "Cost of one document",
            "x": {"label": "length of the document, bytes", "log": True},
            "y": {"label": "milliseconds", "log": True},
            "series": [
                {"name": "atau, 1 thread", "points": points},
                {
                    "name": "linear",
                    "points": [[x, first[1] * x / first[0]] for x in sizes],
                    "dots": False,
                    "dashed": True,
                },
            ],
        }
    )


def dictionaries(c: context.Context, r: Result) -> None:
    counts = [1000, 10_000] if c.options.quick else [1000, 10_000, 100_000, 1_000_000]
    base = c.work / "scaling.jsonl"
    texts = c.few_texts() if c.options.quick else c.texts()
    own: dict[int, pathlib.Path | None] = {0: None}
    rows: dict[int, list[str]] = {0: ["0", "", "", ""]}
    compile_points, size_points = [], []
    names: list[str] = []
    for count in counts:
        c.say(f"compiling {count} names")
        folder, bundle = c.work / f"names.{count}", c.work / f"names.{count}.atau"
        shutil.rmtree(folder, ignore_errors=True)
        names = workload.write_dictionary(folder, count)  # those of the largest are looked for
        command = [c.program, "compile", folder, "--base", c.bundle, "--output", bundle, "--quiet"]
        rounds = 1 if count >= 100_000 else max(2, min(3, c.repeat))
        ran = [run(command, watch=0.01) for _ in range(rounds)]
        took = r.sample(f"compiling {count} names", "s", [x.seconds for x in ran])
        peak = max(x.peak or 0 for x in ran)
        if peak:
            r.sample(f"compiling {count} names, peak memory", "bytes", [peak])
        own[count] = bundle
        rows[count] = [
            f"{count:,}".replace(",", " "),
            spread(took),
            number(peak / 1e6) if peak else "?",
            number(bundle.stat().st_size / 1e6),
        ]
        compile_points.append(point(count, took))
        size_points.append([count, bundle.stat().st_size / 1e6])
        shutil.rmtree(folder)

    # Names that are in the dictionaries stand in the texts now and then, so that finding them has its cost.
    chance = random.Random(3)
    with_names = [
        dict(d, text=d["text"] + f"\nОб этом сообщили в компании «{chance.choice(names)}».") if i % 4 == 0 else d
        for i, d in enumerate(texts)
    ]
    corpora.write(with_names, base, annotations=False)
    mb = workload.text_bytes(with_names) / 1e6
    probe = c.work / "probe.jsonl"
    corpora.write([{"id": n, "text": f"Компания «{n}» открыла завод."} for n in names], probe, annotations=False)

    def extra(count: int) -> list[str]:
        return ["--extra", str(own[count])] if own[count] else []

    out = c.work / "probe.out.jsonl"
    run([*c.extract(1), *extra(counts[-1])], stdin=probe, stdout=out, env=c.env)
    found = sum(
        any((e.get("gazetteer") or "").startswith("made.") for e in d["entities"])
        for d in context.predictions(out).values()
    )
    r.checks.append(
        Check("names of the largest dictionary are found", found >= 0.9 * len(names), f"{found} of {len(names)} probed")
    )

    loads: dict[int, list[float]] = {n: [] for n in own}
    speeds: dict[int, list[float]] = {n: [] for n in own}
    for number_ in range(c.repeat + 1):
        for count in own:
            c.say(f"round {number_} of {c.repeat}, {count} names")
            bench = c.bench(base, *extra(count), "--threads", 1, repeat=1)
            if number_ > 0:
                loads[count] += bench["samples"]["load"]
                speeds[count] += [bench["round_bytes"] / 1e6 / t for t in bench["samples"]["one_thread"]]
    load_points, speed_points = [], []
    for count in own:
        load = r.sample(f"opening with {count} names added", "s", loads[count])
        speed = r.sample(f"speed with {count} names added", "MB/s", speeds[count])
        ratio = summary([a / b for a, b in zip(speeds[count], speeds[0])])
        rows[count] += [spread(load, 1e3), spread(speed), spread(ratio) if count else "1"]
        if count:
            load_points.append(point(count, load, 1e3))
            speed_points.append(point(count, speed))
    r.tables.append(
        Table(
            "Names added to the dictionaries",
            ["names", "compile, s", "its peak, MB", "bundle, MB", "open all, ms", "MB/s", "of the speed without"],
            list(rows.values()),
            f"Made-up names of one to three words, compiled with --base and loaded with --extra; {number(mb)} MB of "
            f"text, one thread, rounds in "
            "turns.",
        )
    )
    axis = {"label": "names added", "log": True}
    r.plots += [
        {"kind": "lines", "title": "Compiling an own dictionary", "x": axis, "y": {"label": "seconds", "log": True},
         "series": [{"name": "atau compile", "points": compile_points}]},
        {"kind": "lines", "title": "Size of its bundle", "x": axis, "y": {"label": "MB", "log": True},
         "series": [{"name": "bundle", "points": size_points}]},
        {"kind": "lines", "title": "Opening all bundles", "x": axis, "y": {"label": "milliseconds", "zero": True},
         "series": [{"name": "open", "points": load_points}]},
        {"kind": "lines", "title": "Speed with names added", "x": axis, "y": {"label": "MB/s, 1 thread", "zero": True},
         "series": [{"name": "extraction", "points": speed_points},
                    {"name": "without", "dots": False, "dashed": True,
                     "points": [[n, summary(speeds[0]).median] for n in counts]}]},
    ]  # fmt: skip
    for bundle in filter(None, own.values()):
        bundle.unlink()


def threads(c: context.Context, r: Result) -> None:
    source = c.texts_file()
    size = workload.text_bytes(c.texts()) / 1e6
    counts = sorted({1, 2, c.threads, 2 * c.threads, *[2**i for i in range(8) if 2**i < c.threads]})

    def program(jobs: int):
        return lambda: run(c.extract(jobs), stdin=source, stdout=c.work / "out.jsonl", env=c.env).seconds

    whole = alternate({str(n): program(n) for n in counts}, c.repeat, c.say)
    library: dict[int, list[float]] = {n: [] for n in counts}
    for _ in range(max(2, min(3, c.repeat))):
        for n in counts:
            c.say(f"library, {n} threads")
            bench = c.bench(source, "--threads", n, repeat=2)
            seconds = bench["samples"]["all_threads"] or bench["samples"]["one_thread"]
            library[n] += [bench["round_bytes"] / 1e6 / t for t in seconds]
    rows, inside, outside = [], [], []
    for n in counts:
        a = r.sample(f"library, {n} threads", "MB/s", library[n])
        b = of_speed(r.sample(f"program, {n} threads", "s", whole[str(n)]), size)
        rows.append(
            [str(n), spread(a), number(a.median / summary(library[1]).median), spread(b),
             spread(summary([x / y for x, y in zip(whole["1"], whole[str(n)])]))]
        )  # fmt: skip
        inside.append(point(n, a))
        outside.append(point(n, b))
    r.tables.append(
        Table(
            "Threads",
            ["threads", "library, MB/s", "times one thread", "program, MB/s", "times one thread"],
            rows,
            f"The machine has {c.threads} cores; the program also reads and writes JSON in one thread.",
        )
    )
    r.plots.append(
        {"kind": "lines", "title": "Threads", "x": {"label": "threads", "log": True, "ticks": counts},
         "y": {"label": "MB/s of UTF-8 text", "zero": True},
         "series": [{"name": "library", "points": inside}, {"name": "whole program", "points": outside}]}
    )  # fmt: skip


def measure(c: context.Context) -> Result:
    r = Result(
        "scaling",
        "Scaling",
        "What a longer document, a larger dictionary and more threads cost.",
    )
    c.progress.stage("scaling: length of a document")
    lengths(c, r)
    c.progress.stage("scaling: size of a dictionary")
    dictionaries(c, r)
    c.progress.stage("scaling: threads")
    threads(c, r)
    return r


if __name__ == "__main__":
    here = context.Context(context.parser(__doc__).parse_args())
    result = measure(here)
    here.progress.done()
    print(in_text(result), end="")
    sys.exit(0 if all(check.good for check in result.checks) else 1)
