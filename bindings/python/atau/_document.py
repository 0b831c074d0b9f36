"""The result of one extraction, and the values it is made of."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, overload

from . import _atau
from ._errors import fail

if TYPE_CHECKING:
    from ._extractor import Extractor


@dataclass(frozen=True, repr=False)
class Entity:
    """One mention. Offsets are code points of ``Document.text``, half-open, as slices of a ``str`` count."""

    text: str
    """As it was read: without soft hyphens, tags and the like; ``doc.text[start:end]`` is what was written."""
    label: str
    """``PERSON``, ``ORGANIZATION``, ``LOCATION``, ``PROGRAM``, ``DATE``, ``MONEY`` or ``ROLE``."""
    start: int
    end: int
    normal: str
    """The nominative, as the name is officially written."""
    kind: str
    """``government``, ``launcher``, …; may be empty."""
    slots: dict[str, str] = field(hash=False)
    """Named values: ``first``, ``last``, ``gender`` of a person, ``value`` of a date, …"""
    entity: str | None
    """The ``id`` of the document entity it belongs to."""
    id: str | None
    """The id of its entry in the gazetteer, where it is known."""
    score: float
    """The sum of the weights of its evidence."""
    rule: str
    """The piece of evidence that spoke most for it."""
    parent: int | None = None
    """In ``Document.nested``: the index of the smallest mention around it."""

    def __repr__(self) -> str:
        normal = f" = {self.normal!r}" if self.normal != self.text else ""
        return f"<{self.label} {self.text!r} {self.start}:{self.end}{normal}{f' {self.id}' if self.id else ''}>"

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, repr=False)
class DocumentEntity:
    """One thing that the document speaks of, with all its mentions."""

    id: str
    """``e1``, ``e2``, … in the order of first mention."""
    label: str
    normal: str
    """The fullest proper name."""
    gazetteer: str | None
    """The id in the gazetteer, where it is known."""
    mentions: tuple[int, ...]
    """Indices into ``Document.ents``."""

    def __repr__(self) -> str:
        known = f" {self.gazetteer}" if self.gazetteer else ""
        return f"<{self.id} {self.label} {self.normal!r}{known}, {len(self.mentions)} mentions>"


@dataclass(frozen=True)
class Relation:
    """A relation of document entities; ``subject`` and ``object`` are their ids, or None."""

    type: str
    """``WORKS_AS``, ``LOCATED_IN``, ``ALIAS_OF`` or ``RUN_BY``."""
    subject: str | None
    role: str
    """Of ``WORKS_AS``: the post, in the nominative; of ``ALIAS_OF``: the other name that ``object`` has; else empty."""
    object: str | None
    start: int
    """Code points, from the first to the last word that shows it; ``end`` is half-open."""
    end: int


@dataclass(frozen=True)
class Repair:
    """What was mended before reading: ``text[start:end]``, which was ``before``, was read as ``after``."""

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
    """``span``, ``begin-1``, ``in+0``, …"""
    weight: float
    source: str
    """File and line of the rule, where there is one."""


@dataclass(frozen=True)
class Reading:
    """A span (code points) read as a type, with the reasons for and against it, the heaviest first."""

    start: int
    end: int
    label: str
    score: float
    chosen: bool
    """It stands in ``Document.ents``."""
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Explanation:
    """Why a span is, or is not, a mention. ``str()`` of it is meant for people."""

    readings: tuple[Reading, ...]
    """Of exactly this span, one a type, the best first; empty when it was never a candidate."""
    rivals: tuple[Reading, ...]
    """Chosen mentions that overlap the span."""
    notes: tuple[str, ...]
    """What was seen: repairs, words with their morphology, entries and rules that fired."""
    text: str = field(repr=False)

    def __str__(self) -> str:
        return self.text


class _Absent:
    def __repr__(self) -> str:
        return "<no id>"


_ABSENT: Any = _Absent()

# What an unpickled document needs to find its extractor again: fingerprint, bundle, further bundles, types, without,
# places_apart, keep, and whether names or rules were added in memory.
Key = tuple[int, str, tuple[str, ...], tuple[str, ...], tuple[str, ...], bool, tuple[str, ...], bool]


class Document:
    """The result of one extraction: an immutable value.

    ``text`` is the text that was read. ``ents`` is the flat view (in the order of the text, never overlapping),
    ``nested`` all mentions as a tree, ``entities`` the things the document speaks of, ``relations`` what joins them,
    ``repairs`` what was mended before reading. A document is also a sequence of its ``ents``:

    >>> import atau
    >>> doc = atau.load()("Глава Роскосмоса Дмитрий Рогозин прилетел в Казахстан.")
    >>> doc
    <atau.Document 'Глава Роскосмоса Дмитрий Рогозин прилетел в Казахстан.': 4 mentions of 3 entities>
    >>> doc[2].label, doc[-1].normal, len(doc)
    ('PERSON', 'Казахстан', 4)
    >>> "Роскосмос" in doc
    True

    Documents compare by their text and their results, and may be keys of a ``dict``. They pickle, also to processes
    that have no extractor; whatever was found stays there. They may be read by many threads.
    """

    __slots__ = ("__weakref__", "_cache", "_key", "_native", "_nlp", "_settings", "text")

    text: str

    def __init__(self, nlp: Extractor | None, text: str, settings: tuple[str, bool], native: _atau.Document) -> None:
        """Not for users: call an :class:`Extractor`, or :meth:`from_json`."""
        self._nlp = nlp
        self._key: Key | None = None
        self._native = native
        self._settings = settings
        self._cache: dict[str, Any] = {}
        self.text = text

    # Parts are made when they are first asked for: whoever writes JSON of a million documents needs none of them.
    def _part(self, name: str, rows: Callable[[], list[tuple[Any, ...]]], make: Callable[..., Any]) -> Any:
        part = self._cache.get(name)
        if part is None:
            part = self._cache[name] = tuple([make(*row) for row in rows()])
        return part

    @property
    def ents(self) -> tuple[Entity, ...]:
        """The flat view: mentions in the order of the text, never overlapping."""
        part: tuple[Entity, ...] = self._part("ents", self._native.ents, Entity)
        return part

    @property
    def nested(self) -> tuple[Entity, ...]:
        """All mentions, in the order of the text, the longer ones first; ``parent`` makes them a tree."""
        part: tuple[Entity, ...] = self._part("nested", self._native.nested, Entity)
        return part

    @property
    def entities(self) -> tuple[DocumentEntity, ...]:
        """The things that the document speaks of, in the order of first mention."""
        part: tuple[DocumentEntity, ...] = self._part("entities", self._native.entities, DocumentEntity)
        return part

    @property
    def relations(self) -> tuple[Relation, ...]:
        """What joins the document's entities."""
        part: tuple[Relation, ...] = self._part("relations", self._native.relations, Relation)
        return part

    @property
    def repairs(self) -> tuple[Repair, ...]:
        """What was mended before reading."""
        part: tuple[Repair, ...] = self._part("repairs", self._native.repairs, Repair)
        return part

    def entity(self, id: str) -> DocumentEntity:
        """The document entity with this id (``e1``, …). Raises KeyError where there is none."""
        for e in self.entities:
            if e.id == id:
                return e
        raise KeyError(id)

    def mentions(self, entity: DocumentEntity | str) -> tuple[Entity, ...]:
        """The mentions of a document entity (or of its id), in the order of the text."""
        e = self.entity(entity) if isinstance(entity, str) else entity
        return tuple(self.ents[i] for i in e.mentions)

    def explain(self, start: int, end: int) -> Explanation:
        """Why ``text[start:end]`` (code points) is, or is not, a mention.

        Raises Error (``invalid_argument``) for a span that is empty or reaches outside the text, and where the document
        came without its extractor (see :meth:`from_json`).

        >>> import atau
        >>> doc = atau.load()("Глава Роскосмоса прилетел.")
        >>> why = doc.explain(6, 16)
        >>> why.readings[0].label, why.readings[0].chosen
        ('ORGANIZATION', True)
        """
        return self._extractor().explain(self.text, start, end, date=self._settings[0], html=self._settings[1])

    def to_json(self, id: Any = _ABSENT, *, carry: Mapping[str, Any] | None = None, text: bool = False) -> str:
        """One line of JSON, the bytes that ``atau extract --to jsonl`` writes. Offsets are code points.

        id:    where it is given, any JSON value; the line then begins with it.
        carry: further members behind the id, as the command line carries them through.
        text:  add the members ``text`` and ``repairs``, so that :meth:`from_json` needs nothing else.

        >>> import atau
        >>> atau.load()("Ничего.").to_json(id=7)
        '{"id":7,"entities":[],"nested":[],"document_entities":[],"relations":[]}'
        """
        line = self._native.json()
        front = "" if id is _ABSENT else f'"id":{_dump(id)},'
        for key, value in (carry or {}).items():
            front += f"{_dump(key)}:{_dump(value)},"
        if front:
            line = "{" + front + line[1:]
        if text:
            repairs = [
                {"kind": r.kind, "start": r.start, "end": r.end, "before": r.before, "after": r.after}
                for r in self.repairs
            ]
            line = f'{line[:-1]},"text":{_dump(self.text)},"repairs":{_dump(repairs)}}}'
        return line

    def to_dict(
        self, id: Any = _ABSENT, *, carry: Mapping[str, Any] | None = None, text: bool = False
    ) -> dict[str, Any]:
        """The same as :meth:`to_json`, as plain values."""
        values: dict[str, Any] = json.loads(self.to_json(id, carry=carry, text=text))
        return values

    @classmethod
    def from_json(cls, line: str | bytes, text: str | None = None, nlp: Extractor | None = None) -> Document:
        """A document from a line of :meth:`to_json` or of ``atau extract --to jsonl``.

        text: the text that the line speaks of; not needed where the line has it (``to_json(text=True)``).
        nlp:  what :meth:`explain` is to ask; all the rest works without.

        Raises Error (``syntax``) for what is no such line, and ``invalid_argument`` where the text does not fit.

        >>> import atau
        >>> doc = atau.load()("Дмитрий Рогозин прилетел.")
        >>> atau.Document.from_json(doc.to_json(), doc.text) == doc
        True
        """
        try:
            values = json.loads(line)
        except ValueError as error:
            raise fail("syntax", f"this is no JSON: {error}") from error
        return cls.from_dict(values, text, nlp)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any], text: str | None = None, nlp: Extractor | None = None) -> Document:
        """The same as :meth:`from_json`, from plain values."""
        if not isinstance(values, Mapping):
            raise fail("syntax", f"a document must be an object, not {type(values).__name__}")
        if text is None:
            if "text" not in values:
                raise fail("invalid_argument", "there is no text", "hand it in, or write lines with to_json(text=True)")
            text = str(_get(values, "text", str, ""))
        rows = {name: _rows(values, name, columns) for name, columns in _COLUMNS.items()}
        native = _atau.Document(text, *(rows[name] for name in _COLUMNS))
        html = any(row[0] == "html" for row in rows["repairs"])
        return cls(nlp, text, ("", html), native)

    def to_html(self, page: bool = False, title: str = "") -> str:
        """The text with its mentions marked, and tables of entities and relations; ``page`` makes a whole page of it.

        Any text is safe in it, and it follows the light or dark theme of the page, of JupyterLab and of VS Code.
        """
        return self._native.html(page, title)

    def to_brat(self) -> str:
        """brat's stand-off annotation (``.ann``) of the flat view; offsets are code points."""
        return self._native.brat()

    def to_conll(self) -> str:
        """CoNLL: a token a line with its BIO tag of the flat view, an empty line after each sentence."""
        return self._native.conll()

    def to_displacy(self, title: str | None = None) -> dict[str, Any]:
        """The flat view for ``spacy.displacy.render(doc.to_displacy(), style="ent", manual=True)``.

        >>> import atau
        >>> atau.load()("Это Ольга Ким.").to_displacy()["ents"]
        [{'start': 4, 'end': 13, 'label': 'PERSON', 'kb_id': '', 'kb_url': '#'}]
        """
        ents = [
            {"start": e.start, "end": e.end, "label": e.label, "kb_id": e.id or "", "kb_url": "#"} for e in self.ents
        ]
        return {"text": self.text, "ents": ents, "title": title, "settings": {}}

    def _repr_html_(self) -> str:
        return self.to_html()

    def _extractor(self) -> Extractor:
        if self._nlp is None:
            if self._key is None:
                hint = "use nlp.explain(doc.text, start, end), or hand nlp to from_json"
                raise fail("invalid_argument", "this document came without its extractor", hint)
            from ._extractor import reopen

            self._nlp = reopen(self._key)
        return self._nlp

    def __iter__(self) -> Iterator[Entity]:
        return iter(self.ents)

    def __len__(self) -> int:
        return len(self.ents)

    @overload
    def __getitem__(self, index: int) -> Entity: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Entity, ...]: ...
    def __getitem__(self, index: int | slice) -> Entity | tuple[Entity, ...]:
        return self.ents[index]

    def __contains__(self, what: object) -> bool:
        """A mention; or a ``str`` that a mention reads or is called (its normal form)."""
        if isinstance(what, str):
            return any(what in (e.text, e.normal) for e in self.ents)
        return what in self.ents

    def __bool__(self) -> bool:
        """A document is true even where nothing was found: ask ``len(doc)`` or ``doc.ents`` for that."""
        return True

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Document):
            return NotImplemented
        return self.text == other.text and self._native.json() == other._native.json()

    def __hash__(self) -> int:
        return hash((self.text, self._native.json()))

    def __repr__(self) -> str:
        text = self.text if len(self.text) <= 60 else self.text[:57] + "…"
        return f"<atau.Document {text!r}: {len(self.ents)} mentions of {len(self.entities)} entities>"

    def __copy__(self) -> Document:
        return self

    def __deepcopy__(self, memo: Any) -> Document:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        n = self._native
        rows = (n.ents(), n.nested(), n.entities(), n.relations(), n.repairs())
        return (_unpickle, (self.text, self._settings, self._nlp._key if self._nlp is not None else self._key, rows))


