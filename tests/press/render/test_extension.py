"""What was checked is exactly what is rendered, and Python-Markdown alone renders it."""

import html
import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from markdown import Markdown

from press.failure import PressError
from press.project import Project
from press.render.highlighting import highlighted
from press.render.pages import render
from press.render.placeholders import unstamped
from press.syntax.pages import PageText, read_page
from press.syntax.woven import Api, Citation, Figure, Formula, Listing, Number, Source

ROOT = Path(__file__).resolve().parents[3]
PAGES = sorted(
    page for language in ("zh", "en") for page in (ROOT / "docs" / language).rglob("*.md")
)
PRIVATE = re.compile("[\ue000-\uf8ff]")


class _Texts(HTMLParser):
    """Collects the text below every element of some names."""

    def __init__(self, *names: str) -> None:
        super().__init__()
        self.names = names
        self.texts: list[str] = []
        self.depth = 0

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag in self.names:
            self.depth += 1
            self.texts.append("")

    def handle_endtag(self, tag: str) -> None:
        self.depth -= tag in self.names

    def handle_data(self, data: str) -> None:
        if self.depth:
            self.texts[-1] += data


def texts(markup: str, *names: str) -> list[str]:
    parser = _Texts(*names)
    parser.feed(markup)
    return parser.texts


def woven(small: Any, markdown: str, on_error: str = "raise", **settings: Any) -> str:
    """Render with Python-Markdown and one extension."""
    options = {"root": str(small.root), "on_error": on_error, **settings}
    names = ["tables", "attr_list", "footnotes", "md_in_html", "press.render"]
    return Markdown(extensions=names, extension_configs={"press.render": options}).convert(markdown)


def page_of(markdown: str) -> PageText:
    return PageText(Path("page.md"), "", markdown, 1)


def test_a_page_is_rendered_by_python_markdown_alone_without_mkdocs(small: Any) -> None:
    program = """
import json, sys
from markdown import Markdown
page, root = sys.argv[1:]
text = open(page, encoding="utf-8").read()
options = {"root": root, "language": "en"}
names = ["attr_list", "tables", "admonition", "pymdownx.superfences", "press.render"]
md = Markdown(extensions=names, extension_configs={"press.render": options})
markup = md.convert(text)
print(json.dumps([markup, sorted(m for m in sys.modules if m.partition(".")[0] == "mkdocs")]))
"""
    page = small.write(
        "docs/en/powers.md",
        (small.root / "docs/en/powers.md").read_text("utf-8")
        + "\n## The [9]{= nine} {#nine}\n\n| a |\n|---|\n| [−14]{= x[0]} |\n\n"
        '![at [3]{= x[0]}](line.png "by [4]{= x[1]}")\n\n!!! note\n\n    $x^2${= c == c}\n',
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(page), str(small.root)],
        capture_output=True,
        encoding="utf-8",
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    markup, mkdocs = json.loads(done.stdout)
    assert mkdocs == []
    assert '<figure class="press-listing" data-press="listing">' in markup
    assert '<figure class="press-listing press-wrong" data-press="listing">' in markup
    assert '<figure class="press-source" data-press="source">' in markup
    assert re.search(
        r'<figure class="press-figure"[^>]*>.*<svg [^>]*aria-label="A line of length 3\."',
        markup,
        re.DOTALL,
    )
    assert re.search(r'<li><a href="#(number-\d+)">27.7</a> <code>length</code></li>', markup)
    assert re.search(r'<span class="press-number" id="number-\d+">27.7</span>', markup)
    assert re.search(r'<h2 id="nine">The <span class="press-number"[^>]*>9</span></h2>', markup)
    assert re.search(r'<td><span class="press-number"[^>]*>−14</span></td>', markup)
    assert '<img alt="at 3" src="line.png" title="by 4" />' in markup
    assert "<math" in markup
    assert '<section class="admonition note">' in markup, "a reader mode drops a short div"
    assert '<span class="press-drawing" data-press="figure"><svg' in markup
    assert re.search(
        r'<a class="press-citation"[^>]* href="https://arxiv.org/abs/1706.03762" '
        r'title="Attention Is All You Need">Vaswani et al. 2017</a>',
        markup,
    )
    assert markup.count('<details class="press-provenance"') == 1


