"""The gold text itself: the articles parse, say the same in JSON, and cover what they promise. atau is not run here."""

import json
import pathlib
import re
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import gold  # noqa: E402

ARTICLES, ERRORS = gold.read_all()
GOOD = """topic: space
values: DATE

== text
Глава «[Роскосмоса|rk]ORGANIZATION» [Дмитрий Рогозин|rog]PERSON был [в среду]DATE в [Москве|msk]LOCATION.

== entities
rk = Роскосмос
rog = Дмитрий Рогозин
msk = Москва

== relations
WORKS_AS rog | глава | rk
"""


def test_articles_have_no_mistake():
    assert not ERRORS, "\n".join(f"{p}:{line}:{column}: {message}" for p, line, column, message in ERRORS)


@pytest.mark.parametrize("a", ARTICLES, ids=lambda a: a.id)
def test_text_and_mentions_render_to_the_file(a):
    assert gold.render(a) == a.marked


@pytest.mark.parametrize("a", ARTICLES, ids=lambda a: a.id)
def test_json_is_consistent(a):
    d = json.loads(json.dumps(gold.to_json(a), ensure_ascii=False))
    objects = {o["id"]: o for o in d["objects"]}
    assert d["text"] == a.text and d["text"].strip() == d["text"]
    last = 0
    for e in d["entities"]:
        assert last <= e["start"] < e["end"], "the flat mentions overlap"
        last = e["end"]
    for e in d["nested"]:
        text = d["text"][e["start"] : e["end"]]
        assert text == e["text"] == text.strip() and e["normal"] == e["base"].strip() != ""
        assert not (text[0] in gold.OPEN and text[-1] in gold.CLOSE and "»" not in text[1:-1]), (
            f"outer quotes in {text}"
        )
        assert e["type"] in gold.VALUES or objects[e["entity"]]["type"] == e["type"]
        if e["parent"] is not None:
            around = d["nested"][e["parent"]]
            assert around["start"] <= e["start"] and e["end"] <= around["end"] and around != e
    assert [{k: v for k, v in e.items() if k != "parent"} for e in d["nested"] if e["parent"] is None] == d["entities"]
    for r in d["relations"]:
        assert r["subject"] in objects and (r["object"] is None or r["object"] in objects)
    for o in d["objects"]:
        assert o["normal"] == o["names"]["name"][0] and all(b > a for a, b in o["mentions"])


def test_the_collection_covers_what_it_promises():
    s = gold.statistics(ARTICLES)
    assert s["articles"] >= 40 and s["words"] >= 12000
    for kind, least in (("PERSON", 500), ("ORGANIZATION", 400), ("LOCATION", 400), ("PROGRAM", 150), ("DATE", 100)):
        assert s["flat"][kind] >= least
    assert s["flat"]["MONEY"] >= 50 and s["flat"]["ROLE"] >= 150
    assert sum("ROLE" in a.list_of("values") for a in ARTICLES) * 2 >= len(ARTICLES)
    for kind in gold.RELATIONS:
        assert s["relations"][kind] >= 10
    for vocabulary, used in ((gold.TOPICS, s["topic"]), (gold.DAMAGE, s["damage"]), (gold.TRAPS, s["traps"])):
        assert set(vocabulary) == set(used), (
            "a word of the vocabulary in gold.py that no article uses, or the other way round"
        )


def test_damage_is_there():
    """What the header calls damage can be seen in the text, for the kinds that a program can see."""
    seen = {
        "soft-hyphen": lambda a: "\u00ad" in a.text,
        "no-break-space": lambda a: "\u00a0" in a.text,
        "broken-line": lambda a: "\u00ad\n" in a.text,
        "look-alike": lambda a: any(gold.MIXED.search(w) for w in re.findall(r"\w+", a.text)),
        "straight-quotes": lambda a: a.text.count('"') > 4,
        "photo-credit": lambda a: re.search("©|[Фф]ото", a.text),
        "glued-caption": lambda a: re.search(r"[а-яёa-z»\"]([«\"]?[А-ЯЁ][а-яёa-z]|©)", a.text),
        "date-glued": lambda a: re.search(r"\d[А-ЯЁ]|[а-яё]\d", a.text),
        "upper-dateline": lambda a: re.search(r"^[А-ЯЁ-]{4,}\b", a.text, re.M),
        "upper-heading": lambda a: re.search(r"^[^а-яё\n]{20,}$", a.text, re.M),
    }
    for a in ARTICLES:
        for kind in a.list_of("damage"):
            if kind in seen:
                assert seen[kind](a), f"{a.id} names the damage {kind}, but there is none"
        lines = [line for line in a.text.split("\n") if line]
        if "caption-twice" in a.list_of("damage"):
            assert any(y.startswith(x) for x, y in zip(lines, lines[1:])), f"{a.id} has no line that comes twice"


def test_gold_is_not_in_the_training_text():
    training = HERE.parents[1] / "dictionaries" / "weights" / "training"
    known = set()
    for path in training.glob("*.txt"):
        marked = re.sub(
            r"\[([^\]]*)\](?:PERSON|ORGANIZATION|LOCATION|PROGRAM)", r"\1", path.read_text(encoding="utf-8")
        )
        for line in marked.split("\n"):
            w = [x.lower() for x in gold.words(line)]
            known.update(tuple(w[i : i + 10]) for i in range(len(w) - 9))
    assert known
    for a in ARTICLES:
        w = [x.lower() for x in gold.words(a.text)]
        for i in range(len(w) - 9):
            assert tuple(w[i : i + 10]) not in known, f"{a.id}: «{' '.join(w[i : i + 10])}» is in the training text"