def _unpickle(
    text: str, settings: tuple[str, bool], key: Key | None, rows: tuple[list[tuple[Any, ...]], ...]
) -> Document:
    doc = Document(None, text, settings, _atau.Document(text, rows[0], rows[1], rows[2], rows[3], rows[4]))
    doc._key = key
    return doc


def _dump(value: Any) -> str:
    line = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    try:
        line.encode()
    except UnicodeEncodeError:  # lone surrogates, as everywhere
        line = "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in line)
    return line


_MENTION: tuple[tuple[str, Any, Any], ...] = (
    ("text", str, None),
    ("type", str, None),
    ("start", int, None),
    ("end", int, None),
    ("normal", str, ""),
    ("kind", str, ""),
    ("slots", dict, {}),
    ("entity", (str, type(None)), None),
    ("gazetteer", (str, type(None)), None),
    ("score", (int, float), 0.0),
    ("rule", str, ""),
    ("parent", (int, type(None)), None),
)

# Members of the JSON in the order of the native rows: their names, what they are, and what they are where they lack.
_COLUMNS: dict[str, tuple[tuple[str, Any, Any], ...]] = {
    "entities": _MENTION,
    "nested": _MENTION,
    "document_entities": (
        ("id", str, None),
        ("type", str, None),
        ("normal", str, ""),
        ("gazetteer", (str, type(None)), None),
        ("mentions", (list, tuple), None),
    ),
    "relations": (
        ("type", str, None),
        ("subject", (str, type(None)), None),
        ("role", str, ""),
        ("object", (str, type(None)), None),
        ("start", int, None),
        ("end", int, None),
    ),
    "repairs": (("kind", str, None), ("start", int, None), ("end", int, None), ("before", str, ""), ("after", str, "")),
}


