"""Tokens as razdel splits them: the unit in which published results for Russian are counted.

Runs of letters of one script or of digits, joined over inner dashes and underscores and, between digits, over a
comma, full stop or
slash; other signs alone. `atau eval` counts the same tokens, and a test compares both with razdel itself.
"""

from __future__ import annotations

import re
from bisect import bisect_left

_ATOM = re.compile(
    r"(?P<latin>[a-zA-Z\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02AF\u1E00-\u1EFF]+)|(?P<cyrillic>[\u0400-\u052F]+)|(?P<digit>[0-9]+)|(?P<low>_+)"
    r"|(?P<marks>([.?!…-])\6*)|(?P<sign>\S)"
)
_DASHES = "‑–—−-"
_IN_NUMBERS = ".,/\\"


def tokens(text: str) -> list[tuple[int, int]]:
    """Half-open spans in code points, in order."""
    out: list[tuple[int, int]] = []
    atoms = [(m.start(), m.end(), m.lastgroup) for m in _ATOM.finditer(text)]
    # lastgroup of a run of marks is the outer group: the inner one has no name.
    words = {"latin", "cyrillic", "digit", "low"}
    at = 0
    while at < len(atoms):
        start, end, kind = atoms[at]
        at += 1
        if kind not in words:
            out.append((start, end))
            continue
        while at < len(atoms) and atoms[at][0] == end:
            after, stop, next_kind = atoms[at]
            if next_kind in words:
                if next_kind != "low" and kind != "low":
                    break
            elif stop == after + 1 and at + 1 < len(atoms) and atoms[at + 1][0] == stop and atoms[at + 1][2] in words:
                sign, behind = text[after], atoms[at + 1][2]
                if sign not in _DASHES and not (kind == "digit" and behind == "digit" and sign in _IN_NUMBERS):
                    break
                at += 1
                _, stop, next_kind = atoms[at]
            else:
                break
            end, kind = stop, next_kind
            at += 1
        out.append((start, end))
    return out


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
