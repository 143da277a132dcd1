"""Columns of code align and English keeps its quotation marks, also beside Chinese fonts.

A Chinese font has Latin letters of different widths, and quotation marks as wide as a Chinese
character. On a Linux that has Noto CJK, and none of the Latin fonts that the styles name, code
and English text must not take them from there. Here browsers see the fonts of such machines.
"""

import os
import shutil
import string
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from get_chromium import FAMILIES
from languages import every_language
from playwright.sync_api import Browser, Page

from press.execute.chromium import find_chromium

MACHINES = {
    "a Latin monospaced font": FAMILIES,
    "no Latin monospaced font": [name for name in FAMILIES if name != "DejaVu Sans Mono"],
}
# What text is set in the code font: programs, what they print, code in a sentence.
CODE = ["pre code", "pre samp", "p code"]
TEXT = ["p", "h1", "h2", "th"]
CONFIGURATION = """\
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{fonts}</dir>
  <cachedir>{cache}</cachedir>
  <include>/etc/fonts/conf.d</include>
</fontconfig>
"""


def files_of(family: str) -> list[Path]:
    """Return the files of a family of fonts that this machine has."""
    command = ["fc-list", f":family={family}", "--format", "%{file}\\n"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)
    return sorted({Path(line) for line in done.stdout.splitlines()})


@pytest.fixture(scope="module", params=MACHINES)
def machine(
    request: pytest.FixtureRequest, browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Browser]]:
    """A browser that sees some of the fonts of this machine, and no others."""
    if not sys.platform.startswith("linux") or shutil.which("fc-list") is None:
        pytest.skip("fontconfig chooses the fonts of a browser on Linux alone")
    families = {family: files_of(family) for family in MACHINES[request.param]}
    if missing := [family for family, files in families.items() if not files]:
        pytest.skip(f"this machine lacks {', '.join(missing)}: fonts-noto-cjk, fonts-dejavu-core")
    folder = tmp_path_factory.mktemp("machine")
    (folder / "fonts").mkdir()
    for file in {file for files in families.values() for file in files}:
        (folder / "fonts" / file.name).symlink_to(file)
    text = CONFIGURATION.format(fonts=folder / "fonts", cache=folder / "cache")
    (folder / "fonts.conf").write_text(text, "utf-8")
    settings = os.environ | {"FONTCONFIG_FILE": str(folder / "fonts.conf")}
    listed = subprocess.run(
        ["fc-list", "--format", "%{family[0]}\\n"],
        env=settings,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    shown = set(listed.stdout.splitlines())
    assert set(families) <= shown
    assert not {"Liberation Mono", "Liberation Sans", "Noto Sans", "Noto Sans Mono"} & shown
    assert ("DejaVu Sans Mono" in shown) == ("DejaVu Sans Mono" in families)
    own = browser.browser_type.launch(
        executable_path=find_chromium(),
        args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        env=settings,
    )
    yield request.param, own
    own.close()


def widths(page: Page, wanted: dict[str, list[str]]) -> dict[str, dict[str, float]]:
    """Return how wide texts are at places of a page, in units of the font's size there."""
    found: dict[str, dict[str, float]] = page.evaluate(
        """(wanted) => Object.fromEntries(Object.entries(wanted).map(([place, texts]) => {
          const span = document.createElement("span");
          span.style.whiteSpace = "pre";
          document.querySelector(`article ${place}`).append(span);
          const size = parseFloat(getComputedStyle(span).fontSize);
          const found = texts.map((text) => {
            span.textContent = text;
            return [text, span.getBoundingClientRect().width / size];
          });
          span.remove();
          return [place, Object.fromEntries(found)];
        }))""",
        wanted,
    )
    return found


@every_language
def test_code_is_monospaced_and_quotation_marks_are_of_the_language(
    machine: tuple[str, Browser], site, language: str
) -> None:
    name, own = machine
    context = own.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(f"{site.url}{language}/transpose/")
    letters = [character * 40 for character in string.printable if not character.isspace()]
    wanted = {place: [*letters, "注" * 40] for place in CODE}
    wanted |= {place: ["abcd", "a“b”c’d", "注意力", "注“意”力"] for place in TEXT}
    found = widths(page, wanted)
    context.close()
    for place in CODE:
        at = found[place]
        column = at["i" * 40]
        assert 40 * 0.4 < column < 40 * 0.7
        assert {text[0] for text in letters if abs(at[text] - column) > 0.1} == set(), place
        assert at["注" * 40] == pytest.approx(40, abs=0.1), place
        if name == "no Latin monospaced font":  # Noto Sans Mono CJK: a character is two columns
            assert at["注" * 40] == pytest.approx(2 * column, abs=0.1), place
    for place in TEXT:
        at = found[place]
        if language == "en":
            assert at["a“b”c’d"] - at["abcd"] < 3 * 0.6, place
        else:
            assert at["注“意”力"] - at["注意力"] > 2 * 0.9, place
