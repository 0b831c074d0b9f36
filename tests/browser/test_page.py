"""A real browser shows the page of `make demo`: marks are there and can be seen, and nothing is fetched."""

import pathlib
import re
import shutil
import struct
import subprocess
import tempfile
import zlib

import pytest

ROOT = pathlib.Path(__file__).parents[2]
PAGE = ROOT / "build" / "article.html"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed"),
    pytest.mark.skipif(not PAGE.exists(), reason="build/article.html is not there; run `make demo`"),
]


def browse(*arguments):
    with tempfile.TemporaryDirectory() as profile:
        command = [
            CHROMIUM,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--hide-scrollbars",
        ]
        command += [f"--user-data-dir={profile}", *arguments, PAGE.resolve().as_uri()]
        return subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=120, check=True
        ).stdout


def pixels(path):
    """The colours of a PNG of eight bits a channel, as a set of (red, green, blue)."""
    data = path.read_bytes()
    width, height, depth, kind = struct.unpack(">IIBB", data[16:26])
    assert depth == 8
    channels = {2: 3, 6: 4}[kind]
    packed, at = b"", 8
    while at < len(data):
        (size,) = struct.unpack(">I", data[at : at + 4])
        if data[at + 4 : at + 8] == b"IDAT":
            packed += data[at + 8 : at + 8 + size]
        at += size + 12
    raw = zlib.decompress(packed)
    stride = width * channels
    above, colours = bytearray(stride), set()
    for y in range(height):
        start = y * (stride + 1)
        method, row = raw[start], bytearray(raw[start + 1 : start + 1 + stride])
        for i in range(stride):
            left = row[i - channels] if i >= channels else 0
            up, corner = above[i], above[i - channels] if i >= channels else 0
            if method == 1:
                row[i] = (row[i] + left) & 255
            elif method == 2:
                row[i] = (row[i] + up) & 255
            elif method == 3:
                row[i] = (row[i] + (left + up) // 2) & 255
            elif method == 4:
                p = left + up - corner
                nearest = min((abs(p - left), 0, left), (abs(p - up), 1, up), (abs(p - corner), 2, corner))
                row[i] = (row[i] + nearest[2]) & 255
        colours.update(zip(row[0::channels], row[1::channels], row[2::channels]))
        above = row
    return colours


def test_the_browser_reads_marks_and_tables():
    dom = browse("--dump-dom").decode()
    marks = re.findall(r'<mark class="atau-(\w+)', dom)
    assert {"PERSON", "ORGANIZATION", "LOCATION", "PROGRAM"} <= set(marks)
    assert "Дмитрий Рогозин" in dom
    assert "<caption>Entities</caption>" in dom
    assert "<caption>Relations</caption>" in dom
    assert "src=" not in dom and "http" not in dom  # nothing is fetched
    assert "\ufffd" not in dom


@pytest.mark.parametrize(
    ("arguments", "dark"), [((), False), (("--force-dark-mode", "--blink-settings=preferredColorScheme=0"), True)]
)
def test_marks_can_be_seen(tmp_path, arguments, dark):
    shot = tmp_path / "page.png"
    browse("--window-size=800,1200", f"--screenshot={shot}", *arguments)
    colours = pixels(shot)
    paper = {c for c in colours if max(c) < 40} if dark else {c for c in colours if min(c) > 250}
    assert paper
    # Backgrounds of marks: coloured, that is with channels that differ; anti-aliased grey text has none of these.
    assert len([c for c in colours if max(c) - min(c) > 25]) >= 4
