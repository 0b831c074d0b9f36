"""atau finds people, organizations, places and programmes in Russian text, and says why.

>>> import atau
>>> nlp = atau.load()
>>> doc = nlp("Гендиректор Роскосмоса Дмитрий Рогозин осмотрел стройку комплекса «Байтерек».")
>>> [(e.text, e.label, e.normal) for e in doc.ents if e.label == "PERSON"]
[('Дмитрий Рогозин', 'PERSON', 'Дмитрий Рогозин')]

Offsets are code points, as ``str`` counts: ``doc.text[e.start:e.end]`` is the mention as it was written.
"""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import resources
from typing import Any

from . import _atau

__all__ = [
    "Document",
    "DocumentEntity",
    "Entity",
    "Error",
    "Explanation",
    "Extractor",
    "Reading",
    "Reason",
    "Relation",
    "Repair",
    "__version__",
    "load",
]

__version__: str = _atau.version()


class Error(Exception):
    """What went wrong, where, and how to mend it; ``file``, ``line`` and ``column`` are empty or 0 where unknown."""

    def __init__(
        self,
        text: str,
        code: str = "",
        message: str = "",
        file: str = "",
        line: int = 0,
        column: int = 0,
        hint: str = "",
    ) -> None:
        super().__init__(text)
        self.code, self.message, self.file, self.line, self.column, self.hint = code, message, file, line, column, hint

    def __reduce__(self) -> tuple[Any, ...]:
        return (Error, (self.args[0], self.code, self.message, self.file, self.line, self.column, self.hint))


@dataclass(frozen=True)
class Entity:
    """One mention. ``entity`` names the document entity it belongs to, ``id`` its entry in the gazetteer."""

    text: str
    label: str
    start: int
    end: int
    normal: str
    kind: str
    slots: dict[str, str]
    entity: str | None
    id: str | None
    score: float
    rule: str
    parent: int | None = None  # in the nested view: the index of the smallest mention around it


@dataclass(frozen=True)
class DocumentEntity:
    """One thing that the document speaks of. ``mentions`` are indices into ``Document.ents``."""

    id: str
    label: str
    normal: str
    gazetteer: str | None
    mentions: list[int]


@dataclass(frozen=True)
class Relation:
    """A relation of document entities; ``subject`` and ``object`` are their ids."""

    type: str
    subject: str | None
    role: str
    object: str | None
    start: int
    end: int


@dataclass(frozen=True)
class Repair:
    """What the clean view mended: ``text[start:end]``, which was ``before``, was read as ``after``."""

    kind: str
    start: int
    end: int
    before: str
    after: str


@dataclass(frozen=True)
class Reason:
    """A piece of evidence, where it stands and what it weighs."""

    evidence: str
    place: str
    weight: float
    source: str


@dataclass(frozen=True)
class Reading:
    """A span read as a type, with the reasons for and against, the heaviest first."""

    start: int
    end: int
    label: str
    score: float
    chosen: bool
    reasons: list[Reason]


@dataclass(frozen=True)
class Explanation:
    """Why a span is, or is not, a mention. ``str()`` of it is meant for people."""

    readings: list[Reading]
    rivals: list[Reading]
    notes: list[str]
    text: str

    def __str__(self) -> str:
        return self.text


def _readings(rows: list[tuple[Any, ...]]) -> list[Reading]:
    return [Reading(*row[:5], reasons=[Reason(*reason) for reason in row[5]]) for row in rows]


