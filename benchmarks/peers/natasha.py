"""Natasha: Slovnet's neural tagger on compressed word vectors, with normal forms by syntax and dictionary."""

TITLE = "Natasha"
PACKAGES = ("natasha", "slovnet", "pymorphy2")
TYPES = ("PERSON", "LOCATION", "ORGANIZATION")
NOTE = "neural, weights come with the package; one document a call"
NAMES = False
SLOW = False
NORMAL = True

LONG = {"PER": "PERSON", "LOC": "LOCATION", "ORG": "ORGANIZATION"}


def load(names, normal):
    import inspect

    if not hasattr(inspect, "getargspec"):  # pymorphy2 was written before Python 3.11 dropped it
        inspect.getargspec = lambda function: inspect.getfullargspec(function)[:4]
    import natasha

    segmenter, vectors = natasha.Segmenter(), natasha.NewsEmbedding()
    tagger = natasha.NewsNERTagger(vectors)
    if normal:
        vocabulary = natasha.MorphVocab()
        morphology, syntax = natasha.NewsMorphTagger(vectors), natasha.NewsSyntaxParser(vectors)

    def extract(text):
        document = natasha.Doc(text)
        document.segment(segmenter)
        if normal:
            document.tag_morph(morphology)
            document.parse_syntax(syntax)
        document.tag_ner(tagger)
        entities = []
        for span in document.spans:
            entity = {"start": span.start, "end": span.stop, "type": LONG[span.type]}
            if normal:
                span.normalize(vocabulary)
                entity["normal"] = span.normal
            entities.append(entity)
        return {"entities": entities}

    return extract
