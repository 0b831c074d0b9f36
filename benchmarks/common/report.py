"""One HTML page of all results: it needs no script and no network, and can be read in light and dark and on a "
"narrow screen."""

from __future__ import annotations

from html import escape
from typing import Any

from . import plot

WIDE, NARROW = 700, 330

STYLE = """
:root { color-scheme: light dark; --paper: #ffffff; --ink: #1b1f24; --dim: #59636e; --rule: #d5dae0; --soft: #f3f5f7;
  --good: #17692f; --bad: #b3261e;
  --s0: #1858b8; --s1: #c2410c; --s2: #15803d; --s3: #7e3fb2; --s4: #a16207; --s5: #0e7490; --s6: #be185d; --s7:
  #7b8794; }
@media (prefers-color-scheme: dark) { :root { --paper: #14171a; --ink: #e6e9ec; --dim: #a0a9b3; --rule: #3a424b;
--soft: #1e2328;
  --good: #6fd28a; --bad: #ff8f85;
  --s0: #6ea8ff; --s1: #ff9a5c; --s2: #5fd08a; --s3: #c79bf2; --s4: #e3b341; --s5: #56c8dc; --s6: #f48fb8; --s7:
  #8b96a2; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 62rem; padding: 1.2rem 1rem 4rem; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; }
h1 { font-size: 1.7rem; margin: 0 0 .2rem; } h2 { margin: 2.6rem 0 .4rem; padding-top: .6rem; border-top: 2px solid
var(--rule); }
h3 { margin: 1.6rem 0 .4rem; font-size: 1.05rem; }
p { max-width: 48rem; margin: .4rem 0; } .dim { color: var(--dim); font-size: .9rem; }
code { overflow-wrap: anywhere; }
nav a { margin-right: 1rem; } a { color: var(--s0); }
.warning { border-left: 4px solid var(--bad); background: var(--soft); padding: .6rem .9rem; }
.scroll { overflow-x: auto; } .scroll:focus-visible { outline: 2px solid var(--s0); }
table { border-collapse: collapse; font-size: .88rem; font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .7rem .25rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--rule); }
th { color: var(--dim); font-weight: 600; } td.n { text-align: right; white-space: nowrap; } th.n { text-align: right; }
td.t { min-width: 13rem; } td.absent { color: var(--dim); font-style: italic; }
ul.checks { list-style: none; padding: 0; margin: .6rem 0; font-size: .92rem; } ul.checks li::before { font-weight:
700; margin-right: .5rem; }
li.good::before { content: "\\2713"; color: var(--good); } li.bad::before { content: "\\2717"; color: var(--bad); }
figure { margin: 1.4rem 0; } figcaption { font-weight: 600; margin-bottom: .3rem; }
ul.legend { list-style: none; padding: 0; margin: 0 0 .3rem; display: flex; flex-wrap: wrap; gap: .1rem 1rem;
font-size: .85rem; }
ul.legend svg { vertical-align: -1px; margin-right: .35rem; overflow: visible; }
figure > svg { display: block; max-width: 100%; height: auto; } figure > .narrow { display: none; }
@media (max-width: 760px) { figure > .wide { display: none; } figure > .narrow { display: block; } body { font-size:
15px; } }
figure > .wide > svg, figure > .narrow > svg { display: block; max-width: 100%; height: auto; overflow: visible; }
svg text { font: 12px system-ui, "Segoe UI", "DejaVu Sans", sans-serif; fill: var(--ink); }
svg .tick, svg .label { fill: var(--dim); } svg .group { font-weight: 600; fill: var(--dim); } svg .value {
font-weight: 600; }
svg .grid { stroke: var(--rule); stroke-width: 1; } svg .axis { stroke: var(--dim); stroke-width: 1; }
svg .whisker { stroke: var(--ink); stroke-width: 1.3; }
svg .stroke { fill: none; stroke-width: 2; } svg .dashed { stroke-dasharray: 6 5; stroke-width: 1.5; }
svg .fill { stroke: var(--paper); stroke-width: 1; }
""" + "".join(
    f"svg .s{i}.fill {{ fill: var(--s{i}); }} svg .s{i}.stroke {{ stroke: var(--s{i}); }}\n" for i in range(plot.SERIES)
)


def _is_number(cell: str) -> bool:
    return bool(cell) and (cell[0].isdigit() or cell in ("–", "?") or (cell[0] == "." and cell[1:2].isdigit()))