def test_the_inside_of_a_docstring_is_folded_and_no_character_is_lost(small: Any) -> None:
    code = (
        'def f(x):\n    """First & <b>.\n\n    Args:\n        x: \u2028 one.\n\n    """\n'
        '    def g():\n        """Another.\n\n        a\n        b\n        """\n    return x\n'
    )
    small.write("src/subject/folded.py", code)
    for language, summary in (("en", "The rest of the docstring"), ("zh", "文档字符串的其余部分")):
        markup = woven(small, "``` source\nsubject.folded:f\n```", language=language)
        assert "".join(texts(markup, "code")) == code
        shown = re.sub(r"<details.*?</details>", "", markup, flags=re.DOTALL)
        assert "".join(texts(shown, "code")) == (
            'def f(x):\n    """First & <b>.\n    """\n'
            '    def g():\n        """Another.\n        """\n    return x\n'
        )
        assert texts(markup, "summary") == [summary] * 2


def test_the_text_of_a_listing_is_exactly_its_file(small: Any) -> None:
    nasty = (
        '"""Markup: <b>&amp;</b> \\u2028 $a$ [1]{= x} *b*"""\n\n\n'
        "x = 1  # trailing blanks   \n\tif_tab = 2\n" + "\n" * 3
    )
    for text in (nasty, "\n\nx = 1\n", "x = 1", "x = '[@vaswani2017] {= y}'\n", "\ue000 = 1\n"):
        path = small.listing("nasty", text, "<out> & *not* [1]{= x}\n")
        markup = woven(small, "``` listing\npowers/nasty.py\n```", on_error="show")
        assert texts(markup, "pre") == [path.read_text("utf-8"), "<out> & *not* [1]{= x}\n"]


def test_the_text_of_a_source_is_exactly_its_lines_in_src(small: Any) -> None:
    markup = woven(small, "``` source\nsubject.powers:square\n```")
    module = (small.root / "src/subject/powers.py").read_text("utf-8")
    [shown] = texts(markup, "code")
    assert shown.startswith("def square(n: int)")
    assert shown in module
    assert 'href="/source/subject/powers.py"' in markup
    assert ">subject.powers.<span>square</span></a>" in markup, "it may break before the symbol"


def test_highlighting_keeps_every_character() -> None:
    for code in ("", "\n", "x", "a b\t\n\n", "'<&>\"'\n", "ß漢\u2003\n", "if :(\n  ?$\n"):
        assert texts(highlighted(code), "code") == [code]


def test_a_listing_names_its_file_and_offers_it(small: Any) -> None:
    markup = woven(small, "``` listing\npowers/squares.py\n```")
    assert '<span class="press-name">powers/squares.py</span>' in markup
    assert re.search(
        r'<a class="press-download" download="" href="/listings/powers/squares.py">', markup
    )


def test_a_listing_that_prints_nothing_has_no_output(small: Any) -> None:
    small.listing("silent", "x = 1\n")
    assert "press-output" not in woven(small, "``` listing\npowers/silent.py\n```")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_press_speaks_the_language_of_the_page(small: Any, language: str) -> None:
    markup = woven(small, "``` listing wrong\npowers/squares.py\n```", language=language)
    words = {"zh": ["错误版本", "下载", "输出"], "en": ["Wrong version", "Download", "Output"]}
    assert all((word in markup) == (each == language) for each in words for word in words[each])


