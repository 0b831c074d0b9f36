"""Readers of annotated texts: each format, as small as it can be, gives the same mentions."""

import json

import pytest
from common import corpora

TEXT = "Глава Роскосмоса Дмитрий Рогозин прилетел в Казахстан."
FOUND = [("Роскосмоса", "ORGANIZATION"), ("Дмитрий Рогозин", "PERSON"), ("Казахстан", "LOCATION")]


def found(document):
    return [(document["text"][e["start"] : e["end"]], e["type"]) for e in document["entities"]]


def place(words, text=TEXT):
    return text.index(words), text.index(words) + len(words)


def test_json_lines_with_short_names_of_types(tmp_path):
    short = {"PERSON": "PER", "ORGANIZATION": "ORG", "LOCATION": "GPE"}
    spans = [dict(zip(("start", "end"), place(w)), type=short[t], base=w, id=w[:3]) for w, t in FOUND]
    file = tmp_path / "a.jsonl"
    file.write_text(json.dumps({"id": 7, "text": TEXT, "entities": spans}) + "\n\n", encoding="utf-8")
    (document,) = corpora.read(file)
    assert found(document) == FOUND
    assert document["entities"][1]["normal"] == "Дмитрий Рогозин"
    assert document["entities"][1]["cluster"] == "Дми"
    assert document["ignore"] == []


@pytest.mark.parametrize(
    "line",
    [
        "{",
        '{"id": 1}',
        '{"text": "аб", "entities": [{"start": 1, "end": 3, "type": "PER"}]}',
        '{"text": "аб", "entities": [{"start": 2, "end": 1, "type": "PER"}]}',
        '{"text": "аб", "entities": [{"end": 1, "type": "PER"}]}',
    ],
)
def test_a_bad_line_is_named(tmp_path, line):
    file = tmp_path / "a.jsonl"
    file.write_text('{"id": 1, "text": "а"}\n' + line + "\n", encoding="utf-8")
    with pytest.raises(corpora.Malformed, match=r"a\.jsonl:2: "):
        corpora.read(file)


def test_marked_text(tmp_path):
    file = tmp_path / "own.txt"
    file.write_text(
        "# a comment\n"
        "Глава [Роскосмоса]ORGANIZATION [Дмитрий Рогозин]PERSON прилетел в [Казахстан]LOCATION.\n"
        "Площадь [Астаны]LOCATIONФото: пресс-служба.\\nСледом.\n",
        encoding="utf-8",
    )
    first, second = corpora.read(file)
    assert first["text"] == TEXT
    assert found(first) == FOUND
    assert second["text"] == "Площадь АстаныФото: пресс-служба.\nСледом."
    assert found(second) == [("Астаны", "LOCATION")]


def test_text_without_marks_is_no_gold(tmp_path):
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    with pytest.raises(corpora.Malformed, match="annotated"):
        corpora.read(tmp_path / "a.txt")
    with pytest.raises(corpora.Malformed, match="unknown kind"):
        corpora.read(tmp_path / "a.doc")


def test_conll_with_several_documents(tmp_path):
    rows = "Глава O|Роскосмоса B-ORG|Дмитрий B-PER|Рогозин I-PER|прилетел O|в O|Казахстан I-LOC||Иван B-PER|Пётр B-PER"
    rows += "||-DOCSTART- O||Москва S-LOC|Астана B-LOC|. O|Токио I-LOC|"
    file = tmp_path / "a.conll"
    file.write_text(rows.replace("|", "\n"), encoding="utf-8")
    first, second = corpora.read(file)
    assert first["text"] == "Глава Роскосмоса Дмитрий Рогозин прилетел в Казахстан\nИван Пётр"
    assert found(first) == [*FOUND, ("Иван", "PERSON"), ("Пётр", "PERSON")]
    assert found(second) == [("Москва", "LOCATION"), ("Астана", "LOCATION"), ("Токио", "LOCATION")]


