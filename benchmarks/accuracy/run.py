#!/usr/bin/env python3
"""How much is found, on annotated texts: the project's own and any corpus that is given, with other tools beside it.

    benchmarks/accuracy/run.py                                the project's own gold texts
    benchmarks/accuracy/run.py --corpora FOLDER [--peers]     every corpus in a folder; prints the README's table
    benchmarks/accuracy/run.py --corpora FOLDER --held-out    also learns anew without the texts that are scored
    (minutes)

FOLDER holds *.jsonl files and folders as corpora are published (see common/corpora.py), or is one corpus itself.
"""

from __future__ import annotations

import csv
import fnmatch
import json
import pathlib
import re
import shutil
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from common import context, corpora, damage, scoring
from common.results import Check, Result, Table, in_text
from common.timing import Failed, run

HERE = pathlib.Path(__file__).resolve().parent
DASH = "–"


@dataclass
class Corpus:
    name: str
    title: str
    types: list[str]
    learned: bool
    documents: list[dict[str, Any]]
    path: pathlib.Path
    view: list[str]  # options of the program that show what it finds in the corpus's own scheme
    # Scores of that view, by type; empty where there is none.
    viewed: dict[str, Any] = field(default_factory=dict)
    # By tool: what it found.
    found: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    scores: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)


def known(path: pathlib.Path) -> dict[str, str]:
    """The row of corpora.tsv for a path; one made of its name where there is none."""
    name = "/".join(path.resolve().parts[-2:]).lower()
    with open(HERE / "corpora.tsv", encoding="utf-8", newline="") as lines:
        rows = csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t")
        for row in rows:
            if fnmatch.fnmatch(name, row["pattern"]):
                return {key: value or "" for key, value in row.items()}
    return {"title": path.stem, "types": "", "learned": "", "view": ""}


def kazakh(documents: list[dict[str, Any]]) -> bool:
    """Texts in Kazakh have letters that Russian has not; atau reads Russian."""
    letters = "".join(d["text"] for d in documents[:200]).lower()
    return sum(c in "әғқңөұүһі" for c in letters) > 0.03 * max(1, len(letters))


def load(c: context.Context, r: Result) -> list[Corpus]:
    paths: list[pathlib.Path] = []
    if c.options.gold:
        paths.append(pathlib.Path(c.options.gold))
    else:
        own = context.ROOT / "tests" / "gold"
        has = own.is_dir() and next(own.rglob("*.txt"), None)
        paths.append(own if has else context.ROOT / "dictionaries" / "weights" / "training" / "own.txt")
    if c.options.corpora:
        given = pathlib.Path(c.options.corpora)
        if not given.exists():
            raise SystemExit(f"there is no {given}; --corpora takes a folder or a file with annotated texts")
        inside = (
            sorted(p for p in given.iterdir() if p.suffix in (".jsonl", ".conll", ".iob", ".bio") or p.is_dir())
            if given.is_dir()
            else []
        )
        single = given.is_file() or any(next(given.rglob(f"*{s}"), None) for s in (".objects", ".ann", ".out"))
        paths += [given] if single and not any(p.suffix == ".jsonl" for p in inside) else inside
    out, skipped = [], []
    for path in paths:
        about = known(path)
        try:
            documents = corpora.read(path)
        except (corpora.Malformed, OSError) as error:
            skipped.append([path.name, f"cannot be read: {error}"])
            continue
        if not c.options.all and kazakh(documents):
            skipped.append([about["title"], "Kazakh; atau reads Russian"])
            continue
        if not c.options.all and about["learned"] and "train" in path.name:
            skipped.append([about["title"], "the weights learned from it (--all scores it)"])
            continue
        if c.options.quick:
            documents = documents[:20]
        seen: dict[str, int] = {}
        for document in documents:  # ids tell documents apart in what the tools write
            key = str(document["id"])
            seen[key] = seen.get(key, 0) + 1
            document["id"] = key if seen[key] == 1 else f"{key}#{seen[key]}"
        annotated = {e["type"] for d in documents for e in d["entities"]}
        types = [t for t in corpora.TYPES if t in annotated and (not about["types"] or t in about["types"].split(","))]
        title = about["title"] + (" (learned from)" if about["learned"] else "")
        out.append(Corpus(path.stem, title, types, bool(about["learned"]), documents, path, about["view"].split()))
    if skipped:
        r.tables.append(Table("Corpora that are not scored", ["corpus", "why"], skipped))
    return out


