#!/usr/bin/env python3
"""The gold text: reads and checks the articles of this folder, converts them, counts them, scores what was found.

    python3 tests/gold/gold.py                    checks the articles; every mistake as file:line:column: message
    python3 tests/gold/gold.py --jsonl            writes one JSON a line (see README.md) to standard output
    python3 tests/gold/gold.py --stats            counts words, mentions, kinds of damage, topics
    python3 tests/gold/gold.py --normals          lists every mention with the normal form that it gets, for review
    python3 tests/gold/gold.py --score FOUND      scores what `atau extract` found (--json, --floors, --errors N)

Articles may be named; without names all of them are read. The status is 1 when an article has a mistake.
"""

import argparse
import json
import pathlib
import re
import sys
from collections import Counter, defaultdict

HERE = pathlib.Path(__file__).resolve().parent

NAMES = ("PERSON", "ORGANIZATION", "LOCATION", "PROGRAM")
VALUES = ("DATE", "MONEY", "ROLE")
IGNORE = "IGNORE"
TYPES = (*NAMES, *VALUES, IGNORE)


def read_vocabulary():
    """vocabulary.tsv: kind -> the words that the header of an article may use for it."""
    words = defaultdict(list)
    for row in (HERE / "vocabulary.tsv").read_text(encoding="utf-8").splitlines():
        if row and not row.startswith("#"):
            kind, word, _ = row.split("\t")
            words[kind].append(word)
    return words


VOCABULARY = read_vocabulary()
TOPICS, DAMAGE, TRAPS = (VOCABULARY[kind] for kind in ("topic", "damage", "trap"))

# What a relation joins: types of the subject, whether it has a role, types of the object (None: «-» may stand for it).
RELATIONS = {
    "WORKS_AS": (("PERSON",), True, ("ORGANIZATION", "LOCATION", "PROGRAM", None)),
    "LOCATED_IN": (("ORGANIZATION", "LOCATION"), False, ("LOCATION",)),
    "RUN_BY": (("PROGRAM",), False, ("ORGANIZATION", "LOCATION", "PERSON")),
    "ALIAS_OF": (NAMES, False, None),
}

HEADER = {"topic": TOPICS, "damage": DAMAGE, "traps": TRAPS, "values": VALUES, "unmarked": None, "note": None}
OPEN, CLOSE = "«„“‘\"'", "»”“’\"'"
LOOK_ALIKE = str.maketrans("ABCEHKMOPTXaceopxy", "АВСЕНКМОРТХасеорху")
MIXED = re.compile(r"[A-Za-z][А-Яа-яЁёӘәҒғҚқҢңӨөҰұҮүҺһІі]|[А-Яа-яЁёӘәҒғҚқҢңӨөҰұҮүҺһІі][A-Za-z]")
ID = re.compile(r"[a-z][a-z0-9-]*")
TYPE = re.compile("|".join(TYPES))
# A backslash and a Latin letter stand for that letter inside a Cyrillic word.
ESCAPES = {"-": "\u00ad", "_": "\u00a0", "\\": "\\", "[": "[", "]": "]", "|": "|"}
INVISIBLE = "\u00a0\u00ad\u200b\u200c\u200d\u2060\ufeff\t"


def clean(s):
    """Text as it would be without invisible characters, odd spaces and look-alike letters."""
    s = s.replace("\u00ad\n", "").replace("\u00ad", "").replace("\u00a0", " ").replace("\u202f", " ").replace("\n", " ")
    words = [w.translate(LOOK_ALIKE) if re.search("[а-яё]", w, re.I) else w for w in re.split(r"(\W+)", s)]
    return "".join(words)


def fold(s):
    """For comparing names: without case, ё, quotes; one kind of dash and space."""
    s = re.sub("[«»„“”’\"']", "", clean(s).lower().replace("ё", "е"))
    return re.sub(r"\s+", " ", re.sub(r"\s*[-–—‑]\s*", "-", s)).strip()


def same_stem(a, b):
    """How sure it is that `a` and `b` are forms of one word (part by part at hyphens); 0 when they are not."""
    if "-" in a and a.count("-") == b.count("-"):
        parts = [same_stem(x, y) for x, y in zip(a.split("-"), b.split("-"))]
        if all(parts):
            return sum(parts)
    n = next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
    rest = max(len(a), len(b)) - n
    return n - rest / 10 if a == b or (n >= rest and rest <= 4 and n) else 0


