#!/usr/bin/env python3
"""How fast is extraction: in process beside ICU's word boundaries, as a whole program, and beside other tools.

benchmarks/throughput/run.py [--corpus feed.jsonl] [--peers]
"""

from __future__ import annotations

import filecmp
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from common import context, corpora, scoring, workload
from common.results import Check, Result, Table, bar, in_text, number, of_speed, spread
from common.timing import Failed, alternate, ratios, run, summary


def measure(c: context.Context) -> Result:
    r = Result(
        "throughput",
        "Throughput",
        "Megabytes (millions of bytes of UTF-8) of text a second. In process: the library alone, texts in memory. "
        "Whole program: process "
        "start, JSON lines in, JSON lines with all entities, relations and normal forms out. Rounds take turns; "
        "ratios are made of samples "
        "of one round.",
    )
    c.progress.stage("throughput")
    texts = c.texts()
    size = workload.text_bytes(texts)
    source = c.texts_file()
    r.tables.append(
        Table(
            "Texts",
            ["texts", "documents", "MB of UTF-8", "different words", "longest, kB"],
            [
                [
                    pathlib.Path(c.options.corpus).name if c.options.corpus else "made from our own passages",
                    str(len(texts)),
                    number(size / 1e6),
                    str(workload.vocabulary(texts)),
                    number(max(len(d["text"].encode()) for d in texts) / 1e3),
                ]
            ],
        )
    )

    # The same from everybody, before any clock is believed.
    c.say("comparing outputs")
    one, many, library = c.work / "one.jsonl", c.work / "many.jsonl", c.work / "library.jsonl"
    run(c.extract(1), stdin=source, stdout=one, env=c.env)
    run(c.extract(max(2, c.threads)), stdin=source, stdout=many, env=c.env)
    r.checks.append(Check(f"program with 1 thread = with {max(2, c.threads)} threads", filecmp.cmp(one, many, False)))
    c.say("in process, beside ICU")
    bench = c.bench(source, "--results", library)
    # A line of the program is the library's JSON with the id in front.
    by_program, by_library = (p.read_text(encoding="utf-8").rstrip("\n").split("\n") for p in (one, library))
    same = all(a.endswith("," + b[1:]) for a, b in zip(by_program, by_library))
    complete = len(by_program) == len(by_library) == len(texts)
    r.checks.append(
        Check("program = library in process, bytes of JSON", same and complete, f"{len(by_library)} documents")
    )

    seconds = bench["samples"]
    round_mb = bench["round_bytes"] / 1e6
    alone = r.sample("library, 1 thread", "s", seconds["one_thread"], bytes=bench["round_bytes"])
    icu = r.sample("ICU word boundaries", "s", seconds["icu_words"], bytes=bench["round_bytes"])
    rows = [
        ["library, 1 thread", spread(of_speed(alone, round_mb))],
        ["ICU word boundaries", spread(of_speed(icu, round_mb))],
        ["library : ICU", spread(summary(ratios(seconds["icu_words"], seconds["one_thread"])))],
    ]
    bars = [bar("library, 1 thread", of_speed(alone, round_mb), group="in process")]
    if seconds["all_threads"]:
        all_ = r.sample(f"library, {bench['threads']} threads", "s", seconds["all_threads"], bytes=bench["round_bytes"])
        rows.insert(1, [f"library, {bench['threads']} threads", spread(of_speed(all_, round_mb))])
        gain = summary(ratios(seconds["one_thread"], seconds["all_threads"]))
        rows.append([f"{bench['threads']} threads : 1", spread(gain)])
        bars.append(bar(f"library, {bench['threads']} threads", of_speed(all_, round_mb), group="in process"))
    r.tables.append(
        Table(
            "In process",
            ["", "MB/s"],
            rows,
            f"Median (quartiles) of {c.repeat} rounds of {number(round_mb)} MB, {bench['entities']} mentions. ICU "
            f"gets its text as UTF-16 "
            "that was converted before the clock ran. The last rows are ratios, not MB/s.",
        )
    )

    def whole(jobs: int):
        def task() -> float:
            return run(c.extract(jobs), stdin=source, stdout=c.work / "out.jsonl", env=c.env).seconds

        return task

    tasks = {"program, 1 thread": whole(1)}
    if c.threads > 1:
        tasks[f"program, {c.threads} threads"] = whole(c.threads)
    took = alternate(tasks, c.repeat, c.say)
    rows = []
    for what, values in took.items():
        speed = of_speed(r.sample(what, "s", values, bytes=size), size / 1e6)
        rows.append([what, spread(speed), spread(summary(values))])
        bars.append(bar(what, speed, group="whole program"))
    r.tables.append(
        Table(
            "Whole program, JSON lines to JSON lines",
            ["", "MB/s", "seconds"],
            rows,
            f"Process start, load, reading and writing included; {number(size / 1e6)} MB of text a run.",
        )
    )
    r.plots.append(
        {"kind": "bars", "title": "Speed of atau", "unit": "MB/s of UTF-8 text (more is better)", "rows": bars}
    )
    beside(c, r)
    return r


