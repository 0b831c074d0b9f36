"""Scores of predictions against annotation: tokens, whole spans, normal forms, document entities, occupations.

Predictions are what `atau extract --to jsonl` and the adapters of other tools write, by document id.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from .corpora import TYPES, type_name
from .tokens import mask, tokens

# Annotators differ in whether quotes and brackets at the edges belong to a span: they are left out on both sides.
_EDGES = "\"'”«„ʼ»“ʻ() \t\n"

Span = tuple[int, int]


@dataclass
class Counts:
    found: int = 0
    wrong: int = 0
    missed: int = 0

    def add(self, found: int, wrong: int, missed: int) -> None:
        self.found += found
        self.wrong += wrong
        self.missed += missed

    @property
    def precision(self) -> float:
        return self.found / max(1, self.found + self.wrong)

    @property
    def recall(self) -> float:
        return self.found / max(1, self.found + self.missed)

    @property
    def f1(self) -> float:
        return 2 * self.found / max(1, 2 * self.found + self.wrong + self.missed)

    def to_dict(self) -> dict[str, Any]:
        return {"precision": self.precision, "recall": self.recall, "f1": self.f1, "found": self.found,
                "wrong": self.wrong, "missed": self.missed}  # fmt: skip


def _spans(text: str, entities: Iterable[dict[str, Any]], kind: str, untyped: bool = False) -> set[Span]:
    out = set()
    for entity in entities:
        name = type_name(entity.get("type") or "")
        if name != kind and not (untyped and not name):
            continue
        start, end = entity["start"], min(entity["end"], len(text))
        while start < end and text[start] in _EDGES:
            start += 1
        while end > start and text[end - 1] in _EDGES:
            end -= 1
        if end > start:
            out.add((start, end))
    return out


def mentions(gold: list[dict[str, Any]], predicted: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Token and exact precision, recall and F1 a type, for the types that the gold has. The same rules as `atau "
    "eval`."""
    token = {kind: Counts() for kind in TYPES}
    exact = {kind: Counts() for kind in TYPES}
    for document in gold:
        text = document["text"]
        places = tokens(text)
        entities = predicted.get(document["id"], {}).get("entities", ())
        for kind in TYPES:
            right = _spans(text, document["entities"], kind)
            ignored = _spans(text, document.get("ignore", ()), kind, untyped=True) - right
            said = {
                s
                for s in _spans(text, entities, kind)
                if s in right or not any(a <= s[0] and s[1] <= b for a, b in ignored)
            }
            exact[kind].add(len(right & said), len(said - right), len(right - said))
            if not right and not said:
                continue
            for r, p, i in zip(mask(places, right), mask(places, said), mask(places, ignored)):
                if r or not i:
                    token[kind].add(r and p, p and not r, r and not p)
    return {
        kind: {"token": token[kind].to_dict(), "exact": exact[kind].to_dict()}
        for kind in TYPES
        if token[kind].found + token[kind].missed > 0
    }


def _folded(name: str) -> str:
    """Letter case, ё, quotes and the kind of dash do not count."""
    name = re.sub(r"[\"'«»„“”]", "", name.lower().replace("ё", "е"))
    return re.sub(r"\s*[-–—]\s*", "-", " ".join(name.split()))


def normal_forms(gold: list[dict[str, Any]], predicted: dict[str, dict[str, Any]]) -> dict[str, tuple[int, int]]:
    """By type: of the exactly found mentions with a normal form in the gold, how many have it, and how many there are.

    A tool that gives no normal forms at all has no row.
    """
    out: dict[str, tuple[int, int]] = {}
    for document in gold:
        right = {(e["start"], e["end"], e["type"]): e["normal"] for e in document["entities"] if e.get("normal")}
        for entity in predicted.get(document["id"], {}).get("entities", ()):
            normal = right.get((entity["start"], entity["end"], type_name(entity["type"])))
            if normal is not None and "normal" in entity:
                good, all_ = out.get(type_name(entity["type"]), (0, 0))
                same = _folded(entity.get("normal") or "") == _folded(normal)
                out[type_name(entity["type"])] = (good + same, all_ + 1)
    return out


def _gold_clusters(document: dict[str, Any]) -> list[tuple[Span, str]]:
    if document.get("objects"):
        return [((a, b), o["id"]) for o in document["objects"] for a, b in o["mentions"]]
    return [((e["start"], e["end"]), e["cluster"]) for e in document["entities"] if e.get("cluster")]


