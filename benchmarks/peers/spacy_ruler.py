"""spaCy's entity ruler over an empty Russian pipeline, with the names of atau's dictionaries as phrase patterns."""

TITLE = "spaCy entity ruler"
PACKAGES = ("spacy",)
TYPES = ("PERSON", "LOCATION", "ORGANIZATION", "PROGRAM")
NOTE = "surface forms only: the names of our dictionaries as they are listed"
NAMES = True
SLOW = False
NORMAL = False


def load(names, normal):
    import spacy

    pipeline = spacy.blank("ru")
    pipeline.max_length = 1 << 30
    ruler = pipeline.add_pipe("entity_ruler")
    ruler.add_patterns([{"label": type_, "pattern": name} for name, type_ in names])

    def extract(text):
        found = pipeline(text).ents
        return {"entities": [{"start": e.start_char, "end": e.end_char, "type": e.label_} for e in found]}

    return extract
