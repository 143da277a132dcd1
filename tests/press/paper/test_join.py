"""Pages become parts of one document: no anchor twice, no link that leads out of it by mistake."""

import re

import pytest

from press.paper.join import Chapter, joined

HOME = Chapter("", "Home", '<h1 id="top">Home</h1><a href="scaling/#top">s</a>')
SCALING = Chapter(
    "scaling/",
    "Scaling",
    '<h1 id="top">Scaling</h1><p title="a > b" id="p"><a href="../#top">h</a> <a href="#p">p</a>'
    ' <a href="../labs/runs/">lab</a> <a href="https://example.org/#x">out</a></p>',
)
LAB = Chapter(
    "labs/runs/",
    "Runs",
    '<label for="box">x</label><input id="box" aria-describedby="box note"><b id="note"></b>'
    '<svg><clipPath id="c"></clipPath><path id="d"/><g clip-path="url(#c)"/>'
    '<use style="fill: url(\'#c\')" xlink:href="#d"/></svg>'
    '<a href="../../scaling/">s</a><a href="runs.ipynb">file</a>'
    '<a href="../../listings/a.py">program</a><!-- <a href="#gone"> -->'
    '<code>id="x" &lt;b&gt;</code>',
)


def parts(published: str = "") -> list[str]:
    return joined([HOME, SCALING, LAB], published)


def test_every_anchor_of_the_document_is_its_own_and_every_link_inside_it_leads_to_one() -> None:
    text = "".join(
        f'<article id="{c.name}">{part}</article>'
        for c, part in zip((HOME, SCALING, LAB), parts(), strict=True)
    )
    anchors = re.findall(r' id="([^"]+)"', text)
    assert len(anchors) == len(set(anchors)) == 10
    inside = re.findall(r'(?:href="|url\(["\']?)#([^"\')]+)', text)
    assert len(inside) == 8
    assert set(inside) <= set(anchors)
    described = re.search(r'aria-describedby="([^"]+)"', text)[1].split()
    assert set(described) <= set(anchors)


@pytest.mark.parametrize(
    ("part", "href"),
    [
        (0, "#scaling--top"),
        (1, "#home--top"),
        (1, "#scaling--p"),
        (1, "#labs-runs"),
        (1, "https://example.org/#x"),
        (2, "#scaling"),
    ],
)
def test_a_link_to_a_page_of_the_book_stays_in_it_and_others_stay_what_they_are(
    part: int, href: str
) -> None:
    assert f'href="{href}"' in parts()[part]


def test_a_link_to_another_file_leads_to_the_published_site_or_is_none() -> None:
    assert "<a>file</a><a>program</a>" in parts()[2]
    address = "https://example.org/book/en/"
    assert f'<a href="{address}labs/runs/runs.ipynb">file</a>' in parts(address)[2]
    assert f'<a href="{address}listings/a.py">program</a>' in parts(address)[2]


def test_what_is_no_tag_stays_as_it_is() -> None:
    assert '<code>id="x" &lt;b&gt;</code>' in parts()[2]
    assert 'title="a > b"' in parts()[1]
