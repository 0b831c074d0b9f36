"""Helpers that the importers of names and places share. Needs pymorphy3 2.0.6 with pymorphy3-dicts-ru 2.4.417150.4580142 (PyPI)."""
import re
import unicodedata
from functools import lru_cache

import pymorphy3

_morph = pymorphy3.MorphAnalyzer(lang="ru")
NAME_GRAMMEMES = {"Name", "Surn", "Patr"}
CLOSED = {"NPRO", "PREP", "CONJ", "PRCL", "INTJ", "ADVB", "PRED", "NUMR", "COMP"}
RUSSIAN_WORD = re.compile(r"[А-ЯЁ][а-яё]+(?:[-’'][А-ЯЁ]?[а-яё]+)*\Z")
VOWELS = set("аеёиоуыэюя")


def fold(text):
    """The key by which two spellings count as one name."""
    return text.lower().replace("ё", "е").replace("’", "'").replace("`", "'")


def clean(text):
    """Takes away stress marks and doubled or outer spaces."""
    text = unicodedata.normalize("NFD", text)
    # keep the breve of й and the dots of ё, drop acute and grave accents
    text = text.replace("\u0301", "").replace("\u0300", "")
    return " ".join(unicodedata.normalize("NFC", text).split())


@lru_cache(maxsize=None)
def parses(word):
    """What the dictionary (no guessing) says of the word: (normal form, grammemes, part of speech)."""
    return tuple((p.normal_form, frozenset(p.tag.grammemes), p.tag.POS) for p in _morph.parse(word.lower()) if p.is_known)


def common_word(word, allowed):
    """True if the word is also a lexeme that bears none of the allowed grammemes, or a short or closed-class form of one."""
    low = fold(word)
    for normal, grammemes, pos in parses(word):
        if grammemes & allowed:
            continue
        if fold(normal) == low or pos in CLOSED or len(low) <= 3:
            return True
    return False


POSSESSIVE = re.compile(r"(ов|ев|ёв|ин|ын)\Z")
SURNAME_SHAPE = re.compile(
    r"(ов|ев|ёв|ин|ын|ский|цкий|енко|ко|чук|юк|ук|ян|янц|швили|дзе|ия|уа|ава|ович|евич|иевич|ич|ых|их|аго|яго|ман|берг|штейн|шийн|сон|ссон|сен|баум|фельд|"
    r"ер|ль|ец|ик|як|ак|ок|ун|ай|ей|уль|ло|ба|ца|ня|ха|ка|ашвили|авичюс|юс|ис|ас|оглы|улы|кызы|баев|бек|бай|жан|хан)\Z"
)


def surname_tier(name, count):
    """Surnames in -ов or -ин are common enough to be sure unless they are a common noun too; a town's name yields to a frequent surname."""
    if len(name) <= 3:
        return "support"
    if not POSSESSIVE.search(name):
        return "support" if common_word(name, NAME_GRAMMEMES) else "alone"
    low = fold(name)
    for normal, grammemes, pos in parses(name):
        if grammemes & NAME_GRAMMEMES or fold(normal) != low or pos in ("ADJF", "ADJS"):
            continue
        if "Geox" in grammemes and count >= 1000:
            continue
        return "support"
    return "alone"


def plausible(word, minimum=2):
    """A Russian capitalised word (or words joined by a hyphen) with a vowel and without obvious junk."""
    if len(word) < minimum or len(word) > 40 or not RUSSIAN_WORD.match(word):
        return False
    for part in re.split(r"[-’']", word.lower()):
        if len(part) > 18 or re.search(r"(.)\1\1", part) or re.search(r"[бвгджзйклмнпрстфхцчшщъь]{6}", part) or part[0] in "ъь":
            return False
    return bool(set(word.lower()) & VOWELS)


def title(word):
    return "-".join(p[:1].upper() + p[1:] for p in word.split("-"))


def masculine(name):
    """The masculine of a surname that ends as a feminine does, or None."""
    for fem, masc in (("ова", "ов"), ("ева", "ев"), ("ёва", "ёв"), ("ина", "ин"), ("ына", "ын"), ("ская", "ский"), ("цкая", "цкий")):
        if name.endswith(fem) and len(name) > len(fem) + 1:
            return name[: len(name) - len(fem)] + masc
    return None


def write_tsv(path, directive, header, rows, comments=()):
    rows = sorted({tuple(str(c) for c in r) for r in rows}, key=lambda r: tuple(c.encode() for c in r))
    with open(path, "w", encoding="utf-8", newline="\n") as out:
        for line in comments:
            out.write("# " + line + "\n")
        out.write("#! " + directive + "\n" + "\t".join(header) + "\n")
        for row in rows:
            out.write("\t".join(row).rstrip("\t") + "\n")
