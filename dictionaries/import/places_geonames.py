"""Derives places/geonames/{countries,regions,cities}.tsv from GeoNames data (CC BY 4.0) as two packages carry it.

    pip install pymorphy3==2.0.6 pymorphy3-dicts-ru==2.4.417150.4580142
    pip download --no-deps pycities==0.2.0 && python3 -m zipfile -e pycities-0.2.0-py3-none-any.whl pycities
    apt-get download libgeonames-common=0.3.0-1 && dpkg -x libgeonames-common_0.3.0-1_all.deb geonames
    python3 places_geonames.py pycities/pycities geonames ../places/geonames ../people/russiannames

The tier is `support` for a name that is also a common word, a frequent surname or a given name; such places with fewer than 50,000 people are left out.
Of several places with one name the one with the most people is kept; the countries of the others stand in the slot `also`.
"""
import gettext
import re
import sqlite3
import sys
from pathlib import Path

from lexcommon import clean, common_word, fold, write_tsv

CYRILLIC = re.compile(r"[А-ЯЁ][А-Яа-яЁё’' -]*[а-яё]\Z")
SMALL_WORDS = {"де", "дель", "ла", "ле", "ду", "ди", "да", "эль", "аль", "и", "на", "лос", "дос", "дю", "сюр", "ан", "эс", "ад"}
CLASSES = {"область", "край", "округ", "автономный", "автономная", "район", "губерния", "провинция", "республика", "штат", "департамент", "деревня",
           "уезд", "мухафаза", "вилайет", "коммуна", "префектура", "кантон", "графство", "воеводство", "жудец", "округа", "острова", "остров", "город"}
# names that are places first of all, whatever else the dictionary knows
SURE = set(
    "Лондон Париж Вашингтон Минск Баку Астана Сочи Тула Самара Уфа Варшава Прага София Афины Лион Дели Сеул Рига Дамаск Бостон Марсель Кабул Филадельфия "
    "Скопье Бристоль Макао Доха Ницца Калуга Анкоридж Бордо Вена Кингстон Джуба Винница Ош Грозный Антиохия Голливуд Бургас Мюнхен Дрезден Грац Нант Рим "
    "Бари Кандагар Чили Лима Байконур Газа Дакар Флорида Вермонт Вайоминг Вирджиния Юта Финикс Малага Панама Бали Гоа Росток Ровно Елец "
    "Осло Киев Казань Саратов Тамбов Псков Ростов Харьков Львов Краков Саров Азов Тверь Чита Омск Томск Пенза Пермь Керчь Ялта".split()
)
# names of regions, persons, firms and clubs, and words that the dictionary does not mark as such
DOUBTFUL = set(
    "Сок Порто Аса Сана Роман Виктория Сан Санта Марс Мир Нам По Победа Октябрь Кола Нова Мария Сити Мобил Новая Старая Анна Регина Вольф Ассен Нис Хан Чад Того "
    "Тоёта Тоета Тойота Конан Кавасаки Судзуки Хонда Ямаха Челси Эвертон Арсенал Монца Сафи Гота Мати Лодж Борна Корба Масуд Каруж Блит Корона Метро Центр "
    "Ривер Парана Азаз Салем Рона Ризал Джоли Лугу Райн Фарум Хорн Могер Ренан Истад Зара Дора Лана Рено Бош Леон Колон Сити Юнион Пойнт Форест Спринг "
    "Конкорд Плаза Санта-Мария Оранж Ливингстон Гамильтон Ричмонд Остин Нельсон Нордик Тернер Гэри Тайлер Мерсед Джорджтаун".split()
)
# towns with the names of larger things
DROPPED = {"Азия", "Африка", "Европа", "Республика", "Америка", "Австралия", "Сибирь", "Кавказ"}


def catalogue(root, language):
    with open(Path(root) / f"usr/share/locale/{language}/LC_MESSAGES/geonames.mo", "rb") as mo:
        return {k: v for k, v in gettext.GNUTranslations(mo)._catalog.items() if k}


def tidy(name):
    """A usable Russian name, or None."""
    name = clean(name or "")
    name = re.sub(r"\s*\(.*?\)", "", name)
    name = name.replace("о-ва", "острова").replace("о-в ", "остров ").replace("’", "'").replace("`", "'")
    name = re.sub(r"\s+-\s+", "-", name)
    name = re.sub(r"^[Гг]ород (?=[А-ЯЁ])", "", name)
    name = re.sub(r"(?<=ая )АО\b", "автономная область", name)
    name = re.sub(r"\bАО\b", "автономный округ", name)
    if not CYRILLIC.match(name) or len(name) < 2:
        return None
    words = name.split(" ")
    for i, word in enumerate(words):
        if i and word.lower() in CLASSES | SMALL_WORDS:
            words[i] = word.lower()
        elif word[0].islower() and word not in SMALL_WORDS and word not in CLASSES:
            return None
    return " ".join(words)


