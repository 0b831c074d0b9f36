"""The contract of the Python package."""

import copy
import dataclasses
import gc
import html.parser
import json
import os
import pickle
import subprocess
import sys
import threading

import atau
import pytest

TEXT = "Генеральный директор Роскосмоса Дмитрий Рогозин прибыл на космодром Байконур в Казахстане."


def found(doc):
    return {(e.text, e.label) for e in doc.ents}


def test_finds_people_organizations_places(nlp):
    doc = nlp(TEXT)
    assert ("Дмитрий Рогозин", "PERSON") in found(doc)
    assert ("Роскосмоса", "ORGANIZATION") in found(doc)
    assert ("Казахстане", "LOCATION") in found(doc)
    place = next(e for e in doc.ents if e.text == "Казахстане")
    assert place.normal == "Казахстан"
    assert isinstance(place.score, float)
    assert place.rule
    person = next(e for e in doc.ents if e.label == "PERSON")
    assert person.slots["first"] == "Дмитрий"
    assert person.slots["last"] == "Рогозин"
    assert doc.entities[0].id == "e1"


def test_flat_view_never_overlaps(nlp):
    doc = nlp("Министерство обороны Российской Федерации и МГУ имени М. В. Ломоносова, улица Ленина, 5. " + TEXT)
    for before, after in zip(doc.ents, doc.ents[1:]):
        assert before.end <= after.start


@pytest.mark.parametrize("prefix", ["", "🚀🚀 ", "👩‍🚀 é ", "\U0001f1f0\U0001f1ff — ", "х\u00ad\u200b "])
def test_offsets_are_code_points(nlp, prefix):
    doc = nlp(prefix + TEXT)
    person = next(e for e in doc.ents if e.label == "PERSON")
    assert doc.text[person.start : person.end] == "Дмитрий Рогозин"


def test_lone_surrogates_do_no_harm(nlp):
    doc = nlp("\ud800 \udfff " + TEXT)
    person = next(e for e in doc.ents if e.label == "PERSON")
    assert doc.text[person.start : person.end] == "Дмитрий Рогозин"
    assert doc.text.startswith("\ud800")
    doc.to_html()
    json.loads(doc.to_json())


@pytest.mark.parametrize("text", ["", " ", "\0", "\0\0Москва\0", "\n\n\n", "«" * 5000, "a" * 100000, "\u202e\ufeff"])
def test_odd_texts(nlp, text):
    doc = nlp(text)
    assert doc.text == text
    json.loads(doc.to_json())
    assert "atau" in doc._repr_html_()


def test_dict_and_json_are_the_contract(nlp):
    doc = nlp(TEXT)
    d = doc.to_dict()
    assert set(d) == {"entities", "nested", "document_entities", "relations"}
    assert set(d["entities"][0]) == {
        "start", "end", "type", "kind", "text", "normal", "slots", "entity", "gazetteer", "score", "rule",
    }  # fmt: skip
    assert [e["text"] for e in d["entities"]] == [e.text for e in doc.ents]
    assert [e["score"] for e in d["entities"]] == [e.score for e in doc.ents]
    assert set(d["document_entities"][0]) == {"id", "type", "normal", "gazetteer", "mentions"}
    for relation in d["relations"]:
        assert set(relation) == {"type", "subject", "role", "object", "start", "end"}


def test_relation_of_person_and_body(nlp):
    doc = nlp(TEXT)
    names = {e.id: e.normal for e in doc.entities}
    assert any(r.type == "WORKS_AS" and names[r.subject] == "Дмитрий Рогозин" for r in doc.relations)


@pytest.mark.parametrize(
    "text", ["Всемирная организация здравоохранения (ВОЗ) ждёт.", "ВОЗ (Всемирная организация здравоохранения) ждёт."]
)
def test_an_alias_says_the_other_name(nlp, text):
    doc = nlp(text)
    (alias,) = [r for r in doc.relations if r.type == "ALIAS_OF"]
    assert doc.entity(alias.object).normal == "Всемирная организация здравоохранения"
    assert alias.role == "ВОЗ"