def derive_normal(text, names, is_person):
    """The normal form of a mention: the name of its entity (or the part of a person's name) whose form it is.

    Returns None when no name fits or when two fit equally well; then the article has to say it.
    """
    mention = fold(text)
    for name in names:
        if fold(name) == mention:
            return name
    words, best = mention.split(), {}
    for name in names:
        parts = fold(name).split()
        if len(parts) == len(words):
            stems = [same_stem(w, p) for w, p in zip(words, parts)]
            if all(stems):
                best[name] = sum(stems)
    if not best and is_person:
        for name in names:
            parts = name.split()
            fits = [max(((same_stem(w, fold(p)), p) for p in parts), default=(0, "")) for w in words]
            if all(f[0] for f in fits) and len({f[1] for f in fits}) == len(words):
                best[" ".join(f[1] for f in fits)] = sum(f[0] for f in fits)
    top = [n for n, score in best.items() if score == max(best.values())]
    return top[0] if len(top) == 1 else None


class Article:
    """One article. `mentions` stand in the order of the text, an outer one before its inner ones."""

    def __init__(self, path):
        self.path = pathlib.Path(path)
        self.id = self.path.stem
        self.header = {}
        self.text = ""
        self.marked = ""  # the text section as it stands in the file, from its line `first_text_line`
        self.first_text_line = 1
        self.mentions = []  # dicts: start, end, type, entity, normal, explicit, parent, line, column
        self.entities = {}  # id -> dict: names, type, line
        self.relations = []  # dicts: type, subject, role, object, line
        self.errors = []

    def list_of(self, key):
        return self.header.get(key, ("", 0))[0].split()

    def error(self, line, column, message):
        self.errors.append((str(self.path), line, column, message))


def read(path):
    """Reads an article. Mistakes are collected in `errors`; what could be read is there all the same."""
    a = Article(path)
    try:
        lines = pathlib.Path(path).read_bytes().decode("utf-8").split("\n")
    except UnicodeDecodeError as e:
        a.error(1, 1, f"this is no UTF-8: {e}")
        return a
    if lines[-1] != "":
        a.error(len(lines), len(lines[-1]) + 1, "the last line has no line end")
    sections, name, at = {"header": (1, [])}, "header", 1
    for at, line in enumerate(lines[:-1], 1):
        if line.startswith("== "):
            name = line[3:]
            if name not in ("text", "entities", "relations") or name in sections:
                a.error(at, 4, f"section «{name}» is unknown or stands twice; there are text, entities, relations")
            sections[name] = (at + 1, [])
        else:
            if "\r" in line:
                a.error(at, line.index("\r") + 1, "carriage return; lines end with LF")
            sections[name][1].append(line)
    for name in ("text", "entities"):
        if name not in sections:
            a.error(at, 1, f"there is no section «== {name}»")
            sections[name] = (at, [])
    read_header(a, *sections["header"])
    read_text(a, *sections["text"])
    read_entities(a, *sections["entities"])
    read_relations(a, *sections.get("relations", (at, [])))
    check_mentions(a)
    return a


def read_header(a, first, lines):
    for at, line in enumerate(lines, first):
        if not line.strip():
            continue
        key, colon, value = line.partition(":")
        value = value.strip()
        if not colon or key not in HEADER or key in a.header:
            a.error(at, 1, f"«{line}» is no `key: value` with a new key out of {', '.join(HEADER)}")
            continue
        a.header[key] = (value, at)
        for word in value.split() if HEADER[key] else []:
            if word not in HEADER[key]:
                a.error(
                    at,
                    line.index(word) + 1,
                    f"{key} «{word}» is unknown; add it to gold.py or choose: {' '.join(HEADER[key])}",
                )
    if "topic" not in a.header:
        a.error(first, 1, "the header has no topic")


