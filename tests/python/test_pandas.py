"""Tables: one call from a column of texts to tidy rows."""

import atau
import pytest

pd = pytest.importorskip("pandas")

NEWS = pd.DataFrame(
    {
        "text": [
            "Генеральный директор Роскосмоса Дмитрий Рогозин прибыл в Караганду.",
            None,
            "Ничего.",
            "Москва и Астана.",
        ],
        "site": ["a", "b", "c", "d"],
    },
    index=pd.Index([10, 20, 30, 40], name="number"),
)


def test_one_row_a_mention(nlp):
    table = nlp.to_frame(NEWS, "text")
    assert table.columns.tolist() == [
        "text", "label", "start", "end", "normal", "kind", "entity", "id", "score", "rule", "slots",
    ]  # fmt: skip
    assert table.index.tolist() == [10, 10, 10, 10, 40, 40]
    assert table.index.name == "number"
    for number, row in table.iterrows():
        assert NEWS.text[number][row.start : row.end] == row.text
    assert table.slots.iloc[2]["last"] == "Рогозин"
    assert pd.isna(table.id.iloc[0])
    assert table.join(NEWS.site).site.tolist() == ["a"] * 4 + ["d"] * 2
    assert atau.to_frame(nlp, NEWS.text, n_threads=2, batch_size=1).equals(table)


def test_all_tables_at_once(nlp):
    frames = nlp.to_frames(NEWS, "text", n_threads=2)
    assert frames.ents.equals(nlp.to_frame(NEWS, "text"))
    for name in ("nested", "entities", "relations"):
        assert getattr(frames, name).equals(nlp.to_frame(NEWS, "text", table=name))
    relation = frames.relations.iloc[0]
    assert (relation.name, relation.type, relation.subject_normal, relation.role, relation.object_normal) == (
        10, "WORKS_AS", "Дмитрий Рогозин", "генеральный директор", "Роскосмос",
    )  # fmt: skip
    assert frames.entities.loc[40].normal.tolist() == ["Москва", "Астана"]
    assert frames.nested.parent.dtype == "Int64"


def test_tables_without_rows_have_the_same_columns_and_types(nlp):
    full = nlp.to_frames(NEWS, "text")
    for texts in ([], ["Ничего."], [None, float("nan")], pd.Series([], dtype="object")):
        empty = nlp.to_frames(texts)
        for part, same in zip(empty, full):
            assert len(part) == 0
            assert part.dtypes.equals(same.dtypes)
            assert part.index.name == "doc"


def test_indexes_are_kept(nlp):
    several = pd.MultiIndex.from_tuples([("x", 1), ("y", 2)], names=["site", "n"])
    table = nlp.to_frame(pd.Series(["Москва.", "Астана."], index=several))
    assert table.index.tolist() == [("x", 1), ("y", 2)]
    assert nlp.to_frame(["Москва.", "Астана."]).index.tolist() == [0, 1]
    twice = nlp.to_frame(pd.Series(["Москва.", "Астана."], index=["a", "a"]))
    assert twice.index.tolist() == ["a", "a"]


def test_options_reach_the_pipe(nlp, capsys):
    pytest.importorskip("tqdm")
    data = pd.Series(["Он прилетел <b>вчера</b>".encode("koi8-r")])
    table = nlp.to_frame(data, charset="koi8-r", html=True, date="2021-03-02", progress=True)
    assert table.slots.iloc[-1] == {"value": "2021-03-01"}
    assert "1/1" in capsys.readouterr().err


def test_wrong_calls(nlp):
    with pytest.raises(atau.Error, match="which column"):
        nlp.to_frame(NEWS)
    with pytest.raises(KeyError):
        nlp.to_frame(NEWS, "body")
    with pytest.raises(atau.Error, match="no DataFrame"):
        nlp.to_frame(["Москва."], "text")
    with pytest.raises(atau.Error, match="no table"):
        nlp.to_frame(["Москва."], table="ents2")
    with pytest.raises(TypeError, match="one text"):
        nlp.to_frame("Москва.")
    with pytest.raises(TypeError, match="int"):
        nlp.to_frame([7])


def test_rows_of_a_table_are_names(nlp):
    names = pd.DataFrame({"label": ["PROGRAM", "ORG"], "name": ["Заря степи", "Пырейпром"], "id": [None, "own.pp"]})
    own = nlp.with_names(names.to_dict("records"))
    assert [e.id for e in own("«Заря степи» и «Пырейпром»")] == ["own.program.zaria_stepi", "own.pp"]
