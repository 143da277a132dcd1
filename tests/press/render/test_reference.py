"""The page of the reference: what docstrings say, each name with an address of its own."""

import html
import re
import socket
import textwrap
from pathlib import Path
from typing import Any

import pytest

from press.check.checks import check_page
from press.check.coverage import book_failures
from press.check.links import broken_links
from press.check.numerals import stray_numerals
from press.check.page_hashes import PageHashes
from press.check.translations import heading_problems

ROOT = Path(__file__).parents[3]
MODULE = '''\
"""Shapes, said in 3 words."""

import no_such_package
from jaxtyping import Float

raise SystemExit("whoever imports this module is not told about it")

__all__ = ["LIMIT", "Pair", "cut", "join"]

LIMIT: int = 7


def cut(x: Float[Array, "n"], y: Float[Array, "*#batch n_q d_k"], *, at: int = 1) -> Shape:
    """Cut ``x`` in 2 pieces, (*batch, n) and (*batch, m), at <end> & not at `y_[0]_`.

    <table> is no tag.

    As :func:`join` does, :func:`subject.powers.square`, and not :func:`_secret`.

    Args:
        x: what to cut: all of it.
        y: kept.
        at: where.

    Returns:
        One row a piece: both of the same width.

    Raises:
        ValueError: if ``at`` is 0.

    Source:
        Somebody et al. 2017, section 3.2.

    Examples:
        >>> cut([1, 2])
        [[1], [2]]
    """


def join(pieces: list[Float[Array, "3 4"]]) -> None:
    """Undo :func:`cut`, see :meth:`Pair.swapped`."""


def _secret() -> None:
    """Stay unseen."""


class Pair:
    """Two of a kind: :attr:`first` and another."""

    first: int
    _hidden: int = 0

    def __init__(self, first: int, second: int) -> None:
        """Take both."""

    @property
    def swapped(self) -> "Pair":
        """The other way round."""

    def _turn(self) -> None:
        """Stay unseen, too."""
'''
API = "# Reference {#api}\n\n## Shapes {#shapes}\n\n``` api\nsubject.shapes\n```\n"


@pytest.fixture
def listed(small: Any) -> Any:
    """A small book with a page that lists a module of its own."""
    small.write("src/subject/shapes.py", MODULE)
    small.replace("pyproject.toml", '["subject.powers"]', '["subject.powers", "subject.shapes"]')
    for language in ("zh", "en"):
        more = "\n## Powers {#powers}\n\n``` api\nsubject.powers\n```\n"
        small.write(f"docs/{language}/api.md", API + more)
    (small.root / "docs" / "theme").symlink_to(ROOT / "docs" / "theme")
    return small


def api_page(listed: Any, language: str = "en") -> Any:
    return listed.book().page(listed.root / f"docs/{language}/api.md")


def entry(markup: str, name: str) -> str:
    """Return what a page says of one name, as text."""
    start = markup.index(f'id="subject.shapes.{name}"')
    end = re.compile(r"<h[1-4]|</div>\s*<h2").search(markup, start)
    return words(markup[markup.index(">", start) + 1 : end.start() if end else len(markup)])