def read_text(a, first, lines):
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    a.first_text_line = first
    a.marked = s = "\n".join(lines)
    out, stack, i, line, begin = [], [], 0, first, 0
    while i < len(s):
        c, following, column = s[i], s[i + 1 : i + 2], i - begin + 1
        if c == "\\":
            if following not in ESCAPES and not (following.isascii() and following.isalpha()):
                a.error(
                    line, column, f"«\\{following}» is no escape; there are \\- \\_ \\\\ \\[ \\] \\| and a Latin letter"
                )
            out.append(ESCAPES.get(following, following))
            i += 2
        elif c == "[":
            m = {"start": len(out), "end": None, "type": None, "entity": None, "normal": None, "explicit": False}
            m |= {"parent": a.mentions.index(stack[-1]) if stack else None, "line": line, "column": column}
            stack.append(m)
            a.mentions.append(m)
            i += 1
        elif c == "|" and stack and stack[-1]["entity"] is None:
            field = re.compile(r"[^\]\n]*").match(s, i + 1)[0]
            entity, equals, normal = field.partition("=")
            stack[-1].update(entity=entity, normal=normal if equals else None, explicit=bool(equals))
            i += 1 + len(field)
        elif c == "]" and stack:
            m = stack.pop()
            m["end"] = len(out)
            kind = TYPE.match(s, i + 1)
            if kind:
                m["type"] = kind[0]
            else:
                a.error(line, column, f"no type behind the bracket; there are {', '.join(TYPES)}")
            i = kind.end() if kind else i + 1
        elif c in "]|":
            a.error(line, column, f"«{c}» outside of a mention; write \\{c} when it belongs to the text")
            i += 1
        else:
            if c == " " and following in (" ", "\n", ""):
                a.error(line, column, "two spaces, or a space at the end of a line")
            if c in INVISIBLE:
                a.error(line, column, f"an invisible character U+{ord(c):04X}; write it as an escape")
            if MIXED.match(s, i):
                a.error(
                    line,
                    column,
                    f"letters of two alphabets side by side in «{s[i : i + 8]}»; put \\ before a Latin one",
                )
            out.append(c)
            i += 1
            if c == "\n":
                line, begin = line + 1, i
    for m in stack:
        a.error(m["line"], m["column"], "this bracket is never closed")
    a.mentions = [m for m in a.mentions if m["end"] is not None] if not stack else []
    a.text = "".join(out)


def read_entities(a, first, lines):
    for at, line in enumerate(lines, first):
        if not line.strip():
            continue
        key, equals, value = line.partition(" = ")
        names = value.split(" | ")
        if not equals or not ID.fullmatch(key):
            a.error(at, 1, f"«{line}» is no `id = Name | other name`; ids are of a–z, 0–9, -")
            continue
        if key in a.entities:
            a.error(at, 1, f"entity «{key}» stands twice")
        for name in names:
            if problem := bad_name(name):
                a.error(at, line.find(name) + 1, f"«{name}»: {problem}")
        if len(set(names)) < len(names):
            a.error(at, len(key) + 4, "a name stands twice")
        a.entities[key] = {"names": names, "type": None, "line": at, "used": set()}


def bad_name(name):
    if name != name.strip() or not name:
        return "empty, or a space at its edge"
    if "  " in name:
        return "two spaces"
    if name[0] in OPEN and name[-1] in CLOSE and not re.search("».*«", name):
        return "outer quotes are no part of a name"
    if MIXED.search(name):
        return "letters of two alphabets in one word"
    return None


def read_relations(a, first, lines):
    for at, line in enumerate(lines, first):
        if not line.strip():
            continue
        kind, _, rest = line.partition(" ")
        fields = [f.strip() for f in rest.split(" | ")]
        if kind not in RELATIONS or len(fields) != (3 if kind == "WORKS_AS" else 2):
            a.error(
                at,
                1,
                f"«{line}» is no relation: WORKS_AS id | role | id, LOCATED_IN or RUN_BY id | id, ALIAS_OF id | name",
            )
            continue
        role = fields[1] if len(fields) == 3 and fields[1] != "-" else ""
        target = fields[-1] if fields[-1] != "-" else None
        a.relations.append({"type": kind, "subject": fields[0], "role": role, "object": target, "line": at})