def test_factrueval(tmp_path):
    parts = [
        ("1", "org_name", "Роскосмоса"),
        ("2", "name", "Дмитрий"),
        ("3", "surname", "Рогозин"),
        ("4", "loc_name", "Казахстан"),
        ("5", "job", "Глава"),
    ]
    spans = "".join(f"{i} {kind} {place(w)[0]} {len(w)} 9 1  # 9 {w}\n" for i, kind, w in parts)
    (tmp_path / "book_1.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "book_1.spans").write_text(spans, encoding="utf-8")
    objects = "10 Org 1 # Роскосмоса\n11 Person 2 3 # Дмитрий Рогозин\n12 LocOrg 4 # Казахстан\n13 Facility 5 # Глава\n"
    (tmp_path / "book_1.objects").write_text(objects, encoding="utf-8")
    (tmp_path / "book_1.coref").write_text(
        "1 10\nname Роскосмос\n\n2 11\nfirstname Дмитрий\nlastname Рогозин\n", encoding="utf-8"
    )
    facts = "0 Occupation\nWho obj2 Рогозин Дмитрий\nPosition span5 Глава\nWhere obj1 Роскосмос\n"
    (tmp_path / "book_1.facts").write_text(facts, encoding="utf-8")
    (document,) = corpora.read(tmp_path)
    assert found(document) == FOUND
    assert document["objects"][1] == {
        "id": "obj2",
        "mentions": [list(place("Дмитрий Рогозин"))],
        "names": {"firstname": ["Дмитрий"], "lastname": ["Рогозин"]},
    }
    assert document["facts"] == [
        {
            "type": "Occupation",
            "args": [["Who", "obj2 Рогозин Дмитрий"], ["Position", "span5 Глава"], ["Where", "obj1 Роскосмос"]],
        }
    ]


def test_brat_takes_the_outermost_names(tmp_path):
    rows = [
        ("PROFESSION", "Глава Роскосмоса"),
        ("ORGANIZATION", "Роскосмоса"),
        ("PERSON", "Дмитрий Рогозин"),
        ("COUNTRY", "Казахстан"),
    ]
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    lines = [f"T{i}\t{kind} {place(w)[0]} {place(w)[1]}\t{w}" for i, (kind, w) in enumerate(rows)]
    (tmp_path / "a.ann").write_text("\n".join([*lines, "R1\tWORKPLACE Arg1:T2 Arg2:T1"]), encoding="utf-8")
    (document,) = corpora.read(tmp_path)
    assert found(document) == FOUND[1:]
    assert [(e["start"], e["end"], e["type"]) for e in document["ignore"]] == [(*place("Роскосмоса"), "ORGANIZATION")]


def test_bsnlp_marks_every_occurrence_the_longest_first(tmp_path):
    (tmp_path / "raw" / "ru").mkdir(parents=True)
    (tmp_path / "annotated" / "ru").mkdir(parents=True)
    text = "Российский суд\n\nВерховный суд России и Россия."
    (tmp_path / "raw" / "ru" / "a.txt").write_text("a\nru\n2021-01-01\naddress\n" + text, encoding="utf-8")
    rows = "a\nРоссии\tРоссия\tLOC\tGPE-1\nВерховный суд России\tВерховный суд России\tORG\tORG-1\n"
    rows += "Россия\tРоссия\tLOC\tGPE-1\n"
    (tmp_path / "annotated" / "ru" / "a.out").write_text(rows, encoding="utf-8")
    (document,) = corpora.read(tmp_path)
    assert document["text"] == text
    assert found(document) == [("Верховный суд России", "ORGANIZATION"), ("Россия", "LOCATION")]
    assert document["entities"][1]["cluster"] == "GPE-1"


def test_written_documents_are_read_again(tmp_path):
    documents = [corpora.marked("В [Астане]LOCATION холодно.", "a")]
    corpora.write(documents, tmp_path / "a.jsonl")
    assert corpora.read(tmp_path / "a.jsonl") == documents
    corpora.write(documents, tmp_path / "b.jsonl", annotations=False)
    assert json.loads((tmp_path / "b.jsonl").read_text(encoding="utf-8")) == {"id": "a", "text": "В Астане холодно."}
