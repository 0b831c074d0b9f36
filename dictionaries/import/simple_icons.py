#!/usr/bin/env python3
"""Derives organizations/brands/brands.tsv from the npm package simple-icons 16.37.0 (CC0-1.0): Latin names of brands, all of tier support.

    npm pack simple-icons@16.37.0 && mkdir -p simple-icons && tar xzf simple-icons-16.37.0.tgz -C simple-icons
    python3 simple_icons.py simple-icons/package ../organizations

The first argument is the unpacked package (data/simple-icons.json is read), the second the folder organizations/: the names and variants of the hand-written
files there (*.tsv, not those in folders) are left out. Only titles, slugs and the aliases that the package calls "aka" and "old" are used; no icon is.

Left out: titles without a Latin letter, without a letter at all or of one character; short titles (fewer than four letters) unless they hold two capitals,
since the rest are common words; titles of punctuation (".ENV", "/e/"); words of everyday English and Russian news in Latin script that name no brand there.
"""
import json
import re
import sys
from pathlib import Path

LATIN = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿ]")
SHAPE = re.compile(r"[0-9A-Za-zÀ-ÖØ-öø-ſ][0-9A-Za-zÀ-ÖØ-öø-ſ &.'’+!/-]*\Z")
# common words, languages, formats and days that would only make noise even with a head word beside them
COMMON = {"about.me", "hey", "now", "one", "the", "box", "gap", "ada", "app", "art", "bit", "car", "css", "day", "dev", "dot", "fig", "git", "gnu", "go", "gun", "hack the box", "html5", "ios", "less", "map", "mta", "net", "nix", "php", "pin", "pub", "r", "ray", "sap", "sky", "spa", "sun", "tv", "vim", "xml", "xmpp", "svg", "pwa", "rss", "json", "yaml", "toml", "usb", "nfc"}


def fold(name):
    """The key by which two spellings count as one name."""
    return " ".join(re.sub(r"[\s«»\"\-–—’'.]+", " ", name.lstrip("?=").casefold()).split())


def hand_names(folder):
    """Names and variants of all hand-written entity files."""
    names = set()
    for path in sorted(Path(folder).glob("*.tsv")):
        header = None
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("#") or not line:
                continue
            cells = line.split("\t")
            if header is None:
                header = cells
                continue
            row = dict(zip(header, cells))
            names.add(fold(row.get("name", "")))
            names.update(fold(variant) for variant in row.get("variants", "").split("|") if variant)
    return names


def usable(title):
    letters = LATIN.findall(title)
    if not letters or not SHAPE.match(title) or fold(title) in COMMON or title.casefold() in COMMON:
        return False
    if len(letters) < 4 and not any(character.isdigit() for character in title):
        return sum(letter.isupper() for letter in letters) >= 2
    return len(letters) >= 2


def main(package, folder):
    icons = json.loads((Path(package) / "data" / "simple-icons.json").read_text(encoding="utf-8"))
    if isinstance(icons, dict):
        icons = icons["icons"]
    taken = hand_names(folder)
    rows = []
    for icon in sorted(icons, key=lambda icon: icon["slug"] if "slug" in icon else icon["title"]):
        title = " ".join(icon["title"].split())
        slug = icon.get("slug") or re.sub(r"[^a-z0-9]", "", title.casefold())
        if not usable(title) or fold(title) in taken:
            continue
        taken.add(fold(title))
        variants = []
        aliases = icon.get("aliases", {})
        for alias in aliases.get("aka", []) + aliases.get("old", []):
            alias = " ".join(alias.split())
            if usable(alias) and "|" not in alias and fold(alias) not in taken:
                taken.add(fold(alias))
                variants.append(alias)
        rows.append("\t".join([f"brand.{slug}", "company", title, "|".join(variants), "support", ""]))
    rows.sort(key=lambda row: row.split("\t")[0].encode())
    target = Path(folder) / "brands" / "brands.tsv"
    target.parent.mkdir(parents=True, exist_ok=True)
    head = [
        "# brands.tsv: derived by import/simple_icons.py from npm simple-icons 16.37.0; do not edit by hand. Kind: company.",
        '#! entities type=ORGANIZATION source="npm simple-icons 16.37.0" licence=CC0-1.0',
        "id\tkind\tname\tvariants\ttier\tslots",
    ]
    target.write_text("\n".join(head + rows) + "\n", encoding="utf-8")
    print(f"{target}: {len(rows)} rows")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2])
