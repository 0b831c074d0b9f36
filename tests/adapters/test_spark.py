"""Extraction over DataFrames in a local Spark: the bytes of the command line, bad rows, options, views."""

import json
import os
import pathlib
import subprocess
import sys
import threading

import atau
import atau.spark as atau_spark
import pytest

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parents[1]
PROGRAM = pathlib.Path(os.environ.get("ATAU_PROGRAM", ROOT / "build" / "atau"))
# All of them take less than half a minute on two cores.
DOCUMENTS = int(os.environ.get("ATAU_SPARK_DOCUMENTS", "100000"))

TEXT = "Гендиректор Роскосмоса Дмитрий Рогозин прибыл на Байконур."
OWN = """#! entities type=PROGRAM source="own" licence=Apache-2.0
id\tkind\tname\tvariants\ttier\tslots
own.zarya_stepi\tprogramme\tЗаря степи\t\talone\t
"""
OWN_TEXT = "Участники «Зари степи» собрались в Караганде."


@pytest.fixture(scope="module")
def rows(spark):
    return spark.createDataFrame([("a", TEXT), ("b", None), ("c", ""), ("d", "Ничего.")], "id string, text string")


def command_line(path):
    command = [PROGRAM, "extract", "--quiet", "--from", "jsonl", "--to", "jsonl", "--jobs", "2", path]
    return subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout


def lines_of(folder):
    out = []
    for part in sorted(pathlib.Path(folder).glob("part-*")):
        out += part.read_bytes().split(b"\n")[:-1]
    return out


def test_many_documents_give_the_bytes_of_the_command_line(spark, tmp_path):
    documents = tmp_path / "documents.jsonl"
    with open(documents, "wb") as file:
        subprocess.run([sys.executable, HERE / "make_documents.py", str(DOCUMENTS)], stdout=file, check=True)
    df = spark.read.schema("id string, text string").json(str(documents)).repartition(4)
    atau_spark.extract(df).select("json").write.text(str(tmp_path / "out"))
    ours, theirs = lines_of(tmp_path / "out"), command_line(documents).split(b"\n")[:-1]
    assert len(ours) == len(theirs) == DOCUMENTS
    # Spark keeps no order between partitions; every line begins with its id.
    ours.sort()
    theirs.sort()
    assert ours == theirs


def test_golden_texts(spark):
    golden = ROOT / "tests" / "golden"
    df = spark.read.schema("id string, text string").json(str(golden / "input.jsonl"))
    inputs = [json.loads(line) for line in (golden / "input.jsonl").read_text(encoding="utf-8").splitlines()]
    expected = (golden / "expected.jsonl").read_text(encoding="utf-8").rstrip("\n").split("\n")
    found = {row.id: row.json for row in atau_spark.extract(df).collect()}
    for given, line in zip(inputs, expected):
        if set(given) == {"id", "text"}:
            assert found[given["id"]] == line
        else:  # the command line carries further members through; here they are columns
            assert line.endswith(found[given["id"]].split(",", 1)[1])


def test_bad_rows_do_no_harm(rows):
    found = {row.id: row for row in atau_spark.extract(rows).collect()}
    assert found["b"].json is None
    assert found["b"].error == "the text is null"
    assert {found[i].error for i in "acd"} == {None}
    assert json.loads(found["c"].json) == {
        "id": "c",
        "entities": [],
        "nested": [],
        "document_entities": [],
        "relations": [],
    }
    assert found["d"].text == "Ничего."


def test_ids(spark):
    df = spark.createDataFrame([(2**62 + 1, "Это Москва."), (None, "Это Караганда.")], "id long, text string")
    lines = [row.json for row in atau_spark.extract(df).orderBy("text").collect()]
    assert lines[0].startswith('{"id":null,"entities":[{"start":4')
    assert lines[1].startswith('{"id":4611686018427387905,"entities":[{"start":4')
    bare = atau_spark.extract(df.drop("id"), id=None).first()
    assert bare.json == atau.load()(bare.text).to_json()


def test_other_columns_stay_as_they_are(spark):
    schema = "key string, body string, n long, tags array<string>, more struct<x: double, y: map<string, int>>"
    schema += ", t timestamp, d decimal(38, 3)"
    row = ("k", TEXT, None, ["a", None], (0.1, {"z": 1}), None, None)
    big = ("l", TEXT, 2**62 + 1, [], None, None, None)
    df = spark.createDataFrame([row, big], schema)
    found = atau_spark.extract(df, text="body", id="key")
    assert found.columns == [*df.columns, "json", "error"]
    assert found.drop("json", "error").schema == df.schema
    assert found.drop("json", "error").collect() == df.collect()


