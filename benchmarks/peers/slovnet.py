"""Slovnet alone, with the vectors and weights that come with Natasha: the tagger without segmentation objects and "
"normal forms."""

TITLE = "Slovnet"
PACKAGES = ("slovnet", "navec", "natasha")
TYPES = ("PERSON", "LOCATION", "ORGANIZATION")
NOTE = "neural, the tagger that Natasha uses, called by itself"
NAMES = False
SLOW = False
NORMAL = False

LONG = {"PER": "PERSON", "LOC": "LOCATION", "ORG": "ORGANIZATION"}


def load(names, normal):
    import importlib.util
    import pathlib

    from navec import Navec
    from slovnet import NER

    data = pathlib.Path(importlib.util.find_spec("natasha").origin).parent / "data"
    tagger = NER.load(str(next(data.rglob("slovnet_ner_news*.tar"))))
    tagger.navec(Navec.load(str(next(data.rglob("navec_news*.tar")))))

    def extract(text):
        spans = tagger(text).spans
        return {"entities": [{"start": s.start, "end": s.stop, "type": LONG[s.type]} for s in spans]}

    return extract