def check_mentions(a):
    values = a.list_of("values")
    for m in a.mentions:
        where, text = (m["line"], m["column"]), a.text[m["start"] : m["end"]]
        shown = text.replace("\n", "⏎")
        if not text or text != text.strip():
            a.error(*where, f"«{shown}»: empty, or a space at its edge")
        elif text[0] in OPEN and text[-1] in CLOSE and not re.search("».*«", text):
            a.error(*where, f"«{shown}»: the outer quotes stand outside of the brackets")
        elif text.count("«") != text.count("»") or text.count('"') % 2:
            a.error(*where, f"«{shown}»: a quote without its partner")
        if m["parent"] is not None:
            p = a.mentions[m["parent"]]
            if (p["start"], p["end"]) == (m["start"], m["end"]):
                a.error(*where, f"«{shown}»: an inner mention as long as the one around it")
            if p["type"] in (None, *VALUES[:2], IGNORE):
                a.error(*where, f"«{shown}»: no mention stands inside {p['type']}")
        kind = m["type"]
        if kind in VALUES:
            if kind not in values:
                a.error(*where, f"«{shown}» is {kind}, but the header's `values:` does not name it")
            if m["entity"]:
                a.error(*where, f"«{shown}»: {kind} has no entity; write [{shown}|=normal]{kind} or leave it out")
            default = re.sub(r"\s+", " ", clean(text))
            if m["explicit"] and m["normal"] == default:
                a.error(*where, f"«{shown}»: «{default}» is the default; leave it out")
            m["normal"] = m["normal"] or default
        elif kind in NAMES:
            check_name(a, m, shown, where)
    for key, e in a.entities.items():
        if e["type"] is None:
            a.error(e["line"], 1, f"entity «{key}» has no mention")
        for name in e["names"][1:]:
            if e["type"] and name not in e["used"]:
                a.error(e["line"], 1, f"entity «{key}»: no mention has the name «{name}»")
    by_name = defaultdict(list)
    for key, e in a.entities.items():
        by_name[(e["type"], e["names"][0])].append(key)
    for (_, name), keys in by_name.items():
        if len(keys) > 1:
            a.error(
                a.entities[keys[1]]["line"],
                1,
                f"«{name}» is the first name of {' and '.join(keys)}; say how they differ",
            )
    check_relations(a)
    check_unmarked(a)


def check_name(a, m, shown, where):
    e = a.entities.get(m["entity"])
    if e is None:
        a.error(*where, f"«{shown}»: entity «{m['entity'] or ''}» is not in the section entities")
        return
    if e["type"] not in (None, m["type"]):
        a.error(*where, f"«{shown}» is {m['type']}, but an earlier mention of «{m['entity']}» is {e['type']}")
    e["type"] = m["type"]
    default = derive_normal(a.text[m["start"] : m["end"]], e["names"], m["type"] == "PERSON")
    if m["explicit"]:
        if m["normal"] == default:
            a.error(*where, f"«{shown}»: «{default}» is the default; leave it out")
        if problem := bad_name(m["normal"]):
            a.error(*where, f"«{m['normal']}»: {problem}")
    elif default is None:
        a.error(
            *where,
            f"«{shown}» is no clear form of {' | '.join(e['names'])}: add a nominative there or write |{m['entity']}=…",
        )
        default = e["names"][0]
    m["normal"] = m["normal"] or default
    e["used"].add(m["normal"])


def check_relations(a):
    seen = set()
    for r in a.relations:
        subjects, has_role, objects = RELATIONS[r["type"]]
        key = (r["type"], r["subject"], r["role"], r["object"])
        if key in seen:
            a.error(r["line"], 1, "this relation stands twice")
        seen.add(key)
        s = a.entities.get(r["subject"])
        if s is None or (s["type"] and s["type"] not in subjects):
            a.error(r["line"], 1, f"the subject «{r['subject']}» is no {' or '.join(subjects)} of this article")
        if r["type"] == "ALIAS_OF":
            if s and r["object"] not in s["names"][1:]:
                a.error(r["line"], 1, f"«{r['object']}» is no second name of «{r['subject']}»")
            continue
        o = a.entities.get(r["object"]) if r["object"] else None
        if (r["object"] and (o is None or (o["type"] and o["type"] not in objects))) or (
            not r["object"] and None not in objects
        ):
            a.error(
                r["line"], 1, f"the object «{r['object']}» is no {' or '.join(filter(None, objects))} of this article"
            )
        if has_role and not r["role"] and not r["object"]:
            a.error(r["line"], 1, "neither a role nor an object")


