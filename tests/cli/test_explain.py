"""`atau explain`: the verdict comes first, numbers add up, and colours, JSON and pages say the same."""

import json
import re

import pytest

TEXT = "Премьер-министр Казахстана Аскар Мамин осмотрел стройку комплекса «Байтерек» на Байконуре 1 марта 2021 года.\n"


@pytest.fixture
def article(tmp_path):
    path = tmp_path / "article.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


def explained(atau, article, *arguments, **kwargs):
    done = atau("explain", "--file", article, *arguments, **kwargs)
    assert done.returncode == 0, done.stderr
    return done.stdout.decode()


@pytest.mark.parametrize(
    ("words", "verdict"),
    [
        ("Байтерек", r"«Байтерек» is PROGRAM, because the rule program\.head_quoted fits"),
        ("Аскар Мамин", r"«Аскар Мамин» is PERSON, because "),
        (
            "Казахстана Аскар",
            r"is not found: the rivals «Казахстана» LOCATION and «Аскар Мамин» PERSON won by \d+\.\d\d",
        ),
        ("стройку", r"«стройку» is not found: no candidate"),
        ("1 марта 2021 года", r"is DATE: such mentions are found by rules alone"),
    ],
)
def test_the_first_line_is_the_verdict(atau, article, words, verdict):
    first = explained(atau, article, "--words", words).splitlines()[0]
    assert re.search(verdict, first), first


def test_a_verdict_gives_no_reason_of_another_type(atau, tmp_path):
    path = tmp_path / "x.txt"
    path.write_text("Он прибыл. Москва рада. Глава МЧС Иван Крот приехал в Омск.", encoding="utf-8")
    for words in ("Москва", "Омск", "Иван Крот", "МЧС"):
        verdict, *rest = explained(atau, path, "--words", words, "--all").splitlines()
        named = re.search(r"is (\w+), because (.*)", verdict)
        others = {"PERSON", "ORGANIZATION", "LOCATION", "PROGRAM"} - {named[1]}
        assert not any(other in named[2] for other in others), verdict
        assert "«»" not in verdict
        # Every place is told in words.
        assert not any(re.search(r"  (in|begin|end)[+-]\d", line) for line in rest)
    assert "the post of somebody who is named" in explained(atau, path, "--words", "Глава")


def test_the_heaviest_evidence_comes_first_and_the_rest_is_summed(atau, article):
    lines = explained(atau, article, "--words", "Байтерек").splitlines()
    head = next(i for i, line in enumerate(lines) if line.startswith("PROGRAM"))
    score = float(lines[head].split()[1].replace("−", "-"))
    block = [line for line in lines[head + 1 : head + 10] if line.startswith("  ")]
    weights = [float(line.split()[0].replace("−", "-")) for line in block]
    assert [abs(w) for w in weights[:-1]] == sorted((abs(w) for w in weights[:-1]), reverse=True)
    assert re.search(r"\+\d+ more, together", block[-1])
    assert abs(sum(weights) - score) < 0.1
    # Bars are as long as the weights are heavy.
    bars = [line.count("█") for line in block[:-1]]
    assert bars == sorted(bars, reverse=True)
    assert bars[0] == 10
    everything = explained(atau, article, "--words", "Байтерек", "--all")
    assert "more, together" not in everything
    assert len(everything.splitlines()) > 100


def test_the_rival_stands_beside_where_there_is_room(atau, article):
    wide = explained(atau, article, "--words", "Казахстана Аскар", env={"COLUMNS": "140"}).splitlines()
    assert any(line.startswith("LOCATION") and "won: «Казахстана»" in line for line in wide)
    narrow = explained(atau, article, "--words", "Казахстана Аскар", env={"COLUMNS": "80"}).splitlines()
    assert any(line.startswith("LOCATION") and line.endswith("won: «Казахстана»") for line in narrow)
    # The verdict and the text may be long; tables and notes are not.
    assert all(len(line) <= 80 for line in narrow[2:])
    assert all(len(line) <= 140 for line in wide[2:])


def test_all_places_or_the_nth(atau, tmp_path):
    path = tmp_path / "x.txt"
    path.write_text("Заря взошла. Клуб «Заря» выиграл. Зарядье закрыто. Модуль «Заря» на орбите.", encoding="utf-8")
    places = [json.loads(line) for line in explained(atau, path, "--words", "Заря", "--json").splitlines()]
    assert [p["start"] for p in places] == [0, 19, 59]  # not inside «Зарядье»
    second = json.loads(explained(atau, path, "--words", "Заря", "--nth", "2", "--json"))
    assert second == places[1]
    inside = json.loads(explained(atau, path, "--words", "арядье", "--json"))
    assert inside["start"] == 35  # no whole word: then inside a word
    done = atau("explain", "--file", path, "--words", "Заря", "--nth", "4")
    assert done.returncode == 1
    assert b"3 times only" in done.stderr
    assert atau("explain", "--file", path, "--words", "Луна").returncode == 1


def test_json_says_what_the_text_says(atau, article):
    found = json.loads(explained(atau, article, "--span", "67-75", "--json"))
    assert (found["text"], found["type"], found["start"], found["end"]) == ("Байтерек", "PROGRAM", 67, 75)
    assert found["verdict"] == explained(atau, article, "--words", "Байтерек").splitlines()[0]
    chosen = found["readings"][0]
    assert chosen["chosen"] is True
    assert abs(sum(r["weight"] for r in chosen["reasons"]) - chosen["score"]) < 0.02
    assert chosen["reasons"][0]["source"].startswith("rules/")
    missed = json.loads(explained(atau, article, "--words", "Казахстана Аскар", "--json"))
    assert missed["type"] is None
    assert [r["text"] for r in missed["rivals"]] == ["Казахстана", "Аскар Мамин"]


def test_colours_only_where_they_are_wanted(atau, article):
    plain = explained(atau, article, "--words", "Байтерек")
    assert "\x1b" not in plain
    coloured = explained(atau, article, "--words", "Байтерек", "--color", "always", env={"NO_COLOR": "1"})
    assert "\x1b[" in coloured
    bare = re.sub(r"\x1b\[[0-9;]*m", "", coloured)
    assert bare.removeprefix("● ") == plain


def test_a_text_cannot_write_to_the_terminal(atau, tmp_path):
    path = tmp_path / "x.txt"
    path.write_text("Глава \x1b[31mРоскосмоса\x1b[0m \x07Дмитрий Рогозин.", encoding="utf-8")
    shown = explained(atau, path, "--words", "Роскосмоса")
    assert "\x1b" not in shown and "\x07" not in shown


def test_the_page_is_safe_and_complete(atau, tmp_path):
    path, page = tmp_path / "x.txt", tmp_path / "why.html"
    path.write_text("<script>alert(1)</script> Компания «Газпром & Ко» & Россия", encoding="utf-8")
    assert explained(atau, path, "--words", "Россия", "--html", page) == ""
    text = page.read_text(encoding="utf-8")
    assert "<script" not in text
    assert "«Россия» is LOCATION" in text
    assert "other reading" in text.lower()


def test_pages_are_explained_as_pages(atau, tmp_path):
    path = tmp_path / "x.html"
    path.write_text("<p>Глава <b>Роскосмоса</b> Дмитрий&nbsp;Рогозин</p>", encoding="utf-8")
    assert "is PERSON" in explained(atau, path, "--words", "Дмитрий&nbsp;Рогозин")
