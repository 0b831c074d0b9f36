"""The pieces together, on sizes that say nothing about speed: processes, adapters, and the one command."""

import json
import pathlib
import re
import subprocess
import sys

import pytest
from common import context, timing

BENCHMARKS = pathlib.Path(context.BENCHMARKS)
PEERS = sorted(p.stem for p in (BENCHMARKS / "peers").glob("*.py"))


def test_a_process_is_measured(tmp_path):
    source, sink = tmp_path / "in", tmp_path / "out"
    source.write_text("абв", encoding="utf-8")
    code = "import sys,time;x=bytearray(30000000);time.sleep(.2);sys.stdout.write(sys.stdin.read())"
    ran = timing.run([sys.executable, "-c", code], stdin=source, stdout=sink, watch=0.005)
    assert sink.read_text(encoding="utf-8") == "абв"
    assert ran.seconds >= 0.2
    if pathlib.Path("/proc/self/status").exists():
        assert 30_000_000 < ran.peak_anonymous <= ran.peak
        assert len(ran.timeline) > 3
    assert timing.run([sys.executable, "-c", ""]).peak is None


def test_a_failure_is_told_with_its_last_words():
    with pytest.raises(timing.Failed, match=r"status 3.*oh dear"):
        timing.run([sys.executable, "-c", "import sys;sys.stderr.write('oh dear');sys.exit(3)"])


def test_tasks_take_turns_after_a_round_that_does_not_count():
    order = []

    def task(name):
        return lambda: order.append(name) or float(len(order))

    samples = timing.alternate({"a": task("a"), "b": task("b")}, 2)
    assert order == ["a", "b"] * 3
    assert samples == {"a": [3, 5], "b": [4, 6]}
    assert timing.ratios(samples["b"], samples["a"]) == [4 / 3, 6 / 5]


@pytest.mark.parametrize("name", PEERS)
def test_adapters_describe_themselves_without_their_packages(name):
    command = [sys.executable, "-S", BENCHMARKS / "run_peer.py", name, "--describe"]
    about = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
    assert about["installed"] is False
    assert about["missing"]
    assert set(about["types"]) <= {"PERSON", "LOCATION", "ORGANIZATION", "PROGRAM"}
    assert about["title"] and about["note"]


def test_adapters_and_requirements_name_the_same_packages():
    pinned = set(
        re.findall(r"^([\w-]+)==", (BENCHMARKS / "requirements.txt").read_text(encoding="utf-8"), re.MULTILINE)
    )
    for name in PEERS:
        command = [sys.executable, "-S", BENCHMARKS / "run_peer.py", name, "--describe"]
        first = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)["missing"][0]
        assert first in pinned | {"atau"}


def test_a_tool_that_fails_on_one_text_goes_on(tmp_path):
    # The protocol with an adapter of our own: the folder is a copy of what run_peer.py needs.
    (tmp_path / "peers").mkdir()
    (tmp_path / "run_peer.py").write_bytes((BENCHMARKS / "run_peer.py").read_bytes())
    (tmp_path / "peers" / "caps.py").write_text(
        "TITLE, PACKAGES, TYPES, NOTE, NAMES, NORMAL = 'Caps', (), ('PERSON',), 'words', True, False\n"
        "def load(names, normal):\n"
        "    known = dict(names)\n"
        "    def extract(text):\n"
        "        if not text: raise ValueError('nothing')\n"
        "        at = [(text.index(n), n, t) for n, t in known.items() if n in text]\n"
        "        return {'entities': [{'start': i, 'end': i + len(n), 'type': t} for i, n, t in at]}\n"
        "    return extract\n",
        encoding="utf-8",
    )
    (tmp_path / "names").write_text('{"name": "Иван", "type": "PERSON"}\n', encoding="utf-8")
    texts = '{"id": 1, "text": "Это Иван"}\n{"id": "б", "text": ""}\n{"id": 3, "text": "Пётр"}\n'
    command = [
        sys.executable,
        tmp_path / "run_peer.py",
        "caps",
        "--names",
        tmp_path / "names",
        "--stats",
        tmp_path / "stats",
    ]
    out = subprocess.run(command, input=texts.encode(), stdout=subprocess.PIPE, check=True).stdout
    rows = [json.loads(line) for line in out.splitlines()]
    assert rows[0] == {"id": 1, "entities": [{"start": 4, "end": 8, "type": "PERSON"}]}
    assert rows[1] == {"id": "б", "entities": [], "error": "ValueError: nothing"}
    assert rows[2] == {"id": 3, "entities": []}
    stats = json.loads((tmp_path / "stats").read_text(encoding="utf-8"))
    assert (stats["documents"], stats["failed"]) == (3, 1)
    assert 0 < stats["load_seconds"] <= stats["first_answer_seconds"]


