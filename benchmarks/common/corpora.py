"""Readers of annotated texts. Each gives documents in one shape:

    {"id": …, "text": …, "entities": [{"start", "end", "type"[, "normal", "cluster"]}], "ignore": […],
     ["objects": [{"id", "mentions": [[start, end], …], "names": {…}}], "facts": [{"type", "args": [[role, value],
     …]}]]}

Offsets are code points, half-open. What lies in `ignore` counts neither way. `cluster` (or `objects`) says which
mentions are one thing.

`read` finds out the format by what a path looks like:

    *.jsonl                      the shape above, a document a line; also `base` for `normal`
    *.txt with [words]TYPE       marked text, a passage a line (dictionaries/weights/training/README.md)
    *.conll, *.iob, *.bio        a token and its tag a line, an empty line after each sentence, -DOCSTART- between
    documents
    folder with *.objects        factRuEval-2016
    folder with *.ann            brat, with the types of NEREL
    folder with gold.py          what that program writes for --jsonl (tests/gold)
    folder with annotated/ raw/  BSNLP
"""

from __future__ import annotations

import json
import pathlib
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from typing import Any

Document = dict[str, Any]

TYPES = ("PERSON", "LOCATION", "ORGANIZATION", "PROGRAM")
ALIASES = {
    "PER": "PERSON",
    "LOC": "LOCATION",
    "ORG": "ORGANIZATION",
    "PRO": "PROGRAM",
    "PROJECT": "PROGRAM",
    "GPE": "LOCATION",
}


class Malformed(Exception):
    """A corpus does not follow its format; the message names the file, the line, and how to mend it."""


def type_name(name: str) -> str:
    """The long name of a type; other names are returned as they are."""
    return ALIASES.get(name, name)


def read(path: str | pathlib.Path) -> list[Document]:
    """The documents of a file or folder in any of the formats above. Raises Malformed or OSError."""
    path = pathlib.Path(path)
    if path.is_dir():
        if next(path.rglob("*.objects"), None):
            return list(_factrueval(path))
        if (path / "annotated").is_dir() and (path / "raw").is_dir():
            return list(_bsnlp(path))
        if next(path.rglob("*.ann"), None):
            return list(_brat(path))
        if (path / "gold.py").is_file():
            command = [sys.executable, str(path / "gold.py"), "--jsonl"]
            lines = subprocess.run(command, stdout=subprocess.PIPE, check=True, encoding="utf-8").stdout
            return list(_rows(path / "gold.py", enumerate(lines.splitlines(), 1)))
        marked = sorted(path.rglob("*.txt"))
        if marked:
            return [document for file in marked for document in _marked(file)]
        raise Malformed(
            f"{path}: no annotated texts here; a folder holds factRuEval (*.objects), brat (*.ann), BSNLP (raw/, "
            f"annotated/) or marked text (*.txt)"
        )
    if path.suffix == ".jsonl":
        return list(_jsonl(path))
    if path.suffix in (".conll", ".iob", ".bio"):
        return list(_conll(path))
    if path.suffix == ".txt":
        return list(_marked(path))
    raise Malformed(f"{path}: unknown kind of file; give *.jsonl, *.txt with [words]TYPE, *.conll, or a folder")


def write(documents: list[Document], path: pathlib.Path, annotations: bool = True) -> None:
    """Writes documents as JSON lines, with their annotations or as bare {"id", "text"}."""
    with open(path, "w", encoding="utf-8") as out:
        for document in documents:
            row = document if annotations else {"id": document["id"], "text": document["text"]}
            out.write(json.dumps(row, ensure_ascii=False) + "\n")


def _lines(path: pathlib.Path) -> Iterator[tuple[int, str]]:
    # Only LF ends a line: str.splitlines would also cut at U+2028, which stands inside scraped texts.
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").split("\n"), 1):
        yield number, line.rstrip("\r")


def _jsonl(path: pathlib.Path) -> Iterator[Document]:
    return _rows(path, _lines(path))


def _rows(path: pathlib.Path, lines: Iterable[tuple[int, str]]) -> Iterator[Document]:
    for number, line in lines:
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            text = row["text"]
            for key in ("entities", "ignore"):
                spans = []
                for span in row.get(key, ()):
                    span = dict(span, type=type_name(span.get("type", "")))
                    if not 0 <= span["start"] <= span["end"] <= len(text):
                        raise ValueError(f"the span {span['start']}..{span['end']} is not inside the text")
                    if "base" in span:
                        span["normal"] = span.pop("base")
                    if "id" in span:
                        span["cluster"] = span.pop("id")
                    spans.append(span)
                row[key] = spans
            row.setdefault("id", str(number))
        except (ValueError, KeyError, TypeError) as error:
            raise Malformed(
                f"{path}:{number}: {error}; a line is {{id, text, entities: [{{start, end, type}}]}}"
            ) from error
        yield row


