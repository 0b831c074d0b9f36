"""Names and rules that are added at run time.

Rows of values become a dictionary source, and the compiler's mistakes find their rows again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Union

from . import _atau
from ._errors import Diagnostic, fail, fail_with

Row = Union[Mapping[str, Any], tuple[Any, ...]]
"""A name: see :meth:`atau.Extractor.with_names`."""

_LABELS = {
    "PERSON": "PERSON",
    "PER": "PERSON",
    "ORGANIZATION": "ORGANIZATION",
    "ORG": "ORGANIZATION",
    "LOCATION": "LOCATION",
    "LOC": "LOCATION",
    "GPE": "LOCATION",
    "PROGRAM": "PROGRAM",
    "PRO": "PROGRAM",
}
_KINDS = {"PERSON": "person", "ORGANIZATION": "organization", "LOCATION": "place", "PROGRAM": "programme"}
_FIELDS = ("label", "name", "variants", "id", "kind", "tier", "slots")
_TUPLE = _FIELDS[:5]
_SAME = {"type": "label", "pattern": "name"}
# The cells of the source that is made of rows; the label stands in its directive.
_CELLS = ("id", "kind", "name", "variants", "tier", "slots")

# For ids of names that come without: one letter, one reading.
_LATIN = str.maketrans(
    dict(
        zip(
            "абвгдеёжзийклмнопрстуфхцчшщыэюяәғқңөұүһі",
            [
                "a",
                "b",
                "v",
                "g",
                "d",
                "e",
                "e",
                "zh",
                "z",
                "i",
                "i",
                "k",
                "l",
                "m",
                "n",
                "o",
                "p",
                "r",
                "s",
                "t",
                "u",
                "f",
                "kh",
                "ts",
                "ch",
                "sh",
                "shch",
                "y",
                "e",
                "iu",
                "ia",
                "a",
                "g",
                "q",
                "n",
                "o",
                "u",
                "u",
                "h",
                "i",
            ],
        ),
        ъ="",
        ь="",
    )
)
_WORDS = bytes(b if b < 128 and chr(b).isalnum() else 32 for b in range(256))


class _Origin(NamedTuple):
    """Where a row came from: a list of values (``text`` is empty), or a line of a file."""

    file: str
    line: int
    text: str = ""


@dataclass
class _Name:
    origin: _Origin
    cells: dict[str, str]
    from_pattern: bool


class SourceSet:
    """Collects what is to be added; compiles it in one go."""

    def __init__(self) -> None:
        self.bundles: list[str] = []
        self._sources: list[tuple[str, bytes]] = []
        self._names: dict[str, dict[str, _Name]] = {}  # by label and id
        self._seen: dict[tuple[str, str], _Origin] = {}  # names without an id
        self._diagnostics: list[Diagnostic] = []

    def add(self, item: Any) -> None:
        """One item of ``extra``."""
        if isinstance(item, (str, os.PathLike)):
            self._add_path(os.fspath(item))
        elif isinstance(item, tuple) and _is_source(item):
            self._add_source(item[0], item[1].encode("utf-8", "surrogatepass"))
        elif isinstance(item, (Mapping, tuple)):
            self.add_rows([item], "names")
        elif isinstance(item, Iterable) and not isinstance(item, (bytes, bytearray)):
            self.add_rows(item, "names")
        else:
            message = f"extra holds paths, (name, content) pairs and rows of names, no {type(item).__name__}"
            raise fail("invalid_argument", message)

    def _add_path(self, path: str) -> None:
        if not path.endswith((".tsv", ".rules", ".jsonl")):
            if "\n" in path or "\t" in path:
                raise fail("invalid_argument", "this is a content, no path", 'write it as a pair: ("own.tsv", content)')
            self.bundles.append(path)
            return
        try:
            with open(path, "rb") as file:
                content = file.read()
        except OSError as error:
            code = "not_found" if isinstance(error, FileNotFoundError) else "io"
            raise fail(code, f"the file cannot be read: {error.strerror}", file=path) from error
        self._add_source(path, content)

    def _add_source(self, name: str, content: bytes) -> None:
        if not name.endswith(".jsonl"):
            self._sources.append((name, content))
            return
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            begin = content.rfind(b"\n", 0, error.start) + 1
            column = len(content[begin : error.start].decode()) + 1
            self._error(_Origin(name, line), "the bytes here are not valid UTF-8", "save the file as UTF-8", column)
            return
        for number, row_text in enumerate(text.split("\n"), 1):
            if not row_text.strip():
                continue
            origin = _Origin(name, number, row_text)
            try:
                row = json.loads(row_text)
            except json.JSONDecodeError as error:
                self._error(origin, f"this is no JSON: {error.msg}", "each line is an object", error.colno)
                continue
            except (ValueError, RecursionError) as error:
                self._error(origin, f"this is no JSON: {error}", "each line is an object")
                continue
            if isinstance(row, dict):
                self._add_row(row, origin, None)
            else:
                self._error(origin, f"the line is no object but {_short(row)}", 'write {"label": …, "pattern": …}')

    def add_rows(self, rows: Iterable[Any], file: str, label: str | None = None) -> None:
        """Rows of values; ``label`` is that of rows which name none."""
        if not isinstance(rows, Iterable):
            raise TypeError(f"names must be a list of rows, not {type(rows).__name__}")
        if label is not None and label not in _LABELS:
            raise fail("invalid_argument", f"there is no label {label!r} for names", _KNOWN_LABELS)
        for number, row in enumerate(rows, 1):
            self._add_row(row, _Origin(file, number), label)

    def _error(self, origin: _Origin, message: str, hint: str = "", column: int = 0) -> None:
        self._diagnostics.append(Diagnostic(origin.file, origin.line, column, message, hint))

    def _add_row(self, row: Any, origin: _Origin, label: str | None) -> None:
        known = len(self._diagnostics)
        if isinstance(row, str) and label is not None:
            row = {"name": row}
        elif isinstance(row, (tuple, list)):
            if len(row) > len(_TUPLE):
                return self._error(origin, f"the row has {len(row)} values", f"a tuple has at most {', '.join(_TUPLE)}")
            row = dict(zip(_TUPLE, row))
        elif not isinstance(row, Mapping):
            return self._error(
                origin, f"the row is no dict or tuple but {_short(row)}", 'write ("PROGRAM", "Заря степи")'
            )
        values: dict[str, Any] = {}
        for key, value in row.items():
            field = _SAME.get(key, key)
            if field not in _FIELDS:
                self._error(origin, f"unknown field {_short(key)}", f"known ones: {', '.join((*_FIELDS, *_SAME))}")
            elif field in values:
                self._error(origin, f"the field {key!r} says the same as {field!r}", "keep one")
            elif not _is_missing(value):
                values[field] = value
        from_pattern = "pattern" in row

        kind_of = self._label(values, origin, label)
        cells = {"tier": self._text(values, "tier", origin), "kind": self._text(values, "kind", origin)}
        cells["name"] = self._name(values, origin)
        cells["variants"] = "|".join(self._variants(values, origin))
        cells["slots"] = self._slots(values, origin)
        cells["id"] = self._text(values, "id", origin)
        if len(self._diagnostics) > known:
            return None
        cells["kind"] = cells["kind"] or _KINDS[kind_of]
        cells["tier"] = cells["tier"] or "alone"
        self._keep(kind_of, _Name(origin, cells, from_pattern))

    def _label(self, values: dict[str, Any], origin: _Origin, label: str | None) -> str:
        named = values.get("label", label)
        if named is None:
            self._error(origin, "the row has no label", _KNOWN_LABELS)
        elif not isinstance(named, str) or named not in _LABELS:
            self._error(
                origin, f"label: there is no label {_short(named)} for names", _KNOWN_LABELS, _column(origin, named)
            )
        else:
            return _LABELS[named]
        return ""

    def _text(self, values: dict[str, Any], field: str, origin: _Origin) -> str:
        value = values.get(field, "")
        if isinstance(value, int) and not isinstance(value, bool) and field == "id":
            value = str(value)
        if isinstance(value, str):
            return self._plain(value, field, origin)
        self._error(origin, f"{field}: {_short(value)} is no str", column=_column(origin, value))
        return ""

    def _plain(self, value: str, field: str, origin: _Origin) -> str:
        """Blanks of all sorts as single plain ones: names are found whatever blanks a text has."""
        if value.isprintable():  # nearly all are
            return " ".join(value.split())
        for c in value:
            if "\ud800" <= c <= "\udfff" or (c < " " and c not in "\t\n\r\f\v") or c == "\x7f":
                column = value.index(c) + 1
                self._error(origin, f"{field}: a character that no text has (U+{ord(c):04X})", "remove it", column)
                return ""
        return " ".join(value.replace("\u00ad", "").replace("\u200b", "").replace("\ufeff", "").split())

    def _written(self, value: str, field: str, origin: _Origin) -> str:
        name = self._plain(value, field, origin)
        if name[:1].isalnum():
            return name
        for opening, closing in ("«»", '""', "“”", "„“"):
            inside = name[1:-1]
            if name.startswith(opening) and name.endswith(closing) and not set(inside) & {opening, closing}:
                return inside.strip()
        return name

    def _name(self, values: dict[str, Any], origin: _Origin) -> str:
        value = values.get("name")
        if value is None:
            self._error(origin, "the row has no name", "the field is called name or pattern")
        elif isinstance(value, str):
            known = len(self._diagnostics)
            name = self._written(value, "name", origin)
            if len(self._diagnostics) == known and not any(c.isalnum() for c in name):
                self._error(origin, f"name: {_short(value)} has no letters and digits", "", _column(origin, value))
            return name
        elif isinstance(value, (list, tuple)):
            return self._of_tokens(value, origin)
        else:
            self._error(origin, f"name: {_short(value)} is no str", column=_column(origin, value))
        return ""

    def _of_tokens(self, tokens: Sequence[Any], origin: _Origin) -> str:
        """spaCy's token patterns: those of plain words only are exact names."""
        words = []
        hint = 'write the name as a str, {"label": "PROGRAM", "pattern": "Заря степи"}: it is found in every form'
        for i, token in enumerate(tokens):
            if not isinstance(token, Mapping) or len(token) != 1 or next(iter(token)) not in ("ORTH", "TEXT"):
                self._error(
                    origin,
                    f"pattern: token {i + 1} is {_short(token)}; of token patterns only ORTH and TEXT are known",
                    hint,
                )
                return ""
            word = next(iter(token.values()))
            if not isinstance(word, str):
                self._error(origin, f"pattern: token {i + 1} asks for {_short(word)}, which is no str", hint)
                return ""
            words.append(self._plain(word, "pattern", origin))
        if not words:
            self._error(origin, "pattern: it has no tokens", hint)
        return "=" + " ".join(words)

    def _variants(self, values: dict[str, Any], origin: _Origin) -> list[str]:
        value = values.get("variants", ())
        if isinstance(value, str):
            value = [part for part in value.split("|") if part.strip()]
        if not isinstance(value, Iterable) or isinstance(value, (bytes, Mapping)):
            self._error(origin, f"variants: {_short(value)} is no list", column=_column(origin, value))
            return []
        out: list[str] = []
        for variant in value:
            if not isinstance(variant, str):
                self._error(origin, f"variants: {_short(variant)} is no str", column=_column(origin, variant))
            elif "|" in variant:
                self._error(origin, f"variants: {_short(variant)} holds a `|`", "make two variants of it")
            elif not any(c.isalnum() for c in variant):
                self._error(origin, f"variants: {_short(variant)} has no letters and digits", "leave it out")
            elif (name := self._written(variant, "variants", origin)) and name not in out:
                out.append(name)
        return out

    def _slots(self, values: dict[str, Any], origin: _Origin) -> str:
        value = values.get("slots", "")
        if isinstance(value, str):
            return self._plain(value, "slots", origin)
        if not isinstance(value, Mapping):
            self._error(origin, f"slots: {_short(value)} is no dict", column=_column(origin, value))
            return ""
        parts = []
        for key, inner in value.items():
            part = f"{key}={inner}"
            if not isinstance(key, str) or not isinstance(inner, (str, int)) or "=" in key or ";" in part:
                self._error(
                    origin, f"slots: {_short(part)} is no pair of words", "`=` and `;` part slots from each other"
                )
            else:
                parts.append(self._plain(part, "slots", origin))
        return ";".join(parts)

    def _keep(self, label: str, name: _Name) -> None:
        rows = self._names.setdefault(label, {})
        cells = name.cells
        if not cells["id"]:
            written = (label, cells["name"])
            if written in self._seen:
                before = self._seen[written]
                message = f"name: {_short(cells['name'])} stands already in {before.file}:{before.line}"
                hint = "give both an id if they are two things"
                self._diagnostics.append(Diagnostic(name.origin.file, name.origin.line, 0, message, hint, "warning"))
                return
            self._seen[written] = name.origin
            cells["id"] = base = f"own.{label.lower()}.{_slug(cells['name'])}"
            number = 1
            while cells["id"] in rows:
                number += 1
                cells["id"] = f"{base}_{number}"
        other = rows.get(cells["id"])
        if other is None:
            rows[cells["id"]] = name
        elif name.from_pattern and other.from_pattern:
            # Patterns with one id are names of one thing, as in spaCy.
            known = [other.cells["name"], *other.cells["variants"].split("|")]
            more = [v for v in [cells["name"], *cells["variants"].split("|")] if v and v not in known]
            other.cells["variants"] = "|".join([v for v in [other.cells["variants"], *more] if v])
        else:
            message = f"id: {cells['id']!r} stands already in {other.origin.file}:{other.origin.line}"
            self._error(
                name.origin,
                message,
                "ids are unique: rename one, or make one row of both",
                _column(name.origin, cells["id"]),
            )

    def compile(self, base: str) -> tuple[tuple[bytes, ...], tuple[Diagnostic, ...]]:
        """The bundle of all that was added (none where there is nothing), and warnings. Raises Error."""
        sources = list(self._sources)
        places: dict[str, list[_Name]] = {}
        for label, rows in self._names.items():
            # A source's rows are sorted; the file's name is one that no user's file has.
            names = sorted(rows.values(), key=lambda name: name.cells["id"])
            lines = [f'#! entities type={label} source="added at run time"', "\t".join(_CELLS)]
            lines += ["\t".join([name.cells[cell] for cell in _CELLS]) for name in names]
            places[f"<names>/{label}.tsv"] = names
            sources.append((f"<names>/{label}.tsv", ("\n".join(lines) + "\n").encode()))
        compiled = None
        diagnostics = self._diagnostics
        if sources:
            compiled, found = _atau.compile(base, sources)
            diagnostics = diagnostics + [_place(*row, places=places) for row in found]
        if any(d.severity == "error" for d in diagnostics):
            raise fail_with(_sorted(diagnostics))
        return (compiled,) if compiled is not None else (), tuple(_sorted(diagnostics))


