"""Hostile input through the command line: nothing may crash, hang, or take more than linear time."""

import json
import os
import pathlib
import random
import subprocess
import time

import pytest

ROOT = pathlib.Path(__file__).parents[2]
PROGRAM = os.environ.get("ATAU_PROGRAM", str(ROOT / "build" / "atau"))
ARTICLE = (ROOT / "examples" / "article.txt").read_text(encoding="utf-8")


def atau(*arguments, data=b"", timeout=120, **kwargs):
    return subprocess.run(
        [PROGRAM, *arguments], input=data, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=timeout, **kwargs
    )


def extract(text, *arguments):
    """The result of one text, handed over as bytes."""
    done = atau("extract", "--to", "jsonl", *arguments, data=text)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count(b"\n") == 1
    return json.loads(done.stdout)


def check_spans(found):
    last = 0
    for e in found["entities"]:
        assert last <= e["start"] < e["end"]
        last = e["end"]
    for e in found["nested"]:
        if e["parent"] is not None:
            around = found["nested"][e["parent"]]
            assert around["start"] <= e["start"] <= e["end"] <= around["end"]
    ids = {e["id"] for e in found["document_entities"]}
    for r in found["relations"]:
        assert r["subject"] in ids
        assert r["object"] is None or r["object"] in ids


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("charset", ["auto", "utf-8", "koi8-r"])
def test_arbitrary_bytes(seed, charset):
    rng = random.Random(seed)
    kind = seed % 3
    if kind == 0:
        data = rng.randbytes(20000)
    elif kind == 1:  # an article with bytes changed, dropped and doubled
        data = bytearray(ARTICLE.encode())
        for _ in range(200):
            at = rng.randrange(len(data))
            data[at : at + rng.randrange(3)] = rng.randbytes(rng.randrange(3))
        data = bytes(data)
    else:  # pieces of an article in any order, with odd signs between them
        signs = [
            "«",
            "»",
            '"',
            "(",
            ")",
            "\n\n",
            "\0",
            "\u00ad",
            "\u202e",
            "—",
            "😀",
            "<p>",
            "&#",
            "-\n",
            "\ufeff",
            "\u0301",
        ]
        pieces = [ARTICLE[i : i + rng.randrange(1, 30)] + rng.choice(signs) for i in range(0, len(ARTICLE), 11)]
        rng.shuffle(pieces)
        data = "".join(pieces).encode()
    check_spans(extract(data, "--charset", charset))
    check_spans(extract(data, "--charset", charset, "--from", "html"))


@pytest.mark.parametrize(
    "data", [b"", b"\n", b"\0", b"\0" * 100000, b"\xff", b"\xd0", b"\xef\xbb\xbf", b" \t\r\n" * 1000]
)
def test_empty_and_nuls(data):
    assert extract(data)["entities"] == []


@pytest.mark.parametrize(
    "text",
    [
        "«" * 100000 + "Роскосмос" + "»" * 100000,
        '"' * 200000,
        "(" * 100000,
        "<div>" * 100000,
        "А. " * 100000,
        "Союз-" * 50000,
        "Иванов" * 50000,
        "ИвановПетров" * 30000,
        "Иван " * 60000,
        "-\n" * 100000,
        "ё\u0301" * 100000,
        "проект «" * 40000,
        "генеральный директор " * 20000,
        "1 марта 2021 года, " * 20000,
        "&" * 200000,
        "Москва" + "\u00ad" * 500000,
        "университет имени " * 20000,
        "a.b" * 100000,
        "Министерство " * 30000,
    ],
    ids=lambda t: t[:12].strip() or "blank",
)
def test_repeated_pieces_in_linear_time(text):
    started = time.monotonic()
    check_spans(extract(text.encode()))
    check_spans(extract(text.encode(), "--from", "html"))
    assert time.monotonic() - started < 60  # a quadratic step would take many minutes


