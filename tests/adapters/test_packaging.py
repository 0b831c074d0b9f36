"""The package without its optional companions, and what the sdist and the wheel hold."""

import os
import pathlib
import subprocess
import sys
import tarfile
import zipfile

import pytest

ROOT = pathlib.Path(__file__).parents[2]

BLOCK = """
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {names!r}:
            raise ImportError(name)
sys.meta_path.insert(0, Absent())
"""


def run_without(names, code):
    command = [sys.executable, "-c", BLOCK.format(names=names) + code]
    return subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout.strip()


OPTIONAL = ("spacy", "pyspark", "pandas", "pyarrow", "numpy")


def test_the_package_needs_none_of_them():
    code = "import atau, atau.spark; print(len(atau.load()('Это Москва.').ents))"
    assert run_without(OPTIONAL, code) == "1"


def test_nothing_of_them_is_imported():
    code = f"import atau, atau.spark; atau.load()('Это Москва.'); print([m for m in {OPTIONAL!r} if m in sys.modules])"
    assert run_without((), code) == "[]"


@pytest.mark.parametrize(
    ("absent", "code", "says"),
    [
        (("spacy",), "import atau.spacy", "atau.spacy needs spaCy 3: pip install 'atau[spacy]'"),
        (
            ("pyspark",),
            "import atau.spark; atau.spark.extract(None)",
            "atau.spark needs pyspark: pip install 'atau[spark]'",
        ),
        (
            ("pandas",),
            "import atau.spark; atau.spark.extract(None)",
            "atau.spark needs pandas: pip install 'atau[spark]'",
        ),
        (
            ("pyarrow",),
            "import atau.spark; atau.spark.entities(None)",
            "atau.spark needs pyarrow: pip install 'atau[spark]'",
        ),
    ],
)
def test_what_is_missing_is_named(absent, code, says):
    wrapped = f"try:\n exec({code!r})\nexcept ImportError as error:\n print(error)"
    assert run_without(absent, wrapped) == says


@pytest.fixture(scope="module")
def dist():
    folder = os.environ.get("ATAU_DIST")
    if not folder:
        pytest.fail("ATAU_DIST must name the folder of the wheel and the sdist: run `make test-adapters`")
    return pathlib.Path(folder)


def test_the_sdist_has_all_that_a_build_needs(dist):
    (path,) = dist.glob("atau-*.tar.gz")
    with tarfile.open(path) as file:
        there = {name.split("/", 1)[1] for name in file.getnames() if "/" in name}
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, stdout=subprocess.PIPE, check=True, text=True).stdout
    needed = [name for name in listed.splitlines() if not name.startswith(".ci/")]
    assert len(needed) > 100
    assert [name for name in needed if name not in there and (ROOT / name).exists()] == []
    assert [name for name in there if name.startswith("build")] == []


def test_the_wheel_carries_bundle_libraries_and_licences(dist):
    (path,) = dist.glob(f"atau-*-cp{sys.version_info[0]}{sys.version_info[1]}-manylinux*.whl")
    names = zipfile.ZipFile(path).namelist()
    for part in ("atau/atau.bundle", "atau.libs/libicuuc", "atau.libs/libre2", "atau.libs/libboost_locale"):
        assert any(name.startswith(part) for name in names), part
    for licence in ("LICENSE", "libicu", "libre2", "libboost"):
        assert any(".dist-info/licenses/" in name and licence in name.rsplit("/", 1)[1] for name in names), licence
    assert "atau/py.typed" in names
    # ICU's data is cut down, or the wheel would have 37 MB; 22 of its 30 MB are the bundle.
    assert path.stat().st_size < 32_000_000
