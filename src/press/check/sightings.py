"""Whether docs/sources.toml says of each work and each fact where and when it was seen."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from press.failure import Failure
from press.project import Project
from press.render.sightings import AT_A_COMMIT, KINDS

__all__ = ["unsighted"]

_OF_WORK = {"authors": str, "year": int, "title": str, "url": str}
_A = {str: "a text", int: "a whole number"}


def unsighted(project: Project) -> list[Failure]:
    """Return what docs/sources.toml leaves out of a work or a fact, with file and line."""
    path = project.docs / "sources.toml"
    text = path.read_text("utf-8") if path.is_file() else ""
    cited = tomllib.loads(text)
    works = cited.get("works", {})
    failures = []
    for group in ("works", "facts"):
        for name, table in cited.get(group, {}).items():
            header = re.search(rf"^\[{group}\.{re.escape(name)}\]", text, re.MULTILINE)
            line = 1 + text.count("\n", 0, header.start()) if header else 1
            problems = [*_of_work(table)] if group == "works" else [*_of_fact(table, works)]
            problems += _of_sightings(table, project.languages)
            failures += [Failure(path, line, f"{group}.{name} {problem}") for problem in problems]
    return failures


def _of_work(work: dict[str, Any]) -> Iterator[str]:
    for key, kind in _OF_WORK.items():
        if type(work.get(key)) is not kind:
            yield f"must have {key}, {_A[kind]}; got {work.get(key)!r}"


def _of_fact(fact: dict[str, Any], works: dict[str, Any]) -> Iterator[str]:
    if fact.get("source") not in works:
        yield f"must name its work as source; got {fact.get('source')!r}"


def _of_sightings(table: dict[str, Any], languages: Iterable[str]) -> Iterator[str]:
    """Yield what is wrong with the record of where a work or a fact was seen."""
    seen, unseen = table.get("seen"), table.get("unseen")
    if (seen is None) == (unseen is None):
        yield "must say where it was seen, or why it was not: seen or unseen, one of them"
    elif unseen is not None:
        reasons = unseen if isinstance(unseen, dict) else {}
        if sorted(reasons) != sorted(languages) or not all(reasons.values()):
            yield f"must say in {' and '.join(languages)} why it is unseen; got {unseen!r}"
    elif not isinstance(seen, list) or not seen:
        yield f"must list where it was seen; got {seen!r}"
    else:
        for sighting in seen:
            yield from _of_sighting(sighting)


def _of_sighting(sighting: Any) -> Iterator[str]:
    if not isinstance(sighting, dict):
        yield f"must say of a sighting as, at and on; got {sighting!r}"
        return
    entries: dict[str, Any] = sighting
    if entries.get("as") not in KINDS:
        yield f"must be seen as {', '.join(KINDS)}; got {entries.get('as')!r}"
    address = entries.get("at")
    if not (isinstance(address, str) and address.startswith("https://")):
        yield f"must be seen at an https address; got {address!r}"
    elif entries.get("as") == "code" and not AT_A_COMMIT.fullmatch(address):
        yield f"must name the commit at which code was seen; got {address!r}"
    if type(entries.get("on")) is not date:
        yield f"must say on which day it was seen; got {entries.get('on')!r}"
    if unknown := sorted(set(entries) - {"as", "at", "part", "on"}):
        yield f"must say of a sighting as, at, part and on alone; got {', '.join(unknown)}"