def check_unmarked(a):
    """A name that is marked in one place and not in another is a slip, unless the header says that it is meant."""
    meant = [w.strip() for w in a.header.get("unmarked", ("", 0))[0].split("|") if w.strip()]
    covered = bytearray(len(a.text))
    for m in a.mentions:
        covered[m["start"] : m["end"]] = b"\1" * (m["end"] - m["start"])
    needed = set()
    for name in sorted({a.text[m["start"] : m["end"]] for m in a.mentions if m["type"] in NAMES}):
        if len(name) < 3 or not re.search("[A-ZА-ЯЁӘҒҚҢӨҰҮҺІ]", name):
            continue
        for hit in re.finditer(r"(?<!\w)" + re.escape(name) + r"(?!\w)", a.text):
            if not any(covered[hit.start() : hit.end()]):
                needed.add(name)
                if name not in meant:
                    line = a.first_text_line + a.text.count("\n", 0, hit.start())
                    a.error(
                        line,
                        1,
                        f"«{name}» is marked elsewhere but not here; mark it, or add it to `unmarked:` in the header",
                    )
    for name in meant:
        if name not in needed:
            a.error(a.header["unmarked"][1], 1, f"«{name}» need not stand here: nothing marked looks the same")


def render(a):
    """The text section as it stands in the file, made anew from text and mentions."""
    opening, closing = defaultdict(list), defaultdict(list)
    for m in a.mentions:
        opening[m["start"]].append("[")
        field = m["entity"] or ""
        if m["explicit"]:
            field += "=" + m["normal"]
        closing[m["end"]].append((-m["start"], ("|" + field if field else "") + "]" + m["type"]))
    back = {v: k for k, v in ESCAPES.items()}
    out = []
    for i in range(len(a.text) + 1):
        out += [text for _, text in sorted(closing[i], key=lambda c: c[0])] + opening[i]
        if i == len(a.text):
            break
        c = a.text[i]
        # Side by side in the file are only letters that no bracket parts.
        before = bool(i) and not (opening[i] or closing[i]) and MIXED.match(a.text, i - 1)
        behind = not (opening[i + 1] or closing[i + 1]) and MIXED.match(a.text, i)
        mixed = c.isascii() and c.isalpha() and (before or behind)
        out.append("\\" + back.get(c, c) if c in back or mixed else c)
    return "".join(out)


def to_json(a):
    """The article as an object of the JSONL: offsets are code points, half-open."""
    ids = {key: n for n, key in enumerate(a.entities)}

    def entity(m):
        e = {"start": m["start"], "end": m["end"], "type": m["type"], "text": a.text[m["start"] : m["end"]]}
        e |= {"base": m["normal"], "normal": m["normal"]}
        return {**e, "entity": m["entity"]} if m["type"] in NAMES else e

    marked = [m for m in a.mentions if m["type"] != IGNORE]
    rank = {id(m): n for n, m in enumerate(marked)}
    return {
        "id": a.id,
        "topic": a.header["topic"][0],
        "damage": a.list_of("damage"),
        "traps": a.list_of("traps"),
        "values": a.list_of("values"),
        "text": a.text,
        "entities": [entity(m) for m in marked if m["parent"] is None],
        "ignore": [
            {"start": m["start"], "end": m["end"], "type": kind}
            for m in a.mentions
            if m["type"] == IGNORE
            for kind in NAMES
        ],
        "nested": [
            {**entity(m), "parent": rank[id(a.mentions[m["parent"]])] if m["parent"] is not None else None}
            for m in marked
        ],
        "objects": [
            {
                "id": key,
                "type": e["type"],
                "normal": e["names"][0],
                "names": {"name": e["names"]},
                "mentions": [[m["start"], m["end"]] for m in marked if m["entity"] == key and m["parent"] is None],
            }
            for key, e in sorted(a.entities.items(), key=lambda item: ids[item[0]])
        ],
        "relations": [
            {k: r[k] for k in ("type", "subject", "role", "object")}
            if r["type"] != "ALIAS_OF"
            else {"type": "ALIAS_OF", "subject": r["subject"], "role": "", "object": r["subject"], "name": r["object"]}
            for r in a.relations
        ],
    }


