"""`atau extract`: files, folders, compression, threads, interruption and going on after it."""

import gzip
import json
import os
import pty
import random
import select
import signal
import subprocess
import sys
import time

import pytest
from conftest import ROOT, SENTENCES, environment


def lines_of(data):
    return [json.loads(line) for line in data.splitlines()]


def extracted(atau, *arguments):
    done = atau("extract", "--to", "jsonl", *arguments)
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def expected(atau, feed):
    """What a run that nobody stops writes for the feed."""
    done = atau("extract", feed)
    assert done.returncode == 1  # some lines are bad
    assert done.stdout.count(b"\n") == 3006
    return done.stdout


# Input ----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def news(tmp_path):
    """A folder with folders, compressed files, pages, hidden files and other things in it."""
    folder = tmp_path / "news"
    (folder / "march" / "deep").mkdir(parents=True)
    (folder / ".git").mkdir()
    (folder / "b.txt").write_text(SENTENCES[0], encoding="utf-8")
    (folder / "a.txt.gz").write_bytes(gzip.compress(SENTENCES[1].encode()))
    (folder / "march" / "c.html").write_text(f"<p>{SENTENCES[2]}</p>", encoding="utf-8")
    (folder / "march" / "deep" / "d.jsonl").write_text(json.dumps({"id": 1, "text": SENTENCES[3]}) + "\n")
    (folder / ".git" / "hidden.txt").write_text(SENTENCES[4], encoding="utf-8")
    (folder / ".hidden").write_text(SENTENCES[4], encoding="utf-8")
    return folder


def test_a_folder_is_read_whole_by_name_and_format(atau, news):
    found = lines_of(extracted(atau, news))
    ids = [d["id"] for d in found]
    assert ids == [str(news / "a.txt.gz"), str(news / "b.txt"), str(news / "march/c.html"), 1]
    assert [d["entities"][-1]["normal"] for d in found] == ["Байконур", "Дмитрий Рогозин", "ЕАЭС", "Сила Сибири"]


@pytest.mark.parametrize(
    ("globs", "names"),
    [
        (["*.txt"], ["b.txt"]),
        (["*.txt", "*.gz"], ["a.txt.gz", "b.txt"]),
        (["march/*.html"], ["march/c.html"]),
        (["[ab].*"], ["a.txt.gz", "b.txt"]),
    ],
)
def test_glob_chooses_files_of_folders(atau, news, globs, names):
    options = [x for glob in globs for x in ("--glob", glob)]
    assert [d["id"] for d in lines_of(extracted(atau, *options, news))] == [str(news / n) for n in names]


def test_a_folder_without_files_is_an_error_and_the_rest_goes_on(atau, news, tmp_path):
    (tmp_path / "empty").mkdir()
    done = atau("extract", "--to", "jsonl", tmp_path / "empty", news / "b.txt")
    assert done.returncode == 1
    error, good = lines_of(done.stdout)
    assert "there is no file" in error["error"]
    assert good["entities"]
    done = atau("extract", "--glob", "*.pdf", news)
    assert done.returncode == 1
    assert b"no file" in done.stderr and b"--glob" in done.stderr


@pytest.mark.parametrize("pieces", [1, 3])
def test_gzip_is_told_by_content(atau, tmp_path, pieces):
    text = "\n".join(SENTENCES)
    plain, packed = tmp_path / "x.txt", tmp_path / "packed" / "x.txt"
    packed.parent.mkdir()
    plain.write_text(text, encoding="utf-8")
    data, size = text.encode(), len(text.encode()) // pieces + 1
    # Several members one after another, and zeros as padding behind the last one.
    packed.write_bytes(b"".join(gzip.compress(data[i : i + size]) for i in range(0, len(data), size)) + b"\0" * 512)
    one, other = (lines_of(extracted(atau, f))[0]["entities"] for f in (plain, packed))
    assert one == other != []
    assert lines_of(atau("extract", "--to", "jsonl", data=packed.read_bytes()).stdout)[0]["entities"] == one


