"""Damaged copies: the text changes, and the spans still point at their names."""

import re
import unicodedata

import pytest
from common import damage, workload

BACK = {latin: cyrillic for cyrillic, latin in damage._LOOK_ALIKES.items()}

# What is left of a mention when the damage is mended.
MENDED = {
    "glue": lambda s: re.sub(r"\s", "", s),
    "straight": lambda s: re.sub('[«»„“”‟"]', '"', s),
    "noquotes": lambda s: re.sub('[«»„“”‟"]', "", s),
    "invisible": lambda s: re.sub("[\u00ad\u200b\u2060\ufeff]", "", s).replace("\u00a0", " "),
    "homoglyph": lambda s: "".join(BACK.get(c, c) for c in s),
    "upper": str.lower,
    "lower": str.lower,
    "wrap": lambda s: s.replace("-\n", ""),
    "nfd": lambda s: unicodedata.normalize("NFC", s),
}


@pytest.fixture(scope="module")
def documents():
    # Pairs of passages with a line break between, so that there is something to glue.
    marked = [p for p in workload.passages() if p["entities"]][:300]
    out = []
    for one, two in zip(marked[::2], marked[1::2]):
        text = one["text"] + " Далее\nЗатем "
        moved = [dict(e, start=e["start"] + len(text), end=e["end"] + len(text)) for e in two["entities"]]
        out.append(
            {"id": one["id"], "text": text + two["text"], "entities": one["entities"] + moved, "ignore": moved[:1]}
        )
    return out


@pytest.mark.parametrize("kind", damage.KINDS)
def test_spans_still_point_at_their_names(kind, documents):
    mend = MENDED[kind]
    changed = 0
    for document in documents:
        copy = damage.damage(document, kind)
        changed += copy["text"] != document["text"]
        assert len(copy["entities"]) == len(document["entities"])
        assert len(copy["ignore"]) == len(document["ignore"])
        for before, after in zip(document["entities"], copy["entities"]):
            assert after["type"] == before["type"]
            was = document["text"][before["start"] : before["end"]]
            now = copy["text"][after["start"] : after["end"]]
            assert mend(now) == mend(was)
            # Nothing that was added beside a name belongs to it.
            assert now == now.strip()
    assert changed > len(documents) / 10


@pytest.mark.parametrize("kind", damage.KINDS)
def test_damage_is_the_same_each_time(kind, documents):
    assert damage.damage(documents[3], kind) == damage.damage(documents[3], kind)


def test_a_mention_of_which_nothing_is_left_is_dropped():
    document = {"id": "a", "text": "слово «» слово", "entities": [{"start": 6, "end": 8, "type": "PERSON"}]}
    assert damage.damage(document, "noquotes")["entities"] == []


def test_replaced_insides_move_later_spans():
    document = {
        "id": "a",
        "text": "конец\n \nНачало Йены",
        "entities": [{"start": 8, "end": 14, "type": "PERSON"}, {"start": 15, "end": 19, "type": "LOCATION"}],
    }
    copies = [damage.damage(dict(document, id=str(i)), "glue") for i in range(20)]
    glued = next(c for c in copies if c["text"] == "конецНачало Йены")
    assert [(e["start"], e["end"]) for e in glued["entities"]] == [(5, 11), (12, 16)]
    split = damage.damage(document, "nfd")
    assert [(e["start"], e["end"]) for e in split["entities"]] == [(8, 14), (15, 20)]