def words(text):
    return re.findall(r"[^\W\d_]+(?:[-’][^\W\d_]+)*", text.replace("\u00ad", ""))


def statistics(articles):
    flat = Counter(m["type"] for a in articles for m in a.mentions if m["parent"] is None)
    inner = Counter(m["type"] for a in articles for m in a.mentions if m["parent"] is not None)
    return {
        "articles": len(articles),
        "words": sum(len(words(a.text)) for a in articles),
        "flat": {t: flat[t] for t in TYPES},
        "inner": {t: inner[t] for t in TYPES if inner[t]},
        "entities": dict(Counter(e["type"] for a in articles for e in a.entities.values())),
        "relations": dict(Counter(r["type"] for a in articles for r in a.relations)),
        "with values": sum(bool(a.list_of("values")) for a in articles),
        "topic": dict(Counter(t for a in articles for t in a.list_of("topic"))),
        "damage": dict(Counter(t for a in articles for t in a.list_of("damage"))),
        "traps": dict(Counter(t for a in articles for t in a.list_of("traps"))),
    }


# ---- scoring what was found ----


def strip(text, start, end):
    """Edges that annotators disagree about are left out on both sides, as `atau eval` does."""
    while start < end and text[start] in "\"'”«„ʼ»“ʻ() \t\n":
        start += 1
    while end > start and text[end - 1] in "\"'”«„ʼ»“ʻ() \t\n":
        end -= 1
    return start, end


LEADING = re.compile(r"(?:в|во|на|к|ко|до|с|со|по|за|не раньше|около|почти|ещё)[\s\u00a0]+", re.I)


def core(text, start, end, kind):
    """The span that is compared: without edges, and for dates and sums without the preposition that leads them."""
    start, end = strip(text, start, end)
    if kind in ("DATE", "MONEY") and (m := LEADING.match(text, start, end)):
        start = m.end()
    return start, end


def f1(tp, found, gold):
    return 2 * tp / max(1, found + gold)


def stems(s):
    return {w[:5] for w in re.findall(r"\w+", s.lower().replace("ё", "е")) if len(w) > 2}


def score(articles, found):
    """What `atau eval` does not tell: values, normal forms, document entities, relations, inner mentions, articles.

    `found`: id -> object of the extraction's JSONL. Returns (numbers by name, F1 by article, list of errors).
    """
    count, normal, inner, per_article, errors = defaultdict(lambda: [0, 0, 0]), Counter(), Counter(), {}, []
    b3, relation = [0.0, 0.0, 0], defaultdict(lambda: [0, 0, 0])
    for a in articles:
        p = found[a.id]
        ignored = [(m["start"], m["end"]) for m in a.mentions if m["type"] == IGNORE]
        types = (*NAMES, *a.list_of("values"))
        gold = {
            (*core(a.text, m["start"], m["end"], m["type"]), m["type"]): m
            for m in a.mentions
            if m["parent"] is None and m["type"] in types
        }
        guess = {}
        for n, e in enumerate(p["entities"]):
            s = core(a.text, e["start"], e["end"], e["type"])
            if e["type"] in types and not any(x <= s[0] and s[1] <= y for x, y in ignored):
                guess[(*s, e["type"])] = (n, e)
        for key in gold.keys() | guess.keys():
            c = count[key[2]]
            c[0] += key in gold and key in guess
            c[1] += key in guess
            c[2] += key in gold
            if (key in gold) != (key in guess):
                what = "missed" if key in gold else "wrong"
                errors.append(
                    (
                        what,
                        key[2],
                        a.id,
                        key[0],
                        a.text[max(0, key[0] - 30) : key[0]],
                        a.text[key[0] : key[1]],
                        a.text[key[1] : key[1] + 30],
                    )
                )
        named = [sum(k[2] in NAMES for k in keys) for keys in (gold.keys() & guess.keys(), guess, gold)]
        per_article[a.id] = f1(*named)
        for key in gold.keys() & guess.keys():
            if key[2] in NAMES:
                right = fold(guess[key][1]["normal"]) == fold(gold[key]["normal"])
                normal[key[2], right] += 1
                if not right:
                    errors.append(
                        ("normal", key[2], a.id, key[0], "", f"{gold[key]['normal']} ≠ {guess[key][1]['normal']}", "")
                    )
        nested = {(*strip(a.text, e["start"], e["end"]), e["type"]) for e in p["nested"]}
        for m in a.mentions:
            if m["parent"] is not None and m["type"] in NAMES:
                inner[(*strip(a.text, m["start"], m["end"]), m["type"]) in nested] += 1
        pair = score_entities(p, gold, guess, b3, a, errors)
        score_relations(a, p, pair, relation, errors)
    numbers = {t: f1(*count[t]) for t in (*NAMES, *VALUES) if t in count}
    for t in NAMES:
        numbers[f"normal {t}"] = normal[t, True] / max(1, normal[t, True] + normal[t, False])
    precision, recall = b3[0] / max(1, b3[2]), b3[1] / max(1, b3[2])
    numbers["document entities"] = 2 * precision * recall / max(1e-9, precision + recall)
    numbers["inner mentions"] = inner[True] / max(1, inner[True] + inner[False])
    for kind in RELATIONS:
        numbers[kind] = f1(*relation[kind])
    return numbers, per_article, errors