def test_pipe_keeps_order_and_contexts(nlp):
    texts = [f"Номер {i}. {TEXT}" if i % 3 else f"{i}" for i in range(300)]
    expected = [nlp(t).to_json() for t in texts]
    for threads in (1, 4):
        assert [d.to_json() for d in nlp.pipe(texts, n_threads=threads, batch_size=7)] == expected
    pairs = list(nlp.pipe(((t, i) for i, t in enumerate(texts)), n_threads=3, as_tuples=True))
    assert [i for _, i in pairs] == list(range(300))
    assert [d.text for d, _ in pairs] == texts


def test_pipe_takes_texts_as_it_goes(nlp):
    taken = []

    def source():
        for i in range(1000):
            taken.append(i)
            yield TEXT

    stream = nlp.pipe(source(), batch_size=10)
    next(stream)
    assert len(taken) <= 20


def test_pipe_rejects_nonsense(nlp):
    with pytest.raises(ValueError, match="batch_size"):
        list(nlp.pipe([TEXT], batch_size=0))
    with pytest.raises(TypeError, match="str"):
        list(nlp.pipe([TEXT, None]))
    with pytest.raises(TypeError, match="many texts"):
        nlp.pipe(TEXT)
    with pytest.raises(atau.Error, match="date"):
        nlp.pipe([TEXT], date="soon")


def test_pipe_gives_what_comes_before_a_bad_text(nlp):
    stream = nlp.pipe([TEXT, "Астана.", None, "Москва."])
    assert [next(stream).text, next(stream).text] == [TEXT, "Астана."]
    with pytest.raises(TypeError, match="NoneType"):
        next(stream)

    def broken():
        yield TEXT
        raise OSError("the feed is gone")

    stream = nlp.pipe(broken(), n_threads=2)
    assert next(stream).text == TEXT
    with pytest.raises(OSError, match="gone"):
        next(stream)


