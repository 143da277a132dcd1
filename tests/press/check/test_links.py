"""No link, anchor or image leads nowhere, on a page or in the built site."""

from pathlib import Path
from typing import Any

import pytest

from press.check.links import broken_links, broken_site_links

PAGE = "# Powers {#powers}\n\n## There {#there}\n\n"


@pytest.fixture
def linked(small: Any) -> Any:
    """A book with another page, a folder of pages, an image and an asset."""
    small.write("docs/en/roots.md", "# Roots {#roots}\n\n## Deep {#deep}\n")
    small.write("docs/en/index.md", "# Home {#home}\n")
    small.write("docs/en/more/index.md", "# More {#more}\n")
    small.write("docs/en/image.png", "png")
    small.write("docs/assets/mark.svg", "<svg/>")
    return small


GOOD = [
    "[a](roots.md)",
    "[a](roots.md#deep)",
    "[a](#there)",
    "[a](index.md)",
    "[a](more/index.md#more)",
    "[a](https://x.org/#anything)",
    "[a](mailto:a@x.org)",
    "![a](image.png)",
    "![a](../assets/mark.svg)",
    '<a href="#there">a</a>',
    '<a href="../roots/">a</a>',
    '<a href="../roots/#deep">a</a>',
    '<img src="../image.png" alt="a">',
    "``` listing\npowers/squares.py\n```",
    "``` source\nsubject.powers:square\n```",
    "[27.7]{= length} $x$ [@vaswani2017]",
]
BAD = [
    "[a](rots.md)",
    "[a](roots.md#deeep)",
    "[a](#ther)",
    "[a](powers.md#ther)",
    "[a](../zh/roots.md)",
    "[a](../zh/powers.md#there)",
    "[a](roots.html)",
    "[a](/roots/)",
    "[a](/en/roots/)",
    "[a](/listings/powers/none.py)",
    "[a][ref]\n\n[ref]: rots.md",
    "![a](none.png)",
    "![a]()",
    '<a href="#ther">a</a>',
    '<a href="roots.md">a</a>',
    "<a class='x' href='roots.md#deep'>a</a>",
    '<a href="rots.md">a</a>',
    '<a href="../rots/">a</a>',
    '<a href="../roots/#deeep">a</a>',
    '<img src="none.png" alt="a">',
    '<img src="image.png" alt="a"><img src="" alt="b">',
    '<video poster="none.png"></video>',
    '<object data="none.svg"></object>',
    '<svg><use xlink:href="#none"/></svg>',
    '<area href="../none/">',
]  # fmt: skip


@pytest.mark.parametrize("markdown", GOOD)
def test_an_address_that_leads_somewhere_is_fine(linked: Any, markdown: str) -> None:
    assert list(broken_links(linked.page(PAGE + markdown))) == []


@pytest.mark.parametrize("markdown", BAD)
def test_an_address_that_leads_nowhere_is_told_with_its_line(linked: Any, markdown: str) -> None:
    found = list(broken_links(linked.page(PAGE + markdown)))
    assert found != []
    assert {line for line, _ in found} <= {5, 7}


def test_a_broken_address_is_told_with_its_reason(linked: Any) -> None:
    page = linked.page("---\na: b\n---\n" + PAGE + "[a](roots.md#deeep)\n\n[b](rots.md)\n")
    assert list(broken_links(page)) == [
        (8, "'roots.md#deeep' leads nowhere: roots.md has no anchor 'deeep'"),
        (10, "'rots.md' leads nowhere: there is no such page"),
    ]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A built site, as a folder of pages."""
    for name, body in {
        "index.html": '<a href="en/">en</a>',
        "en/index.html": '<a href="roots/#deep">a</a> <a href="../">up</a> <a href="#top">t</a>'
        '<h1 id="top">a</h1><img src="../a.png">',
        "en/roots/index.html": '<h2 id="deep">a</h2><a name="old"></a><a href="#old">b</a>'
        '<a href="/base/en/?q=1#top">c</a> <a href="https://x.org/none">d</a>',
        "a.png": "png",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(body, "utf-8")
    return tmp_path


def test_a_site_whose_addresses_lead_somewhere_is_fine(site: Path) -> None:
    assert list(broken_site_links(site, "/base/")) == []


@pytest.mark.parametrize(
    ("tag", "says"),
    [
        ('<a href="none/">a</a>', "there is no such file"),
        ('<a href="roots/#none">a</a>', "has no anchor 'none'"),
        ('<a href="#none">a</a>', "has no anchor 'none'"),
        ('<a href="/en/">a</a>', "it lies outside /base/"),
        ('<a href="/base/none/">a</a>', "there is no such file"),
        ('<img src="none.png">', "there is no such file"),
        ('<img src="">', ""),
        ('<link href="none.css">', "there is no such file"),
        ('<script src="none.js"></script>', "there is no such file"),
    ],
)
def test_an_address_of_a_site_that_leads_nowhere_is_told_with_its_file(
    site: Path, tag: str, says: str
) -> None:
    page = site / "en" / "index.html"
    page.write_text(page.read_text("utf-8") + tag, "utf-8")
    [(file, message)] = broken_site_links(site, "/base/")
    assert file == page
    assert says in message
