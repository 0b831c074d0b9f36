"""The spaCy component: what it sets, what becomes of mentions that do not fit, saving, processes, training tools."""

import json
import pathlib
import pickle
import shutil
import subprocess
import sys
import warnings

import atau
import pytest
import spacy
from spacy.tokens import Doc, DocBin, Span
from spacy.training import Example

TEXT = "Гендиректор Роскосмоса Дмитрий Рогозин прибыл в Министерство обороны Российской Федерации."
GLUED = "Посол КазахстанаПремьер-министр Аскар Мамин вышел."
OWN = """#! entities type=PROGRAM source="own" licence=Apache-2.0
id\tkind\tname\tvariants\ttier\tslots
own.zarya_stepi\tprogramme\tЗаря степи\t\talone\t
"""
OWN_TEXT = "Участники «Зари степи» собрались в Караганде."
HERE = pathlib.Path(__file__).parent


def pipeline(lang="ru", **config):
    nlp = spacy.blank(lang)
    nlp.add_pipe("atau", config=config)
    return nlp


@pytest.fixture(scope="module")
def nlp():
    return pipeline()


def found(doc):
    return [(e.text, e.label_) for e in doc.ents]


@pytest.mark.parametrize("lang", ["ru", "xx"])
def test_both_views(lang):
    doc = pipeline(lang)(TEXT)
    assert ("Дмитрий Рогозин", "PERSON") in found(doc)
    assert ("Министерство обороны Российской Федерации", "ORGANIZATION") in found(doc)
    assert ("Российской Федерации", "LOCATION") not in found(doc)
    nested = [(s.text, s.label_) for s in doc.spans["atau"]]
    assert ("Российской Федерации", "LOCATION") in nested
    assert set(found(doc)) <= set(nested)


def test_what_a_span_tells(nlp):
    doc = nlp(TEXT)
    person = next(e for e in doc.ents if e.label_ == "PERSON")
    assert person._.atau_normal == "Дмитрий Рогозин"
    assert person._.atau_slots["last"] == "Рогозин"
    assert person._.atau_kind
    assert person._.atau_entity in {e["id"] for e in doc._.atau_entities}
    assert person._.atau_score > 0
    assert person._.atau_rule
    ministry = next(e for e in doc.ents if e.text.startswith("Министерство"))
    assert ministry.kb_id_ == ministry._.atau_id == "org.ru.minoborony"
    inner = next(s for s in doc.spans["atau"] if s.text == "Российской Федерации")
    assert inner._.atau_normal == "Российская Федерация"
    assert any(r["type"] == "WORKS_AS" and r["subject"] == person._.atau_entity for r in doc._.atau_relations)


def test_what_other_spans_tell(nlp):
    doc = nlp(TEXT)
    assert doc[4:5]._.atau_normal == ""
    assert doc[4:5]._.atau_id is None
    assert doc[4:5]._.atau_slots == {}
    empty = spacy.blank("ru")("Пусто.")
    assert empty._.atau is None
    assert empty._.atau_entities == empty._.atau_relations == []


def test_the_document_is_the_one_of_the_package(nlp):
    straight = atau.load()(TEXT)
    doc = nlp(TEXT)
    assert doc._.atau_json == straight.to_json()
    assert doc._.atau.to_json() == straight.to_json()
    assert [(e.text, e.start, e.end) for e in doc._.atau.nested] == [(e.text, e.start, e.end) for e in straight.nested]
    soft = "Ракета «Бай\u00adтерек»"
    assert [r.kind for r in nlp(soft)._.atau.repairs] == [r.kind for r in atau.load()(soft).repairs] != []


def test_same_bytes_as_the_command_line(nlp):
    golden = HERE.parent / "golden"
    inputs = [json.loads(line) for line in (golden / "input.jsonl").read_text(encoding="utf-8").splitlines()]
    expected = (golden / "expected.jsonl").read_text(encoding="utf-8").rstrip("\n").split("\n")
    docs = nlp.pipe((d["text"] for d in inputs), batch_size=7)
    for given, line, doc in zip(inputs, expected, docs):
        assert line.endswith(doc._.atau_json[1:]), given["id"]


