"""Placeholders and stamps: what stands in a page for woven things while Markdown reads it.

They are made of private-use characters, which no page holds and which Markdown takes for
plain text. A placeholder stands for a woven thing; a stamp behind a numeral tells a checker its
line; a checked literal in an attribute stands between two brackets.
"""

import re

__all__ = [
    "CHECKED",
    "CLOSE",
    "NOT_TEXT",
    "NUMERAL",
    "OPEN",
    "PLACEHOLDER",
    "STAMP",
    "checked",
    "number_of",
    "placeholder",
    "stamp",
    "unstamped",
]

OPEN, CLOSE, _STAMP, _STAMP_END = "\ue000", "\ue001", "\ue002", "\ue003"
_CHECKED, _CHECKED_END = "\ue004", "\ue005"  # around a checked literal in an attribute
_DIGITS = {ord(str(i)): chr(0xE010 + i) for i in range(10)}
PLACEHOLDER = re.compile(f"{OPEN}([\ue010-\ue019]+){CLOSE}")
STAMP = re.compile(f"{_STAMP}([\ue010-\ue019]+){_STAMP_END}")
CHECKED = re.compile(f"{_CHECKED}(.*?){_CHECKED_END}")
NUMERAL = re.compile(r"[^\W\D]+|[²³¹⁰-⁹₀-₉¼-¾⅐-ↈ①-⒛⓪-⓿❶-➓㉈-㉟㊱-㊿]+")
NOT_TEXT = re.compile(  # what stands in prose and is not shown
    r"""^[ \t>]*\d+\.(?=\s)             # the marker of a list item
      | \{[ ]*[:#.][^}\n]*\}             # attributes
      | (?<=\])\([^()\s]*                # the target of a link or image
      | (?<=\])\[[^\]\n]*\]              # the name of a reference
      | \[\^[^\]\n]+\]                   # the name of a footnote
      | ^\*\[[^\]\n]+\]:                 # an abbreviation
      | ^[ ]{0,3}\[[^\]\n]+\]:[ ]*\S+    # the target of a reference
      | </?[A-Za-z][^<>]*>               # a tag
      | <[a-z]+:[^\s<>]+>                # a bare address
      | &\#?\w+;                         # an entity
    """,
    re.VERBOSE | re.MULTILINE,
)


def placeholder(index: int) -> str:
    """Return the placeholder of the item with this index."""
    return OPEN + str(index).translate(_DIGITS) + CLOSE


def stamp(line: int) -> str:
    """Return the stamp that tells a checker which line a numeral stands on."""
    return _STAMP + str(line).translate(_DIGITS) + _STAMP_END


def checked(literal: str) -> str:
    """Return a checked literal as a checker's attribute holds it."""
    return f"{_CHECKED}{literal}{_CHECKED_END}"


def number_of(digits: str) -> int:
    """Return the number that a placeholder or a stamp holds."""
    return int("".join(str(ord(digit) - 0xE010) for digit in digits))


def unstamped(text: str) -> str:
    """Return what a checker rendered as a reader gets it."""
    return CHECKED.sub(r"\1", STAMP.sub("", text))
