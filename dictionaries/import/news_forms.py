"""Derives morphology/navec/forms.tsv, the commonest word forms of Russian news, from PyPI's natasha 1.6.0 (MIT).

They are the vocabulary of the news embeddings in it; the vectors are not looked at.

    pip download --no-deps natasha==1.6.0 && python3 -m zipfile -e natasha-1.6.0-py3-none-any.whl natasha
    python3 news_forms.py natasha/natasha ../morphology/navec
"""
import gzip
import re
import struct
import sys
import tarfile
from pathlib import Path

FORMS = 170000
WORD = re.compile(r"[а-яё]+(?:-[а-яё]+)*\Z")


def vocabulary(archive):
    """The words and how often the embeddings' texts had them: a u32 of how many, u32 counts, the words a line each."""
    with tarfile.open(archive) as tar:
        data = gzip.decompress(tar.extractfile("vocab.bin").read())
    (size,) = struct.unpack_from("<I", data)
    counts = struct.unpack_from(f"<{size}I", data, 4)
    return zip(data[4 + 4 * size :].decode("utf-8").split("\n"), counts)


def main():
    package, out = Path(sys.argv[1]), Path(sys.argv[2])
    counts = {}
    for word, count in vocabulary(package / "data" / "emb" / "navec_news_v1_1B_250K_300d_100q.tar"):
        if WORD.match(word):
            counts[word] = count
    chosen = sorted(sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:FORMS])
    lines = [
        '#! forms source="natasha 1.6.0" licence=MIT',
        "# Derived by import/news_forms.py: the commonest words of its embeddings; see ATTRIBUTION and LICENSE.",
        "form\tcount",
        *(f"{word}\t{count}" for word, count in chosen),
    ]
    (out / "forms.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")


main()
