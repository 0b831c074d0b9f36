"""docs/guide is true: what its blocks show is what happens when they are typed in the root of a checkout."""

import builtins
import contextlib
import io
import os
import pathlib
import re
import shutil
import subprocess

import guide_blocks
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs" / "guide"
PAGES = sorted(GUIDE.glob("*.md"))
PROGRAM = pathlib.Path(os.environ.get("ATAU_PROGRAM", ROOT / "build" / "atau")).resolve()
BUILD = PROGRAM.parent
ids = [p.name for p in PAGES]


def environment(prefix):
    """A shell's environment: the program on the path, an installation for pkg-config, English, 104 columns."""
    left_out = ("LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "NO_COLOR")
    kept = {k: v for k, v in os.environ.items() if k not in left_out}
    configs = ":".join(str(p.parent) for p in prefix.rglob("atau.pc")) if prefix else ""
    return {
        **kept,
        "LC_ALL": "C",
        "COLUMNS": "104",
        "PATH": f"{BUILD}:{os.environ['PATH']}",
        "ATAU_BUNDLE": os.environ.get("ATAU_BUNDLE", str(BUILD / "atau.bundle")),
        "PKG_CONFIG_PATH": configs,
    }


def shell(script, folder, env):
    """Runs a block as a terminal would show it: both streams as they come."""
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=env,
        timeout=600,
    )


@pytest.fixture(scope="session")
def prefix(tmp_path_factory):
    """The build, installed into a folder of its own."""
    assert (BUILD / "cmake_install.cmake").exists(), f"{BUILD} is no build folder: run `make build` first"
    folder = tmp_path_factory.mktemp("installed")
    subprocess.run(["cmake", "--install", BUILD, "--prefix", folder], check=True, stdout=subprocess.DEVNULL)
    return folder


def checkout(folder):
    """A folder that looks like the root of a checkout. Dictionaries are copied, since pages edit copies of them."""
    for name in ("benchmarks", "docs", "examples", "tests"):
        (folder / name).symlink_to(ROOT / name)
    (folder / "build").symlink_to(BUILD)
    shutil.copytree(ROOT / "dictionaries", folder / "dictionaries")
    return folder


def run_python(block, folder, names):
    """Runs a block with the names of those before it; what stands behind `# →` must be printed."""
    printed, before = io.StringIO(), pathlib.Path.cwd()
    os.chdir(folder)
    try:
        with contextlib.redirect_stdout(printed):
            exec(compile("\n" * block.line + block.content, str(GUIDE / block.page), "exec"), names)
    finally:
        os.chdir(before)
    expected = re.findall(r"# → (.*)$", block.content, re.MULTILINE)
    out = printed.getvalue().splitlines()
    assert len(out) == len(expected), f"{block.place}: printed {out}"
    for shown, line in zip(expected, out):
        assert guide_blocks.same(shown, line), f"{block.place}: printed {line!r}, the page shows {shown!r}"


def check_output(block, done):
    printed = done.stdout.decode()
    # head closes its input early: the program ends by SIGPIPE then.
    assert done.returncode in (0, 141), f"{block.place}: status {done.returncode}\n{printed}"
    if block.output is None:
        return
    shown = block.output.content
    if block.output.mark == "rounded":
        missing = guide_blocks.missing_evidence(shown, printed)
        start = "\n".join(printed.splitlines()[:12])
        assert not missing, f"{block.output.place}: the page shows what is not printed: {missing}; it begins\n{start}"
    elif block.output.mark == "numbers vary":
        strayed = guide_blocks.strayed_numbers(shown, printed)
        assert not strayed, f"{block.output.place}: write the page's numbers anew: {strayed}\n{printed}"
    else:
        assert guide_blocks.same(shown, printed), f"{block.output.place}: printed\n{printed}"


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_page(page, tmp_path, prefix):
    folder, env = checkout(tmp_path), environment(prefix)
    names = {"__name__": "__main__", "__builtins__": builtins}
    for block in guide_blocks.read(page):
        fate = guide_blocks.fate(block)
        if fate == "write":
            path = folder / block.said
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.content, encoding="utf-8")
        elif fate == "run" and block.language == "python":
            run_python(block, folder, names)
        elif fate == "run":
            check_output(block, shell(block.content, folder, env))