@pytest.mark.parametrize(
    ("markdown", "line", "says"),
    [
        ("``` listng\npowers/squares.py\n```", 1, "listng"),
        ("a\n\n``` listing\npowers/none.py\n```", 3, "powers/none.py"),
        ("``` listing\n../../../etc/passwd\n```", 1, "there is no"),
        ("``` source\nsubject.powers:cube\n```", 1, "defines no 'cube'"),
        ("``` source\nsubject.nothing:cube\n```", 1, "there is no 'subject.nothing'"),
        ("``` figure\npowers/none.svg\nalt: A.\ncaption: C.\n```", 1, "powers/none.svg"),
        ("``` listing\npowers/squares.py", 1, "never closed"),
        ("a\n[27.7]{= a", 2, "malformed"),
        ("[@nobody2017]", 1, "no work 'nobody2017'"),
        (r"$\frac{1}$", 1, "TeX that Temml reads"),
        (r"$\nosuchmacro$", 1, "TeX that Temml reads"),
        ("a\n\n    [27.7]{= length}", 3, "stands in a code block"),
        ("a\n\n    $x$", 3, "stands in a code block"),
        ("a\n\n    [@vaswani2017]", 3, "stands in a code block"),
        ("a\n\n    ``` listing\n    powers/squares.py\n    ```", 3, "stands in a code block"),
        ("<pre>[27.7]{= length}</pre>", 1, "stands in a code block"),
        ("<code>[27.7]{= length}</code>", 1, "stands in a code block"),
        ("<div>\n``` listing\npowers/squares.py\n```\n</div>", 2, "comes out 0 times"),
        ("[a]: https://x.org/ '[27.7]{= length}'", 1, "comes out 0 times"),
        ("word\n``` figure\npowers/line.svg\nalt: A [3]{= x[0]}\n```", 2, "caption"),
    ],
)
def test_a_broken_page_raises_by_default(small: Any, markdown: str, line: int, says: str) -> None:
    with pytest.raises(PressError) as caught:
        woven(small, markdown)
    assert any(f.line == line and says in f.message for f in caught.value.failures), caught.value


def test_every_problem_of_a_page_is_told_at_once(small: Any) -> None:
    with pytest.raises(PressError) as caught:
        woven(small, "[@nobody] $a\n\n``` listng\n```\n\n``` source\na:b\n```")
    assert [failure.line for failure in caught.value.failures] == [1, 1, 3, 6]


def test_a_broken_page_may_show_what_is_wrong_instead(small: Any) -> None:
    markup = woven(small, "[@nobody<x>] and [@nobody]", on_error="show")
    assert '<strong class="press-error" data-press="error">' in markup
    assert "no work &#x27;nobody&#x27;" in markup


@pytest.mark.parametrize(
    "markdown",
    [
        "[27.7]{= length",
        "{= x}",
        "\\[27.7]{= x}",
        "[27.7]{=\nx}",
        "&#123;= x}",
        "<div>{= x}</div>",
        "[27.7](a){= x}",
        "# Title {= x}",
        "![a {= x}](b.png)\n\n{= x",
    ],
)
def test_no_opening_of_an_expression_reaches_the_page_outside_code(
    small: Any, markdown: str
) -> None:
    with pytest.raises(PressError):
        woven(small, markdown)


def test_each_table_has_a_box_in_which_it_scrolls(small: Any) -> None:
    table = "| a | b |\n| --- | --- |\n| 1 | 2 |\n"
    nested = "\n".join(f"    {line}" for line in table.splitlines())
    own = '<table class="own" markdown="1">\n<tr><td>1</td></tr>\n</table>'
    text = f"{table}\nwords\n\n- item\n\n{nested}\n\n{own}\n"
    markup = woven(small, text)
    assert markup.count('<div class="press-table"><table class="press-rows">') == 2
    assert markup.count("<table") == 3
    assert markup.count('<table class="own">') == 1, "a table of its own kind is left alone"
    assert "</table></div>\n<p>words</p>" in markup, "what follows stays outside"


def test_an_opening_of_an_expression_may_be_shown_in_code(small: Any) -> None:
    markup = woven(small, "Write `[27.7]{= x}`.\n\n    or {= here}\n", on_error="show")
    assert texts(markup, "code")[0] == "[27.7]{= x}"


