"""pyahocorasick: an Aho-Corasick automaton over the names of atau's dictionaries, whole words, the longest first."""

TITLE = "pyahocorasick"
PACKAGES = ("pyahocorasick",)
TYPES = ("PERSON", "LOCATION", "ORGANIZATION", "PROGRAM")
NOTE = "surface forms only: the names of our dictionaries as they are listed"
NAMES = True
SLOW = False
NORMAL = False


def load(names, normal):
    import ahocorasick

    automaton = ahocorasick.Automaton()
    for name, type_ in names:
        automaton.add_word(name, (len(name), type_))
    automaton.make_automaton()

    def extract(text):
        hits = []
        for last, (length, type_) in automaton.iter(text):
            start, end = last + 1 - length, last + 1
            if (start == 0 or not text[start - 1].isalnum()) and (end == len(text) or not text[end].isalnum()):
                hits.append((start, -end, type_))
        entities, at = [], 0
        for start, end, type_ in sorted(hits):
            if start >= at:
                at = -end
                entities.append({"start": start, "end": at, "type": type_})
        return {"entities": entities}

    return extract
