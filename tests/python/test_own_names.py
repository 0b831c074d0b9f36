"""Names and rules added at run time: found in every form, and every mistake told with its place."""

import json
import pathlib

import atau
import pytest

# A name as it is added, and texts in which it stands between [ and ].
NAMES = [
    (
        ("PROGRAM", "Заря степи"),
        "Участники «[Зари степи]» собрались в Караганде.",
        "Он рассказал о программе «[Заря степи]».",
        'Без "[Зари степи]" не обошлось.',
        "Помогла и [Заря степи].",
        "За [Зарёй степи] следят все.",
        "За [Зарей степи] следят все.",
        "ОТКРЫЛАСЬ [ЗАРЯ СТЕПИ]",
    ),
    (
        ("PROGRAM", "Орёл-2"),
        "Запуск [Орла-2] отложили.",
        "Аппарат «[Орел-2]» готов.",
        "Говорят об [Орле–2].",
        "Ждут [Орёл 2] давно.",
    ),
    (
        ("ORGANIZATION", "Жулдызтрансгаз"),
        "[Жулдызтрансгазом] построен газопровод.",
        "АО «[Жулдызтрансгаз]» сообщило.",
        "Глава [Жулдызтрансгаза] уволен.",
        "Предложили [Жулдызтрансгазу] помощь.",
    ),
    (
        ("ORGANIZATION", "Союз степных пчеловодов"),
        "В [Союзе степных пчеловодов] довольны.",
        "[Союзу степных пчеловодов] выделили деньги.",
        "Договор с [Союзом степных пчеловодов] подписан.",
    ),
    (
        ("ORGANIZATION", "Лютик и партнёры"),
        "В «[Лютике и партнёрах]» не ответили.",
        "Фирма [Лютик и партнеры] закрылась.",
        "Иск к «[Лютику и партнёрам]» отклонён.",
    ),
    (
        ("ORGANIZATION", "Ромашка и Ко"),
        "Работал в «[Ромашке и Ко]» год.",
        "Обыски прошли в [Ромашке и Ко].",
    ),
    (
        ("ORGANIZATION", "ООО «Незабудка плюс»"),
        'В [ООО "Незабудка плюс"] пришла проверка.',
        "Директор [ООО «Незабудка плюс»] уволен.",
    ),
    (
        ("LOCATION", "Верхние Кукуши"),
        "Дорога до [Верхних Кукушей] размыта.",
        "Живут в [Верхних Кукушах].",
        "Поехали в [Верхние Кукуши].",
    ),
    (
        ("LOCATION", "Нижнебурьянск"),
        "Под [Нижнебурьянском] сгорел лес.",
        "Из [Нижнебурьянска] вышел поезд.",
        "Мэр [Нижнебурьянска] ушёл в отставку.",
    ),
    (
        ("PERSON", "Абай Жумабаев"),
        "Встреча с [Абаем Жумабаевым] прошла вчера.",
        "Об этом сообщил [Абай Жумабаев].",
        "Награду вручили [Абаю Жумабаеву].",
    ),
    (
        ("PROGRAM", "Цифровой аул"),
        "Проект «[Цифровой аул]» завершён.",
        "В рамках «[Цифрового аула]» провели интернет.",
        "О [Цифровом ауле] забыли.",
        "Гордятся [Цифровым аулом].",
    ),
    (
        ("PROGRAM", "SteppeSat-3M"),
        "Спутник [SteppeSat-3M] вышел на орбиту.",
        "С «[SteppeSat 3M]» нет связи.",
    ),
    (
        ("ORGANIZATION", "КЖЛ"),
        "Глава [КЖЛ] выступил.",
        "В «[КЖЛ]» всё отрицают.",
    ),
]


@pytest.fixture(scope="module")
def own(nlp):
    return nlp.with_names([row for row, *_ in NAMES])


@pytest.mark.parametrize(("row", "marked"), [(row, text) for row, *texts in NAMES for text in texts])
def test_a_name_added_once_is_found_in_every_form(own, row, marked):
    start = marked.index("[")
    end = marked.index("]") - 1
    doc = own(marked.replace("[", "").replace("]", ""))
    found = [e for e in doc.ents if e.start < end and start < e.end]
    assert [(e.start, e.end, e.label, e.normal) for e in found] == [(start, end, *row)], doc.ents
    assert found[0].id.startswith(f"own.{row[0].lower()}.")


def test_a_surname_may_come_first(own):
    found = own("Жумабаев Абай выиграл забег.")[0]
    assert (found.text, found.id) == ("Жумабаев Абай", "own.person.abai_zhumabaev")