def test_nothing_is_lost_silently(nlp):
    golden = HERE.parent / "golden" / "input.jsonl"
    texts = [json.loads(line)["text"] for line in golden.read_text(encoding="utf-8").splitlines()]
    for doc in nlp.pipe([*texts, GLUED]):
        flat = {(e.start_char, e.end_char, e.label_) for e in doc.ents}
        noted = {(n["start"], n["end"], n["type"]) for n in doc._.atau_misfits}
        for mention in doc._.atau.ents:
            key = (mention.start, mention.end, mention.label)
            assert key in flat or key in noted, mention


def test_expand(nlp):
    doc = nlp(GLUED)
    # spaCy sees one token where two words are glued, and each of the two mentions grows to it: the stronger one stays.
    assert "КазахстанаПремьер" in [t.text for t in doc]
    assert ("КазахстанаПремьер", "LOCATION") in found(doc)
    why = {(n["text"], n["why"]) for n in doc._.atau_misfits}
    assert ("Казахстана", "expanded to the tokens 'КазахстанаПремьер'") in why
    assert ("Премьер-министр", "not in doc.ents: shares a token with 'КазахстанаПремьер' (LOCATION)") in why
    assert {"Казахстана", "Премьер-министр"} <= {e.text for e in doc._.atau.ents}
    assert {s._.atau_mention["text"] for s in doc.spans["atau"]} >= {"Казахстана", "Премьер-министр"}


@pytest.mark.parametrize("alignment", ["contract", "strict"])
def test_contract_and_strict(alignment):
    doc = pipeline(alignment=alignment)(GLUED)
    assert not any("Казахстан" in e.text for e in doc.ents)
    lost = next(n for n in doc._.atau_misfits if n["text"] == "Казахстана")
    assert lost["why"] == "no span: its ends are not those of tokens"
    if alignment == "contract":
        assert ("-министр", "ROLE") in found(doc)
        assert "contracted to the tokens '-министр'" in {n["why"] for n in doc._.atau_misfits}


def with_ruler(**config):
    nlp = spacy.blank("ru")
    ruler = nlp.add_pipe("entity_ruler")
    ruler.add_patterns([{"label": "OWN", "pattern": "Рогозин прибыл"}, {"label": "VERB", "pattern": "прибыл"}])
    nlp.add_pipe("atau", config=config)
    return nlp


def test_entities_that_were_there_stay():
    doc = with_ruler()(TEXT)
    assert ("Рогозин прибыл", "OWN") in found(doc)
    assert ("Дмитрий Рогозин", "PERSON") not in found(doc)
    assert ("Роскосмоса", "ORGANIZATION") in found(doc)
    why = {n["text"]: n["why"] for n in doc._.atau_misfits}
    assert why["Дмитрий Рогозин"] == "not in doc.ents: shares a token with 'Рогозин прибыл' (OWN)"


def test_entities_that_were_there_are_overwritten():
    doc = with_ruler(overwrite_ents=True)(TEXT)
    assert ("Дмитрий Рогозин", "PERSON") in found(doc)
    assert "OWN" not in {e.label_ for e in doc.ents}


def test_a_second_run_replaces_the_first(nlp):
    doc = nlp(TEXT)
    before = found(doc), len(doc.user_data), len(doc.spans["atau"])
    nlp.get_pipe("atau")(doc)
    assert (found(doc), len(doc.user_data), len(doc.spans["atau"])) == before
    assert doc._.atau_misfits == []


