#!/usr/bin/env python3
"""How long until the first answer: opening the bundle, the whole program for one sentence, and other tools from
import to answer.

benchmarks/startup/run.py [--peers]
"""

from __future__ import annotations

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from common import context, corpora
from common.results import Result, Table, bar, in_text, spread
from common.timing import Failed, alternate, run, summary

SENTENCE = "Гендиректор Роскосмоса Дмитрий Рогозин прилетел на Байконур."


def measure(c: context.Context) -> Result:
    r = Result(
        "startup",
        "Start-up",
        "Time from the start of a process to the end of its work on one sentence. The bundle is mapped, not read, "
        "so opening it "
        "takes little; files are in the page cache, as on every start but the first after boot.",
    )
    c.progress.stage("start-up")
    source = c.work / "sentence.jsonl"
    corpora.write([{"id": "1", "text": SENTENCE}], source, annotations=False)
    bench = c.bench(source, "--threads", 1, repeat=c.repeat)
    load = r.sample("library opens the bundle", "s", bench["samples"]["load"])
    nothing = c.work / "nothing.jsonl"
    nothing.write_text("", encoding="utf-8")
    rounds = 4 * c.repeat
    took = alternate(
        {
            "process start (--version)": lambda: run([c.program, "--version"], env=c.env).seconds,
            "program, no text": lambda: run(c.extract(1), stdin=nothing, env=c.env).seconds,
            "program, one sentence": lambda: run(c.extract(1), stdin=source, env=c.env).seconds,
        },
        rounds,
        c.say,
    )
    rows = [["library opens the bundle", spread(load, 1e3)]]
    bars = []
    for what, values in took.items():
        s = r.sample(what, "s", values)
        rows.append([what, spread(s, 1e3)])
        if what == "program, one sentence":
            bars.append(bar("atau (program)", s))
    r.tables.append(Table("atau", ["", "ms"], rows, f"Median (quartiles) of {rounds} rounds."))

    rows = []
    for peer in c.peers():
        if not peer.installed:
            rows.append([peer.title, "not installed", "", ""])
            continue
        whole, loads, first = [], [], []
        try:
            for number in range(max(2, min(3, c.repeat)) + 1):
                c.say(f"{peer.title}: {'warm-up' if number == 0 else f'round {number}'}")
                ran, said = c.run_peer(peer, source, c.work / "out.jsonl")
                if number > 0:
                    whole.append(ran.seconds)
                    loads.append(said["load_seconds"])
                    first.append(said["first_answer_seconds"])
        except Failed as error:
            rows.append([peer.title, f"failed: {error}", "", ""])
            continue
        s = r.sample(f"{peer.title}, whole process", "s", whole)
        r.sample(f"{peer.title}, import and load", "s", loads)
        r.sample(f"{peer.title}, to the first answer", "s", first)
        rows.append([f"{peer.title} {peer.version}", spread(summary(loads)), spread(summary(first)), spread(s)])
        bars.append(bar(f"{peer.title} {peer.version}", s))
    rows.insert(0, ["atau (program)", spread(load), "", spread(summary(took["program, one sentence"]))])
    rows.sort(key=lambda row: row[1] == "not installed")
    r.tables.append(
        Table(
            "Beside other tools, seconds",
            ["tool", "import and load", "to the first answer", "whole process"],
            rows,
            "One sentence. The tools that look for fixed strings build their automaton from the list of names at "
            "each start.",
        )
    )
    r.plots.append(
        {
            "kind": "bars",
            "title": "One sentence, whole process",
            "unit": "seconds, logarithmic (less is better)",
            "log": True,
            "rows": bars,
        }
    )
    return r


if __name__ == "__main__":
    here = context.Context(context.parser(__doc__).parse_args())
    result = measure(here)
    here.progress.done()
    print(in_text(result), end="")