def score_entities(p, gold, guess, b3, a, errors):
    """B-cubed over the mentions found exactly. Returns gold entity -> ids of the document entities found for it."""
    where = {n: e["id"] for e in p["document_entities"] for n in e["mentions"]}
    pairs = [
        (gold[k]["entity"], where[guess[k][0]])
        for k in gold.keys() & guess.keys()
        if k[2] in NAMES and guess[k][0] in where
    ]
    both, by_gold, by_guess = Counter(pairs), Counter(g for g, _ in pairs), Counter(q for _, q in pairs)
    for g, q in pairs:
        b3[0] += both[g, q] / by_guess[q]
        b3[1] += both[g, q] / by_gold[g]
        b3[2] += 1
    names = {e["id"]: e["normal"] for e in p["document_entities"]}
    for g in by_gold:
        if len(parts := sorted({q for x, q in both if x == g})) > 1:
            errors.append(("split", a.entities[g]["type"], a.id, 0, "", " / ".join(names[q] for q in parts), ""))
    for q in by_guess:
        if len(parts := sorted({g for g, x in both if x == q})) > 1:
            errors.append(
                (
                    "joined",
                    a.entities[parts[0]]["type"],
                    a.id,
                    0,
                    "",
                    " + ".join(a.entities[g]["names"][0] for g in parts),
                    "",
                )
            )
    pair = defaultdict(set)
    for g, q in both:
        pair[g].add(q)
    return pair


def score_relations(a, p, pair, relation, errors):
    """A relation is right when its two sides are, and its role shares a word with the role that was found."""
    left = list(p["relations"])
    names = {e["id"]: e["normal"] for e in p["document_entities"]}
    for r in left:
        if r["type"] in relation or r["type"] in RELATIONS:
            relation[r["type"]][1] += 1
    for g in a.relations:
        relation[g["type"]][2] += 1
        target = g["subject"] if g["type"] == "ALIAS_OF" else g["object"]
        hit = next(
            (
                r
                for r in left
                if r["type"] == g["type"]
                and r["subject"] in pair[g["subject"]]
                and (target is None or r["object"] in pair[target])
                and (not g["role"] or stems(g["role"]) & stems(r["role"] or ""))
            ),
            None,
        )
        shown = " | ".join(
            a.entities[x]["names"][0] if x in a.entities else x or "-" for x in (g["subject"], g["role"], g["object"])
        )
        if hit is None:
            errors.append(("missed", g["type"], a.id, 0, "", shown, ""))
        else:
            left.remove(hit)
            relation[g["type"]][0] += 1
    for r in left:
        shown = " | ".join((names.get(r["subject"], ""), r["role"] or "", names.get(r["object"]) or "-"))
        errors.append(("wrong", r["type"], a.id, 0, "", shown, ""))


WORTH_A_FLOOR = 0.1  # what is hardly found at all has none yet


def read_floors():
    """floors.tsv: name -> the least F1 or share that the test accepts."""
    rows = (HERE / "floors.tsv").read_text(encoding="utf-8").splitlines()
    return {name: float(floor) for name, floor in (row.split("\t") for row in rows if row and not row.startswith("#"))}


