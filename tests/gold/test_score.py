"""atau on the gold text: no number may fall below its floor in floors.tsv. The worst articles are printed."""

import json
import os
import pathlib
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PROGRAM = os.environ.get("ATAU_PROGRAM", str(ROOT / "build" / "atau"))
sys.path.insert(0, str(HERE))
import gold  # noqa: E402


def run(*arguments, data=None):
    return subprocess.run(
        [PROGRAM, *arguments], input=data, stdout=subprocess.PIPE, check=True, encoding="utf-8"
    ).stdout


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """Everything that is measured, by name; F1 by article; the errors."""
    articles, errors = gold.read_all()
    assert not errors
    folder = tmp_path_factory.mktemp("gold")
    lines = "".join(json.dumps(gold.to_json(a), ensure_ascii=False) + "\n" for a in articles)
    (folder / "gold.jsonl").write_text(lines, encoding="utf-8")
    found = run("extract", "--quiet", "--from", "jsonl", "--to", "jsonl", data=lines)
    (folder / "found.jsonl").write_text(found, encoding="utf-8")
    report = json.loads(run("eval", "--quiet", "--json", str(folder / "gold.jsonl"), str(folder / "found.jsonl")))
    numbers, by_article, mistakes = gold.score(articles, {d["id"]: d for d in map(json.loads, found.splitlines())})
    numbers.update(gold.token_numbers(report))
    return report, numbers, by_article, mistakes


def test_both_scorers_agree(measured):
    report, numbers, _, _ = measured
    for kind in gold.NAMES:
        assert report[kind]["exact"]["f1"] == pytest.approx(numbers[kind], abs=0.002)


@pytest.mark.parametrize("name", gold.read_floors())
def test_quality_does_not_fall(measured, name):
    _, numbers, by_article, mistakes = measured
    worst = sorted(by_article.items(), key=lambda i: i[1])[:5]
    print(f"{name} {numbers[name]:.3f}; worst articles: " + ", ".join(f"{k} {v:.3f}" for k, v in worst))
    floor = gold.read_floors()[name]
    kinds = ("normal",) if name.startswith("normal") else ("missed", "wrong")
    some = [m for m in mistakes if m[0] in kinds and name.endswith(m[1])][:20]
    assert numbers[name] >= floor, f"{name} fell to {numbers[name]:.3f}, its floor is {floor:.3f}; for instance {some}"


def test_every_number_worth_it_has_a_floor(measured):
    worth = {name for name, value in measured[1].items() if value >= gold.WORTH_A_FLOOR}
    assert worth <= set(gold.read_floors()) <= set(measured[1]), "make the floors anew: see README.md"