def test_threads_may_share_an_extractor(nlp):
    expected = nlp(TEXT).to_json()
    results = []

    def work():
        for _ in range(50):
            results.append(nlp(TEXT).to_json())

    threads = [threading.Thread(target=work) for _ in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert len(results) == 400
    assert set(results) == {expected}


def test_other_python_threads_run_meanwhile(nlp):
    ticks = []
    done = threading.Event()

    def tick():
        while not done.is_set():
            ticks.append(1)
            done.wait(0.001)

    ticker = threading.Thread(target=tick)
    ticker.start()
    before = len(ticks)
    nlp(TEXT * 3000)
    during = len(ticks) - before
    done.set()
    ticker.join()
    assert during > 3


def test_explain_found_and_not_found(nlp):
    doc = nlp(TEXT)
    person = next(e for e in doc.ents if e.label == "PERSON")
    why = doc.explain(person.start, person.end)
    best = why.readings[0]
    assert (best.start, best.end, best.label, best.chosen) == (person.start, person.end, "PERSON", True)
    assert best.reasons[0].evidence
    assert "PERSON" in str(why)
    not_found = doc.explain(TEXT.index("прибыл"), TEXT.index("прибыл") + 6)
    assert not any(r.chosen for r in not_found.readings)
    for start, end in [(-1, 3), (3, 3), (5, 2), (0, len(TEXT) + 1)]:
        with pytest.raises(atau.Error, match="span"):
            doc.explain(start, end)


def test_types_and_dates(nlp):
    only = atau.load(types=["PERSON"])
    assert {e.label for e in only(TEXT).ents} == {"PERSON"}
    doc = nlp("Это произошло вчера, рассказал Дмитрий Рогозин.", date="2021-03-02")
    assert any(e.label == "DATE" and e.slots.get("value") == "2021-03-01" for e in doc.ents)
    with pytest.raises(atau.Error, match="date"):
        nlp(TEXT, date="tomorrow")
    with pytest.raises(atau.Error, match="type"):
        atau.load(types=["PLANET"])
    with pytest.raises(atau.Error, match="repair"):
        atau.load(keep=["nonsense"])


def test_views_of_other_annotation_schemes():
    text = "Министерство обороны РФ открыло сквер на улице Гоголя."

    def found(nlp):
        return [e.text for e in nlp(text).ents]

    assert found(atau.load()) == ["Министерство обороны РФ", "улице Гоголя"]
    apart = atau.load(places_apart=True)
    assert found(apart) == ["Министерство обороны", "РФ", "улице Гоголя"]
    assert [e.normal for e in apart(text).ents] == ["Министерство обороны", "РФ", "Улица Гоголя"]
    assert "Министерство обороны" in {r.text for r in apart(text).nested}
    assert found(atau.load(without=["street"])) == ["Министерство обороны РФ"]
    with pytest.raises(atau.Error, match='kind "stret"'):
        atau.load(without=["stret"])
    with pytest.raises(TypeError, match="without must be a list"):
        atau.load(without="street")
    # The view goes where the extractor goes.
    both = atau.load(places_apart=True, without=["street"])
    for other in (pickle.loads(pickle.dumps(both)), both.with_names({"label": "PROGRAM", "name": "Заря степи"})):
        assert found(other) == ["Министерство обороны", "РФ"]
    assert both(text).explain(0, 20).readings[0].chosen
    # A body is still the one of the place that it was parted from.
    two = apart("Министерство обороны Грузии заявило. Министерство обороны РФ ответило.")
    bodies = [e for e in two.ents if e.label == "ORGANIZATION"]
    assert [(e.text, e.id) for e in bodies] == [
        ("Министерство обороны", "org.ge.minoborony"),
        ("Министерство обороны", "org.ru.minoborony"),
    ]
    assert bodies[0].entity is not bodies[1].entity
    assert [e.text for e in apart("Арбитражный суд города Москвы отказал.").ents] == ["Арбитражный суд", "Москвы"]
    with pytest.raises(atau.Error, match="kind"):
        atau.load(without=[""])


OWN = """#! entities type=PROGRAM source="own" licence=Apache-2.0
id\tkind\tname\tvariants\ttier\tslots
own.zarya_stepi\tprogramme\tЗаря степи\t\talone\t
"""


def test_own_names_at_run_time(tmp_path):
    path = tmp_path / "own.tsv"
    path.write_text(OWN, encoding="utf-8")
    for extra in ([path], [str(path)], [("own.tsv", OWN)]):
        nlp = atau.load(extra=extra)
        doc = nlp("Участники «Зари степи» собрались в Караганде.")
        own = next(e for e in doc.ents if e.id == "own.zarya_stepi")
        assert own.normal == "Заря степи"
        assert own.label == "PROGRAM"


def test_errors_name_the_place(tmp_path):
    bad = OWN.replace("tier\tslots", "tier\tslotz")
    with pytest.raises(atau.Error) as caught:
        atau.load(extra=[("own.tsv", bad)])
    assert caught.value.code == "syntax"
    assert caught.value.file == "own.tsv"
    assert caught.value.line >= 1
    assert "own.tsv" in str(caught.value)
    with pytest.raises(atau.Error) as caught:
        atau.load(extra=[tmp_path / "absent.tsv"])
    assert "absent.tsv" in str(caught.value)
    with pytest.raises(atau.Error) as caught:
        atau.load(tmp_path / "absent.bundle")
    assert caught.value.code == "not_found"
    (tmp_path / "wrong.bundle").write_bytes(b"PK\x03\x04" * 100)
    with pytest.raises(atau.Error) as caught:
        atau.load(tmp_path / "wrong.bundle")
    assert caught.value.code in ("corrupt", "version")
    assert pickle.loads(pickle.dumps(caught.value)).code == caught.value.code


class Checker(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.open, self.data = set(), [], []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        if tag != "meta":
            self.open.append(tag)
        assert not any(name.startswith("on") for name, _ in attrs)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.data.append(data)


@pytest.mark.parametrize(
    "evil",
    [
        "<script>alert(1)</script>",
        "</mark></div></style><img src=x onerror=alert(1)>",
        '" onmouseover="alert(1)',
        "' onfocus='x",
        "&lt;b&gt; &amp; <!-- ",
        "]]>\0\x1b\ufffe",
    ],
)
def test_html_is_safe_and_well_formed(nlp, evil):
    for text in (f"{evil} {TEXT} {evil}", f"Компания «{evil}» и Дмитрий {evil} Рогозин", f"<p>Банк «{evil}»</p>"):
        for as_html in (False, True):
            doc = nlp(text, html=as_html)
            for page in (False, True):
                checker = Checker()
                checker.feed(doc.to_html(page=page, title=evil))
                assert checker.open == []
                assert not checker.tags & {"script", "img", "b", "iframe"}


def test_html_shows_marks(nlp):
    piece = nlp(TEXT)._repr_html_()
    assert '<mark class="atau-PERSON"' in piece
    assert "<html" not in piece
    assert "<script" not in piece
    page = nlp(TEXT).to_html(page=True, title="Пуск")
    assert page.startswith("<!DOCTYPE html>")
    assert '<meta charset="utf-8">' in page
    assert "<title>Пуск</title>" in page


def test_html_text_keeps_offsets(nlp):
    text = "<p>&laquo;Роскосмос&raquo;</p><p>Дмитрий <b>Рогозин</b></p>"
    doc = nlp(text, html=True)
    person = next(e for e in doc.ents if e.label == "PERSON")
    assert text[person.start : person.end] == "Дмитрий <b>Рогозин"
    assert person.text == "Дмитрий Рогозин"


def test_repairs_are_reported(nlp):
    doc = nlp("😀 Мо\u00adсква")
    repair = next(r for r in doc.repairs if r.kind == "soft_hyphen")
    assert (repair.start, repair.end, repair.before, repair.after) == (4, 5, "\u00ad", "")
    assert any(e.normal == "Москва" for e in doc.ents)


def test_pickles(nlp):
    doc = nlp(TEXT)
    again = pickle.loads(pickle.dumps(doc))
    assert again.to_json() == doc.to_json()
    assert again.ents == doc.ents
    assert again.explain(0, 11).text == doc.explain(0, 11).text
    other = pickle.loads(pickle.dumps(nlp))
    assert other.fingerprint == nlp.fingerprint
    assert other(TEXT).to_json() == doc.to_json()


def test_doc_is_a_collection(nlp):
    doc = nlp(TEXT)
    assert len(doc) == len(doc.ents) == len(list(doc)) == 5
    assert doc[0] is doc.ents[0]
    assert doc[-1].normal == "Казахстан"
    assert doc[1:3] == doc.ents[1:3]
    with pytest.raises(IndexError):
        doc[5]
    assert "Роскосмос" in doc
    assert "Роскосмоса" in doc
    assert "Марс" not in doc
    assert doc[0] in doc
    assert bool(nlp("Ничего."))
    assert doc.entity("e2").normal == "Дмитрий Рогозин"
    assert (
        [e.text for e in doc.mentions("e2")] == [e.text for e in doc.mentions(doc.entity("e2"))] == ["Дмитрий Рогозин"]
    )
    with pytest.raises(KeyError):
        doc.entity("e99")


def test_reprs_help(nlp):
    doc = nlp(TEXT)
    assert repr(doc).startswith("<atau.Document 'Генеральный директор")
    assert "5 mentions of 4 entities" in repr(doc)
    assert repr(doc[1]) == "<ORGANIZATION 'Роскосмоса' 21:31 = 'Роскосмос' org.ru.roskosmos>"
    assert str(doc[1]) == "Роскосмоса"
    assert "types=PERSON" in repr(atau.load(types=["PERSON"]))


def test_documents_are_values(nlp):
    one, same, other = nlp(TEXT), nlp(TEXT), nlp(TEXT + " ")
    assert one == same
    assert hash(one) == hash(same)
    assert one != other
    assert one != TEXT
    assert len({one, same, other}) == 2
    assert len(set(one.ents) | set(same.ents)) == len(one.ents)
    assert copy.deepcopy(one) is one
    with pytest.raises(dataclasses.FrozenInstanceError):
        one[0].label = "PERSON"


@pytest.mark.parametrize("charset", ["windows-1251", "koi8-r", "utf-16", "utf-8", "auto", None])
def test_bytes_in_many_charsets(nlp, charset):
    data = TEXT.encode({"auto": "cp1251", None: "koi8-r"}.get(charset, charset))
    doc = nlp(data, charset=charset)
    assert doc.text == TEXT
    assert doc.to_json() == nlp(TEXT).to_json()
    assert next(nlp.pipe([bytearray(data)], charset=charset)) == doc
    assert nlp.explain(memoryview(data), 21, 31, charset=charset).readings[0].label == "ORGANIZATION"


def test_charsets_are_checked(nlp):
    with pytest.raises(atau.Error, match="klingon") as caught:
        nlp(b"bytes", charset="klingon")
    assert caught.value.code == "invalid_argument"
    with pytest.raises(TypeError, match="str already"):
        nlp("str", charset="utf-8")
    assert nlp(b"\xff\xfe\xfa", charset="utf-8").text


def test_json_carries_an_id_as_the_program_does(nlp, tmp_path):
    lines = [
        {"id": '№ 1 "a"\n\x1f', "text": TEXT},
        {"id": 7, "url": "http://x/?a=1&b=«»", "n": [1, 2.5, None, {"к": True}], "text": "Астана."},
        {"id": None, "text": ""},
    ]
    source = tmp_path / "in.jsonl"
    source.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    program = os.environ.get("ATAU_PROGRAM")
    if not program:
        pytest.skip("ATAU_PROGRAM names no program")
    command = [program, "extract", "--from", "jsonl", "--to", "jsonl", str(source)]
    expected = subprocess.run(command, stdout=subprocess.PIPE, check=True, encoding="utf-8").stdout.splitlines()
    for line, wanted in zip(lines, expected):
        carry = {key: value for key, value in line.items() if key not in ("id", "text")}
        assert nlp(line["text"]).to_json(id=line["id"], carry=carry) == wanted
        assert nlp(line["text"]).to_dict(id=line["id"], carry=carry) == json.loads(wanted)


def test_documents_come_back_from_json(nlp):
    for text in (TEXT, "", "😀 Мо\u00adсква, \ud800 Дмитрий Рогозин"):
        doc = nlp(text)
        back = atau.Document.from_json(doc.to_json(), doc.text)
        assert back == doc
        assert back.to_json() == doc.to_json()
        assert back.to_brat() == doc.to_brat()
        assert back.to_conll() == doc.to_conll()
        full = atau.Document.from_json(
            doc.to_json(id="x", text=True).encode("utf-8", "surrogatepass").replace(b"\xed\xa0\x80", b"\xef\xbf\xbd")
        )
        assert full.to_json() == doc.to_json()
        assert full.repairs == doc.repairs
        assert full.to_html() == doc.to_html()
        assert atau.Document.from_dict(doc.to_dict(), doc.text) == doc
        again = pickle.loads(pickle.dumps(back))
        assert again == doc
    with pytest.raises(atau.Error, match="without its extractor"):
        again.explain(0, 2)
    assert atau.Document.from_json(nlp(TEXT).to_json(), TEXT, nlp).explain(21, 31).readings[0].chosen


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d.pop("nested"), "nested is missing"),
        (lambda d: d["entities"][0].pop("start"), r"entities\[0\].start is missing"),
        (lambda d: d["entities"][0].update(end=10**6), "outside the text"),
        (lambda d: d["entities"][0].update(start=-1), "start is -1"),
        (lambda d: d["entities"][0].update(start=True), "start is True"),
        (lambda d: d["entities"][0].update(type="PLANET"), "PLANET"),
        (lambda d: d["entities"][0].update(slots={"a": 1}), "slots is"),
        (lambda d: d["entities"][1].update(entity="e77"), "not there"),
        (lambda d: d["nested"][0].update(parent=77), "parent"),
        (lambda d: d["document_entities"][0].update(mentions=[77]), "mention that is not there"),
        (lambda d: d["document_entities"][0].update(mentions=[]), "no mention"),
        (lambda d: d["relations"][0].update(subject="e77"), "not there"),
        (lambda d: d.update(entities=[7]), "no object"),
    ],
)
def test_from_dict_names_what_is_wrong(nlp, change, message):
    values = nlp(TEXT).to_dict()
    change(values)
    with pytest.raises(atau.Error, match=message):
        atau.Document.from_dict(values, TEXT)


