"""Damaged copies of annotated texts, as scrapers, converters and typists damage them. The spans of the annotation
move along.

`damage(document, kind)` gives a copy with one kind of damage; the same document and kind always give the same copy.
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable
from typing import Any

Edit = tuple[int, int, str]  # replaces text[start:end]

_LOOK_ALIKES = {
    "а": "a", "е": "e", "о": "o", "р": "p", "с": "c", "у": "y", "х": "x", "А": "A", "В": "B", "Е": "E",
    "К": "K", "М": "M", "Н": "H", "О": "O", "Р": "P", "С": "C", "Т": "T", "Х": "X",
}  # fmt: skip
_INVISIBLE = ("\u00ad", "\u200b", "\u2060", "\ufeff")
_CURLY = "«»„“”‟"


def _glue(text: str, chance: random.Random) -> list[Edit]:
    breaks = re.finditer(r"(?<=\w)\s*\n\s*(?=\w)", text)
    return [(m.start(), m.end(), "") for m in breaks if chance.random() < 0.7]


def _straight(text: str, chance: random.Random) -> list[Edit]:
    return [(i, i + 1, '"') for i, c in enumerate(text) if c in _CURLY]


def _noquotes(text: str, chance: random.Random) -> list[Edit]:
    return [(i, i + 1, "") for i, c in enumerate(text) if c in _CURLY + '"']


def _invisible(text: str, chance: random.Random) -> list[Edit]:
    edits: list[Edit] = [(i, i + 1, "\u00a0") for i, c in enumerate(text) if c == " " and chance.random() < 0.15]
    for word in re.finditer(r"\w{5,}", text):
        if chance.random() < 0.15:
            at = chance.randrange(word.start() + 2, word.end() - 1)
            edits.append((at, at, chance.choice(_INVISIBLE)))
    return edits


def _homoglyph(text: str, chance: random.Random) -> list[Edit]:
    edits: list[Edit] = []
    for word in re.finditer(r"\b[А-ЯЁ][А-Яа-яЁё]*\b", text):
        places = [i for i in range(*word.span()) if text[i] in _LOOK_ALIKES]
        if places and chance.random() < 0.3:
            at = chance.choice(places)
            edits.append((at, at + 1, _LOOK_ALIKES[text[at]]))
    return edits


def _one_case(change: Callable[[str], str]) -> Callable[[str, random.Random], list[Edit]]:
    # A letter whose other case is several letters (ß) stays, so that one letter remains one letter.
    return lambda text, chance: [
        (i, i + 1, change(c)) for i, c in enumerate(text) if change(c) != c and len(change(c)) == 1
    ]


def _wrap(text: str, chance: random.Random) -> list[Edit]:
    words = re.finditer(r"[^\W\d_]{7,}", text)
    return [((m.start() + m.end()) // 2,) * 2 + ("-\n",) for m in words if chance.random() < 0.1]


def _nfd(text: str, chance: random.Random) -> list[Edit]:
    split = ((i, unicodedata.normalize("NFD", c)) for i, c in enumerate(text) if ord(c) > 127)
    return [(i, i + 1, parts) for i, parts in split if len(parts) > 1]


KINDS: dict[str, tuple[str, Callable[[str, random.Random], list[Edit]]]] = {
    "glue": ("paragraph breaks lost", _glue),
    "straight": ("typographic quotes made straight", _straight),
    "noquotes": ("all quotes lost", _noquotes),
    "invisible": ("soft hyphens, zero-width signs, no-break spaces", _invisible),
    "homoglyph": ("Latin look-alikes in Cyrillic names", _homoglyph),
    "upper": ("the whole text in capitals", _one_case(str.upper)),
    "lower": ("the whole text in small letters", _one_case(str.lower)),
    "wrap": ("words hyphenated over line ends", _wrap),
    "nfd": ("letters decomposed (й, ё)", _nfd),
}


def damage(document: dict[str, Any], kind: str) -> dict[str, Any]:
    """A damaged copy: text, entities and ignored spans; a mention of which nothing is left is dropped."""
    text = document["text"]
    edits = sorted(KINDS[kind][1](text, random.Random(f"{kind} {document['id']}")))
    # shift[i] is where the boundary before character i of the old text stands in the new one.
    pieces, shift, at, length = [], [], 0, 0
    for start, end, replacement in edits:
        pieces += [text[at:start], replacement]
        shift += range(length, length + start - at)
        length += start - at
        # Boundaries inside what is replaced fall together with its end; the first one stays before it.
        shift += [length] * min(1, end - start) + [length + len(replacement)] * (end - start - 1)
        length += len(replacement)
        at = end
    pieces.append(text[at:])
    shift += range(length, length + len(text) - at + 1)
    out = {"id": document["id"], "text": "".join(pieces)}
    for key in ("entities", "ignore"):
        moved = [dict(e, start=shift[e["start"]], end=shift[e["end"]]) for e in document.get(key, ())]
        out[key] = [e for e in moved if e["end"] > e["start"]]
    return out
