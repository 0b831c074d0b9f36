"""Golden results: extraction of our own texts must give the same bytes as last time.

    tests/golden/run.py --program build/atau            compares; the status is 1 when something differs
    tests/golden/run.py --program build/atau --update   writes the expected files anew

Inputs: input.jsonl (articles and snippets), html.jsonl (the same as pages), files/ (charsets, as bytes).
"""

import argparse
import difflib
import json
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).parent

# Name of the expected file, and the arguments that make it.
CASES = {
    "expected.jsonl": ["--from", "jsonl", "--to", "jsonl", "input.jsonl"],
    "expected_html.jsonl": ["--from", "jsonl-html", "--to", "jsonl", "html.jsonl"],
    "expected_files.jsonl": ["--from", "text", "--to", "jsonl", "files"],
}


def html_pages():
    """The pages of html.jsonl, by id."""
    with open(HERE / "html.jsonl", encoding="utf-8") as lines:
        return {d["id"]: d["text"] for d in map(json.loads, lines)}


def run(program, arguments):
    """What the program writes for a case. HTML pages go in one at a time, since --from html reads a file a document."""
    base = [program, "extract", "--quiet"]
    if arguments[1] != "jsonl-html":
        return subprocess.run(base + arguments, cwd=HERE, stdout=subprocess.PIPE, check=True).stdout
    out = b""
    for page in html_pages().values():
        command = [*base, "--from", "html", "--to", "jsonl", "--charset", "utf-8"]
        out += subprocess.run(command, cwd=HERE, input=page.encode(), stdout=subprocess.PIPE, check=True).stdout
    return out


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--update", action="store_true")
    options = parser.parse_args()
    program = str(pathlib.Path(options.program).resolve())
    status = 0
    for name, arguments in CASES.items():
        actual = run(program, arguments)
        expected_file = HERE / name
        if options.update:
            expected_file.write_bytes(actual)
            print(f"{expected_file}: {len(actual.splitlines())} lines")
            continue
        expected = expected_file.read_bytes() if expected_file.exists() else b""
        if actual == expected:
            continue
        status = 1
        print(f"{name} differs; if that is right, run `make golden` and commit it:")
        # One entity a line is what a person can compare.
        before, after = (data.decode().replace('{"start"', '\n  {"start"').splitlines() for data in (expected, actual))
        for line in list(difflib.unified_diff(before, after, "expected", "actual", lineterm="", n=1))[:120]:
            print(line[:240])
    return status


if __name__ == "__main__":
    sys.exit(main())