_KNOWN_LABELS = "known ones: PERSON (PER), ORGANIZATION (ORG), LOCATION (LOC, GPE), PROGRAM (PRO)"


def _place(
    is_error: bool, file: str, line: int, column: int, message: str, hint: str, places: Mapping[str, list[_Name]]
) -> Diagnostic:
    """A compiler's diagnostic; where it speaks of a source that was made of rows, of the row instead."""
    severity = "error" if is_error else "warning"
    names = places.get(file)
    if names is None:
        return Diagnostic(file, line, column, message, hint, severity)
    for made, rows in places.items():  # «stands already in <names>/PROGRAM.tsv:7»
        at = message.find(made + ":")
        if at >= 0:
            number = message[at + len(made) + 1 :].split()[0]
            if number.isdigit() and 3 <= int(number) < len(rows) + 3:
                other = rows[int(number) - 3].origin
                message = message.replace(f"{made}:{number}", f"{other.file}:{other.line}")
    if not 3 <= line < len(names) + 3:
        return Diagnostic(names[0].origin.file, 0, 0, message, hint, severity)
    name = names[line - 3]
    begin, field = 1, ""
    for cell in _CELLS:
        width = len(name.cells[cell])
        if begin <= column <= begin + width:
            field = cell
            break
        begin += width + 1
    if field:
        column -= begin - 1
        message = f"{field}: {message}"
        if name.origin.text:
            before = _column(name.origin, name.cells[field])
            column = before + column - 1 if before else 0
    else:
        column = 0
    return Diagnostic(name.origin.file, name.origin.line, column, message, hint, severity)