def extract(
    c: context.Context,
    documents: list[dict[str, Any]],
    bundle: pathlib.Path | None = None,
    view: Iterable[str] = (),
) -> dict[str, dict[str, Any]]:
    source, sink = c.work / "gold.texts.jsonl", c.work / "gold.atau.jsonl"
    corpora.write(documents, source, annotations=False)
    env = c.env | ({"ATAU_BUNDLE": str(bundle)} if bundle else {})
    run([*c.extract(c.threads), *view], stdin=source, stdout=sink, env=env)
    return context.predictions(sink)


def by_peer(c: context.Context, peer: context.Peer, documents: list[dict[str, Any]]) -> tuple[dict[str, Any], int]:
    source, sink = c.work / "gold.texts.jsonl", c.work / f"gold.{peer.name}.jsonl"
    corpora.write(documents, source, annotations=False)
    _, said = c.run_peer(peer, source, sink, normal=True)
    return context.predictions(sink), said["failed"]


def agrees_with_eval(c: context.Context, corpus: Corpus) -> Check:
    """Two scorers that share no code must say the same of one set of predictions."""
    gold, found, said = c.work / "eval.gold.jsonl", c.work / "gold.atau.jsonl", c.work / "eval.json"
    corpora.write(corpus.documents, gold)
    run([c.program, "eval", "--json", gold, found], stdout=said, env=c.env)
    theirs = {t: v for t, v in json.loads(said.read_text(encoding="utf-8")).items() if t in corpora.TYPES}
    ours = scoring.mentions(corpus.documents, corpus.found["atau"])
    worst = max(
        (
            abs(ours[t][k][m] - theirs[t][k][m])
            for t in ours
            for k in ("token", "exact")
            for m in ("precision", "recall", "f1")
        ),
        default=0.0,
    )
    return Check(f"scores of {corpus.title} = those of atau eval", set(ours) == set(theirs) and worst < 1e-9)


def f1(scores: dict[str, Any], kind: str, unit: str) -> str:
    return f"{scores[kind][unit]['f1']:.3f}".lstrip("0") if kind in scores else DASH


def three(scores: dict[str, Any], kind: str, unit: str) -> str:
    if kind not in scores:
        return DASH
    s = scores[kind][unit]
    return " ".join(f"{s[m]:.3f}".lstrip("0") for m in ("precision", "recall", "f1"))


FOLDS = 5
OWN_SCHEME = ", in its own scheme"


