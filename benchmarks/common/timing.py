"""Times and memory of processes, taken in turns, and how samples are summed up."""

from __future__ import annotations

import os
import pathlib
import re
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Summary:
    """A median with its spread: the quartiles and the extremes of the samples."""

    median: float
    low: float
    high: float
    least: float
    most: float
    count: int


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of the samples lie, linear between neighbours."""
    ordered = sorted(values)
    at = share * (len(ordered) - 1)
    below = int(at)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (at - below)


def summary(values: Sequence[float]) -> Summary:
    """Sums up one or more samples; raises ValueError without any."""
    if not values:
        raise ValueError("there are no samples to sum up")
    return Summary(
        quantile(values, 0.5), quantile(values, 0.25), quantile(values, 0.75), min(values), max(values), len(values)
    )


def ratios(above: Sequence[float], below: Sequence[float]) -> list[float]:
    """Ratios of samples that were taken in the same round: what slows both down leaves them alone."""
    return [a / b for a, b in zip(above, below)]


@dataclass
class Ran:
    """One run of a program. Bytes where not said otherwise; memory is None where nobody looked or the system has no
    /proc.

    The peak is not the one that wait4 gives: that one begins with the memory of the process that started the program.
    """

    seconds: float
    cpu_seconds: float
    peak: int | None = None
    peak_anonymous: int | None = None
    timeline: list[tuple[float, int]] = field(default_factory=list)  # seconds, anonymous bytes


class Failed(Exception):
    """A program that was to be measured ended with a bad status; the message has its last words."""


def _memory(pid: int) -> tuple[int, int] | None:
    """Anonymous bytes now, and the most resident bytes so far; None when the process is gone or the system has no "
    "/proc."""
    try:
        text = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:
        return None
    found = [re.search(rf"^{name}:\s+(\d+) kB", text, re.MULTILINE) for name in ("RssAnon", "VmHWM")]
    return tuple(int(f.group(1)) * 1024 for f in found) if all(found) else None


def run(
    command: Sequence[Any],
    stdin: pathlib.Path | None = None,
    stdout: pathlib.Path | None = None,
    env: dict[str, str] | None = None,
    watch: float = 0,
) -> Ran:
    """Runs a program from a file to a file and waits for its end. Raises Failed when its status is not 0.

    With `watch` (seconds), its anonymous memory is looked at as often: the memory that is its own, without mapped
    files, which all
    processes share. Without, nothing disturbs the clock.
    """
    with tempfile.TemporaryFile() as complaints:
        source = open(stdin, "rb") if stdin else subprocess.DEVNULL  # noqa: SIM115
        sink = open(stdout, "wb") if stdout else subprocess.DEVNULL  # noqa: SIM115
        try:
            start = time.perf_counter()
            process = subprocess.Popen(
                [str(c) for c in command],
                stdin=source,
                stdout=sink,
                stderr=complaints,
                env={**os.environ, **(env or {})},
            )
            peak, peak_anonymous, timeline = 0, 0, []
            if watch > 0:
                while True:
                    pid, status, used = os.wait4(process.pid, os.WNOHANG)
                    if pid:
                        break
                    now = _memory(process.pid)
                    if now:
                        peak_anonymous, peak = max(peak_anonymous, now[0]), now[1]
                        timeline.append((time.perf_counter() - start, now[0]))
                    time.sleep(watch)
            else:
                _, status, used = os.wait4(process.pid, 0)
            seconds = time.perf_counter() - start
            process.returncode = os.waitstatus_to_exitcode(status)
        finally:
            for stream in (source, sink):
                if not isinstance(stream, int):
                    stream.close()
        if process.returncode != 0:
            complaints.seek(0)
            words = complaints.read().decode(errors="replace").strip()[-800:]
            raise Failed(f"{' '.join(map(str, command))} ended with status {process.returncode}: {words}")
        return Ran(
            seconds,
            used.ru_utime + used.ru_stime,
            peak or None,
            peak_anonymous or None,
            timeline,
        )


def alternate(
    tasks: dict[str, Callable[[], float]],
    rounds: int,
    tell: Callable[[str], None] = lambda what: None,
    warm_up: bool = True,
) -> dict[str, list[float]]:
    """Samples of several tasks that take turns (A B C A B C …).

    A first round is not counted; without `warm_up` there is none, for tasks that have all run already.

    A disturbance of the machine then hits all alike, and samples of one round may be divided by each other.
    """
    samples: dict[str, list[float]] = {name: [] for name in tasks}
    for number in range(0 if warm_up else 1, rounds + 1):
        for name, task in tasks.items():
            tell(f"{name}: warm-up" if number == 0 else f"{name}: round {number} of {rounds}")
            value = task()
            if number > 0:
                samples[name].append(value)
    return samples