# ---- the command ----


def read_all(paths=()):
    """The articles, sorted by name, and their mistakes, among them those that only show between files."""
    paths = [pathlib.Path(p) for p in paths] or sorted(HERE.glob("[0-9]*.txt"))
    articles = [read(p) for p in paths]
    errors, numbers = [e for a in articles for e in a.errors], {}
    for a in articles:
        number, dash, _ = a.id.partition("-")
        if not dash or not number.isdigit() or number in numbers:
            errors.append((str(a.path), 1, 1, "the name of the file is no `NN-topic.txt` with a number of its own"))
        numbers[number] = a.id
    return articles, errors


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    action = parser.add_mutually_exclusive_group()
    action.add_argument("--jsonl", action="store_true")
    action.add_argument("--stats", action="store_true")
    action.add_argument("--normals", action="store_true")
    action.add_argument("--score", metavar="FOUND")
    parser.add_argument("--json", action="store_true", help="statistics or scores as one JSON object")
    parser.add_argument(
        "--floors", action="store_true", help="with --score: the rows of floors.tsv, 0.02 below what is found"
    )
    parser.add_argument(
        "--eval", metavar="REPORT", help="with --score: the output of `atau eval --json`, for the token F1"
    )
    parser.add_argument(
        "--errors", type=int, default=0, metavar="N", help="with --score: list up to N errors of each kind"
    )
    parser.add_argument("articles", nargs="*")
    o = parser.parse_args()
    articles, errors = read_all(o.articles)
    for path, line, column, message in errors:
        print(f"{path}:{line}:{column}: {message}", file=sys.stderr)
    if errors:
        return 1
    if o.jsonl:
        for a in articles:
            print(json.dumps(to_json(a), ensure_ascii=False))
    elif o.stats:
        numbers = statistics(articles)
        print(json.dumps(numbers, ensure_ascii=False) if o.json else "\n".join(map(row, numbers.items())))
    elif o.normals:
        for a in articles:
            for m in a.mentions:
                if m["type"] != IGNORE:
                    print(
                        a.id,
                        m["line"],
                        m["type"],
                        m["entity"] or "",
                        repr(a.text[m["start"] : m["end"]]),
                        m["normal"],
                        sep="\t",
                    )
    elif o.score:
        with open(o.score, encoding="utf-8") as lines:
            found = {d["id"]: d for d in map(json.loads, lines)}
        if missing := [a.id for a in articles if a.id not in found]:
            print(f"{o.score}: there is nothing about {', '.join(missing)}", file=sys.stderr)
            return 1
        numbers, per_article, mistakes = score(articles, found)
        if o.eval:
            numbers.update(token_numbers(json.loads(pathlib.Path(o.eval).read_text(encoding="utf-8"))))
        report(numbers, per_article, mistakes, o)
    else:
        print(f"{len(articles)} articles, {sum(len(words(a.text)) for a in articles)} words, no mistake")
    return 0


def token_numbers(report):
    """The token F1 in a report of `atau eval --json`, by the names that floors.tsv uses."""
    return {f"token {kind}": report[kind]["token"]["f1"] for kind in NAMES if kind in report}


def row(item):
    name, value = item
    return f"{name:12s} " + (", ".join(f"{k} {v}" for k, v in value.items()) if isinstance(value, dict) else str(value))


def report(numbers, per_article, errors, o):
    if o.floors:
        for name, value in sorted(numbers.items()):
            if value >= WORTH_A_FLOOR:
                print(f"{name}\t{value - 0.02:.3f}")
        return
    if o.json:
        print(json.dumps({"numbers": numbers, "articles": per_article}, ensure_ascii=False))
        return
    for name, value in numbers.items():
        print(f"{name:20s} {value:.3f}")
    print(
        "worst articles: " + ", ".join(f"{k} {v:.3f}" for k, v in sorted(per_article.items(), key=lambda i: i[1])[:5])
    )
    listed = Counter()
    for what, kind, article, _, before, text, after in sorted(errors):
        listed[what, kind] += 1
        if listed[what, kind] <= o.errors:
            print(what, kind, article, f"{before}[[{text}]]{after}".replace("\n", "⏎"), sep="\t")


if __name__ == "__main__":
    sys.exit(main())
