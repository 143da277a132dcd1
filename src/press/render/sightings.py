"""Where and when each work and each fact of docs/sources.toml was seen.

Every table of that file has ``seen``, a list of sightings, or ``unseen``, which says in each
language why there is none. A sighting says what was seen (``as``), at which address (``at``),
which part of it if not the whole (``part``), and when (``on``).
"""

import re
from collections.abc import Iterable, Iterator
from html import escape
from pathlib import Path
from typing import Any

from press.project import Project
from press.render.line_breaks import between_words

__all__ = ["AT_A_COMMIT", "KINDS", "facts_in", "place_of", "rows"]

KINDS = ("paper", "abstract", "bibliography", "code", "document")
_LONG = 40  # characters of an address that breaks, then between its words
_FACT = re.compile(r"\bfacts\.(\w+)")
AT_A_COMMIT = re.compile(r"https://github\.com/([^/]+/[^/]+)/blob/[0-9a-f]{40}/([^#]+)(?:#.*)?")


def facts_in(expressions: Iterable[str]) -> list[str]:
    """Return the facts that expressions use, each once, in order of use."""
    return list(
        dict.fromkeys(name for expression in expressions for name in _FACT.findall(expression))
    )


def place_of(address: str) -> str:
    """Return an address as it is shown: repository and path, or host and path."""
    if match := AT_A_COMMIT.fullmatch(address):
        return f"{match[1]}, {Path(match[2]).as_posix()}"
    return address.removeprefix("https://").removeprefix("www.").rstrip("/")


def rows(
    project: Project, language: str, words: dict[str, str], works: list[str], facts: list[str]
) -> Iterator[str]:
    """Yield a list item for each work and each fact: what it is, and where it was seen."""
    cited = project.cited
    for key in works:
        if work := cited.get("works", {}).get(key):
            title = f"<cite>{escape(work['title'])}</cite>"
            yield _row(f"seen-{key}", f"{_link(work)} {title}", work, language, words)
    for name in facts:
        if fact := cited.get("facts", {}).get(name):
            source = cited["works"].get(fact.get("source"))
            whose = f"<code>facts.{escape(name)}</code> {_link(source) if source else ''}"
            yield _row(f"seen-facts-{name}", whose, fact, language, words)


def _row(
    anchor: str, what: str, table: dict[str, Any], language: str, words: dict[str, str]
) -> str:
    places = [
        words["sighting"].format(
            kind=words[sighting["as"]],
            place=_anchor(sighting["at"], place_of(sighting["at"])) + _part(sighting),
            day=f"<time>{sighting['on'].isoformat()}</time>",
        )
        for sighting in table.get("seen", [])
    ]
    if "unseen" in table:
        reason = escape(table["unseen"].get(language, ""))
        places = [f'<strong class="press-unseen">{words["unseen"]}</strong> {reason}']
    return f'<li id="{anchor}">{what} <span>{words["and"].join(places)}</span></li>'


def _part(sighting: dict[str, Any]) -> str:
    """Return the part of a work that was seen, its number on the line of its sign."""
    part = sighting.get("part")
    return f" {escape(part)}".replace("§ ", "§\u00a0") if part else ""


def _link(work: dict[str, Any]) -> str:
    return _anchor(work["url"], f"{work['authors']} {work['year']}")


def _anchor(address: str, text: str) -> str:
    shown = escape(text)
    if len(text) > _LONG:
        shown = between_words(shown, "/_")
    return f'<a class="press-seen" href="{escape(address)}">{shown}</a>'