def test_the_first_extractor_stays_as_it_is(nlp, own):
    assert nlp("Участники «Зари степи».").to_json() != own("Участники «Зари степи».").to_json()
    assert own.fingerprint != nlp.fingerprint
    more = own.with_names(["Дельта-Ф"], label="PROGRAM")
    doc = more("«Заря степи» и «Дельта-Ф».")
    assert [e.normal for e in doc] == ["Заря степи", "Дельта-Ф"]


def test_all_sorts_of_rows(tmp_path):
    rows = [
        {"label": "ORG", "pattern": "Жулдызтрансгаз", "id": "jtg"},
        {"label": "ORG", "pattern": "ЖТГ", "id": "jtg"},
        {"label": "PROGRAM", "pattern": [{"ORTH": "Ъ"}, {"TEXT": "проект"}]},
        {"type": "LOC", "name": "Нижнебурьянск", "kind": "city", "slots": {"country": "RU", "population": 4000}},
    ]
    path = tmp_path / "rows.jsonl"
    path.write_text(
        "\n".join(json.dumps(row, ensure_ascii=i % 2 == 0) for i, row in enumerate(rows)) + "\n\n", encoding="utf-8"
    )
    text = "ЖТГ, то есть Жулдызтрансгаз, открыл Ъ проект под Нижнебурьянском, а не ъ проект."
    wanted = [
        ("ЖТГ", "ORGANIZATION", "ЖТГ", "jtg"),
        ("Жулдызтрансгаз", "ORGANIZATION", "Жулдызтрансгаз", "jtg"),
        ("Ъ проект", "PROGRAM", "Ъ проект", "own.program.proekt"),
        ("Нижнебурьянском", "LOCATION", "Нижнебурьянск", "own.location.nizhneburiansk"),
    ]
    for extra in (
        [path],
        [str(path)],
        [("rows.jsonl", path.read_text(encoding="utf-8"))],
        [rows],
        rows,
        [iter(rows)],
    ):
        doc = atau.load(extra=extra)(text)
        assert [(e.text, e.label, e.id) for e in doc] == [(t, label, id) for t, label, _, id in wanted]
    assert doc[-1].kind == "city"


def test_variants_tiers_and_missing_cells(nlp):
    rows = [
        {
            "label": "PROGRAM",
            "name": " «Заря\u00a0степи» ",
            "variants": "Степная заря|ЗС-21",
            "id": float("nan"),
            "kind": None,
        },
        {"label": "ORG", "name": "Лужайка", "variants": ["Лужайка Плюс"], "tier": "support"},
        ("ORG", "Бурьян", (), 77, "media"),
    ]
    own = nlp.with_names(rows)
    doc = own("За «Степной зарёй» и ЗС-21 стоит одно: Заря степи. Её ведёт Бурьян.")
    assert [e.id for e in doc] == ["own.program.zaria_stepi"] * 3 + ["77"]
    assert doc[-1].kind == "media"
    assert own("Дети играли: лужайка зеленела.").ents == ()
    assert own("Глава «Лужайки Плюс» уволен.")[-1].id == "own.organization.luzhaika"


def test_every_mistake_is_told_at_once():
    rows = [
        ("PROGRAM", "Заря степи"),
        ("PLANET", "Марс-500"),
        {"name": "Без метки"},
        {"label": "ORG"},
        {"label": "ORG", "name": 7},
        {"label": "ORG", "name": "Мятлик", "colour": "red"},
        {"label": "ORG", "name": "Мятлик", "pattern": "Мятлик"},
        {"label": "ORG", "name": "Мятлик", "kind": "Big Company"},
        {"label": "ORG", "name": "Мятлик", "id": "мятлик"},
        {"label": "ORG", "name": "Тимофеевка", "tier": "sometimes"},
        {"label": "ORG", "name": "Ковыль", "slots": "country"},
        {"label": "ORG", "name": "Мятлик", "variants": [None]},
        {"label": "ORG", "name": "Мят\x00лик"},
        {"label": "ORG", "name": "Мят\ud800лик"},
        {"label": "ORG", "pattern": [{"LOWER": "мятлик"}]},
        {"label": "ORG", "pattern": []},
        {"label": "ORG", "name": "…"},
        {"label": "ORG", "name": "«»"},
        {"label": "ORG", "name": "А" * 1001},
        "Просто имя",
        None,
        7,
        ("ORG", "а", "б", "в", "г", "д"),
        {"label": "ORG", "name": "Пырей", "id": "same"},
        {"label": "ORG", "name": "Осока", "id": "same"},
        {"label": "DATE", "name": "Сабантуй"},
        {},
        {1: 2},
    ]
    with pytest.raises(atau.Error) as caught:
        atau.load(extra=[rows])
    error = caught.value
    assert error.code == "syntax"
    assert {d.file for d in error.diagnostics} == {"names"}
    told = {}
    for d in error.diagnostics:
        told.setdefault(d.line, []).append(d)
    right = {1, 24}
    assert set(told) == set(range(1, len(rows) + 1)) - right, [str(d) for d in error.diagnostics]
    assert all(d.message and d.severity == "error" for d in error.diagnostics)
    assert sum(1 for d in error.diagnostics if d.hint) > 20
    assert "PLANET" in told[2][0].message
    assert "LOWER" in told[15][0].message
    assert told[13][0].column == 4
    assert "names:24" in told[25][0].message
    assert str(error).startswith(f"{len(error.diagnostics)} mistakes:\nnames:2: error: label: ")
    assert (error.line, error.message) == (2, told[2][0].message)