def test_options():
    assert {e.label_ for e in pipeline(types=["PERSON"])(TEXT).ents} == {"PERSON"}
    assert len(pipeline(set_ents=False)(TEXT).ents) == 0
    assert len(pipeline(set_ents=False)(TEXT).spans["atau"]) > 0
    assert list(pipeline(spans_key=None)(TEXT).spans) == []
    assert len(pipeline(spans_key="names")(TEXT).spans["names"]) > 0
    dated = pipeline(date="2021-03-25")("Это случилось вчера.")
    assert [e._.atau_slots["value"] for e in dated.ents if e.label_ == "DATE"] == ["2021-03-24"]
    street = "Министерство обороны РФ открыло сквер на улице Гоголя."
    view = pipeline(without=["street"], places_apart=True)
    assert [e.text for e in view(street).ents] == ["Министерство обороны", "РФ"]
    latin = "Мocква"  # the second and the third letter are Latin
    assert found(pipeline()("Вот " + latin)) != found(pipeline(keep=["look_alike"])("Вот " + latin))


def test_labels():
    nlp = pipeline(
        labels={"PERSON": "PER", "ORGANIZATION": "ORG", "LOCATION": "LOC"}, types=["PERSON", "ORGANIZATION", "LOCATION"]
    )
    doc = nlp(TEXT)
    assert {e.label_ for e in doc.ents} == {"PER", "ORG"}
    assert {s.label_ for s in doc.spans["atau"]} == {"PER", "ORG", "LOC"}
    assert nlp.pipe_labels["atau"] == ["PER", "ORG", "LOC"]
    # What another mapping has said is of no matter to the values.
    assert doc.ents[0]._.atau_mention["type"] == "ORGANIZATION"


@pytest.mark.parametrize(
    ("config", "error", "says"),
    [
        ({"alignment": "grow"}, ValueError, "alignment must be one of expand, contract, strict"),
        ({"labels": {"PER": "PERSON"}}, ValueError, "types are PERSON, ORGANIZATION"),
        ({"n_threads": 0}, ValueError, "n_threads"),
        ({"types": ["NAME"]}, atau.Error, 'there is no type "NAME"'),
        ({"date": "25.03.2021"}, atau.Error, "date"),
        ({"extra": [["own.tsv", "#! entities\nid\n"]]}, atau.Error, "own.tsv:1"),
        ({"extra": [["own.tsv"]]}, ValueError, "a path or [name, content]"),
    ],
)
def test_mistakes_are_told_when_the_component_is_made(config, error, says):
    with pytest.raises(error) as caught:
        pipeline(**config)
    assert says in str(caught.value)


def test_missing_files_are_told_at_the_first_text(tmp_path):
    nlp = pipeline(bundle=str(tmp_path / "none.bundle"))
    with pytest.raises(atau.Error) as caught:
        nlp(TEXT)
    assert "none.bundle" in str(caught.value)
    with pytest.raises(atau.Error):
        list(nlp.pipe([TEXT]))


def test_pipe_keeps_order_and_contexts():
    nlp = pipeline(n_threads=3)
    texts = [f"Город {name} и номер {i}." for i, name in enumerate(["Москва", "Караганда", "Париж"] * 40)]
    docs = list(nlp.pipe([(t, i) for i, t in enumerate(texts)], as_tuples=True, batch_size=11))
    assert [i for _, i in docs] == list(range(len(texts)))
    assert [d.text for d, _ in docs] == texts
    assert [found(d) for d, _ in docs] == [found(nlp(t)) for t in texts]


def test_two_processes(nlp):
    texts = [TEXT, GLUED, OWN_TEXT] * 20
    one = list(nlp.pipe(texts))
    two = list(nlp.pipe(texts, n_process=2, batch_size=5))
    assert [found(d) for d in two] == [found(d) for d in one]
    assert [d._.atau_json for d in two] == [d._.atau_json for d in one]
    assert [[s._.atau_normal for s in d.spans["atau"]] for d in two] == [
        [s._.atau_normal for s in d.spans["atau"]] for d in one
    ]


