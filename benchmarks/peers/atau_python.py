"""atau through its Python package: the same library, called from Python one document at a time."""

TITLE = "atau (Python)"
PACKAGES = ("atau",)
TYPES = ("PERSON", "LOCATION", "ORGANIZATION", "PROGRAM")
NOTE = "the same library in a Python process"
NAMES = False
SLOW = False
NORMAL = True


def load(names, normal):
    import atau

    nlp = atau.load()
    # The JSON is passed on as it is, so that its bytes can be compared with those of the command line.
    return lambda text: nlp(text).to_json()
