"""The package's types hold for mypy and pyright, and say what users rely on."""

import importlib.util
import pathlib
import subprocess
import sys

import pytest

PACKAGE = pathlib.Path(__file__).resolve().parents[2] / "bindings" / "python" / "atau"
OURS = ["__init__", "_document", "_errors", "_extractor", "_names", "pandas"]
USE = """
from collections.abc import Iterator
from pathlib import Path

import atau

nlp: atau.Extractor = atau.load(
    types=["PERSON"],
    extra=[Path("a.tsv"), ("b.rules", ""), {"label": "ORG", "name": "А"}, ("ORG", "Б"), [("ORG", "В")]],
)
doc: atau.Document = nlp("текст", date="2021-01-01", html=False)
nlp(b"", charset="auto")
ents: tuple[atau.Entity, ...] = doc.ents
first: atau.Entity = doc[0]
some: tuple[atau.Entity, ...] = doc[:2]
start: int = first.start
slots: dict[str, str] = first.slots
known: str | None = first.id
docs: Iterator[atau.Document] = nlp.pipe(["a"], n_threads=2)
for d, context in nlp.pipe([("a", 1)], as_tuples=True):
    text: str = d.text
why: str = doc.explain(0, 1).readings[0].reasons[0].evidence
places: list[tuple[str, int, int]] = []
try:
    nlp.with_names(["А"], label="ORG")
except atau.Error as error:
    places = [(m.file, m.line, m.column) for m in error.diagnostics]
"""
WRONG = """
import atau

atau.load(types=7)
atau.load()("a", dates="2021-01-01")
atau.load()("a").ents.append(1)
atau.load()("a")[0].start = 7
"""


@pytest.mark.parametrize("checker", ["mypy", "basedpyright"])
def test_types(checker, tmp_path):
    if importlib.util.find_spec(checker) is None:
        pytest.skip(f"{checker} is not installed")
    good, bad = tmp_path / "good.py", tmp_path / "bad.py"
    good.write_text(USE, encoding="utf-8")
    bad.write_text(WRONG, encoding="utf-8")
    sources = [str(PACKAGE / f"{name}.py") for name in OURS]
    if checker == "mypy":
        command = ["mypy", "--strict", "--no-error-summary", "--cache-dir", str(tmp_path / "cache")]
        run = subprocess.run([sys.executable, "-m", *command, *sources], **PIPES)
        assert run.returncode == 0, run.stdout
        run = subprocess.run([sys.executable, "-m", *command, str(good)], **PIPES)
        assert run.returncode == 0, run.stdout
        run = subprocess.run([sys.executable, "-m", *command, str(bad)], **PIPES)
        assert run.stdout.count("bad.py:") >= 4, run.stdout
    else:
        settings = tmp_path / "pyrightconfig.json"
        settings.write_text('{"typeCheckingMode": "strict", "reportUnknownMemberType": false}', encoding="utf-8")
        command = ["basedpyright", "--level", "error", "--pythonpath", sys.executable, "-p", str(settings)]
        run = subprocess.run([sys.executable, "-m", *command], **PIPES, cwd=tmp_path)
        assert "good.py" not in run.stdout, run.stdout
        assert sum("bad.py:" in line and "error" in line for line in run.stdout.splitlines()) >= 4, run.stdout
        basic = ["basedpyright", "--level", "error", "--pythonpath", sys.executable]
        settings.write_text('{"typeCheckingMode": "standard", "include": [], "exclude": []}', encoding="utf-8")
        run = subprocess.run([sys.executable, "-m", *basic, *sources], **PIPES, cwd=tmp_path)
        assert run.returncode == 0, run.stdout


PIPES = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True, "timeout": 300}