def test_from_json_rejects_what_is_no_document(nlp):
    for line in ("", "{", "[]", "7", '{"entities": 7}'):
        with pytest.raises(atau.Error) as caught:
            atau.Document.from_json(line, "")
        assert caught.value.code == "syntax"
    with pytest.raises(atau.Error, match="no text"):
        atau.Document.from_json(nlp(TEXT).to_json())


def test_displacy_brat_conll(nlp):
    doc = nlp(TEXT)
    shown = doc.to_displacy(title="Пуск")
    assert shown["text"] == TEXT
    assert shown["title"] == "Пуск"
    assert [(e["start"], e["end"], e["label"]) for e in shown["ents"]] == [(e.start, e.end, e.label) for e in doc]
    assert "T2\tORGANIZATION 21 31\tРоскосмоса\n" in doc.to_brat()
    assert "Дмитрий\tB-PERSON\nРогозин\tI-PERSON\n" in doc.to_conll()
    spacy = pytest.importorskip("spacy")
    html = spacy.displacy.render(shown, style="ent", manual=True, jupyter=False)
    assert "Роскосмоса" in html


def test_explanations_count_code_points(nlp):
    doc = nlp("😀 " + TEXT)
    person = next(e for e in doc if e.label == "PERSON")
    assert f"reading PERSON {person.start}..{person.end} " in str(doc.explain(person.start, person.end))