def _get(values: Mapping[str, Any], name: str, kind: Any, place: str, otherwise: Any = None) -> Any:
    value: Any = values.get(name, otherwise)
    if not (_is_a(value, kind) and _fits(value, name)):
        what = f"is {value!r}" if name in values else "is missing"
        raise fail(
            "syntax", f"the member {place}{name} {what}", "hand in a line of `atau extract --to jsonl` or of to_json()"
        )
    return value


def _is_a(value: object, kind: Any) -> bool:
    return isinstance(value, kind) and not isinstance(value, bool)


def _fits(value: Any, name: str) -> bool:
    if value is None:
        return True
    if name in ("start", "end", "parent"):
        return bool(0 <= value < 1 << 31)
    if name == "slots":
        return all(isinstance(k, str) and isinstance(v, str) for k, v in value.items())
    if name == "mentions":
        return all(isinstance(m, int) and 0 <= m < 1 << 31 for m in value)
    return True


def _rows(values: Mapping[str, Any], part: str, columns: Sequence[tuple[str, Any, Any]]) -> list[tuple[Any, ...]]:
    # The repairs are no part of the contract of the command line, and so may lack.
    items = _get(values, part, (list, tuple), "", [] if part == "repairs" else None)
    rows = []
    for i, item in enumerate(items):
        if not isinstance(item, Mapping):
            raise fail("syntax", f"the member {part}[{i}] is no object")
        rows.append(tuple(_get(item, name, kind, f"{part}[{i}].", default) for name, kind, default in columns))
    return rows