class Document:
    """The result of one extraction.

    ``ents`` is the flat view (never overlapping), ``nested`` all mentions as a tree, ``entities`` the document
    entities, ``relations`` what joins them, ``repairs`` what was mended before reading.
    """

    __slots__ = ("_json", "_nlp", "_settings", "entities", "ents", "nested", "relations", "repairs", "text")

    def __init__(self, nlp: Extractor | None, text: str, settings: tuple[str, bool], row: tuple[Any, ...]) -> None:
        ents, nested, entities, relations, repairs, self._json = row
        self._nlp = nlp
        self._settings = settings
        self.text = text
        self.ents = [Entity(*e) for e in ents]
        self.nested = [Entity(*e) for e in nested]
        self.entities = [DocumentEntity(*e) for e in entities]
        self.relations = [Relation(*r) for r in relations]
        self.repairs = [Repair(*r) for r in repairs]

    def explain(self, start: int, end: int) -> Explanation:
        """Why ``text[start:end]`` is, or is not, a mention. Raises Error for a span outside the text."""
        return self._extractor()._explain(self.text, start, end, self._settings)

    def to_json(self) -> str:
        """The JSON of the command line's contract: the bytes that ``atau extract --to jsonl`` writes, less the id."""
        return self._json

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values."""
        return json.loads(self._json)

    def to_html(self, page: bool = False, title: str = "") -> str:
        """The text with its mentions marked, and tables of entities and relations; ``page`` makes a whole page."""
        return self._extractor()._html(self.text, self._settings, page, title)

    def _repr_html_(self) -> str:
        return self.to_html()

    def _extractor(self) -> Extractor:
        if self._nlp is None:
            raise Error(
                "this document has lost its extractor", "invalid_argument", "this document has lost its extractor"
            )
        return self._nlp

    def __iter__(self) -> Iterator[Entity]:
        return iter(self.ents)

    def __len__(self) -> int:
        return len(self.ents)

    def __repr__(self) -> str:
        text = self.text if len(self.text) <= 60 else self.text[:57] + "…"
        return f"<atau.Document {text!r}: {len(self.ents)} mentions of {len(self.entities)} entities>"

    def __getstate__(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name, value in state.items():
            setattr(self, name, value)


class Extractor:
    """Finds entities. Immutable; share it between threads. Make one with :func:`load`."""

    def __init__(
        self,
        bundle: str,
        types: list[str],
        bundles: list[str],
        sources: list[tuple[str, bytes]],
        keep: list[str],
        verify: bool,
    ) -> None:
        self._recipe = (bundle, types, bundles, sources, keep, verify)
        self._native = _atau.Extractor(bundle, bundles, sources, verify)
        self._types, self._keep = types, keep
        self._native.extract("", self._options("", False))  # a wrong type or repair is told now, not at the first text

    @property
    def fingerprint(self) -> int:
        """A number that is equal for equal bundles."""
        return self._native.fingerprint

    def __call__(self, text: str, date: str | None = None, html: bool = False) -> Document:
        """Finds everything in ``text``. ``date`` (YYYY-MM-DD) gives relative dates a value; ``html`` reads HTML."""
        if not isinstance(text, str):
            raise TypeError(f"the text must be a str, not {type(text).__name__}")
        settings = (date or "", html)
        return Document(self, text, settings, self._native.extract(text, self._options(*settings)))

    def pipe(
        self,
        texts: Iterable[Any],
        n_threads: int = 1,
        batch_size: int = 64,
        as_tuples: bool = False,
        date: str | None = None,
        html: bool = False,
    ) -> Iterator[Any]:
        """Documents of many texts, in their order; texts are taken as they are needed, a batch at a time.

        With ``as_tuples`` the input is ``(text, context)`` pairs and the output ``(document, context)`` pairs. The work
        is done without Python's lock, by ``n_threads`` threads.
        """
        if batch_size < 1 or n_threads < 1:
            raise ValueError("batch_size and n_threads must be 1 or more")
        settings = (date or "", html)
        options = self._options(*settings)
        source = iter(texts)
        while batch := list(itertools.islice(source, batch_size)):
            plain = [item[0] for item in batch] if as_tuples else batch
            for text in plain:
                if not isinstance(text, str):
                    raise TypeError(f"the texts must be str, not {type(text).__name__}")
            rows = self._native.extract_all(plain, options, n_threads)
            for item, text, row in zip(batch, plain, rows):
                doc = Document(self, text, settings, row)
                yield (doc, item[1]) if as_tuples else doc

    def _options(self, date: str, html: bool) -> Any:
        return _atau.Options(date, html, self._types, self._keep)

    def _explain(self, text: str, start: int, end: int, settings: tuple[str, bool]) -> Explanation:
        if not 0 <= start < end <= len(text):
            message = f"the span {start}..{end} is not inside the text of {len(text)} code points"
            raise Error(message, "invalid_argument", message)
        readings, rivals, notes, why = self._native.explain(text, start, end, self._options(*settings))
        return Explanation(_readings(readings), _readings(rivals), notes, why)

    def _html(self, text: str, settings: tuple[str, bool], page: bool, title: str) -> str:
        return self._native.html(text, self._options(*settings), page, title)

    def __reduce__(self) -> tuple[Any, ...]:
        return (Extractor, self._recipe)

    def __repr__(self) -> str:
        return f"<atau.Extractor {self._recipe[0]}>"


def load(
    bundle: str | os.PathLike[str] | None = None,
    types: Iterable[str] | None = None,
    extra: Iterable[str | os.PathLike[str] | tuple[str, str]] | None = None,
    keep: Iterable[str] | None = None,
    verify: bool = False,
) -> Extractor:
    """Opens an extractor.

    bundle: the path of a bundle; by default ``$ATAU_BUNDLE``, else the one that the package carries.
    types:  the types to return (all by default), for instance ``["PERSON", "PROGRAM"]``.
    extra:  own dictionaries, rules or bundles on top: paths of .tsv, .rules or bundle files, or (name, content) pairs.
    keep:   repairs to switch off, for instance ``["look_alike"]``.
    verify: recompute the checksums of the whole bundle first.

    Raises Error; a mistake in a source names its file, line and column.
    """
    if bundle is None:
        bundle = os.environ.get("ATAU_BUNDLE") or _own_bundle()
    bundles: list[str] = []
    sources: list[tuple[str, bytes]] = []
    for item in extra or ():
        if isinstance(item, tuple):
            sources.append((str(item[0]), str(item[1]).encode("utf-8", "surrogatepass")))
            continue
        path = os.fspath(item)
        if path.endswith((".tsv", ".rules")):
            try:
                with open(path, "rb") as file:
                    sources.append((path, file.read()))
            except OSError as error:
                message = f"cannot read {path}: {error.strerror}"
                raise Error(message, "not_found", message, path) from error
        else:
            bundles.append(path)
    return Extractor(os.fspath(bundle), list(types or ()), bundles, sources, list(keep or ()), verify)


def _own_bundle() -> str:
    place = resources.files(__package__).joinpath("atau.bundle")
    return str(place) if place.is_file() else _atau.default_bundle_path()
