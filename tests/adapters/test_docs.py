"""The Python examples of the documents: blocks that begin with >>> are run, in order, and must show what is written."""

import doctest
import pathlib
import re

import pytest

DOCS = pathlib.Path(__file__).parents[2] / "docs"


def run(name, **names):
    text = (DOCS / name).read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    examples = "\n".join(blocks)
    test = doctest.DocTestParser().get_doctest(examples, names, name, str(DOCS / name), 0)
    assert len(test.examples) >= 3
    said = []
    runner = doctest.DocTestRunner(verbose=False)
    runner.run(test, out=said.append)
    assert runner.summarize(verbose=False).failed == 0, "".join(said)


@pytest.mark.parametrize("name", ["install.md", "spacy.md"])
def test_examples(name):
    run(name)


def test_spark_examples(spark):
    run("spark.md", spark=spark)
