#!/usr/bin/env python3
"""How much memory a process needs beside the mapped bundle, whether it grows with the input, and what other tools need.

benchmarks/memory/run.py [--corpus feed.jsonl] [--peers]
"""

from __future__ import annotations

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from common import context, corpora
from common.results import Result, Table, bar, in_text, number
from common.timing import Failed, Ran, run, summary

MB = 1e6


def steady(timeline: list[tuple[float, int]]) -> list[list[float]]:
    """At most 120 points of a timeline, each the most of its part."""
    step = max(1, len(timeline) // 120)
    parts = [timeline[i : i + step] for i in range(0, len(timeline), step)]
    return [[part[-1][0], max(m for _, m in part) / MB] for part in parts]


def measure(c: context.Context) -> Result:
    r = Result(
        "memory",
        "Memory",
        "Peak resident memory of a process. Own memory is what the process has for itself (anonymous pages, looked "
        "at every 2 ms); the rest "
        "are mapped files, above all the bundle, of which all processes of a machine share one copy.",
    )
    c.progress.stage("memory")
    if not pathlib.Path("/proc/self/status").exists():
        r.tables.append(Table("Not measured", ["why"], [["this system has no /proc"]]))
        return r
    texts = c.texts()
    runs: dict[str, Ran] = {}
    rows = []

    def row(title: str, ran: Ran) -> list[str]:
        cells = [title]
        for what, value in (("own memory", ran.peak_anonymous), ("peak resident", ran.peak)):
            if value:
                r.sample(f"{title}, {what}", "bytes", [value])
            cells.append(number(value / MB) if value else "?")
        return cells

    # Four times the input at one thread: memory must not follow it.
    for times in (1, 4):
        source = c.work / f"texts.{times}.jsonl"
        corpora.write([dict(d, id=f"{d['id']}/{i}") for i in range(times) for d in texts], source, annotations=False)
        for jobs in (1,) if c.threads == 1 else (1, c.threads):
            title = f"program, {jobs} thread{'s' if jobs > 1 else ''}, {number(source.stat().st_size / MB)} MB of JSON"
            c.say(title)
            runs[title] = run(c.extract(jobs), stdin=source, stdout=c.work / "out.jsonl", env=c.env, watch=0.002)
            rows.append(row(title, runs[title]))
    nothing = c.work / "sentence.jsonl"
    corpora.write([{"id": "1", "text": "Москва."}], nothing, annotations=False)
    rows.insert(0, row("program, one word", run(c.extract(1), stdin=nothing, env=c.env, watch=0.0005)))
    r.tables.append(
        Table(
            "atau, MB",
            ["", "own memory", "peak resident"],
            rows,
            f"The bundle has {number(c.bundle.stat().st_size / MB)} MB.",
        )
    )
    r.plots.append(
        {
            "kind": "lines",
            "title": "Own memory over a run",
            "x": {"label": "seconds since the start"},
            "y": {"label": "MB of own memory", "zero": True},
            "series": [{"name": title, "points": steady(ran.timeline), "dots": False} for title, ran in runs.items()],
        }
    )

    few = c.work / "few.jsonl"
    corpora.write(c.few_texts(), few, annotations=False)
    mine = run(c.extract(1), stdin=few, stdout=c.work / "out.jsonl", env=c.env, watch=0.002)
    rows = [row("atau (program)", mine)]
    bars = [bar("atau (program)", summary([mine.peak_anonymous or 0]), 1 / MB)]
    absent = []
    for peer in c.peers():
        if not peer.installed:
            absent.append([peer.title, "not installed", ""])
            continue
        c.say(peer.title)
        title = f"{peer.title} {peer.version}"
        try:
            ran, _ = c.run_peer(peer, few, c.work / "out.jsonl", watch=0.01)
        except Failed as error:
            absent.append([title, f"failed: {error}", ""])
            continue
        rows.append(row(title, ran))
        bars.append(bar(title, summary([ran.peak_anonymous or 0]), 1 / MB))
    r.tables.append(
        Table(
            "Beside other tools, MB",
            ["tool", "own memory", "peak resident"],
            rows + absent,
            "One thread, the same texts.",
        )
    )
    r.plots.append(
        {"kind": "bars", "title": "Own memory", "unit": "MB, logarithmic (less is better)", "log": True, "rows": bars}
    )
    return r


if __name__ == "__main__":
    here = context.Context(context.parser(__doc__).parse_args())
    result = measure(here)
    here.progress.done()
    print(in_text(result), end="")
