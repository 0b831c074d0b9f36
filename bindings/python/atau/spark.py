"""Extraction over Spark DataFrames (needs PySpark 3.4 or newer with pandas and PyArrow: ``pip install 'atau[spark]'``).

    from atau import spark as atau_spark

    found = atau_spark.extract(df, text="text", id="id")    # df's columns, and json, error
    table = atau_spark.entities(df, text="text", id="id")   # a row a mention

A worker process opens the bundle once, at its first batch, and keeps it; the bundle is mapped, so that the workers of
one machine share its pages. A row whose text is null gets a null result and an error text; the job goes on.
``docs/spark.md`` has clusters, memory and speed. Nothing of PySpark, pandas or PyArrow is imported before it is used.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Union

import atau

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

__all__ = ["VIEWS", "entities", "extract", "pandas_mapper", "table"]

# The parts of a result, as the JSON names them, with their Spark types.
_ENTITY = (
    "start: int, end: int, type: string, kind: string, text: string, normal: string, slots: map<string, string>,"
    " entity: string, gazetteer: string, score: double, rule: string"
)
VIEWS: dict[str, str] = {
    "entities": f"array<struct<{_ENTITY}>>",
    "nested": f"array<struct<{_ENTITY}, parent: int>>",
    "document_entities": (
        "array<struct<id: string, type: string, normal: string, gazetteer: string, mentions: array<int>>>"
    ),
    "relations": "array<struct<type: string, subject: string, role: string, object: string, start: int, end: int>>",
}

# Rows that are worked on at once. Spark sends 10,000 by default, whose results would be held in memory together.
_ROWS = 256

_IS_NULL = "the text is null"

Extra = Union[str, "os.PathLike[str]", tuple[str, str]]


def extract(
    df: DataFrame,
    text: str = "text",
    id: str | None = "id",
    *,
    columns: Sequence[str] = ("json",),
    prefix: str = "",
    bundle: str | None = None,
    types: Iterable[str] | None = None,
    extra: Iterable[Extra] | None = None,
    without: Iterable[str] | None = None,
    places_apart: bool = False,
    keep: Iterable[str] | None = None,
    date: str | None = None,
    html: bool = False,
    n_threads: int = 1,
) -> DataFrame:
    """``df`` with the results of the string column ``text`` as further columns.

    id:      the column that names the documents in the JSON, of strings or whole numbers; None leaves the id out.
    columns: what to add: "json" (a string: the line that ``atau extract --to jsonl`` writes for the same id and
             text), and "entities", "nested", "document_entities", "relations" (arrays of structs, see ``VIEWS``).
    prefix:  goes before the names of all added columns, so that they do not clash with those of ``df``.
    bundle, types, extra, without, places_apart, keep, date, html: as for ``atau.load`` and its extractors. Files of
             names and rules in ``extra`` are read here and travel with the job; bundles must be at the same path on
             every worker, or be sent by ``spark.sparkContext.addFile``.
    n_threads: threads a task; more than one only where a task has more than one core (``spark.task.cpus``).

    The column "error" is added always: null, or why the row has no result. Raises ValueError for a wrong column, and
    atau.Error for a wrong option, here and not in a worker. Lazy, as all of Spark is.
    """
    _need("pyspark", "pandas", "pyarrow")
    unknown = [c for c in columns if c != "json" and c not in VIEWS]
    if unknown:
        raise ValueError(f"there is no column {unknown[0]!r}: columns are json, {', '.join(VIEWS)}")
    _check_columns(df, text, id)
    added = [prefix + name for name in ("json", "error", *(c for c in columns if c != "json"))]
    clash = [name for name in added if name in df.columns]
    if clash:
        raise ValueError(f"the DataFrame has a column {clash[0]!r} already: give another prefix than {prefix!r}")
    recipe = _recipe(bundle, types, extra, without, places_apart, keep)
    settings = _check_options(recipe, date, html, n_threads)
    names = list(df.columns)
    # Spark's map functions stumble over column names with dots: plain ones for the way through.
    plain = [f"c{i}" for i in range(len(names) + 2)]
    where, which = names.index(text), None if id is None else names.index(id)

    def run(batches: Iterator[Any]) -> Iterator[Any]:
        import pyarrow

        for batch in batches:
            for begin in range(0, batch.num_rows, _ROWS):
                part = batch.slice(begin, _ROWS)
                ids = None if which is None else part.column(which).to_pylist()
                lines, errors = _lines(recipe, settings, part.column(where).to_pylist(), ids)
                new = [pyarrow.array(lines, pyarrow.string()), pyarrow.array(errors, pyarrow.string())]
                yield pyarrow.RecordBatch.from_arrays([*part.columns, *new], names=plain)

    from pyspark.sql import functions as f
    from pyspark.sql.types import StringType, StructField, StructType

    # Arrow hands the other columns through as they are; pandas would make floats of whole numbers with a null.
    inside = df.toDF(*plain[:-2])
    results = [StructField(name, StringType(), True) for name in plain[-2:]]
    out = inside.mapInArrow(run, StructType([*inside.schema.fields, *results])).toDF(*names, *added[:2])
    views = [c for c in columns if c != "json"]
    if views:
        schema = ", ".join(f"{view}: {VIEWS[view]}" for view in views)
        parsed = f.from_json(f.col(_quoted(prefix + "json")), f"struct<{schema}>")
        out = out.withColumn(prefix + "parsed ", parsed)
        for view in views:
            out = out.withColumn(prefix + view, f.col(_quoted(prefix + "parsed ")).getField(view))
        out = out.drop(prefix + "parsed ")
    return out if "json" in columns else out.drop(prefix + "json")


def table(found: DataFrame, view: str = "entities", keys: Sequence[str] = ("id",), prefix: str = "") -> DataFrame:
    """One row a mention, entity or relation: the column ``view`` of what ``extract`` gave, spread out.

    keys: columns of ``found`` that stand before those of the view in each row; they are named as the view's fields are
          with "document_" before them where the names would be the same. Documents without any give no row.
    """
    _need("pyspark")
    from pyspark.sql import functions as f

    if view not in VIEWS:
        raise ValueError(f"there is no view {view!r}: views are {', '.join(VIEWS)}")
    missing = [name for name in (*keys, prefix + view) if name not in found.columns]
    if missing:
        raise ValueError(f"the DataFrame has no column {missing[0]!r}: it has {', '.join(found.columns)}")
    fields = found.schema[prefix + view].dataType.elementType.names  # type: ignore[attr-defined]
    key_columns = [f.col(_quoted(k)).alias("document_" + k if k in fields else k) for k in keys]
    row = found.select(*key_columns, f.explode(f.col(_quoted(prefix + view))).alias("row "))
    names = [c for c in row.columns if c != "row "]
    return row.select(*(f.col(_quoted(n)) for n in names), *(f.col("`row `").getField(n).alias(n) for n in fields))


def entities(df: DataFrame, text: str = "text", id: str = "id", view: str = "entities", **options: Any) -> DataFrame:
    """A table of mentions: ``id``, then the fields of the JSON. The options are those of ``extract``.

    Rows that have no text have no mentions either: where that matters, call ``extract`` and look at its "error".
    """
    unusable = {"columns", "prefix"} & set(options)
    if unusable:
        raise TypeError(f"entities() takes no {unusable.pop()!r}: use extract() and table()")
    _need("pyspark", "pandas", "pyarrow")
    _check_columns(df, text, id)
    found = extract(df.select(_quoted(id), _quoted(text)), text, id, columns=(view,), prefix="atau ", **options)
    return table(found, view, (id,), prefix="atau ")


def pandas_mapper(
    text: str = "text",
    id: str | None = "id",
    *,
    bundle: str | None = None,
    types: Iterable[str] | None = None,
    extra: Iterable[Extra] | None = None,
    without: Iterable[str] | None = None,
    places_apart: bool = False,
    keep: Iterable[str] | None = None,
    date: str | None = None,
    html: bool = False,
    n_threads: int = 1,
) -> Callable[[Iterator[Any]], Iterator[Any]]:
    """A function for ``DataFrame.mapInPandas`` where pandas is wanted; options as for ``extract``.

    It adds the string columns "json" and "error" to each frame:

        df.mapInPandas(atau_spark.pandas_mapper(), "id string, text string, json string, error string")
    """
    recipe = _recipe(bundle, types, extra, without, places_apart, keep)
    settings = _check_options(recipe, date, html, n_threads)

    def run(frames: Iterator[Any]) -> Iterator[Any]:
        for frame in frames:
            for begin in range(0, len(frame), _ROWS):
                part = frame.iloc[begin : begin + _ROWS]
                ids = None if id is None else [_plain(x) for x in part[id].tolist()]
                lines, errors = _lines(recipe, settings, [_plain(x) for x in part[text].tolist()], ids)
                yield part.assign(json=lines, error=errors)

    return run


# What a worker needs to make an extractor, as JSON: bundle, types, extra, without, places_apart, keep. The same on the
# driver and on workers.
_Recipe = str

_extractors: dict[_Recipe, atau.Extractor] = {}
_lock = threading.Lock()


def _extractor(recipe: _Recipe) -> atau.Extractor:
    """The extractor of this process for the recipe; made once, whatever the number of tasks and threads."""
    with _lock:
        known = _extractors.get(recipe)
        if known is None:
            options = json.loads(recipe)
            # Strings are paths of bundles, lists are sources that were read on the driver.
            extra = [
                _on_this_machine(item) if isinstance(item, str) else tuple(item) if isinstance(item, list) else item
                for item in options["extra"]
            ]
            at = None if options["bundle"] is None else _on_this_machine(options["bundle"])
            views = {name: options[name] for name in ("types", "without", "places_apart", "keep")}
            known = atau.load(at, extra=extra, **views)
            _extractors[recipe] = known
        return known


def _on_this_machine(path: str) -> str:
    """The path itself, or where Spark put the file of that name (``addFile``)."""
    if os.path.exists(path):
        return path
    from pyspark import SparkFiles

    try:
        sent = SparkFiles.get(os.path.basename(path))
    except Exception:  # outside of a Spark job there is no such folder
        return path
    if os.path.exists(sent):
        return sent
    message = f"there is no {path} on this machine"
    hint = "give every machine the file at the same path, or send it with spark.sparkContext.addFile(path)"
    raise atau.Error(f"{message}; {hint}", "not_found", message, path, hint=hint)


def _recipe(
    bundle: str | None,
    types: Iterable[str] | None,
    extra: Iterable[Extra] | None,
    without: Iterable[str] | None = None,
    places_apart: bool = False,
    keep: Iterable[str] | None = None,
) -> _Recipe:
    for name, value in (("types", types), ("extra", extra), ("without", without), ("keep", keep)):
        if isinstance(value, str):
            raise TypeError(f"{name} must be a list, not the str {value!r}")
    sources: list[Any] = []
    for item in extra or ():
        if isinstance(item, (tuple, list, dict)):
            sources.append(item)
            continue
        path = os.fspath(item)
        if not path.endswith((".tsv", ".rules", ".jsonl")):
            sources.append(path)
            continue
        try:
            with open(path, encoding="utf-8", newline="") as file:
                sources.append((path, file.read()))
        except (OSError, UnicodeDecodeError) as error:
            message = f"cannot read {path}: {error}"
            raise atau.Error(message, "not_found", message, path) from error
    at = None if bundle is None else os.fspath(bundle)
    lists = {"types": list(types or ()), "without": list(without or ()), "keep": list(keep or ())}
    return json.dumps({"bundle": at, "extra": sources, "places_apart": bool(places_apart), **lists})


def _check_options(recipe: _Recipe, date: str | None, html: bool, n_threads: int) -> tuple[str | None, bool, int]:
    """Opens the extractor on the driver too, so that a mistake is told before the job starts."""
    if n_threads < 1:
        raise ValueError("n_threads must be 1 or more")
    options = json.loads(recipe)
    paths = [p for p in (options["bundle"], *options["extra"]) if isinstance(p, str)]
    # Bundles may be on the workers alone.
    if all(os.path.exists(p) for p in paths):
        _extractor(recipe)("", date=date, html=html)
    return (date, html, n_threads)


def _lines(
    recipe: _Recipe,
    settings: tuple[str | None, bool, int],
    texts: list[str | None],
    ids: list[Any] | None,
) -> tuple[list[str | None], list[str | None]]:
    """The JSON line and the error of each text; one of the two is None."""
    nlp = _extractor(recipe)
    date, html, n_threads = settings
    good = [i for i, text in enumerate(texts) if text is not None]
    errors: list[str | None] = [_IS_NULL if text is None else None for text in texts]
    found: list[str | None] = [None] * len(texts)
    try:
        docs = nlp.pipe([texts[i] for i in good], n_threads=n_threads, batch_size=_ROWS, date=date, html=html)
        for i, doc in zip(good, docs):
            found[i] = doc.to_json()
    except atau.Error:
        # One text failed and took its batch with it: each for itself.
        for i in good:
            try:
                found[i] = nlp(texts[i], date=date, html=html).to_json()
            except atau.Error as error:
                found[i], errors[i] = None, str(error)
    if ids is not None:
        for i, line in enumerate(found):
            if line is not None:
                found[i] = f'{{"id":{json.dumps(ids[i], ensure_ascii=False)},{line[1:]}'
    return found, errors


def _plain(value: Any) -> Any:
    """A cell of pandas: its many ways to say null become None, and a whole number is one again."""
    if isinstance(value, str):
        return value
    if value is None or value != value or type(value).__name__ == "NAType":
        return None
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _check_columns(df: DataFrame, text: str, id: str | None) -> None:
    from pyspark.sql import types as t

    for name in (text,) if id is None else (text, id):
        if name not in df.columns:
            hint = ", or id=None to leave it out of the JSON" if name == id else ""
            raise ValueError(f"the DataFrame has no column {name!r}: it has {', '.join(df.columns)}{hint}")
        if df.columns.count(name) > 1:
            raise ValueError(f"the DataFrame has several columns {name!r}: rename all but one")
    kind = df.schema[text].dataType
    if not isinstance(kind, t.StringType):
        raise ValueError(f"the column {text!r} must be of strings, not {kind.simpleString()}: cast it first")
    if id is not None:
        kind = df.schema[id].dataType
        if not isinstance(kind, (t.StringType, t.ByteType, t.ShortType, t.IntegerType, t.LongType)):
            raise ValueError(
                f"the column {id!r} must be of strings or whole numbers, not {kind.simpleString()}: cast it to string"
            )


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _need(*modules: str) -> None:
    for module in modules:
        try:
            __import__(module)
        except ImportError as error:
            raise ImportError(f"atau.spark needs {module}: pip install 'atau[spark]'") from error
