"""The extractor, and how one is opened."""

from __future__ import annotations

import os
import weakref
from collections.abc import Iterable, Iterator, Mapping, Sized
from importlib import import_module
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal, Union, overload
from warnings import catch_warnings, simplefilter

from . import _atau
from ._document import Document, Explanation, Key, Reading, Reason
from ._errors import Diagnostic, fail
from ._names import Row, SourceSet

if TYPE_CHECKING:
    import pandas

    from .pandas import Frames

Text = Union[str, bytes, bytearray, memoryview]
"""A text: a ``str``, or bytes in some charset."""

Extra = Union[str, "os.PathLike[str]", tuple[str, str], Row, Iterable[Row]]
"""What :func:`load` takes on top of the bundle."""


class Extractor:
    """Finds entities. Immutable: share it between threads, fork with it, pickle it. Make one with :func:`atau.load`.

    >>> import atau
    >>> nlp = atau.load(types=["PERSON", "LOCATION"])
    >>> [(e.label, e.normal) for e in nlp("Дмитрий Рогозин прилетел в Караганду.")]
    [('PERSON', 'Дмитрий Рогозин'), ('LOCATION', 'Караганда')]
    """

    def __init__(
        self,
        bundle: str,
        *,
        types: Iterable[str] = (),
        bundles: Iterable[str] = (),
        compiled: Iterable[bytes] = (),
        without: Iterable[str] = (),
        places_apart: bool = False,
        keep: Iterable[str] = (),
        verify: bool = False,
        warnings: Iterable[Diagnostic] = (),
    ) -> None:
        """Not for users: call :func:`atau.load`. ``compiled`` are the bytes of bundles compiled in memory."""
        self._bundle, self._types, self._bundles = bundle, tuple(types), tuple(bundles)
        self._compiled, self._keep, self._verify = tuple(compiled), tuple(keep), verify
        self._without, self._places_apart = tuple(without), places_apart
        self._warnings = tuple(warnings)
        self._native = _atau.Extractor(bundle, list(self._bundles), list(self._compiled), verify)
        # A wrong type, kind or repair is told now, not at the first text.
        self._native.extract("", self._options("", False))
        _live[self._key] = self

    @property
    def path(self) -> str:
        """The path of the main bundle."""
        return self._bundle

    @property
    def types(self) -> tuple[str, ...]:
        """The types that are returned; empty: all."""
        return self._types

    @property
    def fingerprint(self) -> int:
        """A number that is equal for equal bundles, own names and rules, also in other processes; for caches."""
        return self._native.fingerprint

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        """What is doubtful about the names and rules that were added, for instance everyday words."""
        return self._warnings

    def __call__(
        self, text: Text, *, date: str | None = None, html: bool = False, charset: str | None = None
    ) -> Document:
        """Finds everything in one text.

        text:    a ``str``; or bytes, which are decoded first (``Document.text`` is the decoded ``str``).
        date:    the text's date as YYYY-MM-DD; relative dates («вчера») get a value only where it is given.
        html:    the text is HTML; offsets still point into it.
        charset: of bytes: ``windows-1251``, ``koi8-r``, ``utf-16``, …; ``auto`` (the default) tells it from the bytes.

        Raises Error (``invalid_argument`` for a bad date or charset, ``too_large`` for more than 1 GiB of UTF-8), and
        TypeError for what is no text.

        >>> import atau
        >>> nlp = atau.load()
        >>> nlp("Премьер прилетел в Астану вчера.", date="2021-03-02").ents[-1].slots
        {'value': '2021-03-01'}
        >>> nlp("Астана".encode("cp1251"), charset="windows-1251").text
        'Астана'
        """
        settings = (date or "", html)
        words = _to_str(text, charset)
        return Document(self, words, settings, self._native.extract(words, self._options(*settings)))

    @overload
    def pipe(
        self,
        texts: Iterable[Text],
        *,
        n_threads: int = ...,
        batch_size: int = ...,
        as_tuples: Literal[False] = ...,
        date: str | None = ...,
        html: bool = ...,
        charset: str | None = ...,
        progress: bool = ...,
    ) -> Iterator[Document]: ...
    @overload
    def pipe(
        self,
        texts: Iterable[tuple[Text, Any]],
        *,
        n_threads: int = ...,
        batch_size: int = ...,
        as_tuples: Literal[True],
        date: str | None = ...,
        html: bool = ...,
        charset: str | None = ...,
        progress: bool = ...,
    ) -> Iterator[tuple[Document, Any]]: ...
    def pipe(
        self,
        texts: Iterable[Any],
        *,
        n_threads: int = 1,
        batch_size: int = 64,
        as_tuples: bool = False,
        date: str | None = None,
        html: bool = False,
        charset: str | None = None,
        progress: bool = False,
    ) -> Iterator[Any]:
        """Documents of many texts, in their order; texts are taken as they are needed, ``batch_size`` at a time.

        n_threads: threads that work on a batch, without Python's lock; 0 is one a core.
        as_tuples: the input is ``(text, context)`` pairs and the output ``(document, context)`` pairs.
        progress:  show a bar (needs tqdm).

        ``date``, ``html`` and ``charset`` are as for one text. Raises what a call for one text raises, after the
        documents of the texts before it; ValueError for an impossible number, ImportError where tqdm lacks.

        >>> import atau
        >>> nlp = atau.load()
        >>> pairs = [("Это Москва.", {"id": 1}), ("Это Караганда.", {"id": 2})]
        >>> [(doc[0].normal, context["id"]) for doc, context in nlp.pipe(pairs, n_threads=2, as_tuples=True)]
        [('Москва', 1), ('Караганда', 2)]
        """
        if batch_size < 1 or n_threads < 0:
            raise ValueError("batch_size must be 1 or more, and n_threads 0 or more")
        if isinstance(texts, (str, bytes, bytearray, memoryview)):
            raise TypeError("pipe takes many texts; for one text call the extractor itself")
        settings = (date or "", html)
        options = self._options(*settings)
        self._native.extract("", options)  # a bad date is told now
        # Everything above is checked at the call, what follows runs as the documents are taken.
        documents = self._pipe(
            texts, n_threads or os.cpu_count() or 1, batch_size, as_tuples, settings, options, charset
        )
        return _with_bar(documents, texts) if progress else documents

    def _pipe(
        self,
        texts: Iterable[Any],
        n_threads: int,
        batch_size: int,
        as_tuples: bool,
        settings: tuple[str, bool],
        options: _atau.Options,
        charset: str | None,
    ) -> Iterator[Any]:
        source = iter(texts)
        failure: BaseException | None = None
        while failure is None:
            batch: list[tuple[str, Any]] = []
            try:
                for item in islice(source, batch_size):
                    text, context = item if as_tuples else (item, None)
                    batch.append((_to_str(text, charset), context))
            except Exception as error:
                failure = error  # the documents before it come first
            if not batch:
                break
            found = self._native.extract_all([text for text, _ in batch], options, n_threads)
            for (text, context), native in zip(batch, found):
                doc = Document(self, text, settings, native)
                yield (doc, context) if as_tuples else doc
        if failure is not None:
            raise failure

    def explain(
        self,
        text: Text,
        start: int,
        end: int,
        *,
        date: str | None = None,
        html: bool = False,
        charset: str | None = None,
    ) -> Explanation:
        """Why ``text[start:end]`` (code points) is, or is not, a mention.

        Raises Error (``invalid_argument``) for a span that is empty or reaches outside the text.
        """
        words = _to_str(text, charset)
        if not 0 <= start < end <= len(words):
            raise fail(
                "invalid_argument", f"the span {start}..{end} is not inside the text of {len(words)} code points"
            )
        readings, rivals, notes, why = self._native.explain(words, start, end, self._options(date or "", html))
        return Explanation(_readings(readings), _readings(rivals), tuple(notes), why)

    def with_names(self, names: Row | Iterable[Row] | Iterable[str], label: str | None = None) -> Extractor:
        """An extractor that also knows these names; this one stays as it is.

        A name is written once, in the nominative, and found in every case, in any quotes, with any dash, with е for ё.
        A row is a dict or a tuple:

        ============  ==========================================================================================
        ``label``     PERSON, ORGANIZATION, LOCATION or PROGRAM (``type`` is the same); or the argument ``label``
        ``name``      the name in its official letter case (``pattern``, as in spaCy's pattern rows, is the same)
        ``variants``  other names of the same thing: a list, or a ``str`` with ``|`` between them
        ``id``        ASCII, unique; made of the name where it lacks
        ``kind``      ``company``, ``launcher``, …: a lower-case ASCII word
        ``tier``      ``alone`` (the default), or ``support`` for a name that is also an everyday word: it then needs
                      a head word, quotes or other evidence
        ``slots``     further values: a dict, or a ``str`` such as ``country=KZ;index=2.1``
        ============  ==========================================================================================

        A tuple has the same values in the order label, name, variants, id, kind. With ``label`` a row may also be a
        plain ``str``: the name. A name that begins with ``=`` matches in exactly this form only, one with ``?`` (or a
        variant) needs support.

        Raises Error (``syntax``) whose ``diagnostics`` list every mistake: ``line`` is the row's number, from 1.
        What is doubtful stands in :attr:`warnings`.

        >>> import atau
        >>> nlp = atau.load().with_names([("PROGRAM", "Заря степи"), {"label": "ORG", "name": "Жулдызтрансгаз"}])
        >>> [e.normal for e in nlp("Жулдызтрансгаз оплатил «Зарю степи».").ents]
        ['Жулдызтрансгаз', 'Заря степи']
        """
        sources = SourceSet()
        sources.add_rows([names] if isinstance(names, (dict, tuple, str)) else names, "names", label)
        return self._with(sources)

    def with_extra(self, *extra: Extra) -> Extractor:
        """An extractor that also has these dictionaries, rules, names or bundles, as ``extra`` of :func:`atau.load`."""
        sources = SourceSet()
        for item in extra:
            sources.add(item)
        return self._with(sources)

    def _with(self, sources: SourceSet) -> Extractor:
        compiled, warnings = sources.compile(self._bundle)
        return Extractor(
            self._bundle,
            types=self._types,
            bundles=(*self._bundles, *sources.bundles),
            compiled=self._compiled + compiled,
            without=self._without,
            places_apart=self._places_apart,
            keep=self._keep,
            verify=self._verify,
            warnings=self._warnings + warnings,
        )

    def to_frame(
        self,
        texts: Any,
        column: str | None = None,
        *,
        table: Literal["ents", "nested", "entities", "relations"] = "ents",
        **options: Any,
    ) -> pandas.DataFrame:
        """A table of what was found in a column of texts: :func:`atau.pandas.to_frame` (needs pandas)."""
        from .pandas import to_frame

        return to_frame(self, texts, column, table=table, **options)

    def to_frames(self, texts: Any, column: str | None = None, **options: Any) -> Frames:
        """All tables of a column of texts in one go: :func:`atau.pandas.to_frames` (needs pandas)."""
        from .pandas import to_frames

        return to_frames(self, texts, column, **options)

    @property
    def _key(self) -> Key:
        views = (self._types, self._without, self._places_apart, self._keep)
        return (self.fingerprint, self._bundle, self._bundles, *views, bool(self._compiled))

    def _options(self, date: str, html: bool) -> _atau.Options:
        return _atau.Options(date, html, list(self._types), list(self._without), self._places_apart, list(self._keep))

    def __reduce__(self) -> tuple[Any, ...]:
        views = (self._types, self._without, self._places_apart, self._keep)
        recipe = (self._bundle, self._bundles, views, self._compiled, self._verify, self._warnings)
        return (_unpickle, (self.fingerprint, recipe))

    def __copy__(self) -> Extractor:
        return self

    def __deepcopy__(self, memo: Any) -> Extractor:
        return self

    def __repr__(self) -> str:
        types = f" types={','.join(self._types)}" if self._types else ""
        extra = len(self._bundles) + len(self._compiled)
        return f"<atau.Extractor {self._bundle!r}{types}{f' and {extra} more' if extra else ''}>"


