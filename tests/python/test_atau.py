"""The contract of the Python package."""

import html.parser
import json
import pickle
import threading

import atau
import pytest

TEXT = "Генеральный директор Роскосмоса Дмитрий Рогозин прибыл на космодром Байконур в Казахстане."


@pytest.fixture(scope="session")
def nlp():
    return atau.load()


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
    assert set(d["document_entities"][0]) == {"id", "type", "normal", "gazetteer", "mentions"}
    for relation in d["relations"]:
        assert set(relation) == {"type", "subject", "role", "object", "start", "end"}


def test_relation_of_person_and_body(nlp):
    doc = nlp(TEXT)
    names = {e.id: e.normal for e in doc.entities}
    assert any(r.type == "WORKS_AS" and names[r.subject] == "Дмитрий Рогозин" for r in doc.relations)


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
    with pytest.raises(TypeError, match="str"):
        nlp(b"bytes")


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
    assert len(doc) == len(doc.ents) == len(list(doc))
    assert "atau.Document" in repr(doc)
