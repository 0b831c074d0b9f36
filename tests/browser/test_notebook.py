"""The worked notebook runs, and a real browser shows its documents: marks, tips and tables, in light and in dark."""

import pathlib
import shutil

import pytest

nbformat = pytest.importorskip("nbformat")
nbclient = pytest.importorskip("nbclient")
nbconvert = pytest.importorskip("nbconvert")
sync_api = pytest.importorskip("playwright.sync_api")

ROOT = pathlib.Path(__file__).parents[2]
NOTEBOOK = ROOT / "examples" / "atau.ipynb"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")

TEXT = (
    "Генеральный директор Роскосмоса Дмитрий Рогозин 25 марта 2021 года осмотрел стройку комплекса «Байтерек» "
    "в Казахстане за 233 млн долларов. Объединённые Арабские Эмираты молчат."
)
EVIL = (
    "<script>window.hit=1</script><img src=x onerror='window.hit=1'> Компания «\"><svg onload=window.hit=1>» "
    "и Дмитрий </mark></style>' onmouseover='window.hit=1' Рогозин &lt;b&gt; Казахстан"
)

# Contrast by WCAG 2: relative luminance of the text's colour against the nearest background that is painted behind it.
CONTRASTS = """
() => {
  const parse = c => c.match(/[\\d.]+/g).map(Number);
  const linear = v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => 0.2126 * linear(r / 255) + 0.7152 * linear(g / 255) + 0.0722 * linear(b / 255);
  const behind = e => {
    for (; e; e = e.parentElement) {
      const c = parse(getComputedStyle(e).backgroundColor);
      if (c.length < 4 || c[3] > 0) return c;
    }
    return [255, 255, 255];
  };
  const parts = ['', ' mark', ' .atau-label', ' .atau-chip', ' td', ' th', ' caption'].map(part => '.atau' + part);
  return [...document.querySelectorAll(parts.join(','))].map(e => {
    const [a, b] = [light(parse(getComputedStyle(e).color)), light(behind(e))].sort((x, y) => y - x);
    return [(a + 0.05) / (b + 0.05), e.className || e.tagName];
  });
}
"""


@pytest.fixture(scope="module")
def browser():
    with sync_api.sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield browser
        browser.close()


def open_page(browser, content, scheme="light"):
    page = browser.new_page(viewport={"width": 900, "height": 900}, color_scheme=scheme)
    page.set_content(content)
    return page


# How a page says which theme it has: the system's wish, and what JupyterLab, VS Code and Colab write.
THEMES = [
    ("light", "<body>", False),
    ("dark", "<body>", True),
    ("light", '<body data-jp-theme-light="false">', True),
    ("dark", '<body data-jp-theme-light="true">', False),
    ("light", '<body class="vscode-dark">', True),
    ("dark", '<body class="vscode-light">', False),
    ("light", '<html theme="dark"><body>', True),
]


@pytest.mark.parametrize(("scheme", "body", "dark"), THEMES)
def test_marks_can_be_read_in_every_theme(nlp, browser, scheme, body, dark):
    page = open_page(browser, body + nlp(TEXT)._repr_html_(), scheme)
    backs = page.eval_on_selector_all(
        ".atau-text > mark", "marks => marks.map(m => [m.className.split(' ')[0], getComputedStyle(m).backgroundColor])"
    )
    # Every type has a colour of its own, and none is that of the paper.
    colours = dict(backs)
    assert {"atau-PERSON", "atau-ORGANIZATION", "atau-LOCATION", "atau-PROGRAM", "atau-ROLE", "atau-DATE"} <= set(
        colours
    )
    paper = page.eval_on_selector(".atau", "e => getComputedStyle(e).backgroundColor")
    assert len({*colours.values(), paper}) == len(colours) + 1
    brightness = sum(int(v) for v in paper.strip("rgb()").split(",")) / 3
    assert brightness < 40 if dark else brightness > 250
    contrasts = page.evaluate(CONTRASTS)
    assert len(contrasts) > 30
    assert min(contrasts)[0] >= 4.5, min(contrasts)
    page.close()