def test_markdown_reads_nothing_into_formulas_and_expressions(small: Any) -> None:
    markup = woven(small, r"$a_1*b_2*c_3$ and [3]{= x[0] * 1 * len('_a_')} and $x<y$")
    assert "<em>" not in markup
    formulas = re.findall(r'<span class="press-tex" hidden>(.*?)</span>', markup)
    assert formulas == ["a_1*b_2*c_3"]
    assert "<code>x[0] * 1 * len(&#x27;_a_&#x27;)</code>" in markup


def test_a_formula_says_in_tex_and_in_words_only_what_it_does_not_show(small: Any) -> None:
    markup = woven(small, r"$x<y$ and $x_1$ and $\sqrt{x}$ and $x\,y$")
    tex = [None, None, r"\sqrt{x}", r"x\,y"]
    words = [None, "x_1", "√x", "x y"]
    found = re.findall(
        r'<span class="press-formula"(?: data-tex="([^"]*)")?>'
        r'(?:<span class="press-tex" hidden>(.*?)</span>)?<math',
        markup,
    )
    assert found == [(a or "", b or "") for a, b in zip(tex, words, strict=True)]


def test_the_text_of_a_formula_is_whole_in_search_and_in_an_attribute(small: Any) -> None:
    markup = woven(small, r"$\frac{a}{1-b}\qquad c$ and ![so $\frac{a}{1-b}$](b.png)")
    assert '<span class="press-tex" hidden>a/(1-b); c</span>' in markup
    assert 'alt="so a/(1-b)"' in markup
    with pytest.raises(PressError, match=r"none for \\smile"):
        woven(small, r"$a\smile b$")


@pytest.mark.parametrize(
    ("text", "before", "ends"),
    [
        ("see $x$ and", "see ", False),
        ("see $x$, and", "see ", True),
        ("f（$x$，", 'f<span class="press-keep">（</span>', True),
        ("(($x$)", '<span class="press-keep">((</span>', True),
    ],
)
def test_marks_beside_a_formula_are_not_parted_from_it(
    small: Any, text: str, before: str, ends: bool
) -> None:
    markup = woven(small, text)
    assert f'<p>{before}<span class="press-formula">' in markup
    assert ('<mrow class="press-end"><mi>x</mi></mrow></math>' in markup) == ends
    assert ("<math><mi>x</mi></math>" in markup) == (not ends)


def test_a_range_of_numbers_stays_on_one_line(small: Any) -> None:
    markup = woven(small, "([2]{= 2 * x[0]}–[3.0]{= length}), [2]{= 2 * x[0]} – [3.0]{= length}")
    kept = re.findall(r'\(<span class="press-keep">(.*?)</span>\), ', markup)
    assert re.sub(r"<[^>]*>", "", kept[0]) == "2–3.0"
    assert markup.count("press-keep") == 1


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("[3.0]{= length} GB of memory", True),
        ("[3.0]{= length} GiB", True),
        ("[3.0]{= length} TFLOP/s", True),
        ("[3.0]{= length} Gbooks", False),
        ("[3.0]{= length} tokens", False),
        ("`3.0` GB", False),
    ],
)
def test_a_number_and_its_unit_stay_on_one_line(small: Any, text: str, kept: bool) -> None:
    shown = woven(small, text).partition('<details class="press-provenance"')[0]
    assert ("\u00a0" in shown) is kept


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("`attention.kv_cache.update`", "attention.<wbr>kv_<wbr>cache.<wbr>update"),
        ("`_a_name.__of_some__length`", "_a_<wbr>name.__of_<wbr>some__length"),
        ("`short.name_here`", "short.name_here"),
        ("`two names.that_have_a_space`", "two names.that_have_a_space"),
    ],
)
def test_a_long_name_breaks_between_its_words(small: Any, text: str, shown: str) -> None:
    assert f"<code>{shown}</code>" in woven(small, text)


def test_a_formula_that_temml_cannot_read_is_one_problem(small: Any) -> None:
    with pytest.raises(PressError) as error:
        woven(small, r"$\frac{\val{27.7}{length}}$")
    assert [f.message.partition(";")[0] for f in error.value.failures] == ["TeX that Temml reads"]


