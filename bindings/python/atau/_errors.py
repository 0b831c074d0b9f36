"""What can go wrong, as values and as an exception."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Diagnostic:
    """A mistake (or a doubt) in a dictionary, a rule or a row of names.

    >>> print(Diagnostic("own.tsv", 3, 7, "an empty variant", "remove the `|` too many"))
    own.tsv:3:7: error: an empty variant; remove the `|` too many
    """

    file: str
    """The source's name; ``"names"`` for rows that were handed in as values."""
    line: int
    """From 1; 0 where the whole file is meant. Of rows: the row's number."""
    column: int
    """In code points from 1; 0 where the whole line is meant. Of rows: in the field that the message begins with."""
    message: str
    hint: str = ""
    """How to mend it; may be empty."""
    severity: str = "error"
    """``"error"`` or ``"warning"``."""

    def __str__(self) -> str:
        place = self.file
        for number in (self.line, self.column):
            if number == 0:
                break
            place += f":{number}"
        return f"{place}: {self.severity}: {self.message}" + (f"; {self.hint}" if self.hint else "")


class Error(Exception):
    """What went wrong, where, and how to mend it.

    ``code`` is one of ``invalid_argument``, ``not_found``, ``io``, ``corrupt``, ``version``, ``syntax``, ``encoding``,
    ``too_large``. ``file``, ``line`` and ``column`` (both from 1, the column in code points) name a place in a source;
    they are empty or 0 where unknown. ``diagnostics`` lists every mistake where sources or rows have several; the other
    attributes speak of the first one.

    >>> import atau
    >>> try:
    ...     atau.load("absent.bundle")
    ... except atau.Error as error:
    ...     print(error.code, error.file)
    not_found absent.bundle
    """

    code: str
    message: str
    file: str
    line: int
    column: int
    hint: str
    diagnostics: tuple[Diagnostic, ...]

    def __init__(
        self,
        text: str,
        code: str = "",
        message: str = "",
        file: str = "",
        line: int = 0,
        column: int = 0,
        hint: str = "",
        diagnostics: Iterable[Diagnostic] = (),
    ) -> None:
        super().__init__(text)
        self.code, self.message, self.file, self.line, self.column, self.hint = (
            code,
            message or text,
            file,
            line,
            column,
            hint,
        )
        self.diagnostics = tuple(diagnostics)

    def __reduce__(self) -> tuple[Any, ...]:
        text = self.args[0]
        return (
            Error,
            (text, self.code, self.message, self.file, self.line, self.column, self.hint, self.diagnostics),
        )


def fail(code: str, message: str, hint: str = "", file: str = "") -> Error:
    """An Error whose text is made of its parts."""
    text = (f"{file}: " if file else "") + message + (f" ({hint})" if hint else "")
    return Error(text, code, message, file, hint=hint)


_MOST = 20  # mistakes that a traceback shows; a list with one wrong column has as many as it has rows


def fail_with(diagnostics: Iterable[Diagnostic]) -> Error:
    """An Error that lists mistakes, every one on a line of its own."""
    errors = [d for d in diagnostics if d.severity == "error"]
    first = errors[0]
    text = "\n".join(str(d) for d in errors[:_MOST])
    if len(errors) > 1:
        text = f"{len(errors)} mistakes:\n{text}"
    if len(errors) > _MOST:
        text += f"\n… and {len(errors) - _MOST} more: see the error's diagnostics"
    return Error(text, "syntax", first.message, first.file, first.line, first.column, first.hint, errors)
