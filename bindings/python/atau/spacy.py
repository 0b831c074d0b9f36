"""The spaCy component "atau" (needs spaCy 3: ``pip install 'atau[spacy]'``).

    import spacy

    nlp = spacy.blank("ru")
    nlp.add_pipe("atau")                    # found by its entry point: nothing of atau is imported by hand
    doc = nlp("Гендиректор Роскосмоса Дмитрий Рогозин прибыл на Байконур.")
    [(ent.text, ent.label_, ent._.atau_normal) for ent in doc.ents]

``doc.ents`` is the flat view, ``doc.spans["atau"]`` the nested one, and ``doc._.atau`` the whole result as an
``atau.Document``. ``docs/spacy.md`` lists the options and says what becomes of mentions that do not fit the tokens.
"""

from __future__ import annotations

import json
import pathlib
import shutil
import warnings
from collections.abc import Iterable, Iterator
from typing import Any, Optional

import atau

try:
    from spacy.language import Language
    from spacy.pipeline import Pipe
    from spacy.scorer import get_ner_prf
    from spacy.tokens import Doc, Span
    from spacy.util import minibatch
except ImportError as error:
    raise ImportError("atau.spacy needs spaCy 3: pip install 'atau[spacy]'") from error

__all__ = ["Atau", "make_atau"]

TYPES = ("PERSON", "ORGANIZATION", "LOCATION", "PROGRAM", "DATE", "MONEY", "ROLE")
ALIGNMENTS = ("expand", "contract", "strict")


