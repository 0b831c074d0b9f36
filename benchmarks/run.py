#!/usr/bin/env python3
"""Measures atau and, where they are installed, other tools: one command, one page.

    benchmarks/run.py                              all questions, on texts made from the project's own
    benchmarks/run.py --quick                      small sizes: is everything in order?
    benchmarks/run.py --peers                      first installs the other tools (network; about 500 MB)
    benchmarks/run.py --corpora FOLDER --corpus feed.jsonl
    benchmarks/run.py throughput startup           only these questions
    benchmarks/run.py --render build/bench/results.json      draws the page anew

Tables go to standard output, progress to standard error; the page and every raw sample to build/bench/report.html and
results.json.
The status is 1 when outputs that must be equal are not. docs/benchmark.md says what is measured and how to read it.
"""

from __future__ import annotations

import datetime
import importlib.util
import json
import pathlib
import shlex
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from common import context, machine, report  # noqa: E402
from common.results import Check, Result, in_text  # noqa: E402
from common.timing import Failed  # noqa: E402

QUESTIONS = ("throughput", "startup", "memory", "scaling", "accuracy")


def question(name: str):
    """The run.py of a folder, as a module."""
    spec = importlib.util.spec_from_file_location(f"question_{name}", HERE / name / "run.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def write_page(run: dict, folder: pathlib.Path) -> pathlib.Path:
    path = folder / "report.html"
    path.write_text(report.page(run), encoding="utf-8")
    return path


def main() -> int:
    parser = context.parser(__doc__)
    parser.add_argument("questions", nargs="*", metavar="QUESTION", help=f"of {', '.join(QUESTIONS)} (default: all)")
    parser.add_argument("--render", metavar="FILE", help="measure nothing: draw the page of these results")
    options = parser.parse_args()
    unknown = [q for q in options.questions if q not in QUESTIONS]
    if unknown:
        parser.error(f"there is no question {', '.join(unknown)}; there are {', '.join(QUESTIONS)}")
    if options.render:
        path = pathlib.Path(options.render)
        print(write_page(json.loads(path.read_text(encoding="utf-8")), path.parent))
        return 0

    c = context.Context(options)
    load = machine.load_average()
    warning = machine.busy_warning(load)
    if warning:
        print(f"warning: {warning}", file=sys.stderr)
    run = {
        "format": 1,
        "started": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "command": " ".join(["benchmarks/run.py", *map(shlex.quote, sys.argv[1:])]),
        "quick": options.quick,
        "warning": warning,
        "machine": {**machine.describe(c.program, c.bundle), "load average before": load},
        "peers": [p.about for p in c.peers()],
        "results": [],
    }
    good = True
    for name in options.questions or QUESTIONS:
        try:
            result = question(name).measure(c)
        except Failed as error:
            result = Result(
                name,
                name.capitalize(),
                "This question could not be measured.",
                [Check("all programs run", False, str(error))],
            )
        c.progress.done()
        print(in_text(result), flush=True)
        good = good and all(check.good for check in result.checks)
        run["results"].append(result.to_dict())
        run["machine"]["load average after"] = machine.load_average()
        # After each question, so that an interrupted run keeps what it has.
        (c.out / "results.json").write_text(json.dumps(run, ensure_ascii=False, indent=1), encoding="utf-8")
        page = write_page(run, c.out)
    print(f"{page}\n{c.out / 'results.json'}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
