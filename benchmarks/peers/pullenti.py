"""PullEnti SDK in its Python edition: rules and dictionaries, all its standard analyzers.

Its people carry their position inside the span, which is cut off here, since no annotation that is scored against has
it there. Of
nested mentions the longest counts. Its licence is free for non-commercial use.
"""

TITLE = "PullEnti"
PACKAGES = ("pullenti",)
TYPES = ("PERSON", "LOCATION", "ORGANIZATION")
NOTE = "rules and dictionaries in pure Python, all standard analyzers"
NAMES = False
SLOW = True  # a few kilobytes a second
NORMAL = False

LONG = {"PERSON": "PERSON", "ORGANIZATION": "ORGANIZATION", "GEO": "LOCATION", "STREET": "LOCATION"}


def load(names, normal):
    from pullenti.morph.MorphLang import MorphLang
    from pullenti.ner.ProcessorService import ProcessorService
    from pullenti.ner.SourceOfAnalysis import SourceOfAnalysis
    from pullenti.Sdk import Sdk

    Sdk.initialize_all()
    processor = ProcessorService.create_processor()

    def kind_of(entity):
        if entity.type_name == "NAMEDENTITY":
            kind = str(entity.kind).rpartition(".")[2]
            return "LOCATION" if kind in ("LOCATION", "PLANET") else None
        return LONG.get(entity.type_name)

    def extract(text):
        found = processor.process(SourceOfAnalysis(text), None, MorphLang())
        positions = [
            (o.begin_char, o.end_char + 1)
            for e in found.entities
            if e.type_name == "PERSONPROPERTY"
            for o in e.occurrence
        ]
        spans = []
        for number, entity in enumerate(found.entities):
            kind = kind_of(entity)
            for place in entity.occurrence if kind else ():
                start, end = place.begin_char, place.end_char + 1
                if kind == "PERSON":
                    for a, b in positions:
                        if a == start and b < end:
                            start = b + len(text[b:end]) - len(text[b:end].lstrip(" ,\n—–-"))
                        elif b == end and a > start:
                            end = start + len(text[start:a].rstrip(" ,\n—–-("))
                spans.append((start, end, kind, f"e{number}"))
        entities, clusters, taken_to = [], {}, set()
        for start, end, kind, thing in sorted(set(spans), key=lambda s: (s[0] - s[1], s)):
            if start < end and taken_to.isdisjoint(range(start, end)):
                taken_to.update(range(start, end))
                entities.append({"start": start, "end": end, "type": kind, "thing": thing})
        entities.sort(key=lambda e: e["start"])
        for i, entity in enumerate(entities):
            clusters.setdefault(entity.pop("thing"), []).append(i)
        return {
            "entities": entities,
            "document_entities": [{"id": thing, "mentions": places} for thing, places in clusters.items()],
        }

    return extract
