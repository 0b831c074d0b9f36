"""Tokens as razdel splits them: the unit in which published results for Russian are counted.

Runs of Russian letters, of Latin letters, of digits, and single characters; joined over dashes and underscores, between
digits over a comma, full stop or slash, and with characters that are neither letters nor signs. `atau eval` counts the
same tokens, and a test compares both with razdel itself.
"""

from __future__ import annotations

import re
from bisect import bisect_left

_DASHES = "‑–—−-"
_ENDINGS = ".?!…"
_SIGNS = _DASHES + "\\/!#$%&*+,.:;<=>?@^_`|~№…«“‘»”’\"„'([})]"
_ATOM = re.compile(
    r"(?P<letters>[а-яёА-ЯЁ]+|[a-zA-Z\u0130\u0131\u017F\u212A]+)|(?P<digits>\d+)"
    rf"|(?P<sign>[{re.escape(_SIGNS)}])|(?P<other>\S)"
)
_SMILE = re.compile(r"[=:;]-?[()]{1,3}")


def tokens(text: str) -> list[tuple[int, int]]:
    """Half-open spans in code points, in order."""
    atoms = [(m.start(), m.end(), m.lastgroup) for m in _ATOM.finditer(text)]
    out: list[tuple[int, int]] = []
    for i, (start, end, _) in enumerate(atoms):
        if out and out[-1][1] == start and _joins(text, atoms, i, out[-1][0]):
            out[-1] = (out[-1][0], end)
        else:
            out.append((start, end))
    return out


def _joins(text: str, atoms: list[tuple[int, int, str | None]], i: int, begin: int) -> bool:
    """Whether atom `i` goes on with the token that began at `begin`."""

    def sign(k: int) -> str:
        return text[atoms[k][0]] if atoms[k][2] == "sign" else ""

    def around(signs: str) -> tuple[str | None, str | None]:
        """The kinds of what stands on both sides of a sign next to the boundary before atom `i`."""
        at = i - 1 if sign(i - 1) and sign(i - 1) in signs else i if sign(i) and sign(i) in signs else -1
        return (atoms[at - 1][2], atoms[at + 1][2]) if 0 < at < len(atoms) - 1 else (None, None)

    for signs in (_DASHES, "_"):
        sides = around(signs)
        if None not in sides and "sign" not in sides:
            return True
    if any(around(signs) == ("digits", "digits") for signs in (".,", "/\\")):
        return True
    a, b = atoms[i - 1][2], atoms[i][2]
    if a == b == "sign":
        x, y = sign(i - 1), sign(i)
        if _SMILE.fullmatch(text[begin : atoms[i][1]]) or (x in _ENDINGS and y in _ENDINGS) or (x == y and x in "-*"):
            return True
    if (a == "other" and b in ("other", "letters")) or (b == "other" and a == "letters"):
        return True
    return sign(i) == "!" and text[atoms[i - 1][0] : atoms[i - 1][1]].lower() == "yahoo"


def mask(spans_of_tokens: list[tuple[int, int]], spans: set[tuple[int, int]]) -> list[bool]:
    """For each token whether one of the spans touches it."""
    ends = [end for _, end in spans_of_tokens]
    out = [False] * len(spans_of_tokens)
    for start, end in spans:
        at = bisect_left(ends, start + 1)
        while at < len(out) and spans_of_tokens[at][0] < end:
            out[at] = True
            at += 1
    return out