def _table(table: dict[str, Any]) -> str:
    columns = table["columns"]
    # A column is one of numbers when all that stands in it is.
    numbers = [
        i > 0
        and any(_is_number(row[i]) for row in table["rows"])
        and all(not row[i] or _is_number(row[i]) or row[i] in ("not installed", "failed") for row in table["rows"])
        for i in range(len(columns))
    ]
    out = [
        f"<h3>{escape(table['title'])}</h3>",
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(table["title"])}"><table><thead><tr>',
    ]
    out += [f'<th scope="col"{" class=n" if n else ""}>{escape(c)}</th>' for c, n in zip(columns, numbers)]
    out.append("</tr></thead><tbody>")
    for row in table["rows"]:
        cells = []
        for cell, number in zip(row, numbers):
            kind = " class=absent" if cell in ("not installed", "failed") else " class=n" if number else ""
            kind = kind or (" class=t" if len(cell) > 28 else "")
            cells.append(f"<td{kind}>{escape(cell)}</td>")
        out.append("<tr>" + "".join(cells) + "</tr>")
    out.append("</tbody></table></div>")
    if table["note"]:
        out.append(f'<p class="dim">{escape(table["note"])}</p>')
    return "".join(out)


def _plot(spec: dict[str, Any]) -> str:
    names = plot.legend(spec)
    listed = "".join(f"<li>{mark}{escape(name)}</li>" for mark, name in names)
    return (
        f"<figure><figcaption>{escape(spec['title'])}</figcaption>"
        + (f'<ul class="legend">{listed}</ul>' if listed else "")
        + f'<div class="wide">{plot.draw(spec, WIDE)}</div><div class="narrow">{plot.draw(spec, NARROW)}</div></figure>'
    )


def page(run: dict[str, Any]) -> str:
    """The page of a run, which is what results.json holds."""
    results = run["results"]
    out = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>atau: benchmark</title><style>{STYLE}</style></head><body><header><h1>atau: benchmark</h1>",
        f'<p class="dim">{escape(run["started"])}, <code>{escape(run["command"])}</code></p><nav>',
    ]
    out += [f'<a href="#{r["name"]}">{escape(r["title"])}</a>' for r in results]
    out.append('<a href="#machine">Machine</a></nav>')
    if run.get("quick"):
        out.append(
            '<p class="warning">A quick run: sizes are small and rounds few. '
            "It shows that everything works, not how fast it is.</p>"
        )
    if run.get("warning"):
        out.append(f'<p class="warning">{escape(run["warning"])}</p>')
    failed = [(r["title"], c) for r in results for c in r["checks"] if not c["good"]]
    for title, check in failed:
        out.append(
            f'<p class="warning">{escape(title)}: outputs differ: {escape(check["what"])}. '
            "Do not believe the figures.</p>"
        )
    out.append(
        '<p class="dim">Numbers are medians, with the quartiles in brackets. Tools took turns, round by round; '
        "ratios are made of samples of one "
        "round. Every raw sample is in <code>results.json</code> beside this page.</p></header><main>"
    )
    for r in results:
        out.append(f'<section id="{r["name"]}"><h2>{escape(r["title"])}</h2><p>{escape(r["about"])}</p>')
        if r["checks"]:
            out.append('<ul class="checks">')
            for check in r["checks"]:
                detail = f' <span class="dim">{escape(check["detail"])}</span>' if check["detail"] else ""
                out.append(f'<li class="{"good" if check["good"] else "bad"}">{escape(check["what"])}{detail}</li>')
            out.append("</ul>")
        # The summary first, then the pictures, then everything else.
        out += [_table(t) for t in r["tables"][:1]]
        out += [_plot(p) for p in r["plots"]]
        out += [_table(t) for t in r["tables"][1:]]
        out.append("</section>")
    out.append('<section id="machine"><h2>Machine</h2>')
    rows = [[key.replace("_", " "), str(value)] for key, value in run["machine"].items()]
    out.append(_table({"title": "What it ran on", "columns": ["", ""], "rows": rows, "note": ""}))
    rows = [
        [p["title"], ", ".join(f"{k} {v}" for k, v in p["versions"].items()) if p["installed"] else "not installed",
         p["python"] if p["installed"] else "", p["note"]]
        for p in run["peers"]
    ]  # fmt: skip
    out.append(
        _table(
            {
                "title": "Other tools",
                "columns": ["tool", "versions", "Python", "what it does"],
                "rows": rows,
                "note": "Install what is missing with benchmarks/run.py --peers.",
            }
        )
    )
    out.append("</section></main></body></html>\n")
    return "".join(out)
