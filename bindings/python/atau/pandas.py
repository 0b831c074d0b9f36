"""Tables of what was found: from a column of texts to one row a mention.

>>> import pandas as pd
>>> import atau
>>> nlp = atau.load(types=["PERSON", "LOCATION"])
>>> news = pd.DataFrame({"text": ["Аскар Мамин прилетел в Москву.", None, "Снова в Караганде."]}, index=["a", "b", "c"])
>>> nlp.to_frame(news, "text")[["text", "label", "normal", "start"]]
            text     label       normal  start
doc
a    Аскар Мамин    PERSON  Аскар Мамин      0
a         Москву  LOCATION       Москва     23
c      Караганде  LOCATION    Караганда      8
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from ._document import Document
from ._errors import fail

try:
    import pandas as pd
except ImportError as error:
    raise ImportError("tables need pandas: pip install pandas") from error

if TYPE_CHECKING:
    from ._extractor import Extractor

_MENTIONS = {
    "text": "string",
    "label": "string",
    "start": "int64",
    "end": "int64",
    "normal": "string",
    "kind": "string",
    "entity": "string",
    "id": "string",
    "score": "float64",
    "rule": "string",
    "slots": "object",
}
_COLUMNS: dict[str, dict[str, str]] = {
    "ents": _MENTIONS,
    "nested": {**_MENTIONS, "parent": "Int64"},
    "entities": {"entity": "string", "label": "string", "normal": "string", "id": "string", "mentions": "int64"},
    "relations": {
        "type": "string",
        "subject": "string",
        "subject_normal": "string",
        "role": "string",
        "object": "string",
        "object_normal": "string",
        "start": "int64",
        "end": "int64",
    },
}


class Frames(NamedTuple):
    """The tables of :func:`to_frames`."""

    ents: pd.DataFrame
    nested: pd.DataFrame
    entities: pd.DataFrame
    relations: pd.DataFrame


def to_frame(
    nlp: Extractor,
    texts: Any,
    column: str | None = None,
    *,
    table: Literal["ents", "nested", "entities", "relations"] = "ents",
    n_threads: int = 1,
    batch_size: int = 64,
    progress: bool = False,
    date: str | None = None,
    html: bool = False,
    charset: str | None = None,
) -> pd.DataFrame:
    """A table of what is found in a column of texts.

    texts:  a Series or list of texts, or a DataFrame and the name of its ``column`` of texts. Missing texts (None, NaN)
            have no rows.
    table:  ``ents``      one row a mention: text, label, start, end (code points), normal, kind, entity, id, score,
                          rule, slots;
            ``nested``    the same of all mentions, with ``parent``: which of its text's mentions is around it;
            ``entities``  one row a thing that a text speaks of: entity, label, normal, id, mentions (how many);
            ``relations`` one row a relation: type, subject, subject_normal, role, object, object_normal, start, end.
    The other arguments are those of :meth:`atau.Extractor.pipe`.

    Every row has the index of its text, so that ``frame.join(texts)`` and ``frame.groupby(level=0)`` work; where the
    index has no name it is called ``doc``. ``entity``, ``subject`` and ``object`` are unique in one text only. A table
    without rows has the same columns and types.

    Raises ImportError without pandas, Error and TypeError as pipe does, and KeyError for a column that is not there.
    """
    return _tables(nlp, texts, column, (table,), n_threads, batch_size, progress, date, html, charset)[table]


def to_frames(
    nlp: Extractor,
    texts: Any,
    column: str | None = None,
    *,
    n_threads: int = 1,
    batch_size: int = 64,
    progress: bool = False,
    date: str | None = None,
    html: bool = False,
    charset: str | None = None,
) -> Frames:
    """All tables of :func:`to_frame` in one go: ``frames.ents``, ``.nested``, ``.entities`` and ``.relations``."""
    return Frames(**_tables(nlp, texts, column, tuple(_COLUMNS), n_threads, batch_size, progress, date, html, charset))


def _tables(
    nlp: Extractor,
    texts: Any,
    column: str | None,
    names: tuple[str, ...],
    n_threads: int,
    batch_size: int,
    progress: bool,
    date: str | None,
    html: bool,
    charset: str | None,
) -> dict[str, pd.DataFrame]:
    for name in names:
        if name not in _COLUMNS:
            raise fail("invalid_argument", f"there is no table {name!r}", f"tables are {', '.join(_COLUMNS)}")
    series = _series(texts, column)
    there = series[series.notna()]
    parts: dict[str, list[tuple[Any, ...]]] = {name: [] for name in names}
    at: dict[str, list[int]] = {name: [] for name in names}  # the text's place for each row
    pipe: Iterable[Document] = nlp.pipe(
        list(there),
        n_threads=n_threads,
        batch_size=batch_size,
        progress=progress,
        date=date,
        html=html,
        charset=charset,
    )
    for i, doc in enumerate(pipe):
        for name in names:
            before = len(parts[name])
            parts[name].extend(_ROWS[name](doc))
            at[name].extend([i] * (len(parts[name]) - before))
    index = there.index
    if index.nlevels == 1 and index.name is None:
        index = index.rename("doc")
    frames = {}
    for name in names:
        types = _COLUMNS[name]
        columns = zip(*parts[name]) if parts[name] else [[] for _ in types]
        data = {key: pd.Series(list(values), dtype=kind) for (key, kind), values in zip(types.items(), columns)}
        frame = pd.DataFrame(data, columns=list(types))
        frame.index = index.take(at[name])
        frames[name] = frame
    return frames


def _series(texts: Any, column: str | None) -> Any:
    if isinstance(texts, pd.DataFrame):
        if column is None:
            columns = ", ".join(str(name) for name in texts.columns)
            raise fail("invalid_argument", "which column has the texts?", f"name one of {columns}")
        return texts[column]
    if column is not None:
        raise fail(
            "invalid_argument", f"a column is named, but these texts are no DataFrame but {type(texts).__name__}"
        )
    if isinstance(texts, (str, bytes)):
        raise TypeError("texts must be a Series, a DataFrame or a list, not one text")
    return texts if isinstance(texts, pd.Series) else pd.Series(list(texts), dtype="object")


def _mentions(doc: Document) -> Iterator[tuple[Any, ...]]:
    for e in doc.ents:
        yield (e.text, e.label, e.start, e.end, e.normal, e.kind, e.entity, e.id, e.score, e.rule, e.slots)


def _nested(doc: Document) -> Iterator[tuple[Any, ...]]:
    for e in doc.nested:
        yield (e.text, e.label, e.start, e.end, e.normal, e.kind, e.entity, e.id, e.score, e.rule, e.slots, e.parent)


def _entities(doc: Document) -> Iterator[tuple[Any, ...]]:
    for e in doc.entities:
        yield (e.id, e.label, e.normal, e.gazetteer, len(e.mentions))


def _relations(doc: Document) -> Iterator[tuple[Any, ...]]:
    normal: dict[str | None, str | None] = {e.id: e.normal for e in doc.entities}
    for r in doc.relations:
        yield (r.type, r.subject, normal.get(r.subject), r.role, r.object, normal.get(r.object), r.start, r.end)


_ROWS = {"ents": _mentions, "nested": _nested, "entities": _entities, "relations": _relations}
