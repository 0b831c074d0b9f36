"""Scores: by hand on small texts, and the same as those of `atau eval`, which shares no code."""

import json
import random
import subprocess

import pytest
from common import corpora, scoring, workload
from common.tokens import mask, tokens


def words(text):
    return [text[a:b] for a, b in tokens(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Нью-Йорк, США.", ["Нью-Йорк", ",", "США", "."]),
        ("1,5 млрд; 3/4", ["1,5", "млрд", ";", "3/4"]),
        ("Союз-2.1а", ["Союз-2.1", "а"]),
        ("А.С. Пушкин…", ["А", ".", "С", ".", "Пушкин", "…"]),
        ("что?!! -- да", ["что", "?!!", "--", "да"]),
        ("«КазСат»\u00a0KazSat", ["«", "КазСат", "»", "KazSat"]),
        ("a_b_я 5G", ["a_b_я", "5", "G"]),
        ("из-", ["из", "-"]),
        ("", []),
    ],
)
def test_tokens(text, expected):
    assert words(text) == expected


def test_tokens_are_those_of_razdel():
    razdel = pytest.importorskip("razdel")
    same = total = 0
    for passage in workload.passages():
        ours = set(tokens(passage["text"]))
        theirs = {(t.start, t.stop) for t in razdel.tokenize(passage["text"])}
        same += len(ours & theirs)
        total += len(ours | theirs)
    assert total > 25000
    assert same / total > 0.995


def test_a_mask_marks_what_is_touched():
    places = tokens("Глава НАСА в США")
    assert mask(places, {(6, 10), (14, 15)}) == [False, True, False, True]
    assert mask(places, {(5, 6)}) == [False] * 4
    assert mask(places, set()) == [False] * 4


def doc(text, *marks, **more):
    spans = [{"start": text.index(w), "end": text.index(w) + len(w), "type": t} for w, t in marks]
    return {"id": "a", "text": text, "entities": spans, "ignore": [], **more}


def test_mentions_by_hand():
    text = "Глава «Роскосмоса» Дмитрий Рогозин прилетел в Астану и Караганду."
    gold = doc(text, ("Роскосмоса", "ORG"), ("Дмитрий Рогозин", "PERSON"), ("Астану", "LOCATION"))
    start = text.index("Караганду")
    gold["ignore"] = [{"start": start, "end": start + 9}]
    said = doc(
        text,
        ("«Роскосмоса»", "ORGANIZATION"),
        ("Рогозин", "PERSON"),
        ("прилетел", "LOCATION"),
        ("Караганду", "LOCATION"),
    )
    scores = scoring.mentions([gold], {"a": said})
    assert scores["ORGANIZATION"]["exact"]["f1"] == 1
    person = scores["PERSON"]
    assert (person["token"]["precision"], person["token"]["recall"], person["exact"]["f1"]) == (1, 0.5, 0)
    assert scores["LOCATION"]["token"] == {"precision": 0, "recall": 0, "f1": 0, "found": 0, "wrong": 1, "missed": 1}
    assert "PROGRAM" not in scores
    assert scoring.mentions([gold], {})["PERSON"]["token"]["recall"] == 0


def test_the_same_scores_as_atau_eval(program, tmp_path):
    chance = random.Random(5)
    gold, said = [], []
    for number, passage in enumerate(p for p in workload.passages() if p["entities"]):
        document = dict(passage, id=str(number), ignore=[])
        found = []
        for span in document["entities"]:
            lot = chance.random()
            if lot < 0.5:
                found.append(span)
            elif lot < 0.7:
                found.append(dict(span, start=max(0, span["start"] - chance.randrange(9)), end=span["end"]))
            elif lot < 0.8:
                found.append(dict(span, type=chance.choice(corpora.TYPES)))
            elif lot < 0.9:
                document["ignore"].append(dict(span, start=max(0, span["start"] - 5)))
        gold.append(document)
        said.append({"id": str(number), "entities": found})
    corpora.write(gold, tmp_path / "gold.jsonl")
    (tmp_path / "said.jsonl").write_text("\n".join(map(json.dumps, said)), encoding="utf-8")
    command = [program, "eval", "--json", tmp_path / "gold.jsonl", tmp_path / "said.jsonl"]
    theirs = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
    ours = scoring.mentions(gold, {s["id"]: s for s in said})
    assert set(ours) == set(theirs) & set(corpora.TYPES) == set(corpora.TYPES)
    for kind in ours:
        for unit in ("token", "exact"):
            for measure in ("precision", "recall", "f1"):
                assert ours[kind][unit][measure] == pytest.approx(theirs[kind][unit][measure], abs=1e-12)
            assert 0.2 < ours[kind][unit]["f1"] < 0.98


