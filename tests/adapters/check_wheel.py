"""Is the installed package whole? Needs nothing but the package; scripts/wheel_proof.sh runs it where nothing else is.

    python check_wheel.py GOLDEN_FOLDER      compares with the golden results, and looks at what the process has mapped

The libraries and the bundle must be those of the package: the status is 1 when one of the machine's is mapped.
"""

import json
import pathlib
import re
import sys

import atau

# What a wheel must bring along. The C and C++ libraries are the machine's: its platform tag says how old they may be.
OURS = re.compile(r"lib(icu|re2|boost|absl)[^/]*\.so|atau\.bundle$")


def main():
    golden = pathlib.Path(sys.argv[1])
    nlp = atau.load()
    inputs = [json.loads(line) for line in (golden / "input.jsonl").read_text(encoding="utf-8").splitlines()]
    expected = (golden / "expected.jsonl").read_bytes().decode("utf-8").split("\n")
    assert len(inputs) > 20
    for given, line, doc in zip(inputs, expected, nlp.pipe(d["text"] for d in inputs)):
        # The fields before "entities" are the command line's: the id and what the line carried.
        assert line.endswith(doc.to_json()[1:]), f"{given['id']}: the result differs"
    maps = pathlib.Path("/proc/self/maps").read_text(encoding="utf-8")
    mapped = {line.split(maxsplit=5)[5] for line in maps.splitlines() if len(line.split(maxsplit=5)) == 6}
    ours = sorted(path for path in mapped if OURS.search(path))
    home = pathlib.Path(atau.__file__).resolve().parent.parent
    outside = [path for path in ours if not pathlib.Path(path).resolve().is_relative_to(home)]
    for kind in ("libicuuc", "libicudata", "libre2", "libboost_locale", "atau.bundle"):
        if not any(kind in path for path in ours):
            sys.exit(f"check_wheel.py: no {kind} is mapped, among {ours}")
    if outside:
        sys.exit(f"check_wheel.py: not from the package in {home}: {', '.join(outside)}")
    print(f"{len(inputs)} texts as expected; {len(ours)} mapped files, all of the package")


if __name__ == "__main__":
    main()
