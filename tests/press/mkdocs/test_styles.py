"""A style sheet is left with the rules that can match something, in their order."""

from pathlib import Path

import pytest
from mkdocs.exceptions import Abort

from press.mkdocs.styles import Used, join_styles, trim_sheets, trimmed
from press.palette import as_css

PAGE = """<html lang="en"><body dir="ltr" data-scheme="slate"><p class="a b" id="i"
style="color: var(--in-page)">text</p><table class="rows"><tr><td class="b"><script>add("in-head")
</script></body></html>"""
SCRIPT = """const n = "made"; node.className = "made-too__x--y"; tag.x = "rtl"; let unquoted = 1;
node.dataset.told = ""; node.innerHTML = `<video style="color: var(--in-script)"><td>`;
document.createElement("section"); node.closest("table");"""
THEMES = """const n = "of-theme", o = "gone", s = "n", t = "md-search-result__item";
c = "data-md-color-switching", d = "var(--in-theme)", e = "var(--md-mermaid-font)";"""
OFF = [f"md-{word}" for word in ("annotation", "progress-bar", "source__fact", "status", "tag")]
OFF += [f"md-{word}" for word in ("code__button", "tooltip2", "typeset__table", "version__list")]
OFF += [f"md-search-result__{part}" for part in ("icon", "more", "terms")]
OFF += ["tabbed-labels"]


@pytest.fixture
def used(tmp_path: Path) -> Used:
    (tmp_path / "page.html").write_text(PAGE, "utf-8")
    (tmp_path / "script.js").write_text(SCRIPT, "utf-8")
    theme = tmp_path / "javascripts" / "theme.js"
    theme.parent.mkdir()
    theme.write_text(f"{THEMES} made = {OFF}", "utf-8")
    return Used.by([tmp_path / "page.html"], [tmp_path / "script.js", theme])


@pytest.mark.parametrize(
    "selector",
    [
        *("p", ".a", "#i", "*", "p.a > .b", "body p::before", "a:hover,p", "[dir=ltr] p", ".a p"),
        *(".made", ".made-too__x--y", "[data-scheme=slate]", "[data-scheme=made]", "[class*=b]"),
        *(".of-theme", ".md-search-result__item", "[data-told]", "p[open]", "video.a"),
        *(".in-head p", "td:not([class])", "tr:not([class]) > td.b", "section:not([class])"),
        *(":not([class]) p", "table :not([class])", "p > :not([class])", "table:not([class=rows])"),
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
        *(".n", "[data-n]", "[data-md-color-switching] *", *(f".{name}" for name in OFF)),
        *("table:not([class])", "p table:not([class])+*", "table:not([class])>:first-child"),
        *("table:hover:not([class]) td", "p:not([class])", "table:not(.a):not([class])"),
        *(".unquoted", "[data-gone]", "audio.a", ".a:hover > .gone::after"),
    ],
)
def test_a_rule_goes_that_matches_nothing(used: Used, selector: str) -> None:
    assert trimmed(f"{selector} {{ margin: 0 }}", used) == ""


def test_of_a_list_of_selectors_those_stay_that_can_match(used: Used) -> None:
    css = ".gone, .a, audio , p\t/* x */.b {margin:0/* y */\n  1px}"
    assert trimmed(css, used) == ".a,p .b{margin:0 1px}"


def test_rules_in_a_query_are_looked_at_and_an_empty_one_goes(used: Used) -> None:
    css = "@media print { .gone { margin: 0 } } @media screen{.gone{margin:0} .a{margin:0}}"
    assert trimmed(css, used) == "@media screen{.a{margin:0}}"
    for name in ("supports (gap: 1px)", "layer x", "container (width > 1px)"):
        css = f"@{name} {{ .gone {{ margin: 0 }} .a {{ margin: 0 !important }} }}"
        assert trimmed(css, used) == f"@{name}{{.a{{margin:0!important}}}}"
    assert trimmed('@font-face { src: url("x y") }', used) == '@font-face{src: url("x y")}'


def test_a_statement_stays(used: Used) -> None:
    css = '@import "x.css" print;@layer a, b;@media print { .gone { margin: 0 } }'
    assert trimmed('@charset "UTF-8";' + css, used) == '@import "x.css" print;@layer a, b;'


def test_a_variable_goes_that_nothing_reads(used: Used) -> None:
    css = ":root { --x: var(--y); --y: 1; --z: 2; --in-page: 3; --in-script: 3; --w: var(--v);"
    css += " --v: 4; --in-theme: 5; --md-mermaid-font: 6 } .a { margin: var(--x) }"
    read = "--x:var(--y);--y:1;--in-page:3;--in-script:3;--in-theme:5"
    assert trimmed(css, used) == f":root{{{read}}}.a{{margin:var(--x)}}"


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
        css = ".one{margin:0}.two{margin:0}.three{margin:0}.made-too{margin:0}"
        (folder / "press.css").write_text(css, "utf-8")
    (tmp_path / "zh" / "script.js").write_text('"made-too"', "utf-8")
    sheets = [tmp_path / "zh/press.css", tmp_path / "en/press.css"]
    trim_sheets(tmp_path, sheets)
    assert {sheet.read_text("utf-8") for sheet in sheets} == {
        ".one{margin:0}.two{margin:0}.made-too{margin:0}"
    }


def test_a_sheet_is_the_theme_the_palette_and_its_parts_in_order(tmp_path: Path) -> None:
    entry, parts, theme = tmp_path / "a.css", tmp_path / "parts", tmp_path / "theme"
    parts.mkdir()
    theme.write_text("theme", "utf-8")
    for name in ("one", "two"):
        (parts / f"{name}.css").write_text(name, "utf-8")
    entry.write_text('/* says */\n@import "parts/two.css";\n@import "parts/one.css";\n', "utf-8")
    assert join_styles(entry, [theme]) == f"theme\n{as_css()}/* says */\ntwo\none\n"
    (parts / "three.css").write_text("three", "utf-8")
    with pytest.raises(Abort, match=r"only these; see parts/three\.css"):
        join_styles(entry)
    for name in ("one", "three"):
        (parts / f"{name}.css").unlink()
    with pytest.raises(Abort, match=r"only these; see parts/one\.css"):
        join_styles(entry)


@pytest.mark.parametrize(
    ("script", "bare"),
    [
        ('document.createElement("td"); node.closest("table")', False),
        ('const make = (tag) => document.createElement(tag); make("table")', True),
        ('document.createElement("table")', True),
        ('document.createElementNS(HTML, "table")', True),
        ('document.createElementNS(HTML, tag); make("table")', True),
        ('document.createElementNS(space, "svg"); node.closest("table")', False),
        ('html`<table class="rows"><td>`; const table = 1', False),
        ("html`<table><td>`", True),
    ],
)
def test_a_table_without_a_class_may_be_made_by_a_script(
    tmp_path: Path, script: str, bare: bool
) -> None:
    (tmp_path / "page.html").write_text(PAGE, "utf-8")
    (tmp_path / "script.js").write_text(script, "utf-8")
    used = Used.by([tmp_path / "page.html"], [tmp_path / "script.js"])
    assert bool(trimmed("table:not([class]) { margin: 0 }", used)) is bare
