"""`atau eval`: readers of gold, scores against a slow twin, kinds of faults, reports."""

import json
import pathlib
import random
import re

import pytest
from conftest import ROOT
from razdel import tokenize

GOLD = pathlib.Path(__file__).parent / "gold"
TYPES = ["PERSON", "LOCATION", "ORGANIZATION", "PROGRAM"]


def write(path, documents):
    path.write_text("".join(json.dumps(d, ensure_ascii=False) + "\n" for d in documents), encoding="utf-8")
    return path


def scores(atau, *arguments, status=0):
    done = atau("eval", *arguments, "--json")
    assert done.returncode == status, done.stderr
    return json.loads(done.stdout.splitlines()[0])


# Readers --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["factru", "brat", "visit.conll"])
@pytest.mark.parametrize("named", [True, False])
def test_one_text_in_three_formats(atau, path, named):
    kind = {"factru": "factru", "brat": "brat", "visit.conll": "conll"}[path]
    found = scores(atau, GOLD / path, *(["--format", kind] if named else []))
    assert {t: found[t]["exact"]["f1"] for t in ("PERSON", "LOCATION", "ORGANIZATION")} == dict.fromkeys(
        ("PERSON", "LOCATION", "ORGANIZATION"), 1.0
    )
    assert found["confusion"]["PERSON"]["PERSON"] == 2
    assert found["confusion"]["LOCATION"]["LOCATION"] == 2
    assert found["confusion"]["ORGANIZATION"]["ORGANIZATION"] == 1
    if path == "factru":
        assert found["entities"] == {"precision": 1.0, "recall": 1.0, "f1": 1.0, "mentions": 5}
        assert found["occupations"]["whole"]["f1"] == 1.0
    if path == "brat":
        assert found["relations"]["WORKS_AS"]["f1"] == 1.0
        assert found["normals"] == {"LOCATION": {"right": 1, "all": 1}}


def test_tags_of_conll(atau, tmp_path):
    gold = tmp_path / "x.bio"
    # IO tags of two mentions in a row are one; BIOES tags are two; blanks part columns as well as tabs.
    gold.write_text(
        "-DOCSTART- O\n\nАнна B-PER\nИванова E-PER\nПётр S-PER\n, O\n\n-DOCSTART- O\nАнна PER\nПётр PER\n", "utf-8"
    )
    write(tmp_path / "none.jsonl", [{"id": f"{gold}#{i}", "entities": []} for i in (1, 2)])
    found = scores(atau, gold, tmp_path / "none.jsonl")
    assert found["documents"] == 2
    assert found["confusion"]["PERSON"]["none"] == 3


def test_a_text_is_made_of_tokens_again(atau, tmp_path):
    gold = tmp_path / "x.conll"
    gold.write_text(
        "".join(f"{t}\tO\n" for t in ["Клуб", '"', "Заря", '"', "(", "Лу", ")", ",", "«", "А", "»", "."]) + "\n"
    )
    gold.write_text(gold.read_text() + "Москва\tB-LOC\n", encoding="utf-8")
    listed = atau("eval", gold, write(tmp_path / "p", [{"id": f"{gold}#1", "entities": []}]), "--errors", "1", "ALL")
    assert 'Клуб "Заря" (Лу), «А». [[Москва]]' in listed.stdout.decode()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("x.jsonl", '{"id": 1, "text": "a"}\n{"id": 2}\n', ["x.jsonl:2:", '"text"']),
        ("x.jsonl", '{"id": 1, "text": "a", "entities": [{"start": 0, "end": 5, "type": "PER"}]}', [":1:", "0..5"]),
        ("x.jsonl", '{"id": 1, "text": "a", "entities": 7}', [":1:", "no list"]),
        ("x.jsonl", "{broken", [":1:", "no JSON object"]),
        ("x.conll", "Анна\tB-PER\nИванова\n", ["x.conll:2:", "tag"]),
        ("x.conll", "", ["is empty"]),
    ],
)
def test_mistakes_in_gold_are_named_with_their_place(atau, tmp_path, name, content, words):
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    done = atau("eval", path)
    assert done.returncode == 1
    assert done.stdout == b""
    for word in words:
        assert word in done.stderr.decode()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("visit.tokens", "Глава", "Слава"), ["visit.tokens:1:", "does not stand"]),
        (("visit.spans", "201 job 0", "201 job 9999"), ["visit.spans:1:", "not inside"]),
        (("visit.objects", "301 Org 202", "301 Org 999"), ["visit.objects:1:", "no span 999"]),
    ],
)
def test_mistakes_in_a_folder_are_named_with_their_place(atau, tmp_path, change, words):
    for file in (GOLD / "factru").iterdir():
        text = file.read_text(encoding="utf-8")
        if file.name == change[0]:
            assert change[1] in text
            text = text.replace(change[1], change[2], 1)
        (tmp_path / file.name).write_text(text, encoding="utf-8")
    done = atau("eval", tmp_path)
    assert done.returncode == 1
    for word in words:
        assert word in done.stderr.decode()


