"""docs/cli.md is true: its shell blocks run, and print what it says."""

import os
import pathlib
import re
import subprocess

import pytest
from conftest import PROGRAM, ROOT, environment

BLOCK = re.compile(r"^```sh\n(.*?)^```\n(?:```text\n(.*?)^```\n)?", re.M | re.S)


def blocks():
    return [m.groups() for m in BLOCK.finditer((ROOT / "docs" / "cli.md").read_text(encoding="utf-8"))]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("guide")


def test_there_are_blocks():
    assert len(blocks()) >= 10


# In the order of the page: a block may use the files of those before it.
@pytest.mark.parametrize("number", range(len(blocks())))
def test_a_block_prints_what_the_guide_says(folder, number):
    script, expected = blocks()[number]
    program = pathlib.Path(PROGRAM)
    bundle = os.environ.get("ATAU_BUNDLE", str(program.parent / "atau.bundle"))
    path = f"{program.parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(PATH=path, ATAU_BUNDLE=bundle),
        timeout=120,
    )
    # head closes its input early: the program ends by SIGPIPE then.
    assert done.returncode in (0, 141), done.stderr.decode()
    if expected is not None:
        pattern = ".*".join(re.escape(piece) for piece in expected.rstrip("\n").split("…"))
        assert re.fullmatch(pattern, done.stdout.decode().rstrip("\n"), re.S), done.stdout.decode()
