"""Plots and the page: well-formed, without a script or an outside address, with every number that was given."""

import html.parser
import re
import xml.etree.ElementTree as ET

import pytest
from common import plot, report
from common.results import Check, Result, Table, number, of_speed, spread
from common.timing import summary

BARS = {
    "kind": "bars",
    "title": "Speed <of> all",
    "unit": "MB/s",
    "rows": [
        {"label": "atau", "value": 6.5, "low": 6.0, "high": 7.0, "group": "in process"},
        {
            "label": "a tool with a very long name that does not fit beside its bar",
            "value": 0.05,
            "low": 0.05,
            "high": 0.05,
            "group": "whole",
        },
    ],
}
LINES = {
    "kind": "lines",
    "title": "Cost",
    "x": {"label": "bytes", "log": True},
    "y": {"label": "ms", "log": True},
    "series": [
        {"name": "atau", "points": [[100, 0.05, 0.04, 0.06], [10_000_000, 3000, 2900, 3300]]},
        {"name": "linear", "points": [[100, 0.03], [10_000_000, 3000]], "dots": False, "dashed": True},
    ],
}
DOTS = {
    "kind": "dots",
    "title": "NEREL & others",
    "x": {"label": "token F1"},
    "series": ["atau", "Natasha", "PullEnti"],
    "rows": [
        {"label": "Person", "values": {"atau": 0.97, "Natasha": 0.95}},
        {"label": "Program", "values": {"atau": 0.9}},
    ],
}


@pytest.mark.parametrize("spec", [BARS, {**BARS, "log": True}, LINES, DOTS], ids=["bars", "log bars", "lines", "dots"])
@pytest.mark.parametrize("width", [report.WIDE, report.NARROW])
def test_plots_are_xml_inside_their_frame(spec, width):
    root = ET.fromstring(plot.draw(spec, width))
    _, _, w, h = map(float, root.get("viewBox").split())
    assert w == width
    assert root.get("aria-label") == spec["title"]
    for element in root.iter():
        for key in ("x", "x1", "x2", "cx"):
            assert -1 <= float(element.get(key, 0)) <= w + 1
        for key in ("y", "y1", "y2", "cy"):
            assert -1 <= float(element.get(key, 0)) <= h + 1
        assert float(element.get("width", 1)) > 0
    words = " ".join(e.text or "" for e in root.iter("text"))
    assert (spec.get("unit") or spec["x"]["label"]) in words


def test_better_is_drawn_further_right():
    root = ET.fromstring(plot.draw(DOTS, 700))
    first = {e.find("title").text: float(e.get("cx")) for e in root.iter("circle")}
    assert first["Person, atau: 0.970"] > first["Program, atau: 0.900"]


@pytest.mark.parametrize(
    ("values", "options", "ticks"),
    [
        ([0.2, 6.8], {"zero": True}, [0, 2, 4, 6, 8]),
        ([100, 10_000_000], {"log": True, "most": 9}, [100, 1e3, 1e4, 1e5, 1e6, 1e7]),
        ([3, 40], {"log": True}, [2, 5, 10, 20, 50]),
        ([5], {}, [5, 6, 7, 8, 9, 10]),
        ([1, 4], {"log": True, "ticks": [1, 2, 4]}, [1, 2, 4]),
    ],
)
def test_axes_have_round_ticks_around_their_values(values, options, ticks):
    axis = plot.Axis(values, 0, 100, **options)
    assert axis.ticks == pytest.approx(ticks)
    assert all(0 <= axis.at(v) <= 100 for v in values)


def test_a_logarithmic_axis_refuses_nothing_and_less():
    with pytest.raises(ValueError, match="above 0"):
        plot.Axis([0, 1], 0, 1, log=True)
    with pytest.raises(ValueError, match="needs values"):
        plot.Axis([], 0, 1)


class Balanced(html.parser.HTMLParser):
    VOID = ("meta", "line", "circle", "rect", "polygon", "polyline")

    def __init__(self):
        super().__init__()
        self.open, self.tags, self.text = [], [], ""

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def run(**more):
    result = Result("throughput", "Throughput", "About <it>.")
    result.checks = [Check("a = b", True, "3 documents"), Check("c = d", False)]
    result.tables = [
        Table("Numbers", ["tool", "MB/s"], [["atau", "6.51 (6.40–6.60)"], ["Natasha", "not installed"]], "A note.")
    ]
    result.plots = [BARS, LINES, DOTS]
    peer = {"title": "Natasha", "installed": False, "versions": {}, "python": "3.11", "note": "neural"}
    return {
        "started": "2021-03-25",
        "command": "benchmarks/run.py --quick",
        "machine": {"processor": "A & B"},
        "peers": [peer],
        "results": [result.to_dict()],
        **more,
    }


def test_the_page_is_whole_and_needs_nothing_from_outside():
    page = report.page(run(warning="The load average was 9.", quick=True))
    reader = Balanced()
    reader.feed(page)
    assert reader.open == []
    tags = {tag for tag, _ in reader.tags}
    assert not tags & {"script", "link", "img", "iframe", "object"}
    assert not re.search(r"https?://|url\(|@import", page)
    assert all(a.get("href", "#").startswith("#") for _, a in reader.tags)
    for words in (
        "6.51 (6.40–6.60)",
        "not installed",
        "load average was 9",
        "quick run",
        "A & B",
        "About <it>.",
        "A note.",
    ):
        assert words in reader.text
    assert "outputs differ: c = d" in reader.text
    assert "prefers-color-scheme: dark" in page
    # Each plot twice, for wide and for narrow screens.
    assert len([1 for tag, a in reader.tags if tag == "svg" and a.get("role") == "img"]) == 6


def test_a_good_run_has_no_warning():
    plain = run(warning=None)
    plain["results"][0]["checks"].pop()
    assert 'class="warning"' not in report.page(plain)


def test_every_variable_has_a_value_for_light_and_for_dark():
    light, _, dark = report.STYLE.partition("prefers-color-scheme: dark")
    used = set(re.findall(r"var\((--\w+)\)", report.STYLE))
    assert used
    for half in (light, dark):
        assert used <= set(re.findall(r"(--\w+):", half))


def test_numbers():
    assert [number(x) for x in (0, 0.034, 5.512, 128.4, 12345)] == ["0", "0.0340", "5.51", "128", "12345"]
    s = summary([4, 1, 2, 3])
    assert (s.median, s.low, s.high, s.least, s.most, s.count) == (2.5, 1.75, 3.25, 1, 4, 4)
    assert spread(summary([2.0])) == "2.00"
    assert spread(of_speed(summary([1.0, 2.0, 4.0]), 8)) == "4.00 (2.67–5.33)"
    with pytest.raises(ValueError, match="no samples"):
        summary([])
