"""A style sheet is left with the rules that can match something, in their order."""

from pathlib import Path

import pytest

from press.mkdocs.styles import Used, trim_sheets, trimmed

PAGE = """<html lang="en"><body dir="ltr" data-scheme="slate"><p class="a b" id="i"
style="color: var(--in-page)">text</p></body></html>"""
SCRIPT = """const n = "made"; node.className = "made-too__x--y"; tag.x = "rtl"; let unquoted = 1;
node.dataset.told = "";"""
THEMES = 'const n = "of-theme", o = "gone", s = "n", t = "md-code__button";'


@pytest.fixture
def used(tmp_path: Path) -> Used:
    (tmp_path / "page.html").write_text(PAGE, "utf-8")
    (tmp_path / "script.js").write_text(SCRIPT, "utf-8")
    theme = tmp_path / "javascripts" / "theme.js"
    theme.parent.mkdir()
    theme.write_text(THEMES, "utf-8")
    return Used.by([tmp_path / "page.html"], [tmp_path / "script.js", theme])


@pytest.mark.parametrize(
    "selector",
    [
        *("p", ".a", "#i", "*", "p.a > .b", "body p::before", "a:hover,p", "[dir=ltr] p"),
        *(".made", ".made-too__x--y", "[data-scheme=slate]", "[data-scheme=made]", "[class*=b]"),
        *(".of-theme", "[data-told]", "p[open]"),
        *(":root", "p:not(.gone)", "p:is(.gone, .a)", "html:not(.made) p", "[lang] .a"),
    ],
)
def test_a_rule_stays_that_can_match(used: Used, selector: str) -> None:
    kept = trimmed(f"{selector} {{ margin: 0 }}", used)
    assert kept.endswith("{margin:0}")
    assert kept.removesuffix("{margin:0}").split(",")[-1] == selector.rpartition(",")[2]


@pytest.mark.parametrize(
    "selector",
    [
        *("a", ".gone", "#gone", ".a .gone", "p.gone", "[dir=rtl] p", "[data-scheme=gone]"),
        *(".n", ".md-code__button", "[data-n]"),
        *(".unquoted", "[data-gone]", "video.a", ".md-version", ".a:hover > .gone::after"),
    ],
)
def test_a_rule_goes_that_matches_nothing(used: Used, selector: str) -> None:
    assert trimmed(f"{selector} {{ margin: 0 }}", used) == ""


def test_of_a_list_of_selectors_those_stay_that_can_match(used: Used) -> None:
    assert trimmed(".gone, .a, video , p .b {margin:0}", used) == ".a,p .b{margin:0}"


def test_rules_in_a_query_are_looked_at_and_an_empty_one_goes(used: Used) -> None:
    css = "@media print { .gone { margin: 0 } } @media screen{.gone{margin:0} .a{margin:0}}"
    assert trimmed(css, used) == "@media screen{.a{margin:0}}"
    assert trimmed('@font-face { src: url("x y") }', used) == '@font-face{src: url("x y")}'


def test_a_variable_goes_that_nothing_reads(used: Used) -> None:
    css = ":root { --x: var(--y); --y: 1; --z: 2; --in-page: 3; --w: var(--v); --v: 4 }"
    css += " .a { margin: var(--x) }"
    assert trimmed(css, used) == (":root{--x:var(--y);--y:1;--in-page:3}.a{margin:var(--x)}")


def test_what_a_string_holds_stays_as_it_is(used: Used) -> None:
    css = """.a { background: url("data:image/svg+xml;,<a  b='{;}'/>") ; content: " /* x */ " }"""
    assert trimmed(css + "/* gone */", used) == (
        """.a{background:url("data:image/svg+xml;,<a  b='{;}'/>");content:" /* x */ "}"""
    )


def test_a_page_without_a_class_that_another_has_shares_its_sheet(tmp_path: Path) -> None:
    for language, name in (("zh", "one"), ("en", "two")):
        folder = tmp_path / language
        folder.mkdir()
        (folder / "index.html").write_text(f'<p class="{name}" id="x">', "utf-8")
        (folder / "press.css").write_text(".one{margin:0}.two{margin:0}.three{margin:0}", "utf-8")
    sheets = [tmp_path / "zh/press.css", tmp_path / "en/press.css"]
    trim_sheets(tmp_path, sheets)
    assert {sheet.read_text("utf-8") for sheet in sheets} == {".one{margin:0}.two{margin:0}"}