@pytest.mark.parametrize("how", ["pointer", "keyboard"])
def test_the_tip_says_name_id_and_rule(nlp, browser, how):
    page = open_page(browser, nlp(TEXT)._repr_html_())
    mark = page.locator("mark.atau-ORGANIZATION").first
    shown = "m => [getComputedStyle(m, '::after').content, getComputedStyle(m, '::after').position]"
    assert mark.evaluate(shown)[0] == "none"
    before = page.screenshot()
    if how == "pointer":
        mark.hover()
    else:
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
    content, position = mark.evaluate(shown)
    entity = nlp(TEXT)[1]
    for fact in ("ORGANIZATION", f"normal: {entity.normal}", f"id: {entity.id}", f"rule: {entity.rule}"):
        assert fact in content
    assert position == "absolute"
    assert page.screenshot() != before
    # It stands below the line, and widens nothing.
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    others = page.locator("mark.atau-PERSON").first.evaluate(shown)[0]
    assert others == "none"
    page.close()


def test_only_the_innermost_mark_tells(nlp, browser):
    page = open_page(browser, nlp("Министерство обороны Российской Федерации молчит.")._repr_html_())
    inner = page.locator("mark mark").first
    inner.hover()
    told = page.eval_on_selector_all(
        "mark", "marks => marks.filter(m => getComputedStyle(m, '::after').content !== 'none').map(m => m.className)"
    )
    assert told == [inner.get_attribute("class")]
    page.close()


def test_tables_are_there(nlp, browser):
    page = open_page(browser, nlp(TEXT)._repr_html_())
    assert page.locator("caption").all_inner_texts() == ["Entities", "Relations"]
    assert "Дмитрий Рогозин" in page.locator("table").nth(0).inner_text()
    assert "WORKS_AS" in page.locator("table").nth(1).inner_text()
    assert all(box["height"] > 20 for box in (t.bounding_box() for t in page.locator("table").all()))
    page.close()


@pytest.mark.parametrize("as_page", [False, True])
def test_hostile_text_is_shown_and_never_run(nlp, browser, as_page):
    doc = nlp(EVIL)
    assert len(doc) > 0
    page = browser.new_page()
    messages = []
    page.on("dialog", lambda dialog: messages.append(dialog.message))
    page.set_content(doc.to_html(page=as_page, title=EVIL))
    for mark in page.locator("mark").all():
        mark.hover()
    page.wait_for_timeout(100)
    assert page.evaluate("window.hit") is None
    assert messages == []
    assert page.locator("script, img, svg, iframe").count() == 0
    text = page.eval_on_selector(
        ".atau-text",
        "e => (e = e.cloneNode(true), e.querySelectorAll('.atau-label').forEach(l => l.remove()), e.textContent)",
    )
    assert text == EVIL
    page.close()


def test_the_notebook_runs_and_shows(browser, tmp_path):
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    assert not any(cell.get("outputs") for cell in notebook.cells), "commit the notebook without outputs"
    nbclient.NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert not [output for output in outputs if output["output_type"] == "error"]
    html, _ = nbconvert.HTMLExporter(template_name="lab").from_notebook_node(notebook)
    # The exported page asks the network for two scripts that it can do without.
    page = browser.new_page(viewport={"width": 1000, "height": 900}, color_scheme="light")
    page.route("http*://**", lambda route: route.abort())
    path = tmp_path / "atau.html"
    path.write_text(html, encoding="utf-8")
    page.goto(path.as_uri(), wait_until="domcontentloaded")
    assert page.locator("div.atau").count() == 2
    assert page.locator("mark.atau-PROGRAM").count() >= 4
    page.locator("mark.atau-PERSON").first.hover()
    assert "normal: Дмитрий Рогозин" in page.locator("mark.atau-PERSON").first.evaluate(
        "m => getComputedStyle(m, '::after').content"
    )
    assert min(page.evaluate(CONTRASTS))[0] >= 4.5
    page.close()
