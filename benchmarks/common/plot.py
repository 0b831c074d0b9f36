"""Plots as inline SVG: bars, lines and rows of dots. Colours are CSS variables of the page, so that one drawing
serves light and dark.

Each plot is drawn for a given width in pixels; the report draws each one twice and shows the one that fits, so that
letters keep their
size on a narrow screen.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import Any

SERIES = 8
_LETTER = 6.7  # about the width of a letter of 12 pixels


def tick_text(value: float) -> str:
    """A short number: 0.01, 5, 2.5, 10 k, 1 M."""
    for size, unit in ((1e6, " M"), (1e3, " k")):
        if abs(value) >= size * (10 if unit == " k" else 1):
            return f"{value / size:g}{unit}"
    return f"{value:g}"


class Axis:
    """Maps values to pixels, and knows where its ticks are."""

    def __init__(
        self,
        values: Sequence[float],
        start: float,
        end: float,
        log: bool = False,
        zero: bool = False,
        ticks: Sequence[float] | None = None,
        most: int = 6,
    ) -> None:
        if not values:
            raise ValueError("an axis needs values")
        if log and min(values) <= 0:
            raise ValueError("a logarithmic axis needs values above 0")
        self.log, self.start, self.end = log, start, end
        low, high = min(values), max(values)
        if ticks:
            self.ticks = list(ticks)
            self.low, self.high = min(low, *self.ticks), max(high, *self.ticks)
        elif log:
            first, last = math.floor(math.log10(low) + 1e-9), math.ceil(math.log10(high) - 1e-9)
            last = max(last, first + 1)
            if last - first <= 2:
                marks = [m * 10.0**e for e in range(first, last + 1) for m in (1, 2, 5)]
                below = [m for m in marks if m <= low * 1.0001]
                above = [m for m in marks if m >= high * 0.9999]
                self.low, self.high = below[-1], above[0] if above else 10.0**last
                self.ticks = [m for m in marks if self.low <= m <= self.high]
            else:
                self.low, self.high = 10.0**first, 10.0**last
                self.ticks = [10.0**e for e in range(first, last + 1, max(1, math.ceil((last - first) / most)))]
        else:
            if zero:
                low, high = min(0.0, low), max(0.0, high)
            if high == low:
                high = low + (abs(low) or 1.0)
            raw = (high - low) / max(2, most - 1)
            size = 10.0 ** math.floor(math.log10(raw))
            step = next(size * m for m in (1, 2, 2.5, 5, 10) if size * m >= raw * 0.999)
            self.low, self.high = math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step
            count = round((self.high - self.low) / step)
            self.ticks = [round(self.low + i * step, 12) for i in range(count + 1)]

    def at(self, value: float) -> float:
        low, high = self.low, self.high
        if self.log:
            low, high, value = math.log10(low), math.log10(high), math.log10(max(value, low))
        return self.start + (value - low) / (high - low or 1) * (self.end - self.start)


def _line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{kind}"/>'


def _text(x: float, y: float, words: str, kind: str = "", anchor: str = "start", more: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" class="{kind}"{more}>{escape(words)}</text>'


def marker(shape: int, x: float, y: float, size: float, kind: str, title: str = "") -> str:
    """One of eight marks, so that series can be told apart without colours."""
    tip = f"<title>{escape(title)}</title>" if title else ""
    s = size
    if shape % SERIES == 0:
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{s:.1f}" class="{kind}">{tip}</circle>'
    corners = [
        [],
        [(-s, -s), (s, -s), (s, s), (-s, s)],
        [(0, -s * 1.3), (s * 1.2, s), (-s * 1.2, s)],
        [(0, -s * 1.4), (s * 1.4, 0), (0, s * 1.4), (-s * 1.4, 0)],
        [(-s * 1.2, -s), (s * 1.2, -s), (0, s * 1.3)],
        [(-s * 1.3, -s * 0.5), (s * 1.3, -s * 0.5), (s * 1.3, s * 0.5), (-s * 1.3, s * 0.5)],
        [(-s * 0.5, -s * 1.3), (s * 0.5, -s * 1.3), (s * 0.5, s * 1.3), (-s * 0.5, s * 1.3)],
        [(-s, -s), (0, -s * 0.3), (s, -s), (s * 0.3, 0), (s, s), (0, s * 0.3), (-s, s), (-s * 0.3, 0)],
    ][shape % SERIES]
    points = " ".join(f"{x + a:.1f},{y + b:.1f}" for a, b in corners)
    return f'<polygon points="{points}" class="{kind}">{tip}</polygon>'


def _svg(width: float, height: float, parts: list[str], title: str) -> str:
    return (
        f'<svg viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}" '
        f'role="img" aria-label="{escape(title)}">' + "".join(parts) + "</svg>"
    )


def _x_axis(axis: Axis, top: float, bottom: float, label: str) -> list[str]:
    out = []
    last = -math.inf
    for tick in axis.ticks:
        x, words = axis.at(tick), tick_text(tick)
        out.append(_line(x, top, x, bottom, "grid"))
        half = len(words) * _LETTER / 2
        if x - half > last + 6:
            out.append(_text(x, bottom + 16, words, "tick", "middle"))
            last = x + half
    out.append(_line(axis.start, bottom, axis.end, bottom, "axis"))
    out.append(_text((axis.start + axis.end) / 2, bottom + 36, label, "label", "middle"))
    return out


def bars(spec: dict[str, Any], width: float) -> str:
    """Horizontal bars with the quartiles as whiskers; rows of the same group stand under its name."""
    rows = spec["rows"]
    longest = max(len(row["label"]) for row in rows) * _LETTER
    left = longest + 12 if longest < width * 0.4 else 4
    above = left == 4  # no room beside the bars: labels stand above them
    room = 62
    values = [row[key] for row in rows for key in ("value", "low", "high")]
    axis = Axis(values, left, width - room, log=spec.get("log", False), zero=True, most=5)
    parts, y, group = [], 6.0, None
    for row in rows:
        if row.get("group") and row["group"] != group:
            group = row["group"]
            parts.append(_text(4, y + 13, group, "group"))
            y += 22
        if above:
            parts.append(_text(left, y + 12, row["label"], "name"))
            y += 17
        else:
            parts.append(_text(left - 8, y + 14, row["label"], "name", "end"))
        own = row["label"].startswith(("atau", "library", "program"))
        x = axis.at(row["value"])
        from_x = axis.start
        tip = f"{row['label']}: {row['value']:.4g} ({row['low']:.4g}–{row['high']:.4g})"
        parts.append(
            f'<rect x="{from_x:.1f}" y="{y + 2:.1f}" width="{max(1.0, x - from_x):.1f}" height="15" '
            f'class="{"s0" if own else "s7"} fill">'
            f"<title>{escape(tip)}</title></rect>"
        )
        low, high = axis.at(row["low"]), axis.at(row["high"])
        if high - low > 1:
            parts.append(_line(low, y + 9.5, high, y + 9.5, "whisker"))
            parts += [_line(e, y + 5.5, e, y + 13.5, "whisker") for e in (low, high)]
        parts.append(_text(max(x, high) + 5, y + 14, f"{row['value']:.3g}", "value"))
        y += 25
    grid = _x_axis(axis, 2, y, spec["unit"])
    return _svg(width, y + 44, grid + parts, spec["title"])


def lines(spec: dict[str, Any], width: float) -> str:
    """Series of points joined by lines; a point is [x, y] or [x, median, low, high]."""
    series = spec["series"]
    height = min(340.0, max(240.0, width * 0.5))
    left, top, bottom = 56.0, 12.0, height - 46
    xs = [p[0] for s in series for p in s["points"]]
    ys = [v for s in series for p in s["points"] for v in p[1:]]
    x_axis = Axis(
        xs,
        left,
        width - 14,
        spec["x"].get("log", False),
        spec["x"].get("zero", False),
        spec["x"].get("ticks"),
        most=int(width // 90),
    )
    y_axis = Axis(ys, bottom, top, spec["y"].get("log", False), spec["y"].get("zero", False))
    parts = _x_axis(x_axis, top, bottom, spec["x"]["label"])
    for tick in y_axis.ticks:
        y = y_axis.at(tick)
        parts.append(_line(left, y, width - 14, y, "grid"))
        parts.append(_text(left - 6, y + 4, tick_text(tick), "tick", "end"))
    parts.append(_line(left, top, left, bottom, "axis"))
    middle = (top + bottom) / 2
    parts.append(_text(13, middle, spec["y"]["label"], "label", "middle", f' transform="rotate(-90 13 {middle:.1f})"'))
    for number, one in enumerate(series):
        colour = f"s{number % SERIES}"
        places = [(x_axis.at(p[0]), y_axis.at(p[1]), p) for p in one["points"]]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y, _ in places)
        parts.append(f'<polyline points="{path}" class="{colour} stroke{" dashed" if one.get("dashed") else ""}"/>')
        if one.get("dots", True):
            for x, y, p in places:
                if len(p) == 4:
                    low, high = y_axis.at(p[2]), y_axis.at(p[3])
                    if abs(high - low) > 2:
                        parts.append(_line(x, low, x, high, f"{colour} stroke"))
                parts.append(marker(number, x, y, 4, f"{colour} fill", f"{one['name']}, {p[0]:g}: {p[1]:.4g}"))
    return _svg(width, height, parts, spec["title"])


def dots(spec: dict[str, Any], width: float) -> str:
    """A row a label, and on it a mark for each series: many values between 0 and 1 at a glance."""
    rows, series = spec["rows"], spec["series"]
    left = max(len(row["label"]) for row in rows) * _LETTER + 14
    values = [v for row in rows for v in row["values"].values()]
    low = min(values, default=0.0)
    axis = Axis([math.floor(low * 10) / 10, 1.0], left, width - 16, most=max(3, int((width - left) // 80)))
    parts, y = [], 8.0
    bottom = y + 24 * len(rows)
    parts += _x_axis(axis, y, bottom, spec["x"]["label"])
    for row in rows:
        middle = y + 12
        parts.append(_text(left - 8, middle + 4, row["label"], "name", "end"))
        parts.append(_line(left, middle, width - 16, middle, "grid"))
        # The first series is drawn last, so that nothing lies over it.
        for number in reversed(range(len(series))):
            value = row["values"].get(series[number])
            if value is not None:
                tip = f"{row['label']}, {series[number]}: {value:.3f}"
                parts.append(marker(number, axis.at(value), middle, 5, f"s{number % SERIES} fill", tip))
        y += 24
    return _svg(width, bottom + 44, parts, spec["title"])


def legend(spec: dict[str, Any]) -> list[tuple[str, str]]:
    """The marks and names of a plot with several series; empty where one needs none."""
    if spec["kind"] == "bars":
        return []
    names = spec["series"] if spec["kind"] == "dots" else [s["name"] for s in spec["series"]]
    if len(names) < 2:
        return []
    out = []
    for number, name in enumerate(names):
        colour = f"s{number % SERIES}"
        if spec["kind"] == "lines" and not spec["series"][number].get("dots", True):
            dashed = " dashed" if spec["series"][number].get("dashed") else ""
            mark = f'<line x1="0" y1="6" x2="18" y2="6" class="{colour} stroke{dashed}"/>'
        else:
            mark = marker(number, 9, 6, 4.5, f"{colour} fill")
        out.append((f'<svg width="18" height="12" viewBox="0 0 18 12" aria-hidden="true">{mark}</svg>', name))
    return out


KINDS = {"bars": bars, "lines": lines, "dots": dots}


def draw(spec: dict[str, Any], width: float) -> str:
    """The SVG of a plot. Raises ValueError for one without values, KeyError for an unknown kind."""
    return KINDS[spec["kind"]](spec, width)