def test_the_one_command(program, tmp_path):
    corpus = tmp_path / "corpora"
    corpus.mkdir()
    row = {"text": "Глава Роскосмоса Дмитрий Рогозин прилетел в Казахстан."}
    row["entities"] = [{"start": 17, "end": 32, "type": "PER", "base": "Дмитрий Рогозин", "id": "p"}]
    lines = [json.dumps(dict(row, id=i)) for i in (1, 2)]
    (corpus / "small.jsonl").write_text("\n".join(lines), encoding="utf-8")
    (corpus / "kazakh.jsonl").write_text('{"id": 1, "text": "Әрі өзің күңгірт қағаз"}', encoding="utf-8")
    (corpus / "broken.jsonl").write_text("{", encoding="utf-8")
    # A gold text of a line: the default one would take too long here.
    gold = tmp_path / "gold.txt"
    gold.write_text("В [Астане]LOCATION холодно.\n", encoding="utf-8")
    command = [
        sys.executable,
        BENCHMARKS / "run.py",
        "--quick",
        "--size",
        "0.02",
        "--peer-size",
        "0.002",
        "--program",
        program,
    ]
    command += ["--out", tmp_path / "out", "--corpora", corpus, "--gold", gold, "--only-peers", "atau_python,natasha"]
    # Whatever a developer has installed to measure with stays out.
    command += ["--venv", tmp_path / "none"]
    ran = subprocess.run(
        [*command, "throughput", "startup", "memory", "accuracy"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    said = ran.stdout.decode()
    assert ran.returncode == 0, said + ran.stderr.decode()
    assert "DIFFER" not in said
    results = json.loads((tmp_path / "out" / "results.json").read_text(encoding="utf-8"))
    assert [r["name"] for r in results["results"]] == ["throughput", "startup", "memory", "accuracy"]
    assert results["machine"]["cores"] >= 1
    by_name = {r["name"]: r for r in results["results"]}
    checks = {c["what"] for c in by_name["throughput"]["checks"]}
    assert "program = library in process, bytes of JSON" in checks
    samples = {s["what"]: s for s in by_name["throughput"]["samples"]}
    assert len(samples["library, 1 thread"]["values"]) == len(samples["ICU word boundaries"]["values"]) == 2
    # Who is missing is shown as missing.
    peers = {p["name"]: p["installed"] for p in results["peers"]}
    assert peers["natasha"] is False
    assert re.search(r"Natasha +not installed", said)
    if peers["atau_python"]:
        assert "program = Python package, bytes of JSON" in checks
    assert re.search(r"kazakh +Kazakh; atau reads Russian", said)
    assert re.search(r"broken +cannot be read: .*broken\.jsonl:1", said) or "broken.jsonl" in said
    accuracy = {s["what"]: s["scores"] for s in by_name["accuracy"]["samples"]}
    assert accuracy["small: atau"]["PERSON"]["exact"]["f1"] == 1
    assert accuracy["gold: atau"]["LOCATION"]["token"]["recall"] == 1
    assert len([what for what in accuracy if what.endswith(": atau")]) == 2 + 9
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "A quick run" in page and page.endswith("</html>\n")
    # The page can be drawn again from the kept results.
    (tmp_path / "out" / "report.html").unlink()
    subprocess.run([sys.executable, BENCHMARKS / "run.py", "--render", tmp_path / "out" / "results.json"], check=True)
    assert (tmp_path / "out" / "report.html").read_text(encoding="utf-8") == page


def test_an_unknown_question_is_named():
    ran = subprocess.run([sys.executable, BENCHMARKS / "run.py", "speed"], stderr=subprocess.PIPE)
    assert ran.returncode == 2
    assert b"there is no question speed" in ran.stderr
