"""Texts to measure with, made from the project's own articles and passages for those who have no corpus at hand.

Passages are drawn at random and put together to documents of the lengths that news have. Names change places with
names of the same type
and ending, and numbers are drawn anew, so that documents differ more than the passages they are made of. A real feed
has a larger
vocabulary still: for a decision, measure with texts of your own (`--corpus`).
"""

from __future__ import annotations

import json
import math
import pathlib
import random
import re
from typing import Any

from .corpora import marked

ROOT = pathlib.Path(__file__).resolve().parents[2]
ARTICLES = ROOT / "tests" / "golden" / "input.jsonl"
PASSAGES = ROOT / "dictionaries" / "weights" / "training" / "own.txt"

# Lengths of documents in characters: half of them below the median, some many times longer, as news are.
_MEDIAN, _SPREAD, _LEAST, _MOST = 1400, 0.7, 120, 20000


def _ending(name: str, kind: str) -> tuple[Any, ...]:
    words = re.findall(r"\w+", name)
    return (kind, len(words), *(w[-2:].lower() for w in words), name[:1].isupper(), name[:1] < "\u0400")


def passages() -> list[dict[str, Any]]:
    """The project's own texts: the marked passages with their mentions, the articles without."""
    out = []
    for number, line in enumerate(PASSAGES.read_text(encoding="utf-8").split("\n"), 1):
        if line.strip() and not line.startswith("# "):
            out.append(marked(line, f"own:{number}"))
    with open(ARTICLES, encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            out.append({"id": row["id"], "text": row["text"], "entities": []})
    return out


class Maker:
    """Makes documents; the same seed gives the same documents."""

    def __init__(self, seed: int = 1) -> None:
        self.chance_ = random.Random(seed)
        self.passages_ = [p for p in passages() if p["text"].strip()]
        self.names_: dict[tuple[Any, ...], list[str]] = {}
        for passage in self.passages_:
            for e in passage["entities"]:
                name = passage["text"][e["start"] : e["end"]]
                self.names_.setdefault(_ending(name, e["type"]), []).append(name)
        self.number_ = 0

    def passage(self) -> str:
        """One passage with other names and numbers."""
        source = self.chance_.choice(self.passages_)
        text, out, at = source["text"], "", 0
        for e in source["entities"]:
            name = text[e["start"] : e["end"]]
            out += text[at : e["start"]]
            out += self.chance_.choice(self.names_[_ending(name, e["type"])]) if self.chance_.random() < 0.5 else name
            at = e["end"]
        out += text[at:]
        # One digit is often an index («Союз-5»), which belongs to the name.
        return re.sub(
            r"(?<![\w-])[1-9]\d+(?!\w)",
            lambda m: str(self.chance_.randrange(10 ** (len(m.group()) - 1), 10 ** len(m.group()))),
            out,
        )

    def document(self, length: int) -> dict[str, Any]:
        """A document of about `length` characters: never more than one passage longer."""
        parts, size = [], 0
        while size < length:
            parts.append(self.passage())
            size += len(parts[-1]) + 1
        self.number_ += 1
        return {"id": f"made-{self.number_}", "text": "\n".join(parts)}

    def documents(self, size: int) -> list[dict[str, Any]]:
        """Documents of `size` bytes of UTF-8 in all, or a little more."""
        out, made = [], 0
        while made < size:
            length = int(math.exp(self.chance_.gauss(math.log(_MEDIAN), _SPREAD)))
            out.append(self.document(max(_LEAST, min(_MOST, length))))
            made += len(out[-1]["text"].encode())
        return out

    def exactly(self, size: int) -> str:
        """Text of `size` bytes of UTF-8, cut between characters (up to three bytes short)."""
        parts, made = [], 0
        while made < size:
            parts.append(self.passage() + "\n")
            made += len(parts[-1].encode())
        return "".join(parts).encode()[:size].decode(errors="ignore")


def text_bytes(documents: list[dict[str, Any]]) -> int:
    """Bytes of UTF-8 of all texts: what MB/s are counted in."""
    return sum(len(d["text"].encode()) for d in documents)


def vocabulary(documents: list[dict[str, Any]]) -> int:
    """Different words, without regard to letter case."""
    return len({w for d in documents for w in re.findall(r"\w+", d["text"].lower())})


# Syllables of generated names: they make words that no dictionary knows.
_FIRST = [
    "ба",
    "ве",
    "гро",
    "да",
    "жа",
    "зи",
    "ка",
    "ле",
    "мо",
    "ну",
    "ор",
    "пе",
    "ри",
    "су",
    "те",
    "фо",
    "ха",
    "це",
    "шу",
    "ят",
]
_LAST = [
    "вент",
    "дар",
    "зон",
    "кор",
    "лит",
    "мар",
    "нор",
    "пром",
    "рис",
    "сталь",
    "тек",
    "фин",
    "хим",
    "цен",
    "шан",
    "юг",
]


def generated_names(count: int, kind: str) -> list[str]:
    """`count` different made-up names of one to three words, sorted by nothing in particular; the same for the "
    "same arguments."""
    chance = random.Random(f"{kind} {count}")
    out: set[str] = set()
    while len(out) < count:
        words = []
        for _ in range(chance.choice((1, 1, 2, 2, 3))):
            inner = "".join(chance.choice(_FIRST) for _ in range(chance.randrange(1, 4)))
            words.append((inner + chance.choice(_LAST)).capitalize())
        out.add(" ".join(words))
    return sorted(out)


def write_dictionary(folder: pathlib.Path, count: int) -> list[str]:
    """A folder of sources with `count` entities of three types; returns some of the names of companies."""
    folder.mkdir(parents=True, exist_ok=True)
    shown = []
    shares = (("ORGANIZATION", "company", 0.5), ("LOCATION", "city", 0.3), ("PROGRAM", "programme", 0.2))
    taken: set[str] = set()
    left = count
    for number, (type_, kind, share) in enumerate(shares):
        wanted = left if number == len(shares) - 1 else round(count * share)
        left -= wanted
        names = [n for n in generated_names(wanted + len(taken) // 3 + 100, type_) if n not in taken]
        random.Random(count).shuffle(names)
        names = names[:wanted]
        taken.update(names)
        shown += names[:150] if kind == "company" else []
        with open(folder / f"made_{kind}.tsv", "w", encoding="utf-8") as out:
            out.write(f'#! entities type={type_} source="made up for measuring" licence=Apache-2.0\n')
            out.write("id\tkind\tname\tvariants\ttier\tslots\n")
            for i, name in enumerate(names):
                out.write(f"made.{kind}.{i:07d}\t{kind}\t{name}\t\talone\t\n")
    return shown


def export_names(folder: pathlib.Path, path: pathlib.Path) -> int:
    """Writes the names of the dictionaries that may stand alone, {"name", "type"} a line, for tools that look for
    fixed strings.

    Such tools find these surface forms only: the names as they are listed, in the nominative. Names that need a
    context (tier `support`
    and variants with `?`) are left out, since these tools have none. Returns the number of names.
    """
    names: dict[str, str] = {}
    for file in sorted(folder.rglob("*.tsv")):
        header: list[str] = []
        type_ = ""
        for line in file.read_text(encoding="utf-8").split("\n"):
            if line.startswith("#! "):
                found = re.match(r"#! entities .*?\btype=(\w+)", line)
                if not found:
                    break
                type_ = found.group(1)
            elif not line or line.startswith("# "):
                continue
            elif not header:
                header = line.split("\t")
            else:
                row = dict(zip(header, line.split("\t")))
                if row.get("tier") == "support":
                    continue
                for name in [row["name"], *row.get("variants", "").split("|")]:
                    if name and not name.startswith(("?", "=?")):
                        names.setdefault(name.lstrip("="), type_)
    with open(path, "w", encoding="utf-8") as out:
        for name, type_ in sorted(names.items()):
            out.write(json.dumps({"name": name, "type": type_}, ensure_ascii=False) + "\n")
    return len(names)