_MARK = re.compile(r"\[([^\[\]]+)\](PERSON|ORGANIZATION|LOCATION|PROGRAM)")


def marked(line: str, name: str) -> Document:
    """One passage of marked text as a document."""
    line = line.replace("\\n", "\n")
    text, entities, at = "", [], 0
    for mark in _MARK.finditer(line):
        text += line[at : mark.start()]
        entities.append({"start": len(text), "end": len(text) + len(mark.group(1)), "type": mark.group(2)})
        text += mark.group(1)
        at = mark.end()
    return {"id": name, "text": text + line[at:], "entities": entities, "ignore": []}


def _marked(path: pathlib.Path) -> Iterator[Document]:
    found = False
    for number, line in _lines(path):
        if not line.strip() or line.startswith("# "):
            continue
        document = marked(line, f"{path.stem}:{number}")
        found = found or bool(document["entities"])
        yield document
    if not found:
        raise Malformed(f"{path}: no [words]TYPE in the whole file; is this annotated text?")


def _conll(path: pathlib.Path) -> Iterator[Document]:
    """Tokens are joined by single spaces and sentences by line breaks: the format does not keep the text itself."""
    text, entities, count = "", [], 0

    def finished() -> Document:
        for entity in entities:
            entity.pop("open", None)
        return {
            "id": f"{path.stem}:{count}",
            "text": text.rstrip("\n"),
            "entities": [e for e in entities if e["type"] in TYPES],
            "ignore": [],
        }

    for number, line in _lines(path):
        cells = line.split()
        if not cells or cells[0] == "-DOCSTART-":
            if entities:
                entities[-1]["open"] = False
            if cells and text:
                count += 1
                yield finished()
                text, entities = "", []
            elif text and not text.endswith("\n"):
                text += "\n"
            continue
        if len(cells) < 2 or not re.fullmatch(r"O|[BIESLU]-\S+", cells[-1]):
            raise Malformed(f"{path}:{number}: a line is a token and, last, a tag such as O, B-PER or I-PER")
        text += "" if not text or text.endswith("\n") else " "
        start, tag = len(text), cells[-1]
        text += cells[0]
        if tag == "O":
            if entities:
                entities[-1]["open"] = False
            continue
        position, kind = tag[0], type_name(tag[2:])
        if position in "IEL" and entities and entities[-1].get("open") and entities[-1]["type"] == kind:
            entities[-1]["end"] = len(text)
        else:
            if entities:
                entities[-1]["open"] = False
            entities.append({"start": start, "end": len(text), "type": kind})
        entities[-1]["open"] = position not in "ELSU"
    if text:
        count += 1
        yield finished()


# factRuEval: objects are made of spans; the spans of these kinds are the name itself, as against a description of it.
_FACTRUEVAL_TYPES = {"Person": "PERSON", "Org": "ORGANIZATION", "Location": "LOCATION", "LocOrg": "LOCATION"}
_FACTRUEVAL_NAMES = {
    "PERSON": {"name", "surname", "patronymic", "nickname"},
    "ORGANIZATION": {"org_name"},
    "LOCATION": {"loc_name"},
}


def _factrueval(folder: pathlib.Path) -> Iterator[Document]:
    for objects_file in sorted(folder.rglob("*.objects")):
        base = objects_file.with_suffix("")
        text = base.with_suffix(".txt").read_text(encoding="utf-8-sig")
        spans: dict[str, tuple[str, int, int]] = {}
        for number, line in _lines(base.with_suffix(".spans")):
            cells = line.split()
            if len(cells) >= 4:
                spans[cells[0]] = (cells[1], int(cells[2]), int(cells[2]) + int(cells[3]))
            elif cells:
                raise Malformed(f"{base}.spans:{number}: a line is: id kind start length …")
        entities, place_of = [], {}
        for _, line in _lines(objects_file):
            cells = line.split("#")[0].split()
            if len(cells) < 3 or cells[1] not in _FACTRUEVAL_TYPES:
                continue
            kind = _FACTRUEVAL_TYPES[cells[1]]
            parts = sorted(spans[c][1:] for c in cells[2:] if c in spans and spans[c][0] in _FACTRUEVAL_NAMES[kind])
            # Parts of a name that stand apart («Иван, он же Пётр, Сидоров») are mentions of their own.
            for start, end in parts:
                last = entities[-1] if entities and entities[-1].get("object") == cells[0] else None
                if last and not text[last["end"] : start].strip(" .\u00a0\n-"):
                    last["end"] = max(last["end"], end)
                else:
                    entities.append({"start": start, "end": end, "type": kind, "object": cells[0]})
        for entity in entities:
            place_of.setdefault(entity.pop("object"), []).append([entity["start"], entity["end"]])
        unique = {(e["start"], e["end"], e["type"]): e for e in entities}
        document = {
            "id": base.name,
            "text": text,
            "entities": sorted(unique.values(), key=lambda e: (e["start"], e["end"])),
            "ignore": [],
        }
        if base.with_suffix(".coref").exists():
            document["objects"] = _factrueval_objects(base.with_suffix(".coref"), place_of)
        if base.with_suffix(".facts").exists():
            document["facts"] = _factrueval_facts(base.with_suffix(".facts"))
        yield document