class Atau(Pipe):
    """Finds entities by atau; see ``docs/spacy.md``. Thread-safe as the extractor is; a Doc belongs to one thread."""

    def __init__(
        self,
        nlp: Language,
        name: str,
        *,
        bundle: Optional[str],
        types: Optional[list[str]],
        extra: list[Any],
        without: list[str],
        places_apart: bool,
        keep: list[str],
        date: Optional[str],
        labels: dict[str, str],
        alignment: str,
        set_ents: bool,
        overwrite_ents: bool,
        spans_key: Optional[str],
        n_threads: int,
    ) -> None:
        if alignment not in ALIGNMENTS:
            raise ValueError(f"alignment must be one of {', '.join(ALIGNMENTS)}, not {alignment!r}")
        unknown = [t for t in labels if t not in TYPES]
        if unknown:
            raise ValueError(
                f"labels names a type {unknown[0]!r} that atau does not have: types are {', '.join(TYPES)}"
            )
        if n_threads < 1:
            raise ValueError("n_threads must be 1 or more")
        self.name = name
        self.vocab = nlp.vocab
        self._bundle, self._types, self._keep = bundle, types, list(keep)
        self._without, self._places_apart = list(without), places_apart
        self._extra: list[Any] = [_source(item) for item in extra]
        self._date = date
        self._labels, self._alignment = dict(labels), alignment
        self._set_ents, self._overwrite_ents, self._spans_key = set_ents, overwrite_ents, spans_key
        self._n_threads = n_threads
        self._extractor: Optional[atau.Extractor] = None
        self._missing: Optional[atau.Error] = None
        try:
            self._open()
        except atau.Error as error:
            # spaCy makes the component by its config before it reads it from disk: files that the config names may
            # have moved there. Whoever uses it without is told then.
            if error.code != "not_found":
                raise
            self._missing = error

    @property
    def extractor(self) -> atau.Extractor:
        """The ``atau.Extractor``, for instance for ``explain``. Raises atau.Error where its files are missing."""
        if self._extractor is None:
            if self._missing is not None:
                raise self._missing
            self._open()
            assert self._extractor is not None
        return self._extractor

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that entities may have."""
        return tuple(dict.fromkeys(self._labels.get(t, t) for t in TYPES if not self._types or t in self._types))

    def __call__(self, doc: Doc) -> Doc:
        """Sets the results on the Doc and returns it. What an earlier run set is replaced."""
        self._set(doc, self.extractor(doc.text, date=self._date))
        return doc

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 128) -> Iterator[Doc]:
        """The same for many, a batch at a time, without Python's lock and by ``n_threads`` threads."""
        for docs in minibatch(stream, size=batch_size):
            texts = [doc.text for doc in docs]
            try:
                found = list(
                    self.extractor.pipe(texts, n_threads=self._n_threads, batch_size=batch_size, date=self._date)
                )
            except atau.Error:
                found = [None] * len(texts)  # one text failed and took its batch with it: each for itself
            for doc, result in zip(docs, found):
                try:
                    self._set(doc, result) if result is not None else self(doc)
                except Exception as error:
                    self.get_error_handler()(self.name, self, [doc], error)
                else:
                    yield doc

    def score(self, examples: Iterable[Any], **_: Any) -> dict[str, Any]:
        """Precision, recall and F of ``doc.ents`` for ``nlp.evaluate``."""
        return dict(get_ner_prf(examples))

    # What becomes of mentions is told in docs/spacy.md, section "Mentions and tokens".
    def _set(self, doc: Doc, result: atau.Document) -> None:
        others = [e for e in doc.ents if e._.atau_mention is None or e.label_ not in self.labels]
        for key in [k for k in doc.user_data if k[:2] == ("._.", "atau_mention")]:
            del doc.user_data[key]
        notes: list[dict[str, Any]] = []
        flat = [(m.score, span) for m in result.ents if (span := self._span(doc, m, notes)) is not None]
        in_flat = {(m.start, m.end, m.label) for m in result.ents}
        nested = []
        for mention in result.nested:
            known = (mention.start, mention.end, mention.label) in in_flat
            span = self._span(doc, mention, None if known else notes)
            if span is not None:
                nested.append(span)
        doc._.atau_json = result.to_json()
        doc._.atau_repairs = [[r.kind, r.start, r.end, r.before, r.after] for r in result.repairs]
        if self._spans_key:
            doc.spans[self._spans_key] = nested
        if self._set_ents:
            doc.ents = self._choose(others, flat, notes)
        doc._.atau_misfits = notes

    def _choose(self, others: list[Span], flat: list[tuple[float, Span]], notes: list[dict[str, Any]]) -> list[Span]:
        """Entities that share no token; mentions that are left out are noted."""
        taken: dict[int, Span] = {}
        if not self._overwrite_ents:
            taken.update((i, e) for e in others for i in range(e.start, e.end))
        chosen: list[Span] = []
        # Two mentions may have grown into the same token: the one with the higher score stays.
        for _, span in sorted(flat, key=lambda pair: -pair[0]):
            rival = next((taken[i] for i in range(span.start, span.end) if i in taken), None)
            if rival is None:
                chosen.append(span)
                taken.update((i, span) for i in range(span.start, span.end))
            else:
                why = f"not in doc.ents: shares a token with {rival.text!r} ({rival.label_})"
                notes.append({**span._.atau_mention, "why": why})
        if self._overwrite_ents:
            others = [e for e in others if not any(i in taken for i in range(e.start, e.end))]
        return sorted([*others, *chosen], key=lambda e: e.start)

    def _span(self, doc: Doc, mention: atau.Entity, notes: Optional[list[dict[str, Any]]]) -> Optional[Span]:
        """The mention as a Span of whole tokens, or None; what is not exact is noted."""
        label = self._labels.get(mention.label, mention.label)
        kb_id = mention.id or ""
        span = doc.char_span(mention.start, mention.end, label, kb_id=kb_id, alignment_mode="strict")
        note = None
        if span is None:
            span = doc.char_span(mention.start, mention.end, label, kb_id=kb_id, alignment_mode=self._alignment)
            if span is None or len(span) == 0:
                span, note = None, "no span: its ends are not those of tokens"
            else:
                note = f"{self._alignment}ed to the tokens {span.text!r}"
        if notes is not None and note is not None:
            notes.append({**_plain(mention), "why": note})
        if span is None:
            return None
        # The flat view comes first, and what it says of a span stays.
        if span._.atau_mention is None:
            span._.atau_mention = _plain(mention)
        return span

    def _open(self) -> None:
        extra = [tuple(item) if isinstance(item, list) else item for item in self._extra]
        self._extractor = atau.load(
            self._bundle,
            types=self._types,
            extra=extra,
            without=self._without,
            places_apart=self._places_apart,
            keep=self._keep,
        )
        self._extractor("", date=self._date)  # a wrong date is told now
        self._missing = None

    # --- Saving. Names and rules of the user's own travel with the pipeline; so do bundles, on disk. The package's own
    # bundle does not: its fingerprint is kept, and another one at loading is warned of.

    def _recipe(self) -> dict[str, Any]:
        own = self._bundle is None
        return {
            "bundle": self._bundle,
            "types": self._types,
            "extra": self._extra,
            "without": self._without,
            "places_apart": self._places_apart,
            "keep": self._keep,
            "date": self._date,
            "labels": self._labels,
            "alignment": self._alignment,
            "set_ents": self._set_ents,
            "overwrite_ents": self._overwrite_ents,
            "spans_key": self._spans_key,
            "n_threads": self._n_threads,
            "version": atau.__version__,
            "fingerprint": f"{self.extractor.fingerprint:016x}" if own else None,
        }

    def _restore(self, recipe: dict[str, Any]) -> Atau:
        for key, value in recipe.items():
            if key not in ("version", "fingerprint"):
                setattr(self, "_" + key, value)
        self._open()
        assert self._extractor is not None
        saved, now = recipe["fingerprint"], f"{self._extractor.fingerprint:016x}"
        if saved is not None and saved != now:
            warnings.warn(
                f"the pipeline was saved with atau {recipe['version']}, whose bundle was {saved}; this is {now}"
                f" (atau {atau.__version__}), so that results may differ",
                stacklevel=4,
            )
        return self

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:
        """The options with the content of own sources; bundles by their paths."""
        return json.dumps(self._recipe(), ensure_ascii=False).encode("utf-8", "surrogatepass")

    def from_bytes(self, data: bytes, *, exclude: Iterable[str] = ()) -> Atau:
        """Restores what ``to_bytes`` gave. Raises atau.Error where a bundle is no longer at its path."""
        return self._restore(json.loads(data.decode("utf-8", "surrogatepass")))

    def to_disk(self, path: Any, *, exclude: Iterable[str] = ()) -> None:
        """A folder with the options, own sources and own bundles; nothing else is needed to load it."""
        folder = pathlib.Path(path)
        folder.mkdir(parents=True, exist_ok=True)
        recipe = self._recipe()
        if self._bundle is not None:
            recipe["bundle"] = _copy(self._bundle, folder, 0)
        extra = [_copy(item, folder, i) if isinstance(item, str) else item for i, item in enumerate(self._extra, 1)]
        recipe["extra"] = extra
        text = json.dumps(recipe, ensure_ascii=False, indent=1)
        (folder / "atau.json").write_text(text, encoding="utf-8", errors="surrogatepass")

    def from_disk(self, path: Any, *, exclude: Iterable[str] = ()) -> Atau:
        """Restores what ``to_disk`` wrote."""
        folder = pathlib.Path(path)
        recipe = json.loads((folder / "atau.json").read_text(encoding="utf-8", errors="surrogatepass"))
        if recipe["bundle"] is not None:
            recipe["bundle"] = str(folder / recipe["bundle"])
        recipe["extra"] = [str(folder / item) if isinstance(item, str) else item for item in recipe["extra"]]
        return self._restore(recipe)

    def __reduce__(self) -> tuple[Any, ...]:
        return (_unpickle, (self.vocab, self.name, self._recipe()))


