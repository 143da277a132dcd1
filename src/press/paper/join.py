"""Pages as parts of one document: their anchors get prefixes, and links between them stay inside.

Each page has anchors of its own, which may be those of another page, too. In the document they
begin with the page's name, and so does whatever points at them: links, labels, and the parts that
drawings share.
"""

import posixpath
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

__all__ = ["Chapter", "anchor_of", "joined"]

_TAG = re.compile(r"""<[A-Za-z](?:[^<>"']|"[^"]*"|'[^']*')*>""")
_ANCHOR = re.compile(r'(?<=\s)(id|for|aria-(?:labelledby|describedby|controls))="([^"]*)"')
_LINK = re.compile(r'\s(xlink:href|href|src)="([^"]*)"')
_URL = re.compile(r"url\((['\"]?)#")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


@dataclass(frozen=True)
class Chapter:
    """A page of the site, as a part of the document.

    Attributes:
        address: where it stands on the site, such as ``scaling/``; the home page's is empty.
        title: its title.
        html: its content, whose links are relative to its address.
        sections: title and anchor of each of its sections.
    """

    address: str
    title: str
    html: str
    sections: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        """The anchor of the whole page in the document."""
        return self.address.strip("/").replace("/", "-") or "home"


def anchor_of(chapter: Chapter, anchor: str) -> str:
    """Return what an anchor of a page is called in the document."""
    return f"{chapter.name}--{anchor}" if anchor else chapter.name


def joined(chapters: Sequence[Chapter], published: str = "") -> list[str]:
    """Return the content of each page as it stands in the document.

    Args:
        chapters: the pages, in order.
        published: the address of the language's site, for links to what is no page of it: a
            program, a notebook. Without it these are words and no links.
    """
    known = {chapter.address: chapter for chapter in chapters}
    return [_prefixed(chapter, known, published) for chapter in chapters]


def _prefixed(chapter: Chapter, known: Mapping[str, Chapter], published: str) -> str:
    def anchor(match: re.Match[str]) -> str:
        anchors = " ".join(anchor_of(chapter, name) for name in match[2].split())
        return f'{match[1]}="{anchors}"'

    def link(match: re.Match[str]) -> str:
        target = _target(chapter, match[2], known, published)
        return f' {match[1]}="{target}"' if target else ""

    def tag(match: re.Match[str]) -> str:
        text = _LINK.sub(link, _ANCHOR.sub(anchor, match[0]))
        return _URL.sub(rf"url(\1#{anchor_of(chapter, '')}--", text)

    return _TAG.sub(tag, _COMMENT.sub("", chapter.html))


def _target(chapter: Chapter, href: str, known: Mapping[str, Chapter], published: str) -> str:
    """Return where a link of a page leads in the document, or nothing."""
    if re.match(r"[a-z]+:|//", href):
        return href
    address, _, anchor = href.partition("#")
    if not address:
        return f"#{anchor_of(chapter, anchor)}"
    place = posixpath.normpath(posixpath.join("/", chapter.address, unquote(address)))[1:]
    page = known.get(f"{place}/" if place else "")
    if page is not None:
        return f"#{anchor_of(page, anchor)}"
    return f"{published}{place}" + (f"#{anchor}" if anchor else "") if published else ""
