"""atau on the gold passages and the news: token F1 of no type may fall below its floor in passages_floors.tsv."""

import json
import os
import pathlib
import re
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PROGRAM = os.environ.get("ATAU_PROGRAM", str(ROOT / "build" / "atau"))
sys.path.insert(0, str(HERE))
import passages  # noqa: E402

SETS = {name: passages.read(name) for name in passages.SETS}
PASSAGES = SETS["passages"]


def floors():
    lines = (HERE / "passages_floors.tsv").read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines if not line.startswith("#"))
    return {(name, kind): float(value) for name, kind, value in rows}


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    return {name: report(SETS[name], tmp_path_factory.mktemp(name)) for name in SETS}


def report(texts, folder):
    lines = "".join(json.dumps(p, ensure_ascii=False) + "\n" for p in texts)
    (folder / "gold.jsonl").write_text(lines, encoding="utf-8")
    command = [PROGRAM, "extract", "--quiet", "--from", "jsonl", "--to", "jsonl", str(folder / "gold.jsonl")]
    with open(folder / "found.jsonl", "wb") as out:
        subprocess.run(command, stdout=out, check=True)
    command = [PROGRAM, "eval", "--quiet", "--json", str(folder / "gold.jsonl"), str(folder / "found.jsonl")]
    return json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)


def test_a_line_is_read():
    p = passages.parse("Глава «[Роса]ORGANIZATION» из [Омска]LOCATIONФото", "x", "x:1")
    assert p["text"] == "Глава «Роса» из ОмскаФото"
    assert [(e["start"], e["end"], e["type"]) for e in p["entities"]] == [(7, 11, "ORGANIZATION"), (16, 21, "LOCATION")]


@pytest.mark.parametrize("line", ["[Омск]PLACE", "[ Омск]LOCATION", "[]LOCATION", "[Омск]LOCATION]"])
def test_a_wrong_line_is_an_error_that_says_where(line):
    with pytest.raises(ValueError, match="x:7"):
        passages.parse(line, "x", "x:7")


def test_the_collection_is_large_and_half_hard():
    assert len(PASSAGES) >= 1300 and len({p["text"] for p in PASSAGES}) == len(PASSAGES)
    counts = [sum(e["type"] == t for p in PASSAGES for e in p["entities"]) for t in passages.TYPES]
    assert min(counts) >= 300
    assert sum(not p["entities"] for p in PASSAGES) >= 150


def test_the_news_are_many_and_of_all_kinds():
    news = SETS["news"]
    assert len(news) >= 1000 and len({p["text"] for p in news}) == len(news)
    assert min(sum(e["type"] == t for p in news for e in p["entities"]) for t in passages.TYPES) >= 300


def test_every_set_and_type_has_a_floor():
    assert set(floors()) == {(name, kind) for name in SETS for kind in passages.TYPES}


@pytest.mark.parametrize("name", SETS)
def test_nothing_is_shared_with_the_training_text(name):
    def runs(text):
        words = re.findall(r"\w+", text.lower())
        return {tuple(words[i : i + 8]) for i in range(len(words) - 7)}

    trained = (ROOT / "dictionaries/weights/training/own.txt").read_text(encoding="utf-8")
    trained = runs(passages.MARK.sub(r"\1", trained))
    shared = [p["id"] for p in SETS[name] if runs(p["text"]) & trained]
    assert not shared


@pytest.mark.parametrize(("name", "kind"), floors())
def test_quality_does_not_fall(reports, name, kind):
    f1, floor = reports[name][kind]["token"]["f1"], floors()[name, kind]
    assert f1 >= floor, f"token F1 of {kind} in {name} fell to {f1:.3f}, its floor is {floor:.3f}"
