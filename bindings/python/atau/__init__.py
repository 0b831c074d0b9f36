"""atau finds people, organizations, places and programmes in Russian text, and says why.

>>> import atau
>>> nlp = atau.load()
>>> doc = nlp("Гендиректор Роскосмоса Дмитрий Рогозин осмотрел стройку комплекса «Байтерек».")
>>> [(e.text, e.label, e.normal) for e in doc.ents if e.label == "ORGANIZATION"]
[('Роскосмоса', 'ORGANIZATION', 'Роскосмос')]

Offsets are code points, as ``str`` counts: ``doc.text[e.start:e.end]`` is the mention as it was written.

``nlp.pipe`` takes many texts and several threads, ``doc.explain`` says why a span is a mention or is not, names of
one's own come in by ``load(extra=…)`` or ``nlp.with_names``, and ``atau.to_frame`` makes a pandas table of a column of
texts.
What fails raises :class:`Error`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from . import _atau
from ._document import Document, DocumentEntity, Entity, Explanation, Reading, Reason, Relation, Repair
from ._errors import Diagnostic, Error
from ._extractor import Extractor, load

if TYPE_CHECKING:
    import pandas

__all__ = [
    "Diagnostic",
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
    "to_frame",
]

__version__: str = _atau.version()


def to_frame(
    nlp: Extractor,
    texts: Any,
    column: str | None = None,
    *,
    table: Literal["ents", "nested", "entities", "relations"] = "ents",
    **options: Any,
) -> pandas.DataFrame:
    """A pandas table of what is found in a column of texts: see :func:`atau.pandas.to_frame`."""
    from .pandas import to_frame

    return to_frame(nlp, texts, column, table=table, **options)