def beside(c: context.Context, r: Result) -> None:
    """Other tools on fewer texts, in turns with our own program."""
    few = c.few_texts()
    size = workload.text_bytes(few)
    source = c.work / "few.jsonl"
    corpora.write(few, source, annotations=False)
    own = c.work / "few.atau.jsonl"
    run(c.extract(1), stdin=source, stdout=own, env=c.env)
    ours = context.predictions(own)

    rows, agreement = [], []
    in_process = c.bench(source, "--threads", 1, repeat=max(2, min(3, c.repeat)))
    mb_a_round = in_process["round_bytes"] / 1e6
    library = r.sample("library, 1 thread, the few texts", "s", in_process["samples"]["one_thread"],
                       bytes=in_process["round_bytes"])  # fmt: skip
    tasks = {"atau": lambda: run(c.extract(1), stdin=source, stdout=c.work / "out.jsonl", env=c.env).seconds}
    inside: dict[str, list[float]] = {}
    shown: dict[str, tuple[str, str]] = {"atau": ("atau (program)", "everything")}
    for peer in c.peers():
        if not peer.installed:
            rows.append([peer.title, "not installed", "", "", ""])
            continue
        for normal in (False, True) if peer.about["normal"] and peer.name != "atau_python" else (False,):
            title = peer.title + (" with normal forms" if normal else "")
            sink = c.work / f"few.{peer.name}.jsonl"
            c.say(title)
            try:
                # What this run finds is compared; it is the warm-up too, since some tools take minutes.
                c.run_peer(peer, source, sink, normal)
            except Failed as error:
                rows.append([title, "failed", "", "", ""])
                r.checks.append(Check(f"{title} runs", False, str(error)))
                continue
            theirs = context.predictions(sink)
            if peer.name == "atau_python":
                r.checks.append(Check("program = Python package, bytes of JSON", filecmp.cmp(own, sink, False)))
            elif not normal:
                o = scoring.overlap(ours, theirs)
                agreement.append(
                    [peer.title, peer.version, str(o["theirs"]), str(o["ours"]),
                     f"{o['same'] / max(1, o['theirs']):.3f}", f"{o['touching'] / max(1, o['theirs']):.3f}"]
                )  # fmt: skip

            def task(peer=peer, normal=normal, title=title) -> float:
                ran, said = c.run_peer(peer, source, c.work / "out.jsonl", normal)
                inside.setdefault(title, []).append(said["extract_seconds"])
                return ran.seconds

            tasks[title] = task
            shown[title] = (
                f"{peer.title} {peer.version}" + (" with normal forms" if normal else ""),
                peer.about["note"],
            )

    took = alternate(tasks, max(2, min(3, c.repeat)), c.say, warm_up=False)
    bars = [bar("atau (library)", of_speed(library, mb_a_round))]
    for title, values in took.items():
        total = r.sample(f"{title}, whole process", "s", values, bytes=size)
        label, note = shown[title]
        alone = spread(of_speed(library, mb_a_round)) if title == "atau" else ""
        if title in inside:
            extraction = r.sample(f"{title}, extraction alone", "s", inside[title], bytes=size)
            alone = spread(of_speed(extraction, size / 1e6))
            bars.append(bar(label, of_speed(extraction, size / 1e6)))
        slower = spread(summary(ratios(values, took["atau"]))) if title != "atau" else "1"
        rows.append([label, spread(total), alone, slower, note])
    rows.sort(key=lambda row: row[1] in ("not installed", "failed"))
    r.tables.append(
        Table(
            "Beside other tools, whole processes",
            ["tool", "seconds", "MB/s without start and load", "times as long as atau", "what it does"],
            rows,
            f"{len(few)} documents, {number(size / 1e6)} MB, one thread each, from JSON lines to JSON lines of "
            f"entities; a process starts and "
            "loads each time. Without start and load: the time inside the tool's own calls, as its process saw it; for "
            "atau the library in process.",
        )
    )
    if len(bars) > 1:
        r.plots.append(
            {"kind": "bars", "title": "Extraction alone, one thread", "log": True, "rows": bars,
             "unit": "MB/s of UTF-8 text, logarithmic (more is better)"}
        )  # fmt: skip
    if agreement:
        r.tables.append(
            Table(
                "What the others found on these texts",
                [
                    "tool",
                    "version",
                    "its mentions",
                    "ours",
                    "share of its that are ours exactly",
                    "that touch one of ours",
                ],
                agreement,
                "People, places, organizations and programmes, flat views. Speed is only comparable where about as "
                "much is found.",
            )
        )


if __name__ == "__main__":
    here = context.Context(context.parser(__doc__).parse_args())
    result = measure(here)
    here.progress.done()
    print(in_text(result), end="")
    sys.exit(0 if all(check.good for check in result.checks) else 1)