def held_out(c: context.Context) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Scores on factRuEval texts that were left out of learning, by type, and the same in the corpus's own scheme: the
    program as it ships, with the hand weights, but for each fold of the documents with a table learned without them.
    None where a corpus or `atau-train` is missing."""
    trainer = c.program.parent / "atau-train"
    folder = pathlib.Path(c.options.corpora or ".")
    wanted, view = {}, []
    for scheme, pattern in (("factru", "*factru*dev*"), ("nerel", "*nerel*train*")):
        hit = (
            [p for p in sorted(folder.iterdir()) if fnmatch.fnmatch(p.name.lower(), pattern)] if folder.is_dir() else []
        )
        if hit:
            wanted[scheme] = corpora.read(hit[0])
            if scheme == "factru":
                view = known(hit[0])["view"].split()
    if len(wanted) < 2 or not trainer.is_file():
        return None
    nerel = c.work / "learn.nerel.jsonl"
    corpora.write(wanted["nerel"], nerel)
    # The settings of `make train`.
    settings = re.search(r"^LEARNING := (.*)$", (context.ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    sources = c.work / "held-out"
    shutil.rmtree(sources, ignore_errors=True)
    shutil.copytree(context.ROOT / "dictionaries", sources, ignore=shutil.ignore_patterns("import"))
    table, bundle = sources / "weights" / "10_learned.tsv", c.work / "held-out.atau"
    own = context.ROOT / "dictionaries" / "weights" / "training" / "own.txt"
    found: dict[str, dict[str, Any]] = {}
    viewed: dict[str, dict[str, Any]] = {}
    for fold in range(FOLDS):
        c.say(f"learning anew, fold {fold + 1} of {FOLDS}")
        rest = c.work / "learn.factru.jsonl"
        corpora.write([d for n, d in enumerate(wanted["factru"]) if n % FOLDS != fold], rest)
        learning = [*(settings.group(1).split() if settings else []), "--out", table]
        run([trainer, c.bundle, f"factru={rest}", f"nerel={nerel}", f"own={own}", *learning], env=c.env)
        run([c.program, "compile", sources, "-o", bundle, "--quiet", "--no-examples"], env=c.env)
        found |= extract(c, wanted["factru"][fold::FOLDS], bundle)
        viewed |= extract(c, wanted["factru"][fold::FOLDS], bundle, view)
    return scoring.mentions(wanted["factru"], found), scoring.mentions(wanted["factru"], viewed)


def measure(c: context.Context) -> Result:
    r = Result(
        "accuracy",
        "Accuracy",
        "F1 of the flat view against annotated texts. Token: tokens as razdel splits them, what published results "
        "for Russian count; exact: "
        "whole spans with type, outer quotes and brackets aside. What a mention is differs between corpora and "
        "costs every tool most on "
        "organizations.",
    )
    c.progress.stage("accuracy")
    all_corpora = load(c, r)
    tools: list[tuple[str, str, list[str]]] = [("atau", "atau", list(corpora.TYPES))]
    absent = []
    for peer in c.peers():
        if peer.name == "atau_python":
            continue
        if peer.installed:
            tools.append((peer.name, f"{peer.title} {peer.version}", list(peer.about["types"])))
        else:
            absent.append(peer.title)
    peers = {p.name: p for p in c.peers()}
    troubles = []

    for corpus in all_corpora:
        c.say(f"{corpus.title}: atau")
        corpus.found["atau"] = extract(c, corpus.documents)
        r.checks.append(agrees_with_eval(c, corpus))
        if corpus.view:
            scores = scoring.mentions(corpus.documents, extract(c, corpus.documents, view=corpus.view))
            corpus.viewed = {t: s for t, s in scores.items() if t in corpus.types}
        for name, title, _ in tools[1:]:
            c.say(f"{corpus.title}: {title}")
            try:
                corpus.found[name], failed = by_peer(c, peers[name], corpus.documents)
            except Failed as error:
                troubles.append([title, corpus.title, str(error)[-300:]])
                continue
            if failed:
                troubles.append([title, corpus.title, f"fails on {failed} of {len(corpus.documents)} documents"])
        for name, found in corpus.found.items():
            scores = scoring.mentions(corpus.documents, found)
            corpus.scores[name] = {t: s for t, s in scores.items() if t in corpus.types}
            r.samples.append(
                {"what": f"{corpus.title}: {name}", "unit": "scores", "values": [], "scores": corpus.scores[name]}
            )

    razdel_check(c, r, all_corpora)
    for unit, what in (("token", "Token F1"), ("exact", "Exact spans, F1")):
        rows = []
        for corpus in all_corpora:
            for name, title, types in tools:
                if name in corpus.scores:
                    cells = [f1(corpus.scores[name], t, unit) if t in types else DASH for t in corpora.TYPES]
                    rows.append([corpus.title, title, *cells])
            rows += [[corpus.title, title, "not installed", "", "", ""] for title in absent]
        r.tables.append(
            Table(
                what,
                ["corpus", "tool", *corpora.TYPES],
                rows,
                f"{DASH}: not annotated there, or the tool has no such type.",
            )
        )
    rows = []
    for corpus in all_corpora:
        for unit in ("token", "exact"):
            rows.append([corpus.title, unit, *[three(corpus.scores["atau"], t, unit) for t in corpora.TYPES]])
    r.tables.append(Table("atau: precision, recall, F1", ["corpus", "unit", *corpora.TYPES], rows))
    for corpus in all_corpora:
        rows = []
        for kind in corpus.types:
            values = {
                title: corpus.scores[name][kind]["token"]["f1"]
                for name, title, types in tools
                if kind in types and kind in corpus.scores.get(name, {})
            }
            rows.append({"label": kind.capitalize(), "values": values})
        r.plots.append(
            {
                "kind": "dots",
                "title": corpus.title,
                "x": {"label": "token F1"},
                "series": [t for _, t, _ in tools],
                "rows": rows,
            }
        )

    other_measures(r, all_corpora, tools)
    damaged = damaged_copies(c, r, all_corpora, tools, peers)
    readme(c, r, all_corpora, damaged)
    if troubles:
        r.tables.append(Table("What did not go well", ["tool", "corpus", "what"], troubles))
    return r


def razdel_check(c: context.Context, r: Result, all_corpora: list[Corpus]) -> None:
    """Our tokens against razdel's own, where that is installed: here or with the other tools."""
    python = next((p.python for p in c.peers() if p.name in ("natasha", "slovnet") and p.installed), None)
    if python is None:
        return
    source, sink = c.work / "tokens.jsonl", c.work / "tokens.out.jsonl"
    corpora.write([d for corpus in all_corpora for d in corpus.documents], source, annotations=False)
    code = (
        "import json,sys;from razdel import tokenize;"
        "[print(json.dumps([(t.start,t.stop) for t in tokenize(json.loads(l)['text'])])) for l in sys.stdin.buffer]"
    )
    try:
        run([python, "-c", code], stdin=source, stdout=sink)
    except Failed:
        return
    same = total = 0
    with open(source, encoding="utf-8") as texts, open(sink, encoding="utf-8") as theirs:
        for text, spans in zip(texts, theirs):
            ours, others = set(scoring.tokens(json.loads(text)["text"])), set(map(tuple, json.loads(spans)))
            same += len(ours & others)
            total += len(ours | others)
    r.checks.append(
        Check(
            "tokens agree with razdel's (99.5 % or more)", same >= 0.995 * total, f"{same / max(1, total):.2%} the same"
        )
    )