def test_views(rows):
    found = atau_spark.extract(rows, columns=("json", *atau_spark.VIEWS))
    assert found.columns == ["id", "text", "json", "error", "entities", "nested", "document_entities", "relations"]
    for row in found.collect():
        values = row.asDict(recursive=True)
        if row.json is None:
            assert all(values[view] is None for view in atau_spark.VIEWS)
            continue
        for view, part in json.loads(row.json).items():
            if view != "id":
                assert values[view] == part, view


def test_columns_and_prefix(rows):
    assert atau_spark.extract(rows, columns=("relations",), prefix="atau_").columns == [
        "id",
        "text",
        "atau_error",
        "atau_relations",
    ]
    named = rows.withColumnRenamed("text", "json")
    with pytest.raises(ValueError, match="has a column 'json' already"):
        atau_spark.extract(named, text="json")
    assert atau_spark.extract(named, text="json", prefix="x.").first()["x.json"] is not None
    # Names that must be quoted in Spark's expressions.
    odd = rows.withColumnRenamed("text", "the.text `x`").withColumnRenamed("id", "the.id")
    assert atau_spark.entities(odd, text="the.text `x`", id="the.id").columns[0] == "the.id"


def test_tables(rows):
    flat = atau_spark.entities(rows)
    assert flat.columns[:5] == ["id", "start", "end", "type", "kind"]
    expected = [(e.start, e.end, e.label, e.text, e.normal, e.slots, e.id) for e in atau.load()(TEXT).ents]
    got = [(r.start, r.end, r.type, r.text, r.normal, r.slots, r.gazetteer) for r in flat.orderBy("start").collect()]
    assert got == expected != []
    nested = atau_spark.entities(rows, view="nested", types=["PERSON"])
    assert {r.type for r in nested.collect()} == {"PERSON"}
    found = atau_spark.extract(rows, columns=("document_entities", "relations"))
    things = atau_spark.table(found, "document_entities")
    assert things.columns == ["document_id", "id", "type", "normal", "gazetteer", "mentions"]
    assert [r.normal for r in things.collect()] == [e.normal for e in atau.load()(TEXT).entities]
    relations = atau_spark.table(found, "relations", keys=["id", "text"])
    assert relations.columns == ["id", "text", "type", "subject", "role", "object", "start", "end"]
    assert relations.first().text == TEXT


def test_options(spark, tmp_path):
    (tmp_path / "own.tsv").write_text(OWN, encoding="utf-8")
    df = spark.createDataFrame([("a", OWN_TEXT), ("b", "Вчера в <b>Моск</b>ве.")], "id string, text string")

    def found(**options):
        return {(r.id, r.type, r.normal, r.gazetteer) for r in atau_spark.entities(df, **options).collect()}

    own = found(extra=[tmp_path / "own.tsv"])
    assert ("a", "PROGRAM", "Заря степи", "own.zarya_stepi") in own - found()
    assert own == found(extra=[("own.tsv", OWN)])
    assert [n for i, _, n, _ in found(html=True, types=["LOCATION"]) - found(types=["LOCATION"]) if i == "b"] == [
        "Москва"
    ]
    dated = atau_spark.entities(df, date="2021-03-25", types=["DATE"]).collect()
    assert [r.slots["value"] for r in dated] == ["2021-03-24"]
    assert found(n_threads=2) == found()
    street = spark.createDataFrame([("a", "Министерство обороны РФ на улице Гоголя.")], "id string, text string")
    view = atau_spark.entities(street, places_apart=True, without=["street"]).collect()
    assert [r.normal for r in view] == ["Министерство обороны", "РФ"]


def test_a_bundle_that_was_sent(spark, rows, tmp_path):
    sent = tmp_path / "sent.bundle"
    sent.write_bytes((pathlib.Path(atau.__file__).parent / "atau.bundle").read_bytes())
    spark.sparkContext.addFile(str(sent))
    found = atau_spark.extract(rows, bundle="/nowhere/sent.bundle").collect()
    assert found == atau_spark.extract(rows).collect()


def test_a_bundle_that_is_nowhere(rows):
    with pytest.raises(Exception, match=r"there is no /nowhere/x\.bundle on this machine; give every machine the file"):
        atau_spark.extract(rows, bundle="/nowhere/x.bundle").collect()