def test_unpickled_documents_find_their_extractor(tmp_path):
    own = atau.load(extra=[("PROGRAM", "Заря степи")])
    doc = own("Участники «Зари степи».")
    data = pickle.dumps(doc)
    assert len(data) < 20_000
    assert pickle.loads(data).explain(11, 21).readings[0].label == "PROGRAM"
    plain = pickle.dumps(atau.load(types=["PERSON"])(TEXT))
    gc.collect()
    assert pickle.loads(plain).explain(32, 47).readings[0].chosen
    fingerprint = own.fingerprint
    packed = pickle.dumps(own)
    del own, doc
    gc.collect()
    lost = pickle.loads(data)
    assert [e.normal for e in lost.ents if e.label == "PROGRAM"] == ["Заря степи"]
    with pytest.raises(atau.Error, match="names or rules of its own"):
        lost.explain(11, 21)
    again = pickle.loads(packed)
    assert again.fingerprint == fingerprint
    assert lost.explain(11, 21).readings[0].label == "PROGRAM"


def test_progress_shows_a_bar(nlp, capsys):
    pytest.importorskip("tqdm")
    assert len(list(nlp.pipe([TEXT] * 3, progress=True))) == 3
    assert "3/3" in capsys.readouterr().err


def test_optional_packages_are_named_when_they_lack(nlp, monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    with pytest.raises(ImportError, match="pip install tqdm"):
        nlp.pipe([TEXT], progress=True)
    monkeypatch.setitem(sys.modules, "pandas", None)
    monkeypatch.delitem(sys.modules, "atau.pandas", raising=False)
    with pytest.raises(ImportError, match="pip install pandas"):
        nlp.to_frame([TEXT])


def test_import_is_light():
    code = "import sys, atau; print(*sorted({m.split('.')[0] for m in sys.modules}))"
    modules = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, check=True, text=True).stdout.split()
    heavy = {
        "numpy",
        "pandas",
        "tqdm",
        "spacy",
        "pyspark",
        "IPython",
        "asyncio",
        "multiprocessing",
        "unittest",
        "email",
    }
    assert not heavy & set(modules)


def test_arguments_are_checked(nlp, tmp_path):
    for wrong in (7, None, ["a"], {"text": "a"}):
        with pytest.raises(TypeError, match="str or bytes"):
            nlp(wrong)
    with pytest.raises(TypeError, match="types must be a list"):
        atau.load(types="PERSON")
    with pytest.raises(TypeError, match="extra must be a list"):
        atau.load(extra="own.tsv")
    with pytest.raises(atau.Error, match="extra holds") as caught:
        atau.load(extra=[7])
    assert caught.value.code == "invalid_argument"
    with pytest.raises(atau.Error, match="a content, no path"):
        atau.load(extra=[OWN])
    with pytest.raises(atau.Error) as caught:
        atau.load(extra=[tmp_path / "absent.jsonl"])
    assert (caught.value.code, caught.value.file) == ("not_found", str(tmp_path / "absent.jsonl"))