def document_entities(
    gold: list[dict[str, Any]], predicted: dict[str, dict[str, Any]]
) -> tuple[float, float, float, int] | None:
    """B³ precision, recall, F1 over the mentions that were found (overlap counts), and their number; None without "
    "any."""
    precision = recall = 0.0
    count = 0
    for document in gold:
        said = predicted.get(document["id"], {})
        cluster = {m: e["id"] for e in said.get("document_entities", ()) for m in e["mentions"]}
        named = [
            (e["start"], e["end"], cluster[i])
            for i, e in enumerate(said.get("entities", ()))
            if i in cluster and e["type"] in ("PERSON", "ORGANIZATION", "LOCATION")
        ]
        pairs = []
        for (start, end), thing in _gold_clusters(document):
            hit = next((c for a, b, c in named if a < end and start < b), None)
            if hit is not None:
                pairs.append((thing, hit))
        for thing, hit in pairs:
            both = pairs.count((thing, hit))
            precision += both / sum(h == hit for _, h in pairs)
            recall += both / sum(t == thing for t, _ in pairs)
            count += 1
    if count == 0:
        return None
    p, r = precision / count, recall / count
    return p, r, 2 * p * r / (p + r), count


_SMALL_WORDS = {"и", "в", "во", "по", "на", "при", "от", "для", "с", "за", "о", "об"}


def _stems(name: str) -> set[str]:
    return {w[:5] for w in re.findall(r"\w+", name.lower().replace("ё", "е"))} - _SMALL_WORDS


def _alike(one: str, other: str) -> bool:
    a, b = _stems(one), _stems(other)
    shorter = min(len(a), len(b))
    return shorter > 0 and 2 * len(a & b) >= shorter + (shorter > 1)


def _gold_occupations(document: dict[str, Any]) -> list[dict[str, list[str]]]:
    objects = {o["id"]: o.get("names", {}) for o in document.get("objects", ())}
    out = []
    for fact in document.get("facts", ()):
        if fact["type"] != "Occupation":
            continue
        row: dict[str, list[str]] = {"who": [], "role": [], "where": []}
        for part, value in fact["args"]:
            head, _, words = value.partition(" ")
            names = objects.get(head, {})
            if part.lower() == "who":
                listed = names.get("lastname", []) + names.get("nickname", []) or names.get("firstname", [])
                row["who"] += listed or [w.strip() for w in words.split("|")]
            elif part.lower() == "where":
                row["where"] += names.get("name", []) or [w.strip() for w in words.split("|")]
            elif part.lower() in ("position", "job"):
                row["role"].append(words)
        row = {key: [v for v in values if v] for key, values in row.items()}
        if row["who"]:
            out.append(row)
    return out


def occupations(gold: list[dict[str, Any]], predicted: dict[str, dict[str, Any]]) -> dict[str, Counts]:
    """Who works as what and where, against factRuEval's facts, by what has to agree. Empty without facts in the gold.

    People agree by a word of their surname or nickname, roles by one word, places and bodies by most of their words
    (stems of five
    letters). What the gold leaves out is not asked for.
    """
    if not any(document.get("facts") for document in gold):
        return {}
    out = {name: Counts() for name in ("who, where", "who, position", "whole")}
    for document in gold:
        said = predicted.get(document["id"], {})
        names = {e["id"]: e.get("normal") or "" for e in said.get("document_entities", ())}
        found = [
            (names[r["subject"]], r.get("role") or "", names.get(r.get("object"), ""))
            for r in said.get("relations", ())
            if r.get("subject") in names and (r.get("role") or r.get("object"))
        ]
        right = _gold_occupations(document)
        for asked, counts in out.items():
            left = list(found)
            hits = 0
            for row in right:
                for one in left:
                    who = any(_stems(w) & _stems(one[0]) for w in row["who"])
                    role = not row["role"] or any(_stems(w) & _stems(one[1]) for w in row["role"])
                    where = not row["where"] or any(_alike(w, one[2]) for w in row["where"])
                    if who and (role or asked == "who, where") and (where or asked == "who, position"):
                        left.remove(one)
                        hits += 1
                        break
            counts.add(hits, len(found) - hits, len(right) - hits)
    return out


def overlap(ours: dict[str, dict[str, Any]], theirs: dict[str, dict[str, Any]]) -> dict[str, int]:
    """How far two tools agree: how many mentions of the four types each has, and how many are the same span and "
    "type or touch one."""
    out = {"ours": 0, "theirs": 0, "same": 0, "touching": 0}
    for name, document in ours.items():
        mine = {(e["start"], e["end"], type_name(e["type"])) for e in document.get("entities", ())}
        mine = {m for m in mine if m[2] in TYPES}
        other = {(e["start"], e["end"], type_name(e["type"])) for e in theirs.get(name, {}).get("entities", ())}
        other = {m for m in other if m[2] in TYPES}
        out["ours"] += len(mine)
        out["theirs"] += len(other)
        out["same"] += len(mine & other)
        out["touching"] += sum(any(a < f and e < b and k == t for a, b, k in mine) for e, f, t in other)
    return out