def test_time_is_linear_in_the_length_of_a_document():
    unit = (ARTICLE + "\n\n").encode()

    def seconds(megabytes):
        data = unit * (megabytes * 1000000 // len(unit))
        started = time.monotonic()
        check_spans(extract(data))
        return time.monotonic() - started

    seconds(1)
    small, large = seconds(5), seconds(20)
    # Four times the text takes four times as long; the rest is for a machine that does other things too.
    assert large < 10 * small + 1, (small, large)


def test_a_document_of_50_megabytes():
    unit = (ARTICLE + "\n\n").encode()
    data = unit * (50000000 // len(unit))
    done = atau("extract", "--to", "jsonl", "--types", "PERSON", data=data, timeout=500)
    assert done.returncode == 0
    assert done.stdout.endswith(b"}\n")


def test_a_line_of_10_megabytes():
    text = ARTICLE.replace("\n", " ")
    text *= 10000000 // len(text.encode())
    data = json.dumps({"id": "long", "text": text}, ensure_ascii=False).encode() + b'\n{"id": "next", "text": "x"}\n'
    done = atau("extract", "--from", "jsonl", data=data)
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["long", "next"]


BAD_LINES = [
    (b'{"id": 7, "text": "a \\ud800 b"}', 7),
    (b'{"text": "a \\udc00 b", "id": "x"}', "x"),
    (b'{"id": "u", "text": "a \\ud83d"}', "u"),
    (b'{"id": 8, "text": "unfinished', 8),
    (b"not json", None),
    (b"[1, 2]", None),
    (b'"text"', None),
    (b'{"id": 9}', 9),
    (b'{"id": 10, "text": 5}', 10),
    (b'{"id": 11, "text": "bad \xff byte"}', 11),
    (b'{"id": 12, "text": "nul \0 byte"}', 12),
    (b"[" * 200000, None),
    (b'{"id": 13, "text": "a", "deep": ' + b"[" * 100000 + b"]" * 100000 + b"}", None),
    (b'{"id": 14, "text": "a"} {}', 14),
]


@pytest.mark.parametrize(("line", "identity"), BAD_LINES)
@pytest.mark.parametrize("jobs", ["1", "3"])
def test_a_bad_line_is_an_error_line_and_the_rest_goes_on(line, identity, jobs):
    good = b'{"id": "good", "text": "\\u041c\\u043e\\u0441\\u043a\\u0432\\u0430", "url": "x"}'
    done = atau("extract", "--from", "jsonl", "--to", "jsonl", "--jobs", jobs, data=b"\n".join([good, line, good]))
    assert done.returncode == 1
    first, error, last = (json.loads(x) for x in done.stdout.splitlines())
    assert set(error) == {"id", "error"}
    assert error["id"] == identity
    assert first == last
    assert first["url"] == "x"
    assert first["entities"][0]["text"] == "Москва"


def test_paired_surrogates_and_nul_escapes_are_text():
    line = b'{"id": 1, "text": "\\ud83d\\ude80 \\u041c\\u043e\\u0441\\u043a\\u0432\\u0430 \\u0000"}'
    done = atau("extract", "--from", "jsonl", data=line)
    assert done.returncode == 0
    assert json.loads(done.stdout)["entities"][0]["start"] == 2


def test_files_that_cannot_be_read(tmp_path):
    good = tmp_path / "good.txt"
    good.write_text("Москва", encoding="utf-8")
    done = atau("extract", "--to", "jsonl", str(tmp_path / "absent.txt"), str(good))
    assert done.returncode == 1
    error, found = (json.loads(x) for x in done.stdout.splitlines())
    assert "absent.txt" in error["error"]
    assert found["entities"][0]["text"] == "Москва"
    for command in (
        ["eval", str(tmp_path / "absent")],
        ["explain", "--file", str(tmp_path), "--words", "x"],
        ["compile", "/absent", "-o", "x"],
    ):
        done = atau(*command)
        assert done.returncode == 1
        assert done.stderr.startswith(b"atau: ")


def test_outputs_that_cannot_be_written(tmp_path):
    done = subprocess.run(f"echo Москва | '{PROGRAM}' extract > /dev/full", shell=True, stderr=subprocess.PIPE)
    assert done.returncode == 1
    assert b"cannot write" in done.stderr
    done = atau("render", "-o", str(tmp_path / "no" / "such" / "folder.html"), data="Москва".encode())
    assert done.returncode == 1
    assert b"cannot write" in done.stderr
    # A reader that goes away ends the program, as it ends any other.
    lines = b'{"id": 1, "text": "x"}\n' * 20000
    done = subprocess.run(
        f"'{PROGRAM}' extract --from jsonl | head -1", shell=True, input=lines, stdout=subprocess.PIPE, timeout=60
    )
    assert done.stdout.count(b"\n") == 1


@pytest.mark.parametrize("jobs", [2, 8])
def test_threads_keep_the_order(jobs):
    lines = "".join(
        json.dumps({"id": i, "text": ARTICLE[i % 50 : 50 + i * 7 % 900]}) + "\n" for i in range(300)
    ).encode()
    one = atau("extract", "--from", "jsonl", data=lines)
    many = atau("extract", "--from", "jsonl", "--jobs", str(jobs), data=lines)
    assert one.returncode == many.returncode == 0
    assert one.stdout == many.stdout


@pytest.fixture(scope="module")
def bundle():
    return pathlib.Path(os.environ.get("ATAU_BUNDLE", pathlib.Path(PROGRAM).parent / "atau.bundle")).read_bytes()


def test_bundles_that_are_none(tmp_path, bundle):
    path = tmp_path / "odd.bundle"
    foreign = {
        "empty": b"",
        "text": ARTICLE.encode(),
        "zip": b"PK\x03\x04" + b"\0" * 5000,
        "cut in the head": bundle[:20],
        "cut in half": bundle[: len(bundle) // 2],
        "last byte missing": bundle[:-1],
        "only zeros": b"\0" * 100000,
        "newer": bundle[:8] + b"\xff" + bundle[9:],
    }
    for name, data in foreign.items():
        path.write_bytes(data)
        done = atau("extract", "--bundle", str(path), data=ARTICLE.encode())
        assert done.returncode == 1, name
        assert done.stderr.startswith(b"atau: "), name
        assert done.stdout == b"", name
    for odd in (tmp_path, tmp_path / "absent", "/dev/null"):
        done = atau("extract", "--bundle", str(odd), data=b"x")
        assert done.returncode == 1, odd
        assert done.stderr.startswith(b"atau: "), odd


@pytest.mark.parametrize("seed", range(10))
def test_damaged_bundles_never_crash(tmp_path, bundle, seed):
    rng = random.Random(seed)
    data = bytearray(bundle)
    # Half of the damage goes into the head with its tables, where it could do most harm.
    for _ in range(rng.choice([1, 5, 200])):
        data[rng.randrange(4096 if rng.random() < 0.5 else len(data))] = rng.randrange(256)
    path = tmp_path / "damaged.bundle"
    path.write_bytes(data)
    done = atau("extract", "--to", "jsonl", "--bundle", str(path), data=ARTICLE.encode())
    assert done.returncode in (0, 1), done.stderr
    assert done.returncode == 0 or done.stderr.startswith(b"atau: ")