def test_normal_forms():
    text = "В Астане и Алматы был Иванов."
    gold = doc(text, ("Астане", "LOCATION"), ("Алматы", "LOCATION"), ("Иванов", "PERSON"))
    for span, normal in zip(gold["entities"], ("Астана", "Алма-Ата", "Иванов")):
        span["normal"] = normal
    said = {"a": {"entities": [dict(e) for e in gold["entities"]]}}
    for span, normal in zip(said["a"]["entities"], ("АСТАНА", "Алма — Аты", "Иванов")):
        span["normal"] = normal
    assert scoring.normal_forms([gold], said) == {"LOCATION": (1, 2), "PERSON": (1, 1)}
    for span in said["a"]["entities"]:
        del span["normal"]
    assert scoring.normal_forms([gold], said) == {}


def test_document_entities():
    text = "Аня Боря Аня Боря Вася"
    spans = [(0, 3), (4, 8), (9, 12), (13, 17), (18, 22)]
    gold = {"id": "a", "text": text, "entities": [], "objects": []}
    gold["objects"] = [{"id": "1", "mentions": [spans[0], spans[2]]}, {"id": "2", "mentions": [spans[1], spans[3]]}]
    entities = [{"start": a, "end": b, "type": "PERSON"} for a, b in spans]
    right = {
        "a": {
            "entities": entities,
            "document_entities": [{"id": "x", "mentions": [0, 2]}, {"id": "y", "mentions": [1, 3]}],
        }
    }
    assert scoring.document_entities([gold], right) == (1, 1, 1, 4)
    one = {"a": {"entities": entities, "document_entities": [{"id": "x", "mentions": [0, 1, 2, 3]}]}}
    assert scoring.document_entities([gold], one) == (0.5, 1, pytest.approx(2 / 3), 4)
    assert scoring.document_entities([gold], {"a": {"entities": entities}}) is None


def test_occupations():
    gold = {"id": "a", "text": "", "entities": []}
    gold["objects"] = [
        {"id": "obj1", "mentions": [], "names": {"lastname": ["Рогозин"], "firstname": ["Дмитрий"]}},
        {"id": "obj2", "mentions": [], "names": {"name": ["Роскосмос"]}},
    ]
    who = {
        "type": "Occupation",
        "args": [["Who", "obj1 Рогозин Дмитрий"], ["Position", "span1 глава"], ["Where", "obj2 Роскосмос"]],
    }
    gold["facts"] = [who, {"type": "Deal", "args": []}]
    things = [
        {"id": "e1", "normal": "Дмитрий Рогозин"},
        {"id": "e2", "normal": "Роскосмос"},
        {"id": "e3", "normal": "НАСА"},
    ]

    def score(*relations):
        rows = [{"type": "WORKS_AS", "subject": s, "role": r, "object": o} for s, r, o in relations]
        counts = scoring.occupations([gold], {"a": {"document_entities": things, "relations": rows}})
        return {name: (c.found, c.wrong, c.missed) for name, c in counts.items()}

    assert score(("e1", "Глава", "e2"))["whole"] == (1, 0, 0)
    assert score(("e1", "Глава", "e3")) == {"who, where": (0, 1, 1), "who, position": (1, 0, 0), "whole": (0, 1, 1)}
    assert score()["whole"] == (0, 0, 1)
    assert scoring.occupations([{"id": "a"}], {}) == {}


def test_overlap():
    ours = {"a": {"entities": [{"start": 0, "end": 5, "type": "PERSON"}, {"start": 9, "end": 12, "type": "DATE"}]}}
    theirs = {"a": {"entities": [{"start": 0, "end": 5, "type": "PER"}, {"start": 3, "end": 9, "type": "LOC"}]}}
    assert scoring.overlap(ours, theirs) == {"ours": 1, "theirs": 2, "same": 1, "touching": 1}
