"""What a page says of itself where it is only named: in a list of results, in a shared link."""

import re
from unicodedata import east_asian_width

__all__ = ["description_of"]

LIMIT = 200  # columns; whoever shows a description cuts it somewhere around here
_SENTENCE = re.compile(r".+?(?:[。？！]”?|[.?!][”\"]?(?=\s|$))", re.DOTALL)


def description_of(text: str) -> str:
    """Return the first sentences of a page's text, as many as fit; all of it, if it has none."""
    said = ""
    for sentence in _SENTENCE.findall(text):
        if said and _width(said + sentence) > LIMIT:
            break
        said += sentence
    return said.strip() or text.strip()


def _width(text: str) -> int:
    """Return how many columns a text takes: a Chinese character is as wide as two letters."""
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)