# The extractors that are open, so that unpickled documents find theirs. Holds none of them alive.
_live: weakref.WeakValueDictionary[Key, Extractor] = weakref.WeakValueDictionary()


def reopen(key: Key) -> Extractor:
    """The extractor that a document was made by: one that is open, or the same bundles anew."""
    nlp = _live.get(key)
    if nlp is not None:
        return nlp
    fingerprint, bundle, bundles, types, without, places_apart, keep, own = key
    hint = "use nlp.explain(doc.text, start, end) with such an extractor"
    if own:
        raise fail(
            "invalid_argument", "this document's extractor had names or rules of its own, and is not open here", hint
        )
    nlp = Extractor(bundle, types=types, bundles=bundles, without=without, places_apart=places_apart, keep=keep)
    if nlp.fingerprint != fingerprint:
        raise fail("invalid_argument", f"{bundle} is another bundle than the one this document was made with", hint)
    return nlp


def _unpickle(fingerprint: int, recipe: tuple[Any, ...]) -> Extractor:
    bundle, bundles, views, compiled, verify, warnings = recipe
    nlp = _live.get((fingerprint, bundle, bundles, *views, bool(compiled)))
    if nlp is not None:
        return nlp
    types, without, places_apart, keep = views
    return Extractor(
        bundle,
        types=types,
        bundles=bundles,
        compiled=compiled,
        without=without,
        places_apart=places_apart,
        keep=keep,
        verify=verify,
        warnings=warnings,
    )