def test_one_extractor_a_process(rows, monkeypatch):
    opened = []
    load = atau.load

    def slow(*args, **options):
        opened.append(1)
        return load(*args, **options)

    monkeypatch.setattr(atau, "load", slow)
    monkeypatch.setattr(atau_spark, "_extractors", {})
    recipe = atau_spark._recipe(None, ["PERSON"], None, None)
    threads = [threading.Thread(target=atau_spark._extractor, args=(recipe,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(opened) == 1
    atau_spark._extractor(atau_spark._recipe(None, ["ROLE"], None, None))
    assert len(opened) == 2


def test_workers_open_it_once(spark):
    def count(frames):
        import os

        import atau.spark as worker

        for frame in frames:
            yield frame[["id"]].assign(process=os.getpid(), opened=sum('"MONEY"' in r for r in worker._extractors))

    df = spark.createDataFrame([(str(i), TEXT) for i in range(40)], "id string, text string").repartition(8)
    atau_spark.extract(df, types=["MONEY"]).filter("error is null").collect()
    atau_spark.extract(df, types=["MONEY"], columns=("relations",)).collect()
    seen = df.mapInPandas(count, "id string, process long, opened long").collect()
    assert len({r.process for r in seen}) <= 4  # workers are used again, and with them what they have opened
    assert {r.opened for r in seen} == {1}


def test_one_bad_text_does_not_take_its_batch_along(monkeypatch):
    class Fails:
        """An extractor that cannot read one of the texts."""

        def __call__(self, text, **options):
            if "беда" in text:
                raise atau.Error("too large")
            return atau.load()(text)

        def pipe(self, texts, **options):
            for text in texts:
                yield self(text)

    monkeypatch.setattr(atau_spark, "_extractor", lambda recipe: Fails())
    lines, errors = atau_spark._lines("", (None, False, 1), ["Москва.", "беда", None, "Астана."], [1, 2, 3, 4])
    assert [line is None for line in lines] == [False, True, True, False]
    assert errors == [None, "too large", "the text is null", None]
    assert lines[3].startswith('{"id":4,"entities":[{')


@pytest.mark.parametrize(
    ("options", "error", "says"),
    [
        ({"text": "body"}, ValueError, "no column 'body': it has id, text"),
        ({"id": "key"}, ValueError, "no column 'key'"),
        ({"columns": ("tokens",)}, ValueError, "no column 'tokens': columns are json, entities"),
        ({"types": ["NAME"]}, atau.Error, 'there is no type "NAME"'),
        ({"types": "PERSON"}, TypeError, "types must be a list"),
        ({"date": "вчера"}, atau.Error, "date"),
        ({"extra": ["none.tsv"]}, atau.Error, "cannot read none.tsv"),
        ({"extra": [("own.tsv", "#! entities\nid\n")]}, atau.Error, "own.tsv:1"),
        ({"n_threads": 0}, ValueError, "n_threads"),
    ],
)
def test_mistakes_are_told_before_the_job(rows, options, error, says):
    with pytest.raises(error) as caught:
        atau_spark.extract(rows, **options)
    assert says in str(caught.value)


def test_columns_of_wrong_types(spark):
    df = spark.createDataFrame([(0.5, 1)], "id double, text int")
    with pytest.raises(ValueError, match="'text' must be of strings, not int"):
        atau_spark.extract(df)
    with pytest.raises(ValueError, match="'id' must be of strings or whole numbers, not double"):
        atau_spark.extract(df.withColumn("text", df.text.cast("string")))
    with pytest.raises(ValueError, match="no view 'tokens'"):
        atau_spark.table(df, "tokens")
    with pytest.raises(ValueError, match="no column 'entities'"):
        atau_spark.table(df, keys=["text"])
    with pytest.raises(TypeError, match="columns"):
        atau_spark.entities(df, columns=["json"])


def test_pandas(rows):
    mapped = rows.mapInPandas(atau_spark.pandas_mapper(), "id string, text string, json string, error string")
    assert mapped.collect() == atau_spark.extract(rows).collect()


def test_pandas_numbers(spark):
    df = spark.createDataFrame([(1, TEXT), (None, TEXT)], "id long, text string")
    mapped = df.mapInPandas(
        atau_spark.pandas_mapper(types=["PERSON"]), "id long, text string, json string, error string"
    )
    assert sorted(r.json for r in mapped.collect()) == sorted(
        r.json for r in atau_spark.extract(df, types=["PERSON"]).collect()
    )