def test_mistakes_in_files_have_lines_and_columns(tmp_path):
    lines = [
        '{"label": "ORG", "pattern": "Мятлик"}',
        '{"label": "ORG", "pattern": }',
        '{"label": "PLANET", "pattern": "Мятлик"}',
        "[1, 2]",
        '{"label": "ORG", "pattern": "Осока  \\u0000"}',
        '{"label": "ORG", "pattern": "Осока", "id": "осока"}',
        "[" * 100_000,
    ]
    jsonl = tmp_path / "rows.jsonl"
    jsonl.write_text("\n".join(lines), encoding="utf-8")
    tsv = (
        "own.tsv",
        "#! entities type=PROGRAM\nid\tkind\tname\ttier\nown.a\tprogramme\tЗаря  степи\talone\nown.b\tprogramme\n",
    )
    rules = ("own.rules", "rule own.one\n  match [nonsense]\n")
    with pytest.raises(atau.Error) as caught:
        atau.load(extra=[jsonl, tsv, rules])
    places = {(pathlib.PurePath(d.file).name, d.line, d.column) for d in caught.value.diagnostics}
    assert {("rows.jsonl", 2, 29), ("rows.jsonl", 3, 12), ("rows.jsonl", 6, 45), ("own.tsv", 3, 21)} <= places
    assert {d.line for d in caught.value.diagnostics if d.file == str(jsonl)} == {2, 3, 4, 5, 6, 7}
    assert any(d.file == "own.tsv" and d.line == 4 for d in caught.value.diagnostics)
    assert any(d.file == "own.rules" for d in caught.value.diagnostics)
    jsonl.write_bytes('{"label": "ORG",\n"name": "Мят'.encode() + b"\xff")
    with pytest.raises(atau.Error, match="UTF-8") as caught:
        atau.load(extra=[jsonl])
    assert (caught.value.line, caught.value.column) == (2, 13)


def test_doubtful_names_are_warnings(nlp):
    own = nlp.with_names([("ORG", "Лужайка"), ("PROGRAM", "Заря степи"), ("PROGRAM", "Заря степи")])
    warnings = {d.line: d for d in own.warnings}
    assert set(warnings) == {1, 3}
    assert "everyday word" in warnings[1].message
    assert "names:2" in warnings[3].message
    assert all(d.severity == "warning" for d in own.warnings)
    assert own.with_names([("ORG", "Пырейпром")]).warnings == own.warnings


def test_rules_at_run_time():
    rule = """rule own.hackathon
  weight 9
  match  "хакатон"  name:[quoted]
  emit   PROGRAM name
  yes    хакатон «[Цифровая юрта]»
  no     форум «Цифровая юрта»
"""
    nlp = atau.load(extra=[("own.rules", rule)])
    doc = nlp("В Астане прошёл хакатон «Кодовая юрта».")
    assert [(e.text, e.label) for e in doc if e.label == "PROGRAM"] == [("Кодовая юрта", "PROGRAM")]
    assert "own.hackathon" in str(doc.explain(doc[-1].start, doc[-1].end))
    with pytest.raises(atau.Error) as caught:
        atau.load(extra=[("own.rules", rule.replace("no     форум", "no     хакатон"))])
    assert (caught.value.file, caught.value.line) == ("own.rules", 6)


def test_wrong_calls(nlp):
    with pytest.raises(atau.Error, match="label"):
        nlp.with_names(["Заря степи"], label="PLANET")
    with pytest.raises(TypeError):
        nlp.with_names(7)
    with pytest.raises(atau.Error, match="no dict or tuple"):
        nlp.with_names(["Заря степи"])
    assert nlp.with_names([]).fingerprint == nlp.fingerprint
    assert nlp.with_extra(("PROGRAM", "Заря степи"))("«Заря степи»")[0].label == "PROGRAM"
