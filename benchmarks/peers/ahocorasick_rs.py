"""ahocorasick-rs: an automaton in Rust over the names of atau's dictionaries, whole words, the longest first."""

TITLE = "ahocorasick-rs"
PACKAGES = ("ahocorasick-rs",)
TYPES = ("PERSON", "LOCATION", "ORGANIZATION", "PROGRAM")
NOTE = "surface forms only: the names of our dictionaries as they are listed"
NAMES = True
SLOW = False
NORMAL = False


def load(names, normal):
    import ahocorasick_rs

    automaton = ahocorasick_rs.AhoCorasick([name for name, _ in names], matchkind=ahocorasick_rs.MatchKind.Standard)
    types = [type_ for _, type_ in names]

    def extract(text):
        hits = []
        for pattern, start, end in automaton.find_matches_as_indexes(text, overlapping=True):
            if (start == 0 or not text[start - 1].isalnum()) and (end == len(text) or not text[end].isalnum()):
                hits.append((start, -end, types[pattern]))
        entities, at = [], 0
        for start, end, type_ in sorted(hits):
            if start >= at:
                at = -end
                entities.append({"start": start, "end": at, "type": type_})
        return {"entities": entities}

    return extract
