import os
import pathlib
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "benchmarks"))


@pytest.fixture(scope="session")
def program():
    """The atau program; `make test` names it."""
    path = pathlib.Path(os.environ.get("ATAU_PROGRAM", ROOT / "build" / "atau"))
    if not path.exists():
        pytest.skip("there is no atau program; build it, or name it in ATAU_PROGRAM")
    return path