@Language.factory(
    "atau",
    assigns=["doc.ents", "doc.spans", "token.ent_type", "token.ent_iob", "doc._.atau_json", "span._.atau_mention"],
    default_config={
        "bundle": None,
        "types": None,
        "extra": [],
        "without": [],
        "places_apart": False,
        "keep": [],
        "date": None,
        "labels": {},
        "alignment": "expand",
        "set_ents": True,
        "overwrite_ents": False,
        "spans_key": "atau",
        "n_threads": 1,
    },
    default_score_weights={"ents_f": 1.0, "ents_p": 0.0, "ents_r": 0.0, "ents_per_type": None},
)
def make_atau(
    nlp: Language,
    name: str,
    bundle: Optional[str],
    types: Optional[list[str]],
    extra: list[Any],
    without: list[str],
    places_apart: bool,
    keep: list[str],
    date: Optional[str],
    labels: dict[str, str],
    alignment: str,
    set_ents: bool,
    overwrite_ents: bool,
    spans_key: Optional[str],
    n_threads: int,
) -> Atau:
    """Makes the component for ``nlp.add_pipe("atau", config={…})``. The options are told in ``docs/spacy.md``."""
    return Atau(
        nlp,
        name,
        bundle=bundle,
        types=types,
        extra=extra,
        without=without,
        places_apart=places_apart,
        keep=keep,
        date=date,
        labels=labels,
        alignment=alignment,
        set_ents=set_ents,
        overwrite_ents=overwrite_ents,
        spans_key=spans_key,
        n_threads=n_threads,
    )


