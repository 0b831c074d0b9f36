"""Texts and names to measure with."""

import json
import subprocess

from common import workload


def test_made_texts_are_the_same_each_time_and_differ_from_each_other():
    one, two = workload.Maker(seed=4).documents(60_000), workload.Maker(seed=4).documents(60_000)
    assert one == two
    assert 60_000 <= workload.text_bytes(one) < 120_000
    assert len({d["text"] for d in one}) == len(one) == len({d["id"] for d in one})
    assert workload.vocabulary(one) > 2000
    assert workload.Maker(seed=5).documents(1000) != workload.Maker(seed=4).documents(1000)


def test_names_change_places_with_names_that_fit():
    maker = workload.Maker()
    assert any(len(set(names)) > 3 for names in maker.names_.values())
    assert all(len({kind[0]}) == 1 for kind in maker.names_)


def test_exactly_is_exact():
    for size in (1, 100, 4097):
        made = len(workload.Maker().exactly(size).encode())
        assert size - 3 <= made <= size


def test_a_generated_dictionary_compiles_and_its_names_are_found(program, tmp_path):
    names = workload.write_dictionary(tmp_path / "names", 500)
    rows = [
        line
        for file in (tmp_path / "names").glob("*.tsv")
        for line in file.read_text(encoding="utf-8").splitlines()[2:]
    ]
    assert len(rows) == 500
    assert len({row.split("\t")[2] for row in rows}) == 500
    bundle = tmp_path / "names.atau"
    base = program.parent / "atau.bundle"
    command = [program, "compile", tmp_path / "names", "--base", base, "-o", bundle, "--quiet"]
    assert subprocess.run(command, stderr=subprocess.PIPE).stderr == b""
    text = json.dumps({"id": 1, "text": f"Компания «{names[0]}» открыла завод."}).encode()
    command = [program, "extract", "--from", "jsonl", "--extra", bundle]
    found = json.loads(subprocess.run(command, input=text, stdout=subprocess.PIPE, check=True).stdout)
    assert any((e["gazetteer"] or "").startswith("made.") for e in found["entities"])


def test_exported_names_can_stand_alone(tmp_path):
    folder = tmp_path / "dictionaries"
    folder.mkdir()
    (folder / "a.tsv").write_text(
        "# comment\n#! entities type=PROGRAM source=x licence=y\nid\tkind\tname\tvariants\ttier\tslots\n"
        "a\tlauncher\tАмур\tAmur\tsupport\t\nb\tlauncher\tАнгара-5\t=Angara-5|?Пятая|?=АП\talone\t\n",
        encoding="utf-8",
    )
    (folder / "b.tsv").write_text(
        "#! words class=x source=y licence=z\nword\tkind\tflags\nгазета\tmedia\t\n", encoding="utf-8"
    )
    count = workload.export_names(folder, tmp_path / "names.jsonl")
    rows = [json.loads(line) for line in (tmp_path / "names.jsonl").read_text(encoding="utf-8").splitlines()]
    assert rows == [{"name": "Angara-5", "type": "PROGRAM"}, {"name": "Ангара-5", "type": "PROGRAM"}]
    assert count == 2
    assert workload.export_names(workload.ROOT / "dictionaries", tmp_path / "all.jsonl") > 5000
