"""Messages: every one has a Russian translation, and the language comes from where it should."""

import gettext
import pathlib
import re
import subprocess

import pytest
from conftest import ROOT, environment

SOURCES = sorted((ROOT / "src" / "cli").glob("*.cc")) + sorted((ROOT / "src" / "cli").glob("*.h"))
RU = ROOT / "src" / "cli" / "translations" / "ru.po"
CYRILLIC = re.compile("[а-яё]")


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """What gettext finds in the sources."""
    path = tmp_path_factory.mktemp("messages") / "atau.pot"
    keywords = ["T", "TN:1,2", "Say", "Both"]
    command = ["xgettext", "--language=C++", "--from-code=UTF-8", "-k", *(f"--keyword={k}" for k in keywords)]
    subprocess.run([*command, "-o", path, *SOURCES], check=True, stderr=subprocess.PIPE)
    return path


def test_every_message_has_a_translation(template):
    assert template.read_text(encoding="utf-8").count("\nmsgid ") > 200
    done = subprocess.run(["msgcmp", RU, template], stderr=subprocess.PIPE, text=True)
    assert done.returncode == 0, done.stderr


def test_no_translation_is_left_over(template, tmp_path):
    turned = subprocess.run(["msgcomm", "--unique", RU, template], stdout=subprocess.PIPE, text=True, check=True)
    left = [line for line in turned.stdout.splitlines() if line.startswith("msgid ") and line != 'msgid ""']
    assert left == []


def test_translations_keep_the_places_of_arguments(tmp_path):
    catalogue = tmp_path / "atau.mo"
    subprocess.run(["msgfmt", "--check", "-o", catalogue, RU], check=True)
    with open(catalogue, "rb") as file:
        messages = gettext.GNUTranslations(file)._catalog
    for key, text in messages.items():
        english = key[0] if isinstance(key, tuple) else key
        if english:
            assert set(re.findall(r"\{\d\}", english)) == set(re.findall(r"\{\d\}", text)), english


@pytest.mark.parametrize(
    ("env", "arguments", "russian"),
    [
        ({}, [], False),
        ({"LC_ALL": "", "LANG": "ru_RU.UTF-8"}, [], True),
        ({"LC_ALL": "", "LANG": "en_US.UTF-8", "LANGUAGE": "ru:en"}, [], True),
        ({"LC_ALL": "", "LANG": "ru_RU.UTF-8", "LC_MESSAGES": "C"}, [], False),
        ({"LC_ALL": "C", "LANGUAGE": "ru"}, [], False),
        ({"LC_ALL": "kk_KZ.UTF-8"}, [], False),
        ({"LC_ALL": "ru_RU.UTF-8"}, ["--lang", "en"], False),
        ({}, ["--lang", "ru"], True),
        ({}, ["--lang=ru"], True),
    ],
)
def test_the_language_is_chosen(atau, env, arguments, russian):
    for command in (["--help"], ["extract", "--help"], ["eval", "--help"]):
        done = atau(*command[:-1], *arguments, command[-1], env=env)
        assert done.returncode == 0
        shown = done.stdout.decode().splitlines()
        assert ("Параметры:" in shown) == russian, shown
        assert ("Options:" in shown) != russian, shown


def descriptions(text):
    """The descriptions of options and commands in a help text, by name."""
    out, name = {}, None
    for line in text.splitlines():
        head = re.match(r"  (\S.*?)(?:\s{2,}(.*))?$", line)
        if line.startswith(" " * 26) and name:
            out[name] += " " + line.strip()
        elif head:
            name = head[1]
            out[name] = head[2] or ""
        else:
            name = None
    return out


@pytest.mark.parametrize(
    "command",
    ["", "extract", "explain", "render", "eval", "compile", "check", "bench", "manual", "completion"],
)
def test_help_speaks_russian_throughout(atau, command):
    done = atau("--lang", "ru", *([command] if command else []), "--help")
    found = {k: v for k, v in descriptions(done.stdout.decode()).items() if k.startswith("-") or not command}
    assert found
    for name, text in found.items():
        if not name.startswith("atau "):
            assert CYRILLIC.search(text), (name, text)


def test_errors_and_reasons_speak_russian(atau, tmp_path):
    assert "нет типа «CITY»" in atau("--lang", "ru", "extract", "--types", "CITY").stderr.decode()
    assert "не удаётся прочитать /absent" in atau("extract", "--lang", "ru", "/absent").stderr.decode()
    done = atau("explain", "--lang", "ru", "--text", "Запуск с Байконура", "--words", "Запуск")
    assert "не найдено" in done.stdout.decode()


def test_results_do_not_depend_on_the_language(atau, tmp_path):
    data = '{"id": 1, "text": "Москва"}\n{"id": 2}\nnot json\n'
    one, other = (
        atau("extract", "--from", "jsonl", "--lang", lang, "-", tmp_path / "absent", data=data) for lang in ("en", "ru")
    )
    assert one.stdout == other.stdout
    assert one.returncode == other.returncode == 1


def test_a_moved_installation_finds_its_messages(program, tmp_path):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "atau").write_bytes(pathlib.Path(program).read_bytes())
    (tmp_path / "bin" / "atau").chmod(0o755)
    target = tmp_path / "share" / "locale" / "ru" / "LC_MESSAGES"
    target.mkdir(parents=True)
    subprocess.run(["msgfmt", "-o", target / "atau.mo", RU], check=True)
    command = [tmp_path / "bin" / "atau", "--lang", "ru", "--help"]
    assert "Команды" in subprocess.run(command, stdout=subprocess.PIPE, env=environment(), text=True).stdout
    (target / "atau.mo").unlink()
    assert "Commands" in subprocess.run(command, stdout=subprocess.PIPE, env=environment(), text=True).stdout