# Scores ---------------------------------------------------------------------------------------------------------------


def slow_counts(text, gold, found, ignored):
    """Token and exact counts of one type in one text, counted as published results are."""

    def strip(s, e):
        while s < e and text[s] in "\"'”«„ʼ»“ʻ() \t\n":
            s += 1
        while e > s and text[e - 1] in "\"'”«„ʼ»“ʻ() \t\n":
            e -= 1
        return s, e

    gold, found, ignored = ({x for x in (strip(*y) for y in z) if x[0] < x[1]} for z in (gold, found, ignored))
    ignored -= gold
    found = {x for x in found if x in gold or not any(i[0] <= x[0] and x[1] <= i[1] for i in ignored)}
    token = [0, 0, 0]
    for t in tokenize(text):
        g, f, i = (any(s < t.stop and t.start < e for s, e in z) for z in (gold, found, ignored))
        if g or not i:
            token[0] += g and f
            token[1] += f and not g
            token[2] += g and not f
    return token, [len(gold & found), len(found - gold), len(gold - found)]


def as_row(tp, fp, fn):
    row = {"precision": tp / max(1, tp + fp), "recall": tp / max(1, tp + fn), "f1": 2 * tp / max(1, 2 * tp + fp + fn)}
    return pytest.approx(row)


@pytest.mark.parametrize("seed", range(4))
def test_scores_are_those_of_the_slow_twin(atau, tmp_path, seed):
    rng = random.Random(seed)
    given = [json.loads(x) for x in (ROOT / "tests/golden/input.jsonl").read_text(encoding="utf-8").splitlines()]
    texts = [d["text"] + rng.choice(["", " 3,5 км/ч, «А-1»…", " Wi-Fi и 5G-сети — это так?!"]) for d in given]

    def noise():
        out = []
        for text in texts:
            spans = []
            for _ in range(rng.randrange(12)):
                start = rng.randrange(max(1, len(text) - 1))
                spans.append((start, min(len(text), start + rng.randrange(1, 30)), rng.choice(TYPES)))
            out.append(spans)
        return out

    def rows(spans):
        return [{"start": s, "end": e, "type": t} for s, e, t in spans]

    gold, ignored = noise(), noise()
    # Many found spans are the gold ones, some a little off.
    found = [
        [(max(0, s + rng.randrange(-1, 2)), e, t) if rng.random() < 0.3 else (s, e, t) for s, e, t in g] for g in gold
    ]
    found = [[x for x in f if x[0] < x[1]] + n[:3] for f, n in zip(found, noise())]
    write(
        tmp_path / "gold",
        [
            {"id": i, "text": t, "entities": rows(g), "ignore": rows(n[:3])}
            for i, (t, g, n) in enumerate(zip(texts, gold, ignored))
        ],
    )
    write(tmp_path / "found", [{"id": i, "entities": rows(f)} for i, f in enumerate(found)])
    result = scores(atau, tmp_path / "gold", tmp_path / "found")
    micro = [[0, 0, 0], [0, 0, 0]]
    for kind in TYPES:
        sums = [[0, 0, 0], [0, 0, 0]]
        for text, g, f, n in zip(texts, gold, found, ignored):
            of = [[(s, e) for s, e, t in z if t == kind] for z in (g, f, n[:3])]
            for total, counts in zip(sums, slow_counts(text, *of)):
                for i in range(3):
                    total[i] += counts[i]
        assert result[kind] == {"token": as_row(*sums[0]), "exact": as_row(*sums[1])}
        for total, part in zip(micro, sums):
            for i in range(3):
                total[i] += part[i]
    assert result["micro"] == {"token": as_row(*micro[0]), "exact": as_row(*micro[1])}