def test_documents_are_saved(nlp):
    doc = nlp(TEXT)
    again = Doc(nlp.vocab).from_bytes(doc.to_bytes())
    stored = next(DocBin(docs=[doc], store_user_data=True).get_docs(nlp.vocab))
    pickled = pickle.loads(pickle.dumps(doc))
    for other in (again, stored, pickled, doc.copy()):
        assert found(other) == found(doc)
        assert [e._.atau_normal for e in other.ents] == [e._.atau_normal for e in doc.ents]
        assert other._.atau.to_json() == doc._.atau.to_json()
    part = doc[1:5].as_doc(copy_user_data=True)
    assert [e._.atau_normal for e in part.ents] == [e._.atau_normal for e in doc.ents if e.start >= 1 and e.end <= 5]


@pytest.fixture()
def own_files(tmp_path):
    """A dictionary and a bundle of one's own."""
    (tmp_path / "own.tsv").write_text(OWN, encoding="utf-8")
    shutil.copyfile(pathlib.Path(atau.__file__).parent / "atau.bundle", tmp_path / "copy.bundle")
    return tmp_path


def own_name(nlp):
    return [(e.text, e._.atau_normal, e.kb_id_) for e in nlp(OWN_TEXT).ents if e.label_ == "PROG"]


EXPECTED_OWN = [("Зари степи", "Заря степи", "own.zarya_stepi")]


def test_to_bytes(own_files):
    nlp = pipeline(extra=[str(own_files / "own.tsv")], labels={"PROGRAM": "PROG"})
    assert own_name(nlp) == EXPECTED_OWN
    (own_files / "own.tsv").unlink()
    assert own_name(pipeline().from_bytes(nlp.to_bytes())) == EXPECTED_OWN
    component = pickle.loads(pickle.dumps(nlp.get_pipe("atau")))
    assert [e.label_ for e in component(spacy.blank("ru").make_doc(OWN_TEXT)).ents] == [
        e.label_ for e in nlp(OWN_TEXT).ents
    ]


def test_to_disk_needs_nothing_else(own_files, tmp_path):
    nlp = pipeline(
        extra=[str(own_files / "own.tsv")], bundle=str(own_files / "copy.bundle"), labels={"PROGRAM": "PROG"}
    )
    nlp.to_disk(tmp_path / "saved")
    (own_files / "own.tsv").unlink()
    (own_files / "copy.bundle").unlink()
    (tmp_path / "saved").rename(tmp_path / "moved")
    loaded = spacy.load(tmp_path / "moved")
    assert own_name(loaded) == EXPECTED_OWN
    loaded.to_disk(tmp_path / "moved")  # over itself
    assert own_name(spacy.load(tmp_path / "moved")) == EXPECTED_OWN


def test_another_bundle_is_warned_of(tmp_path):
    nlp = pipeline()
    nlp.to_disk(tmp_path)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        spacy.load(tmp_path)
    saved = tmp_path / "atau" / "atau.json"
    recipe = json.loads(saved.read_text(encoding="utf-8"))
    recipe["fingerprint"] = "0" * 16
    saved.write_text(json.dumps(recipe), encoding="utf-8")
    with pytest.warns(UserWarning, match="results may differ"):
        spacy.load(tmp_path)


def test_evaluate(nlp):
    doc = nlp.make_doc(TEXT)
    person = doc.char_span(23, 38, "PERSON")
    assert isinstance(person, Span)
    doc.ents = [person]
    scores = nlp.evaluate([Example(nlp.make_doc(TEXT), doc)])
    assert scores["ents_r"] == 1.0
    assert 0 < scores["ents_p"] < 1


def test_the_factory_is_found_without_an_import():
    code = "import spacy, sys; nlp = spacy.blank('xx'); nlp.add_pipe('atau'); print(len(nlp('Это Москва.').ents))"
    out = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, check=True, text=True)
    assert out.stdout == "1\n"