@pytest.mark.parametrize("damage", ["cut", "bits"])
def test_damaged_gzip_is_an_error(atau, tmp_path, damage):
    data = bytearray(gzip.compress("\n".join(SENTENCES * 50).encode()))
    if damage == "cut":
        del data[-20:]
    else:
        data[len(data) // 2] ^= 0xFF
    path = tmp_path / "x.gz"
    path.write_bytes(data)
    done = atau("extract", path)
    assert done.returncode == 1
    assert b"cannot inflate" in done.stderr
    assert done.stdout == b""


def test_compressed_output_is_the_plain_one(atau, feed, expected, tmp_path):
    out = tmp_path / "out.jsonl.gz"
    assert atau("extract", feed, "-o", out).returncode == 1
    assert gzip.decompress(out.read_bytes()) == expected
    assert gzip.decompress(atau("extract", feed, "--gzip").stdout) == expected
    again = tmp_path / "again.jsonl.gz"
    atau("extract", feed, "-o", again, "--jobs", 3)
    assert again.read_bytes() == out.read_bytes()  # neither time nor name inside
    empty = tmp_path / "empty.jsonl.gz"
    assert atau("extract", "--from", "jsonl", "-o", empty).returncode == 0
    assert gzip.decompress(empty.read_bytes()) == b""


@pytest.mark.parametrize("jobs", ["0", "2", "7"])
def test_threads_do_not_change_the_output(atau, feed, expected, jobs):
    done = atau("extract", feed, "--jobs", jobs)
    assert (done.returncode, done.stdout) == (1, expected)


# Folders of output ----------------------------------------------------------------------------------------------------


def test_a_folder_of_output_mirrors_the_input(atau, news, tmp_path):
    out = tmp_path / "out"
    assert atau("extract", "--to", "jsonl", news, "-o", f"{out}/").returncode == 0
    files = {str(p.relative_to(out)) for p in out.rglob("*") if p.is_file()}
    assert files == {"a.jsonl", "b.jsonl", "march/c.jsonl", "march/deep/d.jsonl"}
    whole = b"".join((out / f).read_bytes() for f in sorted(files))
    assert whole == extracted(atau, news)


@pytest.mark.parametrize(
    ("to", "suffixes"),
    [("text", {".entities.txt"}), ("conll", {".conll"}), ("html", {".html"}), ("brat", {".ann", ".txt"})],
)
def test_formats_in_folders(atau, tmp_path, to, suffixes):
    source = tmp_path / "x.txt"
    source.write_text(SENTENCES[0], encoding="utf-8")
    out = tmp_path / "out"
    out.mkdir()
    assert atau("extract", "--to", to, source, "-o", out).returncode == 0
    assert {p.name for p in out.iterdir()} == {"x" + s for s in suffixes}
    if to == "brat":
        text = (out / "x.txt").read_text(encoding="utf-8")
        for line in (out / "x.ann").read_text(encoding="utf-8").splitlines():
            if line.startswith("T"):
                _, place, words = line.split("\t")
                _, start, end = place.split()
                assert text[int(start) : int(end)] == words


def test_nothing_is_written_over_the_input(atau, tmp_path):
    source = tmp_path / "x.txt"
    source.write_text(SENTENCES[0], encoding="utf-8")
    (tmp_path / "x.html").write_text(SENTENCES[0], encoding="utf-8")
    for arguments in (
        [source, "-o", source],
        [source, "--to", "brat", "-o", tmp_path],
        [tmp_path / "x.html", "--to", "html", "-o", tmp_path],
        [source, tmp_path / "x.html", "--to", "jsonl", "-o", f"{tmp_path}/both/"],
    ):
        done = atau("extract", *arguments)
        assert done.returncode == 2, arguments
        assert done.stderr.startswith(b"atau: ")
    assert source.read_text(encoding="utf-8") == SENTENCES[0]


def test_a_resumed_folder_does_only_what_is_left(atau, tmp_path):
    source, out = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    for i in range(6):
        (source / f"{i}.txt").write_text(SENTENCES[i % 5], encoding="utf-8")
    command = ["extract", "--to", "text", source, "-o", f"{out}/", "--resume"]
    assert atau(*command).returncode == 0
    before = {p.name: p.read_bytes() for p in out.iterdir()}
    assert len(before) == 6  # and no note of an unfinished run
    marked = out / "3.entities.txt"
    marked.write_bytes(b"not done again")
    (out / "4.entities.txt").unlink()
    (out / "5.entities.txt").rename(out / "5.entities.txt.part")  # as if it had been stopped there
    done = atau(*command)
    assert done.returncode == 0
    assert b"4 files are done already" in done.stderr
    assert marked.read_bytes() == b"not done again"
    marked.write_bytes(before[marked.name])
    assert {p.name: p.read_bytes() for p in out.iterdir()} == before


def test_a_file_that_cannot_be_read_is_tried_again(atau, tmp_path):
    source, out = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    (source / "good.txt").write_text(SENTENCES[0], encoding="utf-8")
    bad = source / "bad.txt"
    bad.write_bytes(b"\x1f\x8b damaged")
    command = ["extract", "--to", "jsonl", source, "-o", f"{out}/", "--resume"]
    done = atau(*command)
    assert done.returncode == 1
    assert b"bad.txt" in done.stderr
    assert {p.name for p in out.iterdir()} == {"good.jsonl"}
    bad.write_text(SENTENCES[1], encoding="utf-8")
    assert atau(*command).returncode == 0
    assert {p.name for p in out.iterdir()} == {"good.jsonl", "bad.jsonl"}


# Going on after an interruption ---------------------------------------------------------------------------------------


def heed_interruptions():
    """A shell starts what runs in its background deaf to SIGINT, and the tests with it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def start(program, *arguments):
    return subprocess.Popen(
        [program, "extract", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,  # what is read here must not be lost to communicate()
        env=environment(),
        preexec_fn=heed_interruptions,
    )


def wait_for_growth(process, path, least):
    """Waits until the output has grown by some bytes; False when the program ended before."""
    before = path.stat().st_size if path.exists() else 0
    while process.poll() is None:
        if path.exists() and path.stat().st_size >= before + least:
            return True
        time.sleep(0.001)
    return False


@pytest.mark.parametrize(
    ("name", "jobs", "how"),
    [
        ("out.jsonl", 1, signal.SIGKILL),
        ("out.jsonl", 3, signal.SIGKILL),
        ("out.jsonl", 2, signal.SIGINT),
        ("out.jsonl.gz", 1, signal.SIGKILL),
        ("out.jsonl.gz", 2, signal.SIGTERM),
    ],
)
def test_a_killed_run_goes_on(program, feed, expected, tmp_path, name, jobs, how):
    out = tmp_path / name
    command = [feed, "-o", out, "--resume", "--jobs", jobs]
    stops = 0
    for _ in range(200):
        process = start(program, *command)
        # A compressed file keeps full members only: it must be let grow by more than one.
        grown = wait_for_growth(process, out, 150_000 if not name.endswith(".gz") else 100_000) if stops < 8 else False
        if grown:
            process.send_signal(how)
            stops += 1
        _, errors = process.communicate(timeout=60)
        if not grown:
            assert process.returncode == 1, errors
            break
        if how == signal.SIGKILL:
            assert process.returncode in (-how, 1)
        else:
            assert process.returncode in (128 + how, 1), errors
            assert process.returncode == 1 or b"interrupted" in errors
    else:
        pytest.fail("the run never came to its end")
    assert stops >= 3
    data = out.read_bytes()
    assert (gzip.decompress(data) if name.endswith(".gz") else data) == expected
    assert [p.name for p in tmp_path.iterdir()] == [name]
    whole = tmp_path / ("whole" + name)
    start(program, feed, "-o", whole).communicate(timeout=60)
    assert whole.read_bytes() == data


@pytest.mark.parametrize("seed", range(6))
def test_any_torn_end_is_cut_off(atau, feed, expected, tmp_path, seed):
    rng = random.Random(seed)
    out = tmp_path / "out.jsonl"
    size = rng.randrange(len(expected))
    # What a machine that stopped may leave: a line without its end, or zeros in place of data.
    out.write_bytes(expected[:size] + (b"\0" * rng.randrange(9000) if seed % 2 else b""))
    done = atau("extract", feed, "-o", out, "--resume")
    assert done.returncode == 1
    assert out.read_bytes() == expected
    kept = expected[:size].count(b"\n")
    assert kept == 0 or f"{kept} document".encode() in done.stderr


@pytest.mark.parametrize("seed", range(4))
def test_any_torn_compressed_end_is_cut_off(atau, feed, expected, tmp_path, seed):
    whole, out = tmp_path / "whole.gz", tmp_path / "out.gz"
    assert atau("extract", feed, "--to", "jsonl", "-o", whole).returncode == 1
    data = whole.read_bytes()
    out.write_bytes(data[: random.Random(seed).randrange(len(data))])
    assert atau("extract", feed, "--to", "jsonl", "-o", out, "--resume").returncode == 1
    assert out.read_bytes() == data


def test_a_complete_run_is_not_done_again(atau, feed, expected, tmp_path):
    out = tmp_path / "out.jsonl"
    assert atau("extract", feed, "-o", out, "--resume").returncode == 1
    done = atau("extract", feed, "-o", out, "--resume")
    assert done.returncode == 1  # the bad lines are still there
    assert b"3006 documents are done already" in done.stderr
    assert out.read_bytes() == expected


def test_jsonl_into_a_folder_goes_on_inside_a_file(program, atau, feed, expected, tmp_path):
    out = tmp_path / "out"
    command = [feed, "-o", f"{out}/", "--resume"]
    process = start(program, *command)
    assert wait_for_growth(process, out / "feed.jsonl.part", 300_000)
    process.kill()
    process.communicate()
    assert (out / ".resume").exists()
    kept = (out / "feed.jsonl.part").read_bytes().count(b"\n")
    assert 0 < kept < 3006
    assert atau("extract", *command).returncode == 1
    assert [p.name for p in out.iterdir()] == ["feed.jsonl"]
    assert (out / "feed.jsonl").read_bytes() == expected


def test_views_of_other_annotation_schemes(atau):
    text = "Министерство обороны РФ и правительство Грузии открыли сквер на улице Гоголя."
    done = atau("extract", "--places-apart", "--without", "street", data=text).stdout.decode()
    assert [line.split("\t")[1] for line in done.splitlines()] == ["Министерство обороны", "РФ", "Грузии"]
    done = atau("extract", data=text).stdout.decode()
    whole = ["Министерство обороны РФ", "правительство Грузии", "улице Гоголя"]
    assert [line.split("\t")[1] for line in done.splitlines()] == whole


def test_a_run_with_other_settings_or_inputs_is_refused(program, atau, feed, tmp_path):
    out = tmp_path / "out.jsonl"
    process = start(program, feed, "-o", out, "--resume")
    assert wait_for_growth(process, out, 200_000)
    process.kill()
    process.communicate()
    before = out.read_bytes()
    done = atau("extract", feed, "-o", out, "--resume", "--types", "PERSON")
    assert done.returncode == 1
    assert b"other settings" in done.stderr and b"types PERSON" in done.stderr
    assert out.read_bytes() == before
    # Without the note the ids still tell.
    (tmp_path / "out.jsonl.resume").unlink()
    changed = tmp_path / "feed.jsonl"
    changed.write_text(feed.read_text(encoding="utf-8").replace('"id": "d5"', '"id": "x5"'), encoding="utf-8")
    done = atau("extract", changed, "-o", out, "--resume")
    assert done.returncode == 1
    assert b"another document" in done.stderr
    foreign = tmp_path / "notes.txt"
    foreign.write_text("my own notes\n", encoding="utf-8")
    done = atau("extract", "--to", "jsonl", feed, "-o", foreign, "--resume")
    assert done.returncode == 1
    assert foreign.read_text(encoding="utf-8") == "my own notes\n"


def test_resume_needs_something_to_resume(atau, feed, tmp_path):
    assert atau("extract", feed, "--resume").returncode == 2
    assert atau("extract", feed, "--to", "text", "-o", tmp_path / "x", "--resume").returncode == 2


# Signals, pipes, the progress line ------------------------------------------------------------------------------------


def test_an_interruption_leaves_whole_documents(program, feed, expected):
    process = start(program, feed, "--jobs", 2)
    first = b""
    while len(first) < 200_000:
        first += process.stdout.read(65536)
    process.send_signal(signal.SIGINT)
    rest, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert errors == b"atau: interrupted\n"
    out = first + rest
    assert out.endswith(b"}\n")
    assert len(out) < len(expected)
    assert expected.startswith(out)


def test_an_interruption_while_waiting_for_input(program):
    process = subprocess.Popen(
        [program, "extract", "--from", "jsonl"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
        preexec_fn=heed_interruptions,
    )
    time.sleep(0.7)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=20) == 130
    process.communicate()


def test_a_reader_that_goes_away_ends_the_program_quietly(program, feed):
    process = start(program, feed)
    process.stdout.read(1000)
    process.stdout.close()
    assert process.wait(timeout=60) == -signal.SIGPIPE
    assert process.stderr.read() == b""
    process.stderr.close()


def test_the_progress_line_shows_rate_and_time_left(program, feed, tmp_path):
    big = tmp_path / "big.jsonl"
    big.write_bytes(feed.read_bytes() * 4)
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [program, "extract", big, "-o", tmp_path / "out.jsonl"], stderr=slave, env=environment(COLUMNS="90")
    )
    os.close(slave)
    shown = b""
    while True:
        if not select.select([master], [], [], 60)[0]:
            break
        try:
            piece = os.read(master, 65536)
        except OSError:  # the other side is closed
            break
        if not piece:
            break
        shown += piece
    os.close(master)
    assert process.wait(timeout=60) == 1
    drawn = [line for line in shown.decode().split("\r") if "MB/s" in line]
    assert drawn
    assert all("docs/s" in line and "%" in line for line in drawn)
    assert any(" left" in line for line in drawn)
    assert all(len(line.replace("\x1b[K", "")) < 90 for line in drawn)
    assert shown.endswith(b"\r\x1b[K")  # nothing is left over


def test_no_progress_where_there_is_no_terminal(atau, feed):
    assert atau("extract", feed).stderr == b""


# Options --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["extract", "--types", "PERSON,CITY"], 2, ['no type "CITY"', "PERSON, ORGANIZATION, LOCATION, PROGRAM, DATE"]),
        (["extract", "--relations", "works as"], 2, ['"works as" is no type of relations', "WORKS_AS"]),
        (["extract", "--keep", "spelling"], 2, ['no repair "spelling"', "soft_hyphen", "look_alike"]),
        (["extract", "--without", "street,stret"], 2, ['no kind "stret"']),
        (["extract", "--date", "2021-02-29"], 2, ["2021-02-29", "YYYY-MM-DD"]),
        (["extract", "--date", "вчера"], 2, ["YYYY-MM-DD"]),
        (["extract", "--jobs", "many"], 2, ["--jobs", "whole number from 0 to 256"]),
        (["extract", "--jobs"], 2, ["--jobs lacks its value"]),
        (["extract", "--from", "pdf"], 2, ["none of auto, text, jsonl, html"]),
        (["extract", "--outptu", "x"], 2, ["no option --outptu", "Did you mean --output?"]),
        (["extrcat"], 2, ['no command "extrcat"', "Did you mean extract?"]),
        ([], 2, ["name a command"]),
        (["check"], 2, ["FOLDER must be given"]),
        (["check", "a", "b"], 2, ['"b" is one argument too many']),
        (["explain", "--words", "a", "--span", "1-2"], 2, ["cannot go together"]),
        (["explain", "--text", "a"], 2, ["--words or --span"]),
        (["explain", "--text", "abc", "--span", "2-2"], 2, ["code points"]),
        (["explain", "--text", "a", "--nth", "1"], 2, ["--words"]),
        (["eval", "x", "--errors", "many", "PERSON"], 2, ["--errors"]),
        (["--lang", "xx", "extract"], 2, ["none of en, ru"]),
        (["extract", "--bundle", "/absent.bundle"], 1, ["/absent.bundle"]),
        (["extract", "--extra", "/absent.tsv"], 1, ["/absent.tsv"]),
        (["extract", "--extra", __file__], 1, ["this is no atau bundle", ".rules"]),
    ],
)
def test_what_is_wrong_is_said_once_and_clearly(atau, arguments, status, words):
    done = atau(*arguments)
    assert done.returncode == status
    assert done.stdout == b""
    message = done.stderr.decode()
    assert message.startswith("atau: ")
    for word in words:
        assert word in message


def test_types_dates_and_repairs_do_what_they_say(atau):
    text = "Вчера Анна Ковалёва приехала в Алматы."
    done = atau("extract", "--to", "jsonl", "--date", "2021-03-02", "--types", "PER,DATE", data=text)
    found = lines_of(done.stdout)[0]["entities"]
    assert [(e["type"], e["slots"].get("value")) for e in found] == [("DATE", "2021-03-01"), ("PERSON", None)]
    torn = "Рос\u00adкосмос"
    assert lines_of(atau("extract", "--to", "jsonl", data=torn).stdout)[0]["entities"][0]["text"] == "Роскосмос"
    kept = lines_of(atau("extract", "--to", "jsonl", "--keep", "soft_hyphen,space", data=torn).stdout)[0]["entities"]
    assert all(e["text"] != "Роскосмос" for e in kept)


def test_only_the_relations_that_are_asked_for(atau):
    text = "Мэр Омска Анна Ковалёва приехала. Завод «Вымпел» в Омске закрыт."
    every = lines_of(atau("extract", "--to", "jsonl", data=text).stdout)[0]
    assert [r["type"] for r in every["relations"]] == ["WORKS_AS", "LOCATED_IN"]
    some = lines_of(atau("extract", "--to", "jsonl", "--relations", "WORKS_AS,RUN_BY", data=text).stdout)[0]
    assert some["relations"] == every["relations"][:1]
    assert some["entities"] == every["entities"]


def test_own_names_before_files(atau, tmp_path):
    rows = '#! entities type=PROGRAM source="own" licence=Apache-2.0\nid\tkind\tname\tvariants\ttier\tslots\n'
    rows += "own.zarya_stepi\tprogramme\tЗаря степи\t\talone\t\n"
    own, article = tmp_path / "own.tsv", tmp_path / "article.txt"
    own.write_text(rows, encoding="utf-8")
    article.write_text("Участники «Зари степи» собрались в Караганде.", encoding="utf-8")
    done = atau("extract", "--extra", own, "--to", "jsonl", article)
    found = lines_of(done.stdout)[0]["entities"]
    assert [e["gazetteer"] for e in found if e["type"] == "PROGRAM"] == ["own.zarya_stepi"]


# What was read before -------------------------------------------------------------------------------------------------


def test_a_text_is_read_alike_whatever_was_read_before(atau):
    """Forms, rules and names are remembered from text to text; which ones came first must not show."""
    folder = str(ROOT / "tests" / "adapters")
    made = subprocess.run([sys.executable, f"{folder}/make_documents.py", "12000"], stdout=subprocess.PIPE, check=True)
    documents = made.stdout.splitlines()

    def found(part):
        done = atau("extract", "--jobs", "1", "--from", "jsonl", "--to", "jsonl", data=b"\n".join(part))
        assert done.returncode == 0, done.stderr
        return {json.loads(line)["id"]: line for line in done.stdout.splitlines()}

    whole, chance = found(documents), random.Random(1)
    for _ in range(12):
        for id, line in found(chance.sample(documents, 1500)).items():
            assert line == whole[id]
