"""Derives people/russiannames/{given,patronymic,surname,rare}.tsv from the PyPI package russiannames 2.0.0 (BSD-3-Clause).

    pip install pymorphy3==2.0.6 pymorphy3-dicts-ru==2.4.417150.4580142 pyarrow==26.0.1
    pip download --no-deps russiannames==2.0.0 && python3 -m zipfile -e russiannames-2.0.0-py3-none-any.whl russiannames
    python3 people_russiannames.py russiannames/russiannames ../people/russiannames

Takes rows seen 3 times or more; joins a feminine surname to its masculine; marks with `support` a name that is also another word.
"""
import sys
from pathlib import Path

import pyarrow.parquet as pq

from lexcommon import NAME_GRAMMEMES, common_word, fold, masculine, plausible, surname_tier, write_tsv

LEAST = 3


def read(path):
    for row in pq.read_table(path).to_pylist():
        name = (row["text"] or "").strip()
        if plausible(name):
            yield name, int(row["count"] or 0), row["gender"]


def tier(name):
    return "support" if common_word(name, NAME_GRAMMEMES) or len(name) <= 2 else "alone"


def plain(path):
    names = {}
    for name, count, gender in read(path):
        entry = names.setdefault(fold(name), [name, 0, set()])
        entry[1] += count
        if "ё" in name:
            entry[0] = name
        entry[2].add(gender if gender in ("m", "f") else "both")
    for name, count, genders in names.values():
        if count >= LEAST:
            yield name, genders.pop() if len(genders) == 1 else "both", tier(name), count


def surnames(path):
    names = {}
    for name, count, gender in read(path):
        entry = names.setdefault(fold(name), [name, 0, set()])
        entry[1] += count
        if "ё" in name:
            entry[0] = name
        entry[2].add(gender)
    for key in sorted(names):
        name, count, genders = names[key]
        base = masculine(name)
        if not base:
            continue
        target = names.get(fold(base))
        # without a masculine in the list, one is made only where the source itself calls the form feminine
        if target or genders == {"f"}:
            if not target:
                target = names.setdefault(fold(base), [base, 0, {"m"}])
            target[1] += count
            target[2].add("m")
            names.pop(key)
    for name, count, genders in names.values():
        if count >= LEAST:
            yield name, "f" if genders == {"f"} else "both", surname_tier(name, count), count


# A man's name and a woman's that share forms («Руслан», «Руслана»): the ending of hers, and of his.
PAIRS = (("а", ""), ("я", "й"), ("я", "ь"))
RARER, FREQUENT = 7, 500


def rare(given):
    """Names that are RARER times less frequent than their counterpart of the other gender, and not FREQUENT themselves."""
    men = {name: count for name, gender, _, count in given if gender in ("m", "both")}
    women = {name: count for name, gender, _, count in given if gender in ("f", "both")}
    for woman, count in women.items():
        for hers, his in PAIRS:
            man = woman.removesuffix(hers) + his
            if not woman.endswith(hers) or man not in men:
                continue
            if men[man] >= RARER * count and count < FREQUENT:
                yield woman, "rare", ""
            elif count >= RARER * men[man] and men[man] < FREQUENT:
                yield man, "rare", ""


def main():
    data, out = Path(sys.argv[1]) / "data", Path(sys.argv[2])
    given = list(plain(data / "names.parquet"))
    write_tsv(out / "rare.tsv", 'words class=rare_given source="russiannames 2.0.0" licence=BSD-3-Clause', ("word", "kind", "flags"), rare(given),
              ["Derived by import/people_russiannames.py; see ATTRIBUTION and LICENSE. Given names that share forms with one of the other gender "
               "that is at least seven times as frequent."])
    for mark, rows in (("given", given), ("patronymic", plain(data / "midnames.parquet")),
                       ("surname", surnames(data / "surnames.parquet"))):
        write_tsv(out / (mark + ".tsv"), f'names mark={mark} source="russiannames 2.0.0" licence=BSD-3-Clause', ("name", "gender", "tier", "count"), rows,
                  ["Derived by import/people_russiannames.py; see ATTRIBUTION and LICENSE."])


main()
