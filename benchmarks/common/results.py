"""The shape in which a question gives its results: plain data, so that it can be kept as JSON and shown again later."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from .timing import Summary, summary


@dataclass
class Check:
    """An output that was compared before times are believed."""

    what: str
    good: bool
    detail: str = ""


@dataclass
class Table:
    title: str
    columns: list[str]
    rows: list[list[str]]
    note: str = ""


@dataclass
class Result:
    """Everything about one question. `samples` has every raw number; tables and plots are made from them."""

    name: str
    title: str
    about: str
    checks: list[Check] = field(default_factory=list)
    samples: list[dict[str, Any]] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    plots: list[dict[str, Any]] = field(default_factory=list)

    def sample(self, what: str, unit: str, values: list[float], **about: Any) -> Summary:
        """Keeps raw samples and sums them up."""
        self.samples.append({"what": what, "unit": unit, "values": [round(v, 9) for v in values], **about})
        return summary(values)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def number(value: float, digits: int = 3) -> str:
    """A number with three significant digits: 0.0340, 5.51, 128."""
    if value == 0:
        return "0"
    size = abs(value)
    places = 0
    while size < 10 ** (digits - 1) and places < 6:
        size *= 10
        places += 1
    return f"{value:.{places}f}"


def spread(s: Summary, scale: float = 1.0) -> str:
    """The median with the quartiles: 5.51 (5.32–5.74)."""
    if s.count == 1:
        return number(s.median * scale)
    low, high = sorted((s.low * scale, s.high * scale))
    return f"{number(s.median * scale)} ({number(low)}–{number(high)})"


def of_speed(seconds: Summary, size: float) -> Summary:
    """The summary of size : time; what was the slowest time is the least speed."""
    return Summary(
        size / seconds.median,
        size / seconds.high,
        size / seconds.low,
        size / seconds.most,
        size / seconds.least,
        seconds.count,
    )


def bar(label: str, s: Summary, scale: float = 1.0, group: str = "") -> dict[str, Any]:
    """A row of a bar plot."""
    return {"label": label, "value": s.median * scale, "low": s.low * scale, "high": s.high * scale, "group": group}


def point(x: float, s: Summary, scale: float = 1.0) -> list[float]:
    """A point of a line plot: x, median, quartiles."""
    return [x, s.median * scale, s.low * scale, s.high * scale]


def in_text(result: Result) -> str:
    """The checks and tables for a terminal."""
    out = [f"== {result.title}"]
    for check in result.checks:
        out.append(
            f"  {'equal ' if check.good else 'DIFFER'} {check.what}{': ' + check.detail if check.detail else ''}"
        )
    for table in result.tables:
        widths = [max(len(str(row[i])) for row in [table.columns, *table.rows]) for i in range(len(table.columns))]
        out.append("")
        out.append(f"  {table.title}")
        for row in [table.columns, *table.rows]:
            cells = [str(c).ljust(w) if i == 0 else str(c).rjust(w) for i, (c, w) in enumerate(zip(row, widths))]
            out.append("    " + "  ".join(cells).rstrip())
        if table.note:
            out.append(f"    {table.note}")
    return "\n".join(out) + "\n"