TEXT = "Вчера Анна Мария Иванова была в музее Эрмитаж и уехала."
#       0     6    11    17      25     31      38

FAULTS = [
    ([(6, 24, "PER")], [], {"PERSON": {"missed": 1}}),
    ([(6, 24, "PER")], [(6, 24, "PER"), (38, 45, "PER")], {"PERSON": {"spurious": 1}}),
    ([(6, 24, "PER"), (38, 45, "ORG")], [(6, 24, "PER"), (38, 45, "PER")], {"ORGANIZATION": {"type": 1}}),
    ([(6, 24, "PER")], [(11, 24, "PER")], {"PERSON": {"short_left": 1}}),
    ([(6, 24, "PER")], [(6, 16, "PER")], {"PERSON": {"short_right": 1}}),
    ([(6, 24, "PER")], [(11, 16, "PER")], {"PERSON": {"short_both": 1}}),
    ([(11, 24, "PER")], [(6, 24, "PER")], {"PERSON": {"long_left": 1}}),
    ([(6, 16, "PER")], [(6, 24, "PER")], {"PERSON": {"long_right": 1}}),
    ([(11, 16, "PER")], [(6, 24, "PER")], {"PERSON": {"long_both": 1}}),
    ([(6, 16, "PER")], [(11, 24, "PER")], {"PERSON": {"shifted": 1}}),
    ([(6, 16, "PER"), (38, 45, "ORG")], [(6, 16, "PER"), (32, 45, "PER")], {"ORGANIZATION": {"type_and_bounds": 1}}),
    ([(6, 10, "PER"), (11, 24, "PER")], [(6, 24, "PER")], {"PERSON": {"merged": 1, "long_left": 1}}),
    ([(6, 24, "PER")], [(6, 10, "PER"), (11, 24, "PER")], {"PERSON": {"split": 1, "short_left": 1}}),
    ([(6, 24, "PER")], [(6, 24, "PER")], {}),
]


@pytest.mark.parametrize(("gold", "found", "faults"), FAULTS)
def test_faults_by_kind(atau, tmp_path, gold, found, faults):
    def row(spans):
        return [{"start": s, "end": e, "type": t} for s, e, t in spans]

    write(tmp_path / "gold", [{"id": 1, "text": TEXT, "entities": row(gold)}])
    write(tmp_path / "found", [{"id": 1, "entities": row(found)}])
    result = scores(atau, tmp_path / "gold", tmp_path / "found")
    assert result["faults"] == faults
    # Every gold mention stands in its row of the confusion matrix once.
    assert sum(n for kind, row in result["confusion"].items() if kind != "none" for n in row.values()) == len(gold)
    listed = atau("eval", tmp_path / "gold", tmp_path / "found", "--errors", "9", "ALL").stdout.decode()
    kinds = [line.split("\t")[0] for line in listed.splitlines() if "\t" in line]
    assert sorted(kinds) == sorted(k for row in faults.values() for k in row)