def other_measures(r: Result, all_corpora: list[Corpus], tools: list[tuple[str, str, list[str]]]) -> None:
    normal, clusters, work = [], [], []
    for corpus in all_corpora:
        for name, title, _ in tools:
            found = corpus.found.get(name)
            if found is None:
                continue
            forms = scoring.normal_forms(corpus.documents, found)
            if forms:
                cells = [
                    f"{forms[t][0] / forms[t][1]:.3f} of {forms[t][1]}" if t in forms else DASH
                    for t in corpora.TYPES[:3]
                ]
                normal.append([corpus.title, title, *cells])
            b = scoring.document_entities(corpus.documents, found)
            if b:
                clusters.append([corpus.title, title, *[f"{x:.3f}" for x in b[:3]], str(b[3])])
            if name == "atau":
                for asked, counts in scoring.occupations(corpus.documents, found).items():
                    work.append(
                        [corpus.title, asked, f"{counts.precision:.3f}", f"{counts.recall:.3f}", f"{counts.f1:.3f}",
                         str(counts.found + counts.missed), str(counts.found + counts.wrong)]
                    )  # fmt: skip
    if normal:
        r.tables.append(
            Table("Normal forms: right, of exactly found mentions", ["corpus", "tool", *corpora.TYPES[:3]], normal,
                  "Letter case, ё, quotes and the kind of dash do not count. Tools without normal forms have no row.")
        )  # fmt: skip
    if clusters:
        r.tables.append(
            Table("Document entities: B³ over found mentions",
                  ["corpus", "tool", "precision", "recall", "F1", "mentions"], clusters,
                  "Which mentions of a text are one thing. Tools without document entities have no row.")
        )  # fmt: skip
    if work:
        r.tables.append(
            Table(
                "Occupations: who works as what and where",
                ["corpus", "asked for", "precision", "recall", "F1", "in the gold", "found"],
                work,
            )
        )