def words(markup: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", markup))


def test_every_public_name_has_an_anchor_and_no_private_one(listed: Any) -> None:
    page = api_page(listed)
    assert page.problems == []
    assert {each for each in page.ids if "." in each} == {
        "subject.powers.square",
        *(f"subject.shapes.{name}" for name in ("LIMIT", "Pair", "Pair.swapped", "cut", "join")),
    }
    assert "unseen" not in page.html


def test_a_signature_stands_as_in_src_with_its_shapes(listed: Any) -> None:
    markup = api_page(listed).html
    for line in ("def cut(", "def join(", "LIMIT: int = 7"):
        [there] = [each for each in MODULE.splitlines() if each.startswith(line)]
        assert there.removesuffix(":") in words(markup)
    pair = entry(markup, "Pair")
    header = "class Pair:\n    first: int\n    def __init__(self, first: int, second: int) -> None"
    assert header in pair
    assert "@property\ndef swapped(self)" in entry(markup, "Pair.swapped")
    assert '<span class="nf">cut</span>' in markup, "it is coloured"


def test_a_docstring_is_plain_text_with_code_in_it(listed: Any) -> None:
    said = entry(api_page(listed).html, "cut")
    assert "Cut x in 2 pieces, (*batch, n) and (*batch, m), at <end> & not at y_[0]_." in said
    assert "<table> is no tag." in said
    assert "what to cut: all of it." in said
    assert "One row a piece: both of the same width." in said
    assert re.search(r"ValueError\s+if at is 0\.", said)
    assert "Somebody et al. 2017, section 3.2." in said


def test_an_example_is_shown_as_it_would_be_typed(listed: Any) -> None:
    markup = api_page(listed).html
    assert ">>> cut([1, 2])\n[[1], [2]]\n" in words(markup)
    assert '<span class="gp">&gt;&gt;&gt; </span>' in markup
    assert '<span class="go">[[1], [2]]</span>' in markup


def test_titles_are_in_the_language_of_the_page_and_docstrings_english(listed: Any) -> None:
    for language, title in (("zh", "参数"), ("en", "Arguments")):
        markup = api_page(listed, language).html
        assert f'<p class="press-section" lang="{language}">{title}</p>' in markup
        assert '<div class="press-api" data-press="api" lang="en">' in markup
    chinese, english = (
        re.findall(r'class="press-section"', api_page(listed, la).html) for la in ("zh", "en")
    )
    assert len(chinese) == len(english) == 5


def test_a_docstring_that_names_a_function_leads_to_it(listed: Any) -> None:
    markup = api_page(listed).html
    for name in ("shapes.join", "powers.square", "shapes.cut", "shapes.Pair.swapped"):
        assert f'<a class="press-entry" href="#subject.{name}">' in markup
    assert "<code>_secret</code>" in markup
    assert "<code>first</code>" in markup
    assert not re.search(r":[a-z]+:`?\w", words(markup))
    assert list(broken_links(api_page(listed))) == []


def test_no_line_parts_the_minus_from_its_number(listed: Any) -> None:
    listed.write("src/subject/__init__.py", "")
    said = '"""Give -1 or -inf, from -0.5 on; ``-inf`` is code, n-1 is none, 3-2 neither."""'
    listed.write(
        "src/subject/late.py", f'__all__ = ["late"]\n\n\ndef late() -> None:\n    {said}\n'
    )
    fence = "## Late {#late}\n\n``` api\nsubject.late\n```\n\n## Powers"
    listed.replace("docs/en/api.md", "## Powers", fence)
    shown = "Give −1 or −inf, from −0.5 on; <code>-inf</code> is code, n-1 is none, 3-2 neither."
    assert shown in api_page(listed).html


def test_of_functions_of_one_name_the_name_alone_means_the_outermost(listed: Any) -> None:
    said = '"""As :func:`cut`, not :func:`subject.inner.late.cut`."""'
    for package in ("subject", "subject/inner"):
        listed.write(f"src/{package}/__init__.py", "")
    listed.write(
        "src/subject/inner/late.py", f'__all__ = ["cut"]\n\n\ndef cut() -> None:\n    {said}\n'
    )
    fence = "## Late {#late}\n\n``` api\nsubject.inner.late\n```\n\n## Powers"
    listed.replace("docs/en/api.md", "## Powers", fence)
    markup = api_page(listed).html
    assert 'href="#subject.shapes.cut"><code>cut</code></a>, not' in markup
    assert (
        'href="#subject.inner.late.cut"><code>subject.<wbr>inner.<wbr>late.<wbr>cut</code>'
        in markup
    )


def test_a_package_lists_what_it_publishes(listed: Any) -> None:
    text = 'from subject.shapes import Pair, cut\n\n__all__ = ["Pair", "cut"]\n'
    listed.write("src/subject/__init__.py", f'"""A package."""\n\n{text}')
    more = "## All {#all}\n\n``` api\nsubject\n```\n\n## Powers"
    listed.replace("docs/en/api.md", "## Powers", more)
    page = api_page(listed)
    assert page.problems == []
    for name in ("Pair", "cut"):
        link = f'<a class="press-entry" href="#subject.shapes.{name}"><code>{name}</code></a>'
        assert f'<li id="subject.{name}">{link}</li>' in page.html
    assert list(broken_links(page)) == []


def test_a_heading_by_the_reference_is_in_the_contents_and_owes_no_id_of_ours(listed: Any) -> None:
    page = api_page(listed)
    assert list(heading_problems(page)) == []
    assert '<h3 id="subject.shapes.cut" class="doc doc-heading">' in page.html
    assert '<h4 id="subject.shapes.Pair.swapped" class="doc doc-heading">' in page.html


def test_no_host_is_asked_and_twice_is_the_same(
    listed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("another host is asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert api_page(listed).html == api_page(listed).html


def test_an_edit_of_a_docstring_shows_at_the_next_look(listed: Any) -> None:
    before = PageHashes(listed.project).of("en")
    assert "Undo" in api_page(listed).html
    listed.replace("src/subject/shapes.py", '"""Undo', '"""Redo')
    markup = api_page(listed).html
    assert "Redo" in markup
    assert "Undo" not in markup
    after = PageHashes(listed.project).of("en")
    assert "api.md" in {page.name for page in after if before[page] != after[page]}


def test_a_module_that_is_not_there_is_told_with_its_line(listed: Any) -> None:
    listed.write("docs/en/api.md", API.replace("shapes\n```", "shpaes\n```"))
    [(line, message)] = api_page(listed).problems
    assert (line, "'subject.shpaes'" in message) == (5, True)
    listed.write("docs/en/api.md", API.replace("``` api\nsubject.shapes", "``` api\n"))
    assert "api fences must hold the name of one module" in str(api_page(listed).problems)


# --------------------------------------------------------------- what is owed


def told(listed: Any) -> list[str]:
    found = [f"{f.path.name}: {f.message}" for f in book_failures(listed.book())]
    return [each for each in found if "api fence" in each]


def test_a_module_that_the_page_leaves_out_is_told(listed: Any) -> None:
    assert told(listed) == []
    listed.write("docs/zh/api.md", API)
    listed.write("docs/en/api.md", API)
    assert told(listed) == ["powers.py: no api fence of api.md names subject.powers"]
    listed.write("src/subject/__init__.py", "from subject.shapes import cut\n\n__all__ = ['cut']\n")
    assert "__init__.py: no api fence of api.md names subject" in told(listed)


def test_a_book_without_such_a_page_owes_none(small: Any) -> None:
    assert told(small) == []
    small.write("docs/en/powers.md", "# A {#powers}\n\n``` source\nsubject.powers:square\n```\n")
    assert "press-entry" not in small.book().page(small.root / "docs/en/powers.md").html


def test_both_languages_list_the_same_modules(listed: Any) -> None:
    listed.write("docs/en/api.md", API)
    page = listed.book().page(listed.root / "docs/zh/api.md")
    says = [failure.message for failure in check_page(page)]
    assert any("'api subject.powers' is only in zh" in message for message in says)


def test_numerals_of_docstrings_are_code_and_those_beside_them_are_not(listed: Any) -> None:
    assert stray_numerals(api_page(listed)) == []
    listed.write("docs/en/api.md", API + "\nIn 3 words.\n")
    [(line, message)] = stray_numerals(api_page(listed))
    assert line == 9
    assert "In 3 words" in message


# ------------------------------------------------------------ links of sources


def source(listed: Any, symbol: str) -> Any:
    text = f"# A {{#powers}}\n\n``` source\nsubject.{symbol}\n```\n"
    listed.write("docs/en/powers.md", textwrap.dedent(text))
    return listed.book().page(listed.root / "docs/en/powers.md")


@pytest.mark.parametrize(
    ("symbol", "anchor"),
    [
        ("powers:square", "subject.powers.square"),
        ("shapes:cut", "subject.shapes.cut"),
        ("shapes:Pair", "subject.shapes.Pair"),
        ("shapes:Pair.swapped", "subject.shapes.Pair.swapped"),
        ("shapes:Pair._turn", "subject.shapes.Pair"),
        ("shapes:LIMIT", "subject.shapes.LIMIT"),
    ],
)
def test_a_source_leads_to_its_module_and_to_its_entry(
    listed: Any, symbol: str, anchor: str
) -> None:
    page = source(listed, symbol)
    assert f'<a class="press-entry" href="/api.md#{anchor}">API</a>' in page.html
    assert 'href="/source/subject/' in page.html
    assert list(broken_links(page)) == []


def test_what_is_private_has_no_entry(listed: Any) -> None:
    listed.write("src/subject/_private.py", '__all__ = ["f"]\n\n\ndef f() -> None:\n    pass\n')
    for symbol in ("shapes:_secret", "_private:f"):
        page = source(listed, symbol)
        assert "press-entry" not in page.html
        assert page.problems == []


def test_a_source_whose_entry_is_missing_is_a_broken_link(listed: Any) -> None:
    listed.write("docs/en/api.md", API)
    [(_, message)] = broken_links(source(listed, "powers:square"))
    assert message == (
        "'/api.md#subject.powers.square' leads nowhere:"
        " api.md has no anchor 'subject.powers.square'"
    )


def test_no_other_page_is_addressed_from_the_host(listed: Any) -> None:
    page = listed.page("# A {#powers}\n\n[a](/powers.md#powers)\n")
    [(_, message)] = broken_links(page)
    assert "an address must start at the page, not at the host" in message
