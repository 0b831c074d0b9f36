"""Derives people/natasha/{given,surname}.tsv from the word lists of the PyPI package natasha 1.6.0 (MIT): what people/russiannames lacks.

    pip install pymorphy3==2.0.6 pymorphy3-dicts-ru==2.4.417150.4580142
    pip download --no-deps natasha==1.6.0 && python3 -m zipfile -e natasha-1.6.0-py3-none-any.whl natasha
    python3 people_natasha.py natasha/natasha ../people/natasha ../people/russiannames
"""
import re
import sys
from pathlib import Path

from lexcommon import NAME_GRAMMEMES, SURNAME_SHAPE, common_word, fold, masculine, parses, plausible, surname_tier, title, write_tsv


def read(path):
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        word = line.split("#")[0].strip().lower()
        if word:
            yield title(word)


def known(path):
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    return {fold(line.split("\t")[0]) for line in lines if not line.startswith("#")}


def written_by_hand(folder):
    """The words of the lists that people wrote: where these have е («Санчес», «Адилет»), a ё of the package is a mistake."""
    words = set()
    for path in (*folder.glob("foreign*.tsv"), *folder.glob("kazakh_*.tsv"), folder / "known.tsv"):
        for line in path.read_text(encoding="utf-8").splitlines():
            if not line.startswith("#"):
                words |= set(re.findall(r"[\w-]+", line.lower()))
    return words


def gender(name):
    marks = set()
    for _, grammemes, _ in parses(name):
        if "Name" in grammemes:
            marks |= grammemes & {"masc", "femn"}
    if marks == {"masc"}:
        return "m"
    if marks == {"femn"}:
        return "f"
    if marks:
        return "both"
    return "f" if name[-1] in "ая" else "m"


def tier(name):
    return "support" if common_word(name, NAME_GRAMMEMES) or len(name) <= 3 else "alone"


def main():
    data, out, other = Path(sys.argv[1]) / "data" / "dict", Path(sys.argv[2]), Path(sys.argv[3])
    by_hand = written_by_hand(out.parent)

    def mistaken(name):
        return "ё" in name.lower() and fold(name) in by_hand

    have = known(other / "given.tsv")
    doubtful = {fold(w) for w in read(data / "maybe_first.txt")}
    given = []
    for name in set(read(data / "first.txt")) | set(read(data / "maybe_first.txt")):
        if plausible(name) and fold(name) not in have and not mistaken(name):
            given.append((name, gender(name), "support" if fold(name) in doubtful else tier(name), ""))
    have = known(other / "surname.tsv")
    words = {fold(w): w for w in sorted(read(data / "last.txt")) if plausible(w, 3) and not mistaken(w)}
    surnames = {}
    for key, name in sorted(words.items()):
        base = masculine(name)
        if base and (fold(base) in words or fold(base) in have):
            continue
        if base and re.search(r"(ова|ева|ёва|ская|цкая)$", name):
            name, key = base, fold(base)
        # «Абаджевый», «Иваныч»-like mistakes of a stemmer: an adjective made of a surname that is there anyway
        stem = re.sub(r"(ый|ий)$", "", key)
        if stem != key and re.search(r"(ов|ев|ин|ын)$", stem):
            continue
        if key in have or key in surnames:
            continue
        # infinitives and other inventions of a stemmer («Флорать»)
        if re.search(r"([аияеоуы]ть|ться|ость|ённый|анный)$", key):
            continue
        surnames[key] = (name, "both", surname_tier(name, 0) if SURNAME_SHAPE.search(name) else "support", "")
    for mark, rows in (("given", given), ("surname", surnames.values())):
        write_tsv(out / (mark + ".tsv"), f'names mark={mark} source="natasha 1.6.0" licence=MIT', ("name", "gender", "tier", "count"), rows,
                  ["Derived by import/people_natasha.py: what people/russiannames lacks; see ATTRIBUTION and LICENSE."])


main()