def test_a_value_in_a_formula_carries_its_expression(small: Any) -> None:
    markup = woven(small, r"$s=\val{27.7}{length}+\val{3}{x[0]}$")
    shown, _, listed = markup.partition('<details class="press-provenance"')
    assert shown.count('class="press-value"') == 2
    assert "press-value-" not in markup
    assert re.findall(r'href="#formula-0">Formula</a> <code>(.*?)</code>', listed) == [
        "length",
        "x[0]",
    ]
    assert '<span class="press-formula" id="formula-0">' in shown


def test_the_values_of_a_formula_come_in_the_order_of_its_list(small: Any) -> None:
    with pytest.raises(PressError, match="each value once, in the order of its TeX"):
        woven(small, r"$\overset{\val{3}{x[0]}}{\val{27.7}{length}}$")


def test_the_list_of_provenance_holds_every_expression_and_no_dead_link(small: Any) -> None:
    markup = woven(
        small,
        "[27.7]{= length} ![a [3]{= x[0]}](b.png) $a^2${= c == c} $\\val{4}{x[1]}$\n\n"
        "``` figure\npowers/line.svg\nalt: A [9]{= nine}.\ncaption: C.\n```",
    )
    _, _, listed = markup.partition('<details class="press-provenance"')
    assert texts(listed, "code") == ["length", "x[0]", "c == c", "x[1]", "nine"]
    anchors = re.findall(r'href="#([^"]+)"', listed)
    assert len(anchors) == 4  # the alternative text of an image has no place of its own
    assert set(anchors) <= set(re.findall(r'\sid="([^"]+)"', markup))


def test_a_page_without_numbers_has_no_list_of_provenance(small: Any) -> None:
    assert "press-provenance" not in woven(small, "Prose.")


def test_numbers_in_attributes_become_text_and_nothing_breaks_out_of_them(small: Any) -> None:
    small.listing("text", "quote = '\"><b>'\n")
    markup = woven(small, "![$a<b$ [3]{= x[0]} [@vaswani2017]](b.png)")
    assert '<img alt="a&lt;b 3 Vaswani et al. 2017" src="b.png" />' in markup


def test_an_attribute_of_raw_html_may_hold_a_bracket(small: Any) -> None:
    markup = woven(small, "<b title=\"a > b, [9]{= nine}\">it's [3]{= x[0]}</b> <!-- > ' -->")
    assert '<b title="a > b, 9">it\'s <span class="press-number"' in markup


def test_a_number_in_a_footnote_is_woven_once(small: Any) -> None:
    markup = woven(small, "Text.[^note]\n\n[^note]: It is [27.7]{= length}.")
    assert markup.count('class="press-number"') == 1


def test_one_converter_renders_page_after_page(small: Any) -> None:
    options = {"root": str(small.root)}
    md = Markdown(extensions=["press.render"], extension_configs={"press.render": options})
    first = md.convert("[27.7]{= length}")
    assert md.reset().convert("$a$").count("press-number") == 0
    assert md.reset().convert("[27.7]{= length}") == first
    with pytest.raises(PressError):
        md.convert("{= x}")
    assert 'class="press-number"' in md.convert("[27.7]{= length}")


def test_a_heading_keeps_its_number_out_of_its_id_and_in_the_contents(small: Any) -> None:
    options = {"root": str(small.root)}
    md = Markdown(extensions=["toc", "press.render"], extension_configs={"press.render": options})
    md.convert("# About [27.7]{= length} and $x$")
    [token] = md.toc_tokens  # type: ignore[attr-defined]
    assert token["name"] == "About 27.7 and x"
    assert not PRIVATE.search(json.dumps(token, ensure_ascii=False))