def _blocks(path: pathlib.Path) -> Iterator[list[str]]:
    block: list[str] = []
    for _, line in _lines(path):
        if line.strip():
            block.append(line.strip())
        elif block:
            yield block
            block = []
    if block:
        yield block


def _factrueval_objects(path: pathlib.Path, place_of: dict[str, list[list[int]]]) -> list[dict[str, Any]]:
    out = []
    for block in _blocks(path):
        cells = block[0].split()
        names: dict[str, list[str]] = {}
        for line in block[1:]:
            key, _, value = line.partition(" ")
            names.setdefault(key, []).append(value.strip())
        mentions = [m for c in cells[1:] for m in place_of.get(c, [])]
        out.append({"id": "obj" + cells[0].removeprefix("obj"), "mentions": mentions, "names": names})
    return out


def _factrueval_facts(path: pathlib.Path) -> list[dict[str, Any]]:
    out = []
    for block in _blocks(path):
        args = [list(line.partition(" ")[::2]) for line in block[1:]]
        out.append({"type": block[0].split()[-1], "args": args})
    return out


_NEREL_TYPES = {
    "PERSON": "PERSON",
    "ORGANIZATION": "ORGANIZATION",
    "LOCATION": "LOCATION",
    "COUNTRY": "LOCATION",
    "CITY": "LOCATION",
    "STATE_OR_PROVINCE": "LOCATION",
    "DISTRICT": "LOCATION",
    "PER": "PERSON",
    "ORG": "ORGANIZATION",
    "LOC": "LOCATION",
    "PROGRAM": "PROGRAM",
}


def _brat(folder: pathlib.Path) -> Iterator[Document]:
    """The flat view of nested annotation: a mention inside a larger annotation, or one without a capital, is "
    "ignored."""
    for file in sorted(folder.rglob("*.ann")):
        text = file.with_suffix(".txt").read_text(encoding="utf-8")
        spans = []
        for number, line in _lines(file):
            if not line.startswith("T"):
                continue
            found = re.match(r"T\d+\t(\S+) (\d+) (?:\d+;\d+ )*(\d+)\t", line)
            if not found:
                raise Malformed(f"{file}:{number}: a line is T1, tab, TYPE start end, tab, the words")
            spans.append((int(found.group(2)), int(found.group(3)), found.group(1)))
        document: Document = {"id": file.stem, "text": text, "entities": [], "ignore": []}
        for start, end, kind in sorted(set(spans)):
            if kind not in _NEREL_TYPES:
                continue
            inside = any(a <= start and end <= b and b - a > end - start for a, b, _ in spans)
            named = any(c.isupper() or c.isdigit() for c in text[start:end])
            place = "entities" if named and not inside else "ignore"
            document[place].append({"start": start, "end": end, "type": _NEREL_TYPES[kind]})
        yield document


def _bsnlp(folder: pathlib.Path) -> Iterator[Document]:
    """Annotation is by document: every occurrence of an annotated form counts, the longest forms first."""
    raw = {file.stem: file for file in sorted((folder / "raw").rglob("*.txt"))}
    for file in sorted((folder / "annotated").rglob("*.out")):
        source = raw.get(file.stem) or raw.get(file.name)
        if source is None:
            continue
        lines = source.read_text(encoding="utf-8-sig").split("\n")
        if len(lines) > 1 and lines[1].strip() in ("bg", "cs", "pl", "sl", "uk"):
            continue
        # Four lines of header: id, language, date, address.
        text = "\n".join(lines[4:]).strip("\r\n")
        forms = {}
        for number, line in _lines(file):
            cells = line.split("\t")
            if len(cells) >= 4:
                forms[cells[0].strip()] = (cells[1].strip(), type_name(cells[2].strip()), cells[3].strip())
            elif number > 1 and line.strip():
                raise Malformed(f"{file}:{number}: a line is form, base form, type and id, with tabs between")
        taken: list[tuple[int, int]] = []
        entities = []
        for form in sorted(forms, key=len, reverse=True):
            normal, kind, cluster = forms[form]
            for found in re.finditer(rf"(?<!\w){re.escape(form)}(?!\w)", text):
                if form and not any(a < found.end() and found.start() < b for a, b in taken):
                    taken.append(found.span())
                    if kind in TYPES and kind != "PROGRAM":  # its products and media are another type than programmes
                        entities.append(
                            {
                                "start": found.start(),
                                "end": found.end(),
                                "type": kind,
                                "normal": normal,
                                "cluster": cluster,
                            }
                        )
        entities.sort(key=lambda e: e["start"])
        yield {
            "id": file.relative_to(folder / "annotated").as_posix(),
            "text": text,
            "entities": entities,
            "ignore": [],
        }
