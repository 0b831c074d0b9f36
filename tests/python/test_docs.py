"""The guides' Python runs as it stands: the blocks of a page from top to bottom, and prints what they say."""

import builtins
import contextlib
import doctest
import importlib
import io
import pathlib
import re

import atau
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# What some pages are about and the tests' own environment may lack.
OPTIONAL = {"pandas", "pyspark", "spacy"}


def blocks(page):
    content = page.read_text(encoding="utf-8")
    # Blocks that begin with >>> are doctests, which tests/adapters runs with spaCy and Spark at hand.
    found = ((content.count("\n", 0, m.start(1)), m.group(1)) for m in BLOCK.finditer(content))
    return [(line, code) for line, code in found if not code.startswith(">>>")]


@pytest.mark.parametrize("page", [p for p in PAGES if blocks(p)], ids=lambda p: p.name)
def test_blocks_of_a_page_run(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = {"__name__": "__main__", "__builtins__": builtins}
    for line, code in blocks(page):
        printed = io.StringIO()
        try:
            with contextlib.redirect_stdout(printed):
                # Empty lines in front keep the page's line numbers in a traceback.
                exec(compile("\n" * line + code, str(page), "exec"), names)
        except ModuleNotFoundError as error:
            if error.name in OPTIONAL:
                pytest.skip(f"{error.name} is not installed")
            raise
        expected = re.findall(r"# → (.*)$", code, re.MULTILINE)
        if expected:
            out = printed.getvalue().splitlines()
            shown = [text for text in out if text in expected] if len(out) != len(expected) else out
            assert shown == expected, f"{page.name}:{line}: printed {out}"


@pytest.mark.parametrize("name", ["", "._document", "._errors", "._extractor", "._names", ".pandas"])
def test_docstrings_hold(name):
    if name == ".pandas":
        pytest.importorskip("pandas")
    module = importlib.import_module("atau" + name)
    result = doctest.testmod(module, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert result.failed == 0
    assert result.attempted > 0 or name == "._names"


def test_everything_public_is_described():
    for name in atau.__all__:
        thing = getattr(atau, name)
        assert name.startswith("__") or thing.__doc__, name
        if isinstance(thing, type):
            for member, value in vars(thing).items():
                if not member.startswith("_") and (callable(value) or isinstance(value, (property, classmethod))):
                    assert (value.__func__ if isinstance(value, classmethod) else value).__doc__, f"{name}.{member}"
