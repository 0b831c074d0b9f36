"""Writes morphology/opencorpora/*.tsv from the installed package pymorphy3-dicts-ru 2.4.417150.4580142 (read through pymorphy3).

    python dictionaries/import/opencorpora.py dictionaries/morphology/opencorpora

The same package gives the same bytes. What the columns mean: morphology/README.md.
"""
import sys
from collections import defaultdict
from importlib import metadata
from pathlib import Path

import pymorphy3

VERSION = "2.4.417150.4580142"
ORIGIN = 'source="OpenCorpora revision 417150, pymorphy3-dicts-ru %s" licence=CC-BY-SA-3.0' % VERSION


def write(path, kind, header, rows):
    with open(path, "w", encoding="utf-8", newline="\n") as out:
        out.write("# Derived by import/opencorpora.py; see ATTRIBUTION and LICENSE.\n")
        out.write("#! %s %s\n%s\n" % (kind, ORIGIN, "\t".join(header)))
        for row in sorted(rows, key=lambda r: r[0].encode()):
            out.write("\t".join(row) + "\n")


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    found = metadata.version("pymorphy3-dicts-ru")
    if found != VERSION:
        sys.exit("needs pymorphy3-dicts-ru %s, but %s is installed" % (VERSION, found))
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    morph = pymorphy3.MorphAnalyzer(lang="ru")
    dictionary = morph.dictionary

    tags = [str(tag) for tag in dictionary.gramtab]
    number_of = {tag: "%04d" % i for i, tag in enumerate(tags)}
    write(folder / "tags.tsv", "tags", ("tag", "grammemes"), ((n, tag) for tag, n in number_of.items()))

    paradigms = []
    info = [dictionary.build_paradigm_info(p) for p in range(len(dictionary.paradigms))]
    for number, forms in enumerate(info):
        cells = []
        for prefix, tag, suffix in forms:
            cells.append((prefix + "+" if prefix else "") + suffix + ":" + number_of[str(tag)])
        paradigms.append(("%04d" % number, "|".join(cells)))
    write(folder / "paradigms.tsv", "paradigms", ("paradigm", "forms"), paradigms)

    # The word list is a list of forms. Each belongs to a stem and a paradigm, and each stem must have every form of its paradigm:
    # then stems and paradigms say the same as the five million forms.
    forms_of = defaultdict(set)
    for word, _, _, paradigm, index in dictionary.iter_known_words():
        prefix, _, suffix = info[paradigm][index]
        stem = word[len(prefix) : len(word) - len(suffix)]
        assert prefix + stem + suffix == word
        forms_of[stem, paradigm].add(index)
    lexemes = defaultdict(list)
    for (stem, paradigm), indexes in forms_of.items():
        assert len(indexes) == len(info[paradigm]), (stem, paradigm)
        prefix, _, suffix = info[paradigm][0]
        lexemes[prefix + stem + suffix].append("%04d" % paradigm)
    write(folder / "lexemes.tsv", "lexemes", ("lemma", "paradigms"), ((lemma, "|".join(sorted(p))) for lemma, p in lexemes.items()))

    # Estimates of P(tag | word), in thousandths, for the words that are ambiguous in OpenCorpora's annotated texts.
    shares = defaultdict(list)
    for key, millionths in morph.prob_estimator.p_t_given_w.items():
        word, _, tag = key.partition(":")
        if tag in number_of:
            shares[word].append((number_of[tag], max(1, round(millionths / 1000))))
    rows = ((word, "|".join("%s=%d" % pair for pair in sorted(pairs))) for word, pairs in shares.items())
    write(folder / "probabilities.tsv", "probabilities", ("form", "tags"), rows)


if __name__ == "__main__":
    main()