def frequent(path, least):
    rows = (line.split("\t") for line in Path(path).read_text(encoding="utf-8").splitlines() if not line.startswith(("#", "name\t")))
    return {fold(r[0]) for r in rows if int(r[3]) >= least}


def main():
    cities_package, geonames, out, people = sys.argv[1:5]
    russian, kazakh = catalogue(geonames, "ru"), catalogue(geonames, "kk")
    base = sqlite3.connect(Path(cities_package) / "data" / "data.db")
    base.row_factory = sqlite3.Row
    surnames, given = frequent(Path(people) / "surname.tsv", 200), frequent(Path(people) / "given.tsv", 20)

    def tier(name, population):
        if name in SURE:
            return "alone"
        if name in DOUBTFUL:
            return "support"
        if " " in name:
            return "alone"
        if len(name) <= 3 and population < 1000000:
            return "support"
        if common_word(name, {"Geox", "Name", "Surn", "Patr"}):
            return "support"
        if population < 500000 and (fold(name) in surnames or fold(name) in given or common_word(name, {"Geox"}) and "-" not in name):
            return "support"
        return "alone"

    def latin(name, population, *forms):
        for form in forms:
            if form and population >= 100000 and re.fullmatch(r"[A-Z][A-Za-zÀ-ÿ' -]+", form) and len(form) > 2:
                yield form if population >= 1000000 else "?" + form

    def names(country, key, *russian_forms):
        found = []
        for form in russian_forms:
            form = tidy(form)
            if form and fold(form) not in {fold(f) for f in found}:
                found.append(form)
        if found and country == "KZ" and key in kazakh:
            form = clean(kazakh[key])
            if form not in found and re.fullmatch(r"[А-ЯЁа-яёӘәҒғҚқҢңӨөҰұҮүҺһІі -]+", form) and form[0].isupper():
                found.append(form)
        return found

    countries, regions, cities = [], [], []
    for row in base.execute("select * from country order by geonames_id"):
        found = names(row["iso"], row["iso"], russian.get(row["iso"]), row["name_ru"])
        found = [f for f in found if not (row["iso"] == "CD" and f == "Заир")]
        if found:
            countries.append((row["geonames_id"], "country", found, list(latin(found[0], 10**6, row["name_en"] or row["name"])), row["iso"], row["population"], ()))
    for row in base.execute("select a.*, c.iso from administrative_unit a join country c on c.geonames_id = a.country_id order by a.geonames_id"):
        found = names(row["iso"], row["key"], russian.get(row["key"]), row["name_ru"])
        if found:
            regions.append((row["geonames_id"], "region", found, [], row["iso"], 0, ()))
    for row in base.execute("select * from city order by geonames_id"):
        key = str(row["geonames_id"])
        found = names(row["country_code"], key, russian.get(key), row["name_ru"])
        if found and found[0] not in DROPPED:
            kind = "district" if row["feature_code"] == "PPLX" else "city"
            cities.append((row["geonames_id"], kind, found, list(latin(found[0], row["population"], row["name_en"] or row["name"])), row["country_code"],
                           row["population"], ("capital=yes",) if row["feature_code"] == "PPLC" else ()))

    for name, entries in (("countries", countries), ("regions", regions), ("cities", cities)):
        best, rows, taken = {}, [], {}
        for entry in sorted(entries, key=lambda e: (-e[5], e[0])):
            best.setdefault(fold(entry[2][0]), []).append(entry)
        for same in best.values():
            taken.update({fold(f): same[0][0] for f in same[0][2][:1]})
        for same in best.values():
            ident, kind, found, foreign, country, population, extra = same[0]
            level = tier(found[0], population) if kind != "country" else ("support" if found[0] in DOUBTFUL else "alone")
            if kind in ("city", "district") and level == "support" and population < 50000:
                continue
            variants = []
            for form in found[1:] + foreign:
                key = fold(form.lstrip("?"))
                if taken.setdefault(key, ident) == ident and fold(form) not in {fold(v) for v in variants}:
                    variants.append("?" + form if level == "alone" and not form.startswith("?") and tier(form, population) == "support" else form)
            slots = [f"country={country}"] + ([f"population={population}"] if population else []) + list(extra)
            also = sorted({e[4] for e in same[1:]} - {country})
            if also:
                slots.append("also=" + ",".join(also))
            rows.append((f"geonames.{ident}", kind, found[0], "|".join(variants), level, ";".join(slots)))
        write_tsv(Path(out) / (name + ".tsv"), 'entities type=LOCATION source="GeoNames (pycities 0.2.0, libgeonames-common 0.3.0)" licence=CC-BY-4.0',
                  ("id", "kind", "name", "variants", "tier", "slots"), rows, ["Derived by import/places_geonames.py; see ATTRIBUTION and LICENSE."])


main()