def damaged_copies(
    c: context.Context,
    r: Result,
    all_corpora: list[Corpus],
    tools: list[tuple[str, str, list[str]]],
    peers: dict[str, Any],
) -> tuple[Corpus, dict[str, dict[str, dict[str, Any]]]] | None:
    part = (c.options.damage or "nerel").lower()
    fits = [x for x in all_corpora if part in x.name.lower() or part in x.title.lower()]
    if c.options.damage and not fits:
        raise SystemExit(f"--damage {c.options.damage}: no corpus that is scored has this in its name")
    if not all_corpora:
        return None
    corpus = (fits or all_corpora)[0]
    scores: dict[str, dict[str, dict[str, Any]]] = {"as it is": corpus.scores}
    slow = [n for n, _, _ in tools if n in peers and peers[n].about["slow"]]
    spared = {} if c.options.slow else {n: peers[n].title for n in slow}
    for kind in damage.KINDS:
        copies = [damage.damage(d, kind) for d in corpus.documents]
        scores[kind] = {}
        for name, title, _ in tools:
            if name in spared:
                continue
            c.say(f"{corpus.title}, {kind}: {title}")
            try:
                found = extract(c, copies) if name == "atau" else by_peer(c, peers[name], copies)[0]
            except Failed:
                continue
            scores[kind][name] = scoring.mentions(copies, found)
            r.samples.append(
                {
                    "what": f"{corpus.title}, {kind}: {name}",
                    "unit": "scores",
                    "values": [],
                    "scores": scores[kind][name],
                }
            )
    rows = []
    for kind, by_tool in scores.items():
        what = "" if kind not in damage.KINDS else damage.KINDS[kind][0]
        for name, title, types in tools:
            if name in by_tool:
                cells = [
                    f1(by_tool[name], t, "token") if t in types and t in corpus.types else DASH for t in corpora.TYPES
                ]
                rows.append([kind, what, title, *cells])
    r.tables.append(
        Table(
            f"Damaged copies of {corpus.title}: token F1",
            ["damage", "what it is", "tool", *corpora.TYPES],
            rows,
            f"Too slow for nine copies, which --slow gives it too: {', '.join(spared.values())}." if spared else "",
        )
    )
    for kind in corpus.types:
        plot_rows = []
        for what, by_tool in scores.items():
            values = {
                title: by_tool[name][kind]["token"]["f1"]
                for name, title, types in tools
                if kind in types and kind in by_tool.get(name, {})
            }
            plot_rows.append({"label": what, "values": values})
        r.plots.append(
            {"kind": "dots", "title": f"Damaged copies of {corpus.title}: {kind.lower()}", "x": {"label": "token F1"},
             "series": [t for _, t, _ in tools], "rows": plot_rows}
        )  # fmt: skip
    return corpus, scores


def readme(c: context.Context, r: Result, all_corpora: list[Corpus], damaged: Any) -> None:
    """The table that the README shows."""

    def natasha(scores: dict[str, Any]) -> str:
        if not any(p.name == "natasha" for p in c.peers()):
            return DASH
        if "natasha" not in scores:
            return "not installed"
        return " ".join(f1(scores["natasha"], t, "token") for t in corpora.TYPES[:3])

    def row(title: str, scores: dict[str, Any]) -> list[str]:
        return [title, *[f1(scores["atau"], t, "token") for t in corpora.TYPES], natasha(scores)]

    rows = []
    if c.options.held_out:
        folds = held_out(c)
        theirs = next((natasha(x.scores) for x in all_corpora if "factRuEval" in x.title), "")
        if folds:
            title = f"factRuEval-2016 devset, left out of training ({FOLDS} folds)"
            for scores, scheme in zip(folds, ("", OWN_SCHEME)):
                held = [f1(scores, t, "token") for t in corpora.TYPES[:3]]
                rows.append([title + scheme, *held, DASH, theirs])
        else:
            rows.append(
                ["factRuEval-2016 devset, left out of training", "needs factru-dev and nerel-train", "", "", "", ""]
            )
    for x in all_corpora:
        if x.learned:
            continue
        rows.append(row(x.title, x.scores))
        if x.viewed:
            rows.append(row(x.title + OWN_SCHEME, x.scores | {"atau": x.viewed}))
    if damaged:
        corpus, scores = damaged
        for kind, words in (("upper", "in capitals"), ("lower", "in small letters")):
            if "atau" in scores.get(kind, {}):
                rows.append(row(f"{corpus.title}, {words}", scores[kind]))
    rows += [row(x.title, x.scores) for x in all_corpora if x.learned]
    r.tables.insert(0, Table("Summary: token F1", ["corpus", *corpora.TYPES, "Natasha: PER LOC ORG"], rows))


def markdown(table: Table) -> str:
    lines = ["| " + " | ".join(table.columns) + " |", "|" + "---|" * len(table.columns)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in table.rows])


if __name__ == "__main__":
    here = context.Context(context.parser(__doc__).parse_args())
    result = measure(here)
    here.progress.done()
    print(in_text(result))
    print(markdown(result.tables[0]))
    sys.exit(0 if all(check.good for check in result.checks) else 1)