def read_text(tmp_path, content):
    path = tmp_path / "01-test.txt"
    path.write_bytes(content.encode("utf-8"))
    return gold.read(path)


def test_good_article(tmp_path):
    a = read_text(tmp_path, GOOD)
    assert not a.errors
    assert a.text == "Глава «Роскосмоса» Дмитрий Рогозин был в среду в Москве."
    assert [(m["type"], m["normal"]) for m in a.mentions] == [
        ("ORGANIZATION", "Роскосмос"),
        ("PERSON", "Дмитрий Рогозин"),
        ("DATE", "в среду"),
        ("LOCATION", "Москва"),
    ]


BAD = [  # what is changed, into what, and the line:column and words of the mistake
    ("topic: space", "topic: spaces", "1:8", "spaces"),
    ("topic: space", "theme: space", "1:1", "key: value"),
    ("values: DATE", "values: MONEY", "5:69", "does not name it"),
    ("]DATE", "]DAY", "5:77", "no type behind"),
    ("]DATE", "DATE", "5:69", "never closed"),
    ("[в среду]", "в среду]", "5:76", "outside of a mention"),
    ("«[Роскосмоса|rk]ORGANIZATION»", "[«Роскосмоса»|rk]ORGANIZATION", "5:7", "outer quotes"),
    ("[Роскосмоса|", "[Роскосмоса |", "5:8", "space at its edge"),
    ("был [", "был  [", "5:68", "two spaces"),
    ("Глава", "Глaва", "5:3", "two alphabets"),
    ("Глава", "Гл\u00adава", "5:3", "invisible character U+00AD"),
    ("Глава", "Гл\\+ава", "5:3", "no escape"),
    ("|rk]", "|rks]", "5:8", "not in the section entities"),
    ("|msk]LOCATION", "|rk]LOCATION", "5:85", "an earlier mention"),
    ("[Москве|msk]", "[[Москве|msk]LOCATION|msk]", "5:86", "as long as the one around"),
    ("[Москве|msk]", "[Москве|msk=Москва]", "5:85", "is the default"),
    ("[Москве|msk]", "[Питере|msk]", "5:85", "no clear form"),
    ("в [Москве|msk]LOCATION", "в [Москве|msk]LOCATION и Москве", "5:1", "marked elsewhere but not here"),
    ("msk = Москва", "msk = «Москва»", "10:7", "outer quotes"),
    ("msk = Москва", "msk = Москва | Столица", "10:1", "no mention has the name «Столица»"),
    ("msk = Москва", "msk = Москва\nspb = Питер", "11:1", "has no mention"),
    ("msk = Москва", "msk = Москва\nmsk = Москва", "11:1", "stands twice"),
    ("WORKS_AS rog", "WORKS_IN rog", "13:1", "no relation"),
    ("| глава | rk", "| глава | bk", "13:1", "the object «bk»"),
    ("WORKS_AS rog", "WORKS_AS msk", "13:1", "the subject «msk»"),
    ("WORKS_AS rog | глава | rk\n", "WORKS_AS rog | глава | rk\n" * 2, "14:1", "twice"),
    ("== entities", "== entitys", "7:4", "unknown"),
    ("глава | rk\n", "глава | rk", "13:26", "no line end"),
]


@pytest.mark.parametrize(("old", "new", "where", "what"), BAD, ids=[f"{b[2]} {b[3]}" for b in BAD])
def test_mistakes_are_told_with_their_place(tmp_path, old, new, where, what):
    assert old in GOOD
    a = read_text(tmp_path, GOOD.replace(old, new))
    told = [(f"{line}:{column}", message) for _, line, column, message in a.errors]
    assert any(w == where and what in message for w, message in told), told


def test_all_mistakes_at_once(tmp_path):
    path = tmp_path / "01-test.txt"
    path.write_text(
        GOOD.replace("|rk]", "|rks]").replace("msk = Москва", "msk = «Москва»").replace("WORKS_AS rog", "WORKS_AS msk")
    )
    done = subprocess.run([sys.executable, HERE / "gold.py", path], capture_output=True, encoding="utf-8")
    assert done.returncode == 1 and done.stdout == ""
    lines = done.stderr.splitlines()
    assert {line.split(": ")[0] for line in lines} >= {f"{path}:5:8", f"{path}:10:7", f"{path}:13:1"}


@pytest.mark.parametrize(
    ("text", "names", "is_person", "normal"),
    [
        ("Рогозина", ["Дмитрий Рогозин"], True, "Рогозин"),
        ("РОГОЗИНЫМ ДМИТРИЕМ", ["Дмитрий Рогозин"], True, "Рогозин Дмитрий"),
        ("ОАЭ", ["Объединённые Арабские Эмираты", "ОАЭ"], False, "ОАЭ"),
        (
            "Объединенных Арабских Эмиратах",
            ["Объединённые Арабские Эмираты", "ОАЭ"],
            False,
            "Объединённые Арабские Эмираты",
        ),
        ("Северного потока — 2", ["Северный поток — 2"], False, "Северный поток — 2"),
        ("Верхов\u00adного\u00a0суда", ["Верховный суд"], False, "Верховный суд"),
        ("К\u0061шагана", ["Кашаган"], False, "Кашаган"),  # a Latin letter
        ("Льву", ["Лев"], True, None),  # only the article can say it
        ("Алматы", ["Астана"], False, None),
    ],
)
def test_normal_forms_are_derived(text, names, is_person, normal):
    assert gold.derive_normal(text, names, is_person) == normal


def test_statistics_command():
    done = subprocess.run(
        [sys.executable, HERE / "gold.py", "--stats"], capture_output=True, encoding="utf-8", check=True
    )
    assert re.search(r"^words +\d{5}$", done.stdout, re.M) and "glued-caption" in done.stdout
