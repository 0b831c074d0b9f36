"""`atau render` in a real browser: figures, the filter, a click on a name, both themes, and a narrow window."""

import json
import re
import shutil

import pytest
from conftest import SENTENCES
from playwright.sync_api import sync_playwright

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def page_file(atau, tmp_path_factory):
    folder = tmp_path_factory.mktemp("render")
    feed = folder / "feed.jsonl"
    with open(feed, "w", encoding="utf-8") as out:
        for i in range(20):
            out.write(json.dumps({"id": f"text {i}", "text": SENTENCES[i % 5] + f" <b>&</b> номер{i}"}) + "\n")
        out.write('{"id": "bad"}\n')
    page = folder / "page.html"
    done = atau("render", feed, "-o", page, "--title", "<Новости> & 'всё'", "--max-texts", 15, "--top", 2)
    assert done.returncode == 1  # one line is bad
    assert b"feed.jsonl:21" in done.stderr
    return page


def opened(browser, file, **context):
    page = browser.new_context(**context).new_page()
    mistakes = []
    page.on("pageerror", lambda e: mistakes.append(str(e)))
    page.on("request", lambda r: mistakes.append(r.url) if not r.url.startswith("file:") else None)
    page.goto(file.as_uri())
    page.mistakes = mistakes
    return page


def visible(page):
    return page.locator("section.text:visible h3").all_inner_texts()


def search(page, words):
    page.fill("#query", words)
    page.wait_for_timeout(250)


def test_figures_and_notes(browser, page_file):
    page = opened(browser, page_file)
    assert page.title() == page.locator("h1").inner_text() == "<Новости> & 'всё'"
    body = page.inner_text("body")
    assert "20 texts" in body
    assert "1 text could not be read" in body
    assert "The first 15 of 20 texts are shown" in body
    row = page.locator("table", has_text="Types").locator("tr", has_text="PROGRAM")
    # 4 times «Байтерек» and «Сила Сибири» each, also in the texts that are not shown.
    assert row.inner_text().split() == ["PROGRAM", "8", "2"]
    names = page.locator("section.atau-PROGRAM .name").all_inner_texts()
    assert sorted(names) == ["Байтерек", "Сила Сибири"]
    assert re.search(r"and \d+ more", page.locator("section.atau-ORGANIZATION").first.inner_text())
    assert page.locator("section.text").count() == 15
    assert page.mistakes == []


def test_typing_in_the_filter_hides_texts(browser, page_file):
    page = opened(browser, page_file)
    assert len(visible(page)) == 15
    assert page.inner_text("#count") == "15 of 15 texts"
    search(page, "Байтерек")
    assert visible(page) == ["text 1", "text 6", "text 11"]
    assert page.inner_text("#count") == "3 of 15 texts"
    search(page, "байтерек номер6")  # all words, in any letter case
    assert visible(page) == ["text 6"]
    search(page, "АННА КОВАЛЕВА")  # ё is е
    assert visible(page) == ["text 4", "text 9", "text 14"]
    search(page, "money")
    assert visible(page) == []
    assert page.is_visible("#none")
    page.click("#clear")
    page.wait_for_timeout(100)
    assert len(visible(page)) == 15
    page.select_option("#type", "DATE")
    assert visible(page) == ["text 4", "text 9", "text 14"]
    assert page.mistakes == []


def test_a_click_on_a_name_leaves_its_texts(browser, page_file):
    page = opened(browser, page_file)
    page.locator(".bars a", has_text="Сила Сибири").click()
    assert visible(page) == ["text 3", "text 8", "text 13"]
    assert page.locator("mark.picked").all_inner_texts()[0].startswith("Сила Сибири")
    page.click("#only")
    assert len(visible(page)) == 15
    page.locator("mark[data-entity]", has_text="Берлина").first.click()
    assert visible(page) == ["text 4", "text 9", "text 14"]
    # The keyboard reaches the names of the list.
    page.click("#clear")
    page.wait_for_timeout(100)
    page.locator(".bars a", has_text="Байтерек").focus()
    page.keyboard.press("Enter")
    assert visible(page) == ["text 1", "text 6", "text 11"]


def test_without_scripts_everything_but_the_filter_is_there(browser, page_file):
    page = opened(browser, page_file, java_script_enabled=False)
    assert page.locator("#filter").is_hidden()
    assert page.locator("section.text").count() == 15
    page.locator(".bars a", has_text="Сила Сибири").click()
    assert page.url.endswith("#text-4")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_both_themes_and_a_narrow_window(browser, page_file, scheme):
    page = opened(browser, page_file, color_scheme=scheme, viewport={"width": 360, "height": 700})
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (max(map(int, re.findall(r"\d+", paper))) < 60) == (scheme == "dark")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    contrast = page.evaluate(
        """() => {
          const light = c => {
            const [r, g, b] = c.match(/[\\d.]+/g).slice(0, 3).map(x => x / 255)
              .map(x => x <= 0.03928 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4);
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
          };
          const back = getComputedStyle(document.body).backgroundColor;
          return Math.min(...[...document.querySelectorAll('.note,.count small,summary,mark,.atau-label')].map(e => {
            const behind = e.closest('mark') ? getComputedStyle(e.closest('mark')).backgroundColor : back;
            const [a, b] = [light(getComputedStyle(e).color), light(behind)].sort((x, y) => y - x);
            return (a + 0.05) / (b + 0.05);
          }));
        }"""
    )
    assert contrast >= 4.5


def test_controls_have_names(browser, page_file):
    page = opened(browser, page_file)
    assert page.get_by_role("searchbox", name="Filter").count() == 1
    assert page.get_by_role("combobox", name="Type").count() == 1
    assert page.get_by_role("button", name="Clear").count() == 1
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.locator(".atau-text").first.get_attribute("lang") == "ru"


def test_a_page_in_russian_and_an_empty_one(atau, browser, tmp_path):
    page_file = tmp_path / "page.html"
    assert atau("--lang", "ru", "render", "-o", page_file, data="Президент России прилетел в Астану.").returncode == 0
    page = opened(browser, page_file)
    assert page.locator("html").get_attribute("lang") == "ru"
    assert page.get_by_role("searchbox", name="Отбор").count() == 1
    assert page.inner_text("#count") == "текстов: 1 из 1"
    assert atau("render", "-o", page_file, data="пусто").returncode == 0
    assert "Nothing was found." in opened(browser, page_file).inner_text("body")
