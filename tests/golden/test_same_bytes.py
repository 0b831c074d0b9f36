"""The same text gives the same JSON bytes from Python and from the command line."""

import json
import pathlib
import sys

import atau
import pytest

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE))
import run  # noqa: E402


@pytest.fixture(scope="module")
def nlp():
    return atau.load()


def documents(name):
    with open(HERE / name, encoding="utf-8", newline="\n") as lines:
        return [line.rstrip("\n") for line in lines]


def test_python_gives_the_bytes_of_the_command_line(nlp):
    inputs = [json.loads(line) for line in documents("input.jsonl")]
    expected = documents("expected.jsonl")
    assert len(inputs) == len(expected)
    for given, line, doc in zip(inputs, expected, nlp.pipe((d["text"] for d in inputs), n_threads=2)):
        assert line.endswith(doc.to_json()[1:]), given["id"]


def test_python_gives_the_bytes_of_the_command_line_for_html(nlp):
    pages = run.html_pages()
    expected = documents("expected_html.jsonl")
    assert len(pages) == len(expected)
    for (name, page), line in zip(pages.items(), expected):
        assert line.endswith(nlp(page, html=True).to_json()[1:]), name


def test_charsets_give_the_same_entities(nlp):
    by_text = {}
    for line in documents("expected_files.jsonl"):
        found = json.loads(line)
        by_text.setdefault(pathlib.Path(found["id"]).name.split(".")[0], []).append(found["entities"])
    for entities in by_text.values():
        assert entities
        assert all(e == entities[0] for e in entities)
