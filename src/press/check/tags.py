"""The start tags of a piece of HTML."""

from dataclasses import dataclass
from html.parser import HTMLParser

__all__ = ["Tag", "tags_of"]


@dataclass(frozen=True)
class Tag:
    """A start tag: its name and its attributes."""

    name: str
    attributes: dict[str, str]


class _Tags(HTMLParser):
    """Collects start tags."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[Tag] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(Tag(tag, {name: value or "" for name, value in attrs}))


def tags_of(markup: str) -> list[Tag]:
    """Return the start tags of a piece of HTML, in order."""
    parser = _Tags()
    parser.feed(markup)
    parser.close()
    return parser.tags
