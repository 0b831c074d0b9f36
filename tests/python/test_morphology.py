"""The compiled dictionary says of known words what pymorphy3's DictionaryAnalyzer says: the same lemmas and tags."""

import os
import random
import subprocess
from pathlib import Path

import pytest

pymorphy3 = pytest.importorskip("pymorphy3")
pytest.importorskip("pymorphy3_dicts_ru")

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "dictionaries/morphology/opencorpora").glob("*.tsv"))
EVERY = 50


def find_dump():
    named = os.environ.get("ATAU_MORPH_DUMP")
    for path in [Path(named)] if named else sorted(ROOT.glob("build*/tests/morph_dump")):
        if path.is_file():
            return path
    pytest.skip("no morph_dump: build the tests, or name it in ATAU_MORPH_DUMP")


@pytest.fixture(scope="module")
def dump(tmp_path_factory):
    program = find_dump()
    section = tmp_path_factory.mktemp("morph") / "opencorpora.section"
    subprocess.run([program, "--save", section, *SOURCES], input="", text=True, check=True)

    def run(words, *options):
        done = subprocess.run(
            [program, "--section", section, *options],
            input="".join(w + "\n" for w in words),
            text=True,
            capture_output=True,
            check=True,
        )
        readings = {}
        for line in done.stdout.splitlines():
            word, lemma, tag, *_ = line.split("\t")
            readings.setdefault(word, set()).add((lemma.replace("’", "'"), tag))
        return readings

    return run


@pytest.fixture(scope="module")
def morph():
    return pymorphy3.MorphAnalyzer(lang="ru")


def dictionary_readings(morph, word):
    analyzer = next(unit for unit, _ in morph._units if type(unit).__name__ == "DictionaryAnalyzer")
    return {(parse[2].replace("’", "'"), str(parse[1])) for parse in analyzer.parse(word, word, set())}


def sample(morph):
    words = {}
    for i, (word, *_) in enumerate(morph.dictionary.iter_known_words()):
        if i % EVERY == 0 and len(word) <= 63:
            words[word] = None
    return list(words)


def compare(dump, morph, words):
    found = dump(words, "--no-guess")
    return [(word, wrong) for word in words if (wrong := found.get(word, set()) ^ dictionary_readings(morph, word))]


def test_known_words_have_the_same_readings(dump, morph):
    words = sample(morph)
    assert len(words) >= 50_000
    different = compare(dump, morph, words)
    assert not different, f"{len(different)} of {len(words)} words differ, for instance {different[:5]}"


def test_words_with_yo_written_as_ye_have_the_same_readings(dump, morph):
    words = sorted({word.replace("ё", "е") for word in sample(morph) if "ё" in word})
    assert len(words) >= 1_000
    assert not compare(dump, morph, words)


def test_unknown_words_have_no_readings_unless_guessed(dump, morph):
    letters = random.Random(417150)
    words = [
        "".join(letters.choice("абвгдеёжзийклмнопрстуфхцчшщъыьэюя") for _ in range(letters.randint(1, 9)))
        for _ in range(20_000)
    ]
    assert not compare(dump, morph, sorted(set(words)))