def test_the_pages_are_there():
    assert {p.stem for p in PAGES} >= {
        "README", "first-steps", "dictionaries", "rules", "explain", "accuracy", "scale", "extending"
    }  # fmt: skip


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_every_block_is_accounted_for(page):
    unknown = [b.place for b in guide_blocks.read(page) if guide_blocks.fate(b) is None]
    assert not unknown, f"neither run nor written nor marked `<!-- not run: why -->`: {unknown}"
    # A block that is indented instead of fenced would escape the count.
    indented = re.search(r"\n\n {4,}\S.*", guide_blocks.prose(page))
    assert indented is None, f"{page.name}: fence this block: {indented.group().strip()!r}"
    assert guide_blocks.prose(page).count("```") == 0, f"{page.name}: a fence that is not closed"


def test_most_blocks_are_run():
    blocks = [b for p in PAGES for b in guide_blocks.read(p)]
    ran = [b for b in blocks if guide_blocks.fate(b) in ("run", "write")]
    assert len(ran) >= 60
    assert len(ran) >= 0.7 * len(blocks)


def test_ten_cases_are_worked():
    page = GUIDE / "explain.md"
    cases = re.findall(r"^## (\d+)\. ", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert cases == [str(i) for i in range(1, 11)]
    outputs = [b.output for b in guide_blocks.read(page) if b.output and b.output.mark == "rounded"]
    assert len(outputs) >= 10
    for output in outputs:
        assert len(re.findall(r"^  [+−]\d", output.content, re.MULTILINE)) >= 1 or "not found" in output.content, (
            output.place
        )


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", guide_blocks.prose(page)):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name}: {target}"


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_places_in_the_sources_exist(page):
    """What a page calls `src/…`, `dictionaries/…` and the like are files or folders, but for what it says is (new)."""
    folders = "src|include|bindings|dictionaries|tests|benchmarks|examples|scripts|docs"
    for name in re.findall(rf"`((?:{folders})/[\w./-]*\w)`(?! \(new\))", guide_blocks.prose(page)):
        if not name.endswith("zz_overrides.tsv"):  # made by the user
            assert (ROOT / name).exists(), f"{page.name}: {name}"


# ---- the comparisons themselves can fail ----

EXPLAINED = """«Волга» is LOCATION, because the gazetteer has it as LOCATION
[Волга] обмелела.

LOCATION +5.86  chosen
   +1.63 ██████████ gazetteer=LOCATION.alone                    the whole
   −1.57 █████████▋ bias=mention                                the whole

ORGANIZATION −1.37  another reading
   +0.90 █████▌     gazetteer=ORGANIZATION.support              the whole
"""


@pytest.mark.parametrize(
    ("shown", "missing"),
    [
        ("«Волга» is LOCATION, because …\nLOCATION +2.0  chosen\n  +1.6  gazetteer=LOCATION.alone  the whole\n", 0),
        ("«Волга» is PROGRAM, because …\n", 1),
        ("LOCATION +2.0  chosen\n  −1.6  gazetteer=LOCATION.alone  the whole\n", 1),  # another sign
        ("LOCATION +2.0  chosen\n  +0.9  gazetteer=ORGANIZATION.support  the whole\n", 1),  # of another reading
        ("PROGRAM +2.0  …\n", 1),
        ("PROGRAM +2.0  …\n  +0.9  quoted=whole  the whole\n", 2),
    ],
)
def test_evidence_that_is_not_printed_is_missed(shown, missing):
    assert len(guide_blocks.missing_evidence(shown, EXPLAINED)) == missing


def test_numbers_that_stray_are_seen():
    strayed = guide_blocks.strayed_numbers
    assert strayed("missed   26   ·  0.95\n", "fault\nmissed  30 3   0.93\n") == []
    assert strayed("missed   26   ·  0.95\n", "missed  60 3   0.93\n")
    assert strayed("missed   26   ·  0.95\n", "missed  26 3   0.80\n")
    assert strayed("spurious 26\n", "missed 26\n") == ["spurious 26"]


def test_unmarked_blocks_are_seen(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(
        "```sh\ntrue\n```\n```text\nx\n```\n\n```cpp\nint x;\n```\n<!-- not run: no -->\n```sh\nfalse\n```\n",
        encoding="utf-8",
    )
    blocks = guide_blocks.read(page)
    assert [guide_blocks.fate(b) for b in blocks] == ["run", None, None]
    assert blocks[0].output.content == "x\n"


# ---- README.md ----

README = ROOT / "README.md"


def test_readme_sample(tmp_path, prefix):
    """The first lines that a newcomer sees: `$ command`, then what it prints; its types and words are compared."""
    text = README.read_text(encoding="utf-8")
    samples = re.findall(r"^    \$ (.*)\n((?:    (?!\$).*\n)+)", text, re.MULTILINE)
    assert samples
    folder, env = checkout(tmp_path), environment(prefix)
    for command, shown in samples:
        done = shell(command, folder, env)
        printed = done.stdout.decode()
        assert done.returncode == 0, printed
        mine = [re.split(r" {2,}", line.strip())[:2] for line in shown.splitlines()]
        theirs = [line.split("\t")[:2] for line in printed.splitlines()]
        for columns in mine:
            columns[-1] = columns[-1].removesuffix(" …")
            assert columns in theirs, f"{command}\nshows {columns} but prints\n{printed}"


def test_readme_commands_run(tmp_path, prefix):
    """Every `build/atau …` line of "Command line" runs as it stands, with the files that it speaks of."""
    section = README.read_text(encoding="utf-8").split("## Command line")[1].split("\n## ")[0]
    commands = re.findall(r"^    (build/atau .*)$", section, re.MULTILINE)
    assert len(commands) >= 8
    folder, env = checkout(tmp_path), environment(prefix)
    text = "Аскар Мамин прилетел на Байконур."
    (folder / "article.txt").write_text(text + "\n", encoding="utf-8")
    (folder / "page.html").write_text(f"<p>{text}</p>\n", encoding="utf-8")
    (folder / "feed.jsonl").write_text(f'{{"id": 1, "text": "{text}"}}\n' * 50, encoding="utf-8")
    (folder / "gold.jsonl").write_text(
        f'{{"id": 1, "text": "{text}", "entities": [{{"start": 0, "end": 11, "type": "PERSON"}}]}}\n', encoding="utf-8"
    )
    rows = '#! entities type=PROGRAM source="own" licence=Apache-2.0\nid\tkind\tname\nown.z\tprogramme\tЗаря степи\n'
    (folder / "my_names").mkdir()
    for name in ("my_names.tsv", "my_names/names.tsv"):
        (folder / name).write_text(rows, encoding="utf-8")
    for command in commands:
        done = shell(command, folder, env)
        assert done.returncode == 0, f"{command}\n{done.stdout.decode()}"


def test_readme_cpp(tmp_path, prefix):
    """The C++ of README.md compiles against an installation by the line that stands below it, and finds something."""
    text = README.read_text(encoding="utf-8")
    code = re.search(r"^```cpp\n(.*?)^```$", text, re.MULTILINE | re.DOTALL).group(1)
    line = re.search(r"^    (c\+\+ [^#\n]*pkg-config[^#\n]*)", text, re.MULTILINE).group(1)
    (tmp_path / "app.cc").write_text(code, encoding="utf-8")
    done = shell(f"{line.strip()} -o app\n./app", tmp_path, environment(prefix))
    assert done.returncode == 0, done.stdout.decode()
    assert "PERSON Дмитрий Рогозин = Дмитрий Рогозин" in done.stdout.decode()