def test_errors_are_listed_in_context(atau, tmp_path):
    write(tmp_path / "gold", [{"id": "x", "text": TEXT, "entities": [{"start": 6, "end": 24, "type": "PER"}]}])
    write(tmp_path / "found", [{"id": "x", "entities": [{"start": 11, "end": 24, "type": "PER"}]}])
    done = atau("eval", tmp_path / "gold", tmp_path / "found", "--errors", "5", "PERSON")
    expected = 'short_left\t"x"\tPERSON\tPERSON\tВчера [[Анна {{Мария Иванова}}]] была в музее Эрмитаж и уехала'
    assert expected in done.stdout.decode()
    assert (
        "short_left" not in atau("eval", tmp_path / "gold", tmp_path / "found", "--errors", "5", "LOC").stdout.decode()
    )


def test_normal_forms_entities_and_missing_documents(atau, tmp_path):
    gold = {
        "id": 1,
        "text": "Анны Ивановой и «Зари» нет.",
        "entities": [
            {"start": 0, "end": 13, "type": "PER", "base": "Анна Иванова", "id": "p"},
            {"start": 17, "end": 21, "type": "ORG", "base": "Заря", "id": "o"},
        ],
    }
    write(tmp_path / "gold", [gold, {**gold, "id": 2}])
    found = {
        "id": 1,
        "entities": [
            {"start": 0, "end": 13, "type": "PERSON", "normal": "АННА Иванова"},
            {"start": 17, "end": 21, "type": "ORGANIZATION", "normal": "Зари"},
        ],
        "document_entities": [{"id": "e1", "normal": "x", "mentions": [0, 1]}],
    }
    write(tmp_path / "found", [found])
    result = scores(atau, tmp_path / "gold", tmp_path / "found", status=1)
    assert result["missing"] == 1
    assert result["normals"] == {"PERSON": {"right": 1, "all": 1}, "ORGANIZATION": {"right": 0, "all": 1}}
    assert result["entities"]["precision"] == 0.5 and result["entities"]["recall"] == 1.0


def test_predictions_and_extraction_give_the_same(atau, tmp_path):
    gold = ROOT / "tests/golden/expected.jsonl"
    given, found = (
        [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        for path in (ROOT / "tests/golden/input.jsonl", gold)
    )
    documents = [{**f, "text": g["text"]} for f, g in zip(found, given)]
    write(tmp_path / "gold.jsonl", documents)
    now = atau("eval", tmp_path / "gold.jsonl").stdout.decode()
    assert now == atau("eval", tmp_path / "gold.jsonl", gold).stdout.decode()
    # What is compared with itself is right throughout.
    assert re.search(r"micro average token P 1\.000 R 1\.000 F1 1\.000   exact P 1\.000 R 1\.000 F1 1\.000", now)
    assert "all types" in now and re.search(r"WORKS_AS +P 1\.000  R 1\.000", now)


def test_the_page_of_mistakes(atau, tmp_path):
    text = "<script>alert(1)</script> & Анна Иванова и " + "Пётр, " * 30
    spans = [{"start": m.start(), "end": m.end(), "type": "PER"} for m in re.finditer("Анна Иванова|Пётр", text)]
    write(tmp_path / "gold", [{"id": "<b>", "text": text, "entities": spans}])
    write(tmp_path / "found", [{"id": "<b>", "entities": [{**spans[0], "type": "LOC"}]}])
    page = tmp_path / "page.html"
    done = atau("eval", tmp_path / "gold", tmp_path / "found", "--html", page, "--max-errors", "7")
    assert done.returncode == 0
    shown = page.read_text(encoding="utf-8")
    assert "<script" not in shown and "<b>" not in shown
    assert shown.count('class="gold atau-PERSON"') == 8  # seven missed ones and one of another type
    assert "23 more are not shown" in shown
    assert 'class="found atau-LOCATION"' in shown