FEATURES = """\
# A title [3]{= squares: x[0]} {#title}

1. First 1
2) second 2

> Quote 3 **bold 4** *em 5* ~~6~~ [link 7](https://x.org/8 "title 9") <https://x.org/10>

Term 11
:   Definition 12

| a 13 | b |
|------|---|
| 14   | [27.7]{= length} |

![image 15](a16.png "title 17"){ width="18" .cls19 }

Text[^20] with a note, `code 21`, HTML, <span title="22" data-x="23">24</span> &#50;5 &frac12;.

[^20]: Note 26.

See [this][27] and [that][HTML5].

[27]: https://x.org/28 "29"
[HTML5]: https://x.org/30

*[HTML]: language 31

!!! note "Title 32"

    Body 33.

    ??? answer "Title 34"

        - 35

    indented code 36

<div markdown="1">Block 37</div>

<!-- comment 38 -->

Setext 39
---------

A line with a break 40 \x20
next 41 \\* 42\\_43

    code 44

```` text
45
````
"""


def test_stamps_change_nothing_but_themselves(fixed: Any) -> None:
    project = fixed.project
    stamped = render(project, "en", page_of(FEATURES), stamp=True).html
    plain = render(project, "en", page_of(FEATURES), stamp=False).html
    assert not PRIVATE.search(plain)
    assert unstamped(stamped) == plain
    assert stamped != plain


class RealPage:
    """A page of the book as readers get it."""

    def __init__(self, path: Path) -> None:
        self.project, self.text = Project.load(path), read_page(path)
        self.language = self.project.language_of(path)
        self.plain = render(self.project, self.language, self.text, stamp=False)


@pytest.fixture(scope="module", params=PAGES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def real(request: pytest.FixtureRequest) -> RealPage:
    """Each page of the book, rendered once."""
    return RealPage(request.param)


class TestOnEveryRealPage:
    """The promises that need no fault to be seen."""

    def test_what_is_checked_is_what_a_reader_gets_byte_for_byte(self, real: RealPage) -> None:
        stamped = render(real.project, real.language, real.text, stamp=True).html
        assert unstamped(stamped) == real.plain.html
        assert not PRIVATE.search(real.plain.html)

    def test_every_item_is_rendered_once_in_its_place(self, real: RealPage) -> None:
        project, rendered = real.project, real.plain
        assert rendered.problems == ()
        markup, _, listed = rendered.html.partition('<details class="press-provenance"')
        items = rendered.recognised.items
        alts = [
            range(f.alt_start, f.alt_start + len(f.alt)) for f in items if isinstance(f, Figure)
        ]
        numbers = {
            f"number-{i}": (item.literal, item.expression)
            for i, item in enumerate(items)
            if isinstance(item, Number) and not any(item.start in alt for alt in alts)
        }
        found = re.findall(r'<span class="press-number" id="(number-\d+)">([^<]*)</span>', markup)
        rows = re.findall(
            r'<li><a href="#(.*?)">(.*?)</a> (?:<a [^>]*>)?<code>(.*?)</code>', listed
        )
        listed_numbers = {i: tuple(map(html.unescape, rest)) for i, *rest in rows}
        assert sorted((i, html.unescape(says)) for i, says in found) == sorted(
            (i, literal) for i, (literal, _) in numbers.items()
        )
        assert {i: listed_numbers[i] for i in numbers} == numbers
        formulas = [(i, item) for i, item in enumerate(items) if isinstance(item, Formula)]
        assert markup.count('<span class="press-formula"') == len(formulas)
        for i, formula in formulas:
            led = [is_ for place, _, is_ in rows if place == f"formula-{i}"]
            expected = [val.expression for val in formula.tex.vals]
            expected = [formula.identity, *expected] if formula.identity else expected
            assert [html.unescape(is_) for is_ in led] == expected
            assert (f' id="formula-{i}"' in markup) == bool(expected)
        for kind in (Api, Listing, Source, Figure, Citation):
            count = sum(isinstance(item, kind) for item in items)
            assert markup.count(f'data-press="{kind.kind}"') == count, kind
        files = [project.listings / i.path for i in items if isinstance(i, Listing)]
        shown = texts(
            re.sub(r'<figure class="press-source".*?</figure>', "", markup, flags=re.DOTALL), "pre"
        )
        for file in files:
            assert file.read_text("utf-8") in shown
        assert len(texts(listed, "li")) >= len(numbers)
