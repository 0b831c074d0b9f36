"""Derives places/cldr/{territories,cities,subdivisions}.tsv from Unicode CLDR: only names that places/geonames lacks.

    pip install pymorphy3==2.0.6 pymorphy3-dicts-ru==2.4.417150.4580142
    npm pack cldr-localenames-full@48.0.0 cldr-dates-full@48.0.0   # Unicode-3.0; unpack each into a folder of its name
    apt-get download unicode-cldr-core=41-0.1 && dpkg -x unicode-cldr-core_41-0.1_all.deb cldr   # Unicode-DFS-2016
    python3 places_cldr.py cldr-localenames-full/package cldr-dates-full/package cldr ../places/cldr ../places/geonames ../people

Kazakh names are kept as variants for Kazakhstan. Subdivisions whose name is also another word or a person's name are left out.
"""
import json
import re
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from lexcommon import clean, common_word, fold, write_tsv

GOOD = re.compile(r"[А-ЯЁ][А-Яа-яЁё’'«» -]*[а-яёА-Я]\Z")
WORLD = {"весь мир": "", "неизвестный регион": "", "псевдоакценты": "", "псевдо-bidi": "", "еврозона": ""}


def tidy(name):
    name = clean(re.sub(r"\s*\(.*?\)", "", name)).replace("’", "'").replace("о-в ", "остров ").replace("о-ва", "острова").replace(" - ", "-")
    return name if GOOD.match(name) and fold(name) not in WORLD else None


def main():
    locale_names, dates, subdivisions, out, geonames = (Path(a) for a in sys.argv[1:6])
    persons = set()
    for file in ("russiannames/given.tsv", "russiannames/surname.tsv", "natasha/given.tsv", "natasha/surname.tsv"):
        persons |= {fold(line.split("\t")[0]) for line in (Path(sys.argv[6]) / file).read_text(encoding="utf-8").splitlines() if line[0] != "#"}
    have = set()
    for file in sorted(geonames.glob("*.tsv")):
        for line in file.read_text(encoding="utf-8").splitlines():
            cells = line.split("\t")
            if len(cells) > 4 and cells[0].startswith("geonames."):
                have |= {fold(n.lstrip("?=")) for n in [cells[2]] + cells[3].split("|") if n}

    def load(path, *keys):
        data = json.loads(path.read_text(encoding="utf-8"))
        for key in keys:
            data = data[key]
        return data

    def tier(name):
        if name.isupper():
            return "alone"
        return "support" if " " not in name and common_word(name, {"Geox"}) or len(name) <= 3 else "alone"

    def emit(file, licence, source, entries):
        rows = []
        for ident, kind, forms, slots, strict in entries:
            forms = [f for f in forms if f]
            new = []
            for form in forms:
                if fold(form) not in have and fold(form) not in {fold(n) for n in new}:
                    new.append(form)
            if not new or strict and (tier(new[0]) == "support" or fold(new[0]) in persons):
                continue
            have.update(fold(n) for n in new)
            rows.append((ident, kind, new[0], "|".join(new[1:]), tier(new[0]), slots))
        write_tsv(out / file, f'entities type=LOCATION source="{source}" licence={licence}', ("id", "kind", "name", "variants", "tier", "slots"), rows,
                  ["Derived by import/places_cldr.py; see ATTRIBUTION and LICENSE."])

    ru = load(locale_names / "main/ru/territories.json", "main", "ru", "localeDisplayNames", "territories")
    kk = load(locale_names / "main/kk/territories.json", "main", "kk", "localeDisplayNames", "territories")
    entries = []
    for code in sorted(ru):
        plain = code.split("-alt-")[0]
        # CLDR's regions of the world (three digits) and two-letter territories; EU, UN and the euro area are organizations
        if plain in ("EU", "EZ", "UN", "ZZ", "XA", "XB", "001", "QO"):
            continue
        forms = [tidy(ru[code])] + ([clean(kk[code])] if plain == "KZ" and code in kk else [])
        kind = "macroregion" if plain.isdigit() else "country"
        entries.append((f"cldr.territory.{code.lower()}", kind, forms, "" if plain.isdigit() else f"country={plain}", False))
    emit("territories.tsv", "Unicode-3.0", "CLDR 48 (cldr-localenames-full)", entries)

    def zones(node, path=()):
        for key, value in sorted(node.items()):
            if isinstance(value, dict):
                if "exemplarCity" in value:
                    yield "/".join(path + (key,)), value["exemplarCity"]
                elif key != "_type":
                    yield from zones(value, path + (key,))

    zones_ru = dict(zones(load(dates / "main/ru/timeZoneNames.json", "main", "ru", "dates", "timeZoneNames", "zone")))
    entries = [("cldr.zone." + re.sub(r"[^a-z0-9]+", "-", zone.lower()), "city", [tidy(name)], "", True) for zone, name in sorted(zones_ru.items())
               if not zone.startswith("Etc")]
    emit("cities.tsv", "Unicode-3.0", "CLDR 48 (cldr-dates-full)", entries)

    def parts(language):
        tree = ElementTree.parse(subdivisions / f"usr/share/unicode/cldr/common/subdivisions/{language}.xml")
        return {e.get("type"): e.text for e in tree.iter("subdivision")}

    ru, kk = parts("ru"), parts("kk")
    entries = []
    for code in sorted(ru):
        if "," in ru[code]:
            continue
        forms = [tidy(ru[code])] + ([clean(kk[code])] if code.startswith("kz") and code in kk else [])
        if forms[0]:
            entries.append((f"cldr.subdivision.{code}", "region", forms, f"country={code[:2].upper()}", True))
    emit("subdivisions.tsv", "Unicode-DFS-2016", "CLDR 41 (unicode-cldr-core)", entries)


main()