def _sorted(diagnostics: list[Diagnostic]) -> list[Diagnostic]:
    """By place; the files stay in the order in which they came."""
    files = {file: i for i, file in reversed(list(enumerate(d.file for d in diagnostics)))}
    return sorted(diagnostics, key=lambda d: (files[d.file], d.line, d.column))


def _is_source(item: tuple[Any, ...]) -> bool:
    if len(item) != 2 or not isinstance(item[0], str) or not isinstance(item[1], str):
        return False
    return item[0].endswith((".tsv", ".rules", ".jsonl")) or "\n" in item[1]


def _is_missing(value: Any) -> bool:
    """None, an empty str, and the NaN that tables have in empty cells."""
    return (
        value is None or (isinstance(value, float) and value != value) or (isinstance(value, str) and not value.strip())
    )


def _column(origin: _Origin, value: Any) -> int:
    """Where a value stands in a line of JSON: code points from 1, 0 where that cannot be told."""
    if not origin.text:
        return 0
    for ascii_only in (False, True):
        written = json.dumps(value, ensure_ascii=ascii_only)
        at = origin.text.find(written)
        if at >= 0:
            return at + 1 + isinstance(value, str)
    return 0


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:59] + "…"


def _slug(name: str) -> str:
    letters = name.lower().translate(_LATIN).encode("ascii", "replace").translate(_WORDS).decode()
    return "_".join(letters.split())[:60].rstrip("_") or "name"
