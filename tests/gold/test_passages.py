"""atau on the gold passages: token F1 of no type may fall below its floor in passages_floors.tsv."""

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

PASSAGES = passages.read()


def floors():
    lines = (HERE / "passages_floors.tsv").read_text(encoding="utf-8").splitlines()
    return {name: float(value) for name, value in (line.split("\t") for line in lines if not line.startswith("#"))}


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    folder = tmp_path_factory.mktemp("passages")
    lines = "".join(json.dumps(p, ensure_ascii=False) + "\n" for p in PASSAGES)
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


def test_nothing_is_shared_with_the_training_text():
    def runs(text):
        words = re.findall(r"\w+", text.lower())
        return {tuple(words[i : i + 8]) for i in range(len(words) - 7)}

    trained = (ROOT / "dictionaries/weights/training/own.txt").read_text(encoding="utf-8")
    trained = runs(passages.MARK.sub(r"\1", trained))
    shared = [p["id"] for p in PASSAGES if runs(p["text"]) & trained]
    assert not shared


@pytest.mark.parametrize("kind", floors())
def test_quality_does_not_fall(report, kind):
    f1 = report[kind]["token"]["f1"]
    assert f1 >= floors()[kind], f"token F1 of {kind} fell to {f1:.3f}, its floor is {floors()[kind]:.3f}"