class _Bare:
    """As much of a Language as the component takes."""

    def __init__(self, vocab: Any) -> None:
        self.vocab = vocab


def _unpickle(vocab: Any, name: str, recipe: dict[str, Any]) -> Atau:
    options = {key: value for key, value in recipe.items() if key not in ("version", "fingerprint")}
    return Atau(_Bare(vocab), name, **options)


def _source(item: Any) -> Any:
    """An item of ``extra`` as it is kept: a list [name, content], a row, or the path of a bundle."""
    if isinstance(item, (list, tuple)):
        if len(item) != 2 or not all(isinstance(part, str) for part in item):
            raise ValueError(f"an item of extra must be a path or [name, content], not {item!r}")
        return [item[0], item[1]]
    if isinstance(item, dict):
        return item
    path = str(item)
    if not path.endswith((".tsv", ".rules", ".jsonl")):
        return path
    try:
        return [path, pathlib.Path(path).read_bytes().decode("utf-8", "surrogateescape")]
    except OSError:
        return path  # atau.load words the error


def _copy(source: str, folder: pathlib.Path, number: int) -> str:
    name = f"{number}_{pathlib.Path(source).name}"
    if (folder / name).resolve() != pathlib.Path(source).resolve():
        shutil.copyfile(source, folder / name)
    return name


def _plain(e: atau.Entity) -> dict[str, Any]:
    """The mention by the names of the JSON, of values that msgpack takes (spaCy writes Docs with it)."""
    return {
        "start": e.start,
        "end": e.end,
        "type": e.label,
        "kind": e.kind,
        "text": e.text,
        "normal": e.normal,
        "slots": dict(e.slots),
        "entity": e.entity,
        "gazetteer": e.id,
        "score": e.score,
        "rule": e.rule,
    }


def _field(key: str, default: Any) -> Any:
    def get(span: Span) -> Any:
        mention = span._.atau_mention
        return default if mention is None else mention[key]

    return get


def _result(doc: Doc) -> Optional[dict[str, Any]]:
    text = doc._.atau_json
    return None if text is None else json.loads(text)


def _document(doc: Doc) -> Optional[atau.Document]:
    result = _result(doc)
    if result is None:
        return None
    repairs = doc._.atau_repairs or []
    keys = ("kind", "start", "end", "before", "after")
    return atau.Document.from_dict({**result, "repairs": [dict(zip(keys, r)) for r in repairs]}, doc.text)


# Values are kept in doc.user_data, which spaCy copies, moves and writes; the rest is read from them.
for _name in ("atau_json", "atau_repairs", "atau_misfits"):
    Doc.set_extension(_name, default=None, force=True)
Doc.set_extension("atau", getter=_document, force=True)
Doc.set_extension("atau_entities", getter=lambda doc: (_result(doc) or {}).get("document_entities", []), force=True)
Doc.set_extension("atau_relations", getter=lambda doc: (_result(doc) or {}).get("relations", []), force=True)
Span.set_extension("atau_mention", default=None, force=True)
for _name, _key, _default in (
    ("atau_normal", "normal", ""),
    ("atau_id", "gazetteer", None),
    ("atau_kind", "kind", ""),
    ("atau_slots", "slots", {}),
    ("atau_entity", "entity", None),
    ("atau_score", "score", None),
    ("atau_rule", "rule", ""),
):
    Span.set_extension(_name, getter=_field(_key, _default), force=True)
