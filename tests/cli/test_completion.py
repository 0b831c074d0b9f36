"""Completion and the manual page know every option, and the shells and troff accept them."""

import re
import subprocess

import pytest
from conftest import PROGRAM, ROOT, environment

COMMANDS = ["extract", "explain", "render", "eval", "compile", "check", "bench", "manual", "completion"]


def output(*arguments):
    return subprocess.run(
        [PROGRAM, *arguments], stdout=subprocess.PIPE, env=environment(), text=True, check=True
    ).stdout


def options_of(command):
    """Every option that a command's help names."""
    return sorted(set(re.findall(r"^  (?:-\w, )?(--[a-z-]+)", output(command, "--help"), re.M)))


@pytest.fixture(scope="module")
def scripts(tmp_path_factory):
    folder = tmp_path_factory.mktemp("completion")
    for shell in ("bash", "zsh", "fish"):
        (folder / shell).write_text(output("completion", shell), encoding="utf-8")
    return folder


def bash(scripts, line):
    """What bash offers for a line whose last word is to be completed."""
    words = " ".join(f"'{w}'" for w in line.split(" "))
    script = f"""
        source {scripts / "bash"}
        COMP_WORDS=({words})
        COMP_CWORD=$(({len(line.split(" "))} - 1))
        _atau
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    done = subprocess.run(["bash", "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def fish(scripts, line):
    script = f"source {scripts / 'fish'}; complete -C {line!r}"
    done = subprocess.run(
        ["fish", "--no-config", "-c", script],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        env=environment(HOME="/tmp"),
    )
    return [row.split("\t")[0] for row in done.stdout.splitlines()]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_accept_the_script(scripts, shell):
    subprocess.run([shell, "-n", scripts / shell], check=True)


@pytest.mark.parametrize("complete", [bash, fish])
def test_commands_options_and_values(scripts, complete):
    assert set(COMMANDS) <= set(complete(scripts, "atau "))
    assert complete(scripts, "atau ext") == ["extract"]
    for command in COMMANDS:
        assert set(options_of(command)) <= set(complete(scripts, f"atau {command} --")), command
    assert complete(scripts, "atau extract --to js") == ["jsonl"]
    assert set(complete(scripts, "atau extract --types P")) >= {"PERSON", "PROGRAM"}
    assert complete(scripts, "atau completion z") == ["zsh"]


def test_files_are_offered_for_files(scripts, tmp_path):
    (tmp_path / "article.txt").write_text("")
    assert bash(scripts, f"atau extract {tmp_path}/art") == [f"{tmp_path}/article.txt"]
    assert bash(scripts, f"atau explain --file {tmp_path}/art") == [f"{tmp_path}/article.txt"]
    assert bash(scripts, "atau --lang ru extract --to co") == ["conll"]
    assert bash(scripts, "atau extract --jobs ") == []


def test_zsh_completes(scripts):
    # _arguments is a stand-in that shows what it was given: the completion system itself needs a terminal.
    script = f"""
        _arguments() {{ print -rl -- "$@"; line=(extract); state=argument; return 1 }}
        _describe() {{ :; }}
        compdef() {{ :; }}
        source {scripts / "zsh"}
        _atau
    """
    done = subprocess.run(["zsh", "-f", "-c", script], stdout=subprocess.PIPE, text=True, check=False)
    for option in options_of("extract"):
        assert f"{option}" in done.stdout
    assert ":WORD:(jsonl text conll brat html)" in done.stdout


@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_manual_is_well_formed_and_names_every_option(tmp_path, language):
    page = tmp_path / "atau.1"
    page.write_text(output("--lang", language, "manual"), encoding="utf-8")
    lint = subprocess.run(["mandoc", "-Tlint", "-W", "warning", page], stdout=subprocess.PIPE, text=True)
    assert (lint.returncode, lint.stdout) == (0, "")
    troff = subprocess.run(
        ["groff", "-man", "-ww", "-z", "-Tutf8", "-Kutf8", page], stderr=subprocess.PIPE, text=True, check=True
    )
    assert troff.stderr == ""
    shown = subprocess.run(
        ["mandoc", "-Tutf8", "-O", "width=200", page], stdout=subprocess.PIPE, text=True, check=True
    ).stdout
    shown = re.sub(r".\x08", "", shown)
    for command in COMMANDS:
        assert f"atau {command}" in shown.lower()
        for option in options_of(command):
            assert option in shown, (command, option)
    assert "130" in shown and "ATAU_BUNDLE" in shown


def test_the_guide_names_every_option():
    guide = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    for command in COMMANDS:
        for option in options_of(command):
            if option != "--help":
                assert option in guide, (command, option)
