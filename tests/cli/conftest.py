"""What the tests of the command line share: the program, and texts of our own."""

import json
import os
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).parents[2]
PROGRAM = os.environ.get("ATAU_PROGRAM", str(ROOT / "build" / "atau"))
SENTENCES = [
    "Президент Казахстана Касым-Жомарт Токаев принял главу Роскосмоса Дмитрия Рогозина.",
    "Новый пуск с комплекса «Байтерек» намечен на космодроме Байконур.",
    "В Москве завершилась встреча министров стран ЕАЭС.",
    "Компания «КазМунайГаз» и «Газпром» обсудили газопровод «Сила Сибири».",
    "Анна Ковалёва приехала в Алматы из Берлина 1 марта 2021 года.",
]


def environment(**more):
    """The tests' own environment without what would change the program's language or colours."""
    left_out = ("LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "NO_COLOR", "COLUMNS")
    return {**{k: v for k, v in os.environ.items() if k not in left_out}, "LC_ALL": "C", **more}


@pytest.fixture(scope="session")
def atau():
    """Runs the program; returns what subprocess.run does, with texts as str."""

    def run(*arguments, data="", env=None, timeout=120, **kwargs):
        return subprocess.run(
            [PROGRAM, *map(str, arguments)],
            input=data if isinstance(data, bytes) else data.encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            timeout=timeout,
            env=environment(**(env or {})),
            **kwargs,
        )

    return run


@pytest.fixture(scope="session")
def program():
    return PROGRAM


@pytest.fixture(scope="session")
def feed(tmp_path_factory):
    """A JSONL file of 3000 documents, some of them bad."""
    path = tmp_path_factory.mktemp("feed") / "feed.jsonl"
    with open(path, "w", encoding="utf-8") as out:
        for i in range(3000):
            text = " ".join(SENTENCES[(i + k) % len(SENTENCES)] for k in range(1 + i % 5))
            out.write(json.dumps({"id": f"d{i}", "text": text, "n": i}, ensure_ascii=False) + "\n")
            if i % 500 == 77:
                out.write('{"id": "bad", "text": 5}\n')
    return path