def _readings(rows: list[tuple[Any, ...]]) -> tuple[Reading, ...]:
    return tuple(
        Reading(start, end, label, score, chosen, tuple(Reason(*reason) for reason in reasons))
        for start, end, label, score, chosen, reasons in rows
    )


def _to_str(text: Any, charset: str | None) -> str:
    if isinstance(text, str):
        if charset is not None:
            raise TypeError("a charset goes with bytes; this text is a str already")
        return text
    if isinstance(text, (bytes, bytearray, memoryview)):
        return _atau.decode(bytes(text), charset or "auto")
    raise TypeError(f"a text must be str or bytes, not {type(text).__name__}")


def _with_bar(documents: Iterator[Any], texts: Iterable[Any]) -> Iterator[Any]:
    try:
        with catch_warnings():
            simplefilter("ignore")  # a notebook without widgets gets the plain bar
            tqdm = import_module("tqdm.auto").tqdm
    except ImportError as error:
        raise ImportError("progress=True needs tqdm: pip install tqdm") from error
    total = len(texts) if isinstance(texts, Sized) else None
    bar: Iterator[Any] = iter(tqdm(documents, total=total, unit=" docs"))
    return bar


def load(
    bundle: str | os.PathLike[str] | None = None,
    *,
    types: Iterable[str] | None = None,
    extra: Iterable[Extra] | None = None,
    without: Iterable[str] | None = None,
    places_apart: bool = False,
    keep: Iterable[str] | None = None,
    verify: bool = False,
) -> Extractor:
    """Opens an extractor; this costs milliseconds, for the bundle is mapped into memory.

    bundle: the path of a bundle; by default ``$ATAU_BUNDLE``, else the one that the package carries.
    types:  the types to return (all by default): PERSON, ORGANIZATION, LOCATION, PROGRAM, DATE, MONEY, ROLE.
    extra:  what is added on top, in one list:

            - paths of dictionaries (``.tsv``), rules (``.rules``), rows of names (``.jsonl``, spaCy's pattern rows too)
              or compiled bundles;
            - ``(name, content)`` pairs, where the name ends in ``.tsv``, ``.rules`` or ``.jsonl``;
            - rows of names, one by one or as lists: see :meth:`Extractor.with_names`.
    without: kinds to leave out, for instance ``["street", "building"]`` where these are no places.
    places_apart: whether the place that a body's name ends with is a mention of its own («Министерство обороны» and
            «РФ») and not part of the body's («Министерство обороны РФ»), as factRuEval and others mark it.
    keep:   repairs to switch off, for instance ``["look_alike"]``.
    verify: recompute the checksums of the whole bundle first.

    Raises Error: ``not_found``, ``io``, ``corrupt`` or ``version`` for a bundle, ``invalid_argument`` for an unknown
    type, kind or repair, ``syntax`` for mistakes in what was added, all at once in ``diagnostics``.

    >>> import atau
    >>> nlp = atau.load(types=["PROGRAM"], extra=[{"label": "PROGRAM", "name": "Заря степи", "id": "own.zarya"}])
    >>> nlp("Участники «Зари степи» собрались в Караганде.").ents
    (<PROGRAM 'Зари степи' 11:21 = 'Заря степи' own.zarya>,)
    """
    path = os.fspath(bundle) if bundle is not None else os.environ.get("ATAU_BUNDLE") or _own_bundle()
    for name, value in (("types", types), ("extra", extra), ("without", without), ("keep", keep)):
        if isinstance(value, (str, bytes, Mapping)):
            raise TypeError(f"{name} must be a list, not {type(value).__name__}")
    sources = SourceSet()
    for item in extra or ():
        sources.add(item)
    compiled, warnings = sources.compile(path)
    return Extractor(
        path,
        types=types or (),
        bundles=sources.bundles,
        compiled=compiled,
        without=without or (),
        places_apart=places_apart,
        keep=keep or (),
        verify=verify,
        warnings=warnings,
    )


def _own_bundle() -> str:
    place = os.path.join(os.path.dirname(os.path.abspath(__file__)), "atau.bundle")
    return place if os.path.isfile(place) else _atau.default_bundle_path()
