"""The blocks of a guide page, and how what a block shows is compared with what is really printed.

A comment right above a fence says what is done with a block:

    <!-- file: names.tsv -->      the block is written to this file
    <!-- rounded -->              the output shows telling lines only, with rounded weights (docs/guide/explain.md)
    <!-- numbers vary -->         the output shows measured numbers, which may differ a little
    <!-- not run: the reason -->  nothing is done with it, because …

Without a comment ```sh and ```python blocks are run, and a ```text block is what the ```sh block before it prints.
Everything else is unaccounted for, and a test fails.
"""

import dataclasses
import re

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MARK = re.compile(r"<!-- (file|not run|rounded|numbers vary)(?:: ([^>]*?))? -->\n$")
TYPES = "PERSON|ORGANIZATION|LOCATION|PROGRAM"
NUMBER = re.compile(r"(?<![\w.])[+−]?\d+\.\d+(?![\w.])")


@dataclasses.dataclass
class Block:
    page: str
    line: int
    language: str
    content: str
    mark: str = ""
    said: str = ""
    output: "Block | None" = None  # what a shell block prints

    @property
    def place(self):
        return f"{self.page}:{self.line}"


def read(page):
    """The blocks of a page in order; an output is attached to its command and is none of the list."""
    text = page.read_text(encoding="utf-8")
    blocks, end = [], 0
    for m in FENCE.finditer(text):
        mark = MARK.search(text, 0, m.start())
        block = Block(page.name, text.count("\n", 0, m.start()) + 1, m.group(1), m.group(2))
        if mark and mark.end() == m.start():
            block.mark, block.said = mark.group(1), mark.group(2) or ""
        between = MARK.sub("", text[end : m.start()]).strip()
        previous = blocks[-1] if blocks else None
        follows = previous is not None and previous.language == "sh" and previous.output is None and not between
        if block.language == "text" and block.mark in ("", "rounded", "numbers vary") and follows:
            previous.output = block
        else:
            blocks.append(block)
        end = m.end()
    return blocks


def fate(block):
    """What becomes of a block: "write", "run", "left out"; None when nobody said."""
    if block.mark == "file" and block.said:
        return "write"
    if block.mark == "not run":
        return "left out" if len(block.said.split()) >= 3 else None
    if block.mark == "" and block.language in ("sh", "python"):
        return "run"
    return None


def prose(page):
    """The page without its fenced blocks."""
    return FENCE.sub("", page.read_text(encoding="utf-8"))


def same(shown, printed):
    """Whether the output is what is shown; … stands for anything."""
    pattern = ".*".join(re.escape(piece) for piece in shown.rstrip("\n").split("…"))
    return re.fullmatch(pattern, printed.rstrip("\n"), re.DOTALL) is not None


def _line_pattern(line):
    """A shown line of `explain`: weights may differ but not their sign, bars are left out, … stands for anything."""
    out = ""
    for piece in re.split(r"((?<![\w.])[+−]?\d+\.\d+(?![\w.])|…|\s+)", line.strip()):
        if NUMBER.fullmatch(piece):
            out += re.escape(piece[0]) * (piece[0] in "+−") + r"\d+\.\d+"
        elif piece == "…":
            out += ".*"
        elif piece.isspace():
            out += r"[\s█▏▎▍▌▋▊▉]+"
        else:
            out += re.escape(piece)
    return re.compile(out)


def _sections(text):
    """The readings of an explanation: (headline, lines). What stands before the first has the headline ""."""
    sections = [("", [])]
    for line in text.splitlines():
        if re.match(rf"({TYPES}) [+−]\d", line) or line == "What the stages saw":
            sections.append((line, []))
        elif line.strip() and line.strip() != "…":
            sections[-1][1].append(line.strip())
    return sections


def missing_evidence(shown, printed):
    """The shown lines of an explanation that were not printed under the same headline."""
    missing = []
    there = _sections(printed)
    for headline, lines in _sections(shown):
        at = [mine for mine in there if _line_pattern(headline).fullmatch(mine[0].strip())]
        if not at:
            missing.append(headline)
        for line in lines:
            pattern = _line_pattern(line)
            if not any(pattern.fullmatch(have) for _, have_lines in at for have in have_lines):
                missing.append(f"{headline or 'verdict'} | {line}")
    return missing


def strayed_numbers(shown, printed):
    """What is different but for numbers that are a little off (0.1 of a share, a third of a count or 12)."""
    number = r"\d*\.\d+|\d+|·"

    def words(line):
        return re.sub(r"\s+", " ", re.sub(number, "#", line)).strip()

    theirs = printed.splitlines()
    strayed, at = [], 0
    for line in shown.splitlines():
        if line.strip() == "…":
            continue
        found = next((i for i in range(at, len(theirs)) if words(theirs[i]) == words(line)), None)
        if found is None:
            strayed.append(line)
            continue
        at = found + 1
        for a, b in zip(re.findall(number, line), re.findall(number, theirs[found])):
            x, y = (0.0 if n == "·" else float(n) for n in (a, b))
            room = 0.1 if "." in a or "." in b else max(12, x / 3)
            if abs(x - y) > room:
                strayed.append(f"{line}   (now {theirs[found].strip()})")
                break
    return strayed
