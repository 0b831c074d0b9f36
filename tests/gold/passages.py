"""The gold passages: short annotated texts in the format of dictionaries/weights/training, never trained on.

tests/gold/passages.py [SET]            counts; a set is a folder beside this file: passages (else), news, or unread
tests/gold/passages.py [SET] --jsonl    a passage a line, as `atau eval` reads it
"""

import collections
import json
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
SETS = ("passages", "news", "unread")
TYPES = ("PERSON", "LOCATION", "ORGANIZATION", "PROGRAM")
MARK = re.compile(rf"\[([^\[\]]*)\]({'|'.join(TYPES)})")


def read(name="passages"):
    """All passages of a set as {"id", "text", "entities"}; a ValueError says where a line is wrong."""
    passages = []
    for path in sorted((HERE / name).glob("*.txt")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if line.startswith("#"):
                continue
            passages.append(parse(line, f"{path.stem}-{number}", f"{path.name}:{number}"))
    return passages


def parse(line, name, where):
    line = line.replace("\\n", "\n")
    text, entities, last = "", [], 0
    for mark in MARK.finditer(line):
        text += line[last : mark.start()]
        inside = mark.group(1)
        if not inside or inside != inside.strip():
            raise ValueError(f"{where}: a mention is empty, or has blanks at an end: [{inside}]")
        start, end = len(text), len(text) + len(inside)
        entities.append({"start": start, "end": end, "type": mark.group(2), "text": inside})
        text += inside
        last = mark.end()
    text += line[last:]
    if "[" in text or "]" in text:
        raise ValueError(f"{where}: a bracket is no mention: write [name]TYPE, TYPE one of {', '.join(TYPES)}")
    return {"id": name, "text": text, "entities": entities}


def main():
    arguments = sys.argv[1:]
    name = arguments.pop(0) if arguments and arguments[0] in SETS else SETS[0]
    if arguments not in ([], ["--jsonl"]):
        print(__doc__.strip(), file=sys.stderr)
        return 2
    passages = read(name)
    if arguments:
        for p in passages:
            print(json.dumps(p, ensure_ascii=False))
        return 0
    types = collections.Counter(e["type"] for p in passages for e in p["entities"])
    bare = sum(not p["entities"] for p in passages)
    print(f"{len(passages)} passages, {bare} of them without a mention;", dict(types))
    return 0


if __name__ == "__main__":
    sys.exit(main())
