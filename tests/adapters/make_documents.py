"""Writes many short documents of our own as JSON lines: sentences of tests/golden/input.jsonl, shuffled and filled in.

    python make_documents.py 100000 > documents.jsonl

The same number gives the same bytes. Ids are strings, some with characters that JSON must escape.
"""

import json
import pathlib
import random
import re
import sys

GOLDEN = pathlib.Path(__file__).parent.parent / "golden" / "input.jsonl"

FIRST = ["Анна", "Ольга", "Динара", "Пётр", "Игорь", "Тимур", "Серик", "Жан"]
LAST = {"f": ["Ветрова", "Каримова", "Соколова", "Лебедь"], "m": ["Ветров", "Каримов", "Соколов", "Лебедь"]}
PLACES = ["Москве", "Алма-Ате", "Казани", "Париже", "на Байконуре", "Челябинской области"]
BODIES = ["Роскосмоса", "Газпрома", "МВД России", "«Казахтелекома»", "Европейского союза", "ООО «Заря»"]
POSTS = ["директор", "пресс-секретарь", "заместитель главы", "представитель"]
THINGS = ["программе «Цифровой аул»", "проекту «Байтерек»", "ракете «Союз-2.1а»", "газопроводу «Сила Сибири»"]
ODD = ["", "  ", "\u00ad", "\n", " — ", "\t", " «", "\u200b", " 🚀 ", "\\ "]


def sentence(random):
    female = random.random() < 0.5
    first = random.choice(FIRST[:3] if female else FIRST[3:])
    name = f"{first} {random.choice(LAST['f' if female else 'm'])}"
    where = random.choice(PLACES)
    where = where if where.startswith("на ") else "в " + where
    said = "рассказала" if female else "рассказал"
    subject = f"{random.choice(POSTS)} {random.choice(BODIES)} {name}"
    return f"{subject[0].upper()}{subject[1:]} {said} {where} о работах по {random.choice(THINGS)}."


def documents(count):
    """(id, text) pairs."""
    with open(GOLDEN, encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in lines]
    sentences = [s for text in texts for s in re.split(r"(?<=[.!?])\s+", text) if s]
    source = random.Random(20210325)
    for i in range(count):
        parts = [source.choice(sentences) if source.random() < 0.5 else sentence(source)]
        if source.random() < 0.2:
            parts += [source.choice(ODD), source.choice(sentences)]
        name = f"док-{i}" if i % 1000 else f'"{i}"\\\t\u0001\u007f\u2028é'
        yield name, "".join(parts) if source.random() < 0.9 else " ".join(parts).upper()


def main():
    out = [json.dumps({"id": i, "text": t}, ensure_ascii=False) + "\n" for i, t in documents(int(sys.argv[1]))]
    sys.stdout.buffer.write("".join(out).encode("utf-8"))


if __name__ == "__main__":
    main()
