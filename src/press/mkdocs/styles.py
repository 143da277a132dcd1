"""The style sheet of the site: the theme's, the palette and our parts, joined into one file.

A page that waits for one sheet is shown sooner than one that waits for three. The theme styles
much that no page here has; what was built is left with the rules that can match something.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import tinycss2
from mkdocs.exceptions import Abort

from press.palette import as_css

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

__all__ = ["Used", "join_styles", "parts_of", "trim_sheets", "trimmed"]

_IMPORT = re.compile(r'^@import "([^"]+)";$', re.MULTILINE)
_START_TAG = re.compile(r"<[a-z][^<>]*>")
_INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_ATTRIBUTE = re.compile(r'([\w:-]+)(?:="([^"]*)")?')
_VARIABLE = re.compile(r"(?<![\w-])--[a-z][\w-]*")
_COMBINATORS = (">", "+", "~")  # between two elements of a selector
_READ = re.compile(r"var\((--[\w-]+)")
# Not what a script itself is written with: words with a hyphen, words in quotes, names of tags
# and of data. What the theme's script makes has a hyphen; its other words are many, and short.
_MADE = r"[A-Za-z]\w*(?:-+\w+)+"
_WORD = re.compile(rf"{_MADE}|(?<=[\"'`])\w+(?=[\"'`])|(?<=<)[a-z]{{2,}}|(?<=dataset\.)\w+")
_THEMES_WORD = re.compile(_MADE)
_QUOTED = re.compile(r"(?<=[\"'`])\w+(?=[\"'`])")
_CREATED = re.compile(r"createElement(?:NS\([^,()]*,\s*|\()(?:[\"'`](\w+))?")
_THEMES = "javascripts"  # the folder of its scripts
_SET_BY_PAGES = ("dir", "data-md-color-primary", "data-md-color-accent")  # no script changes them
# Styles everything anew, twice, as a page arrives; without it, colours that are switched fade.
_SLOW = "data-md-color-switching"
# What the theme's script would make, had mkdocs.yml turned it on.
_OFF = re.compile(
    r"(?:--)?md-(?:annotation|code__|mermaid|progress|source|status|tag|tooltip|typeset__|version)"
    r"|md-search-result__(?:icon|more|terms)|tabbed"
)
_SET_BY_READERS = {"open"}  # unfolding a part sets it


def parts_of(entry: Path) -> list[Path]:
    """Return the parts that a style sheet imports, in their order."""
    return [entry.parent / name for name in _IMPORT.findall(entry.read_text("utf-8"))]


def join_styles(entry: Path, themes: Iterable[Path] = ()) -> str:
    """Return a style sheet after the theme's and the palette, each part in place of its import.

    Raises:
        Abort: if a part is missing, or lies beside the parts and is not imported.
    """
    parts = parts_of(entry)
    beside = {path for part in parts for path in part.parent.glob("*.css")} - {entry}
    if odd := sorted(beside.symmetric_difference(parts)):
        names = ", ".join(path.relative_to(entry.parent).as_posix() for path in odd)
        raise Abort(f"{entry.name} must import each part of it, and only these; see {names}")
    texts = iter([part.read_text("utf-8") for part in parts])
    before = "".join(theme.read_text("utf-8") + "\n" for theme in themes)
    return before + as_css() + _IMPORT.sub(lambda _: next(texts), entry.read_text("utf-8"))


@dataclass
class Used:
    """What selectors may name: what stands in pages, or is a word of a script.

    Attributes:
        tags: names of elements.
        bare: names of elements that somewhere have no class.
        classes: their classes.
        ids: their ids.
        attributes: their attributes, and the values of each.
        variables: the variables of style sheets that these read.
        words: the words of scripts, each of which may become any of these.
    """

    tags: set[str] = field(default_factory=set)
    bare: set[str] = field(default_factory=set)
    classes: set[str] = field(default_factory=set)
    ids: set[str] = field(default_factory=set)
    attributes: dict[str, set[str]] = field(default_factory=dict)
    variables: set[str] = field(default_factory=set)
    words: set[str] = field(default_factory=set)

    @classmethod
    def by(cls, pages: Iterable[Path], scripts: Iterable[Path]) -> Used:
        """Read pages and scripts."""
        used, tags, inline = cls(), set[str](), set[str]()
        for page in pages:
            text = page.read_text("utf-8")
            tags.update(_START_TAG.findall(text))
            used.variables.update(_VARIABLE.findall(text))
            inline.update(_INLINE.findall(text))
        for tag in tags:
            (name, _), *attributes = _ATTRIBUTE.findall(tag)
            used.tags.add(name)
            if "class" not in dict(attributes):
                used.bare.add(name)
            for key, value in attributes:
                used.attributes.setdefault(key, set()).add(value)
        used.classes = {name for names in used.attributes["class"] for name in names.split()}
        used.ids = used.attributes["id"]
        for script in inline:
            used.words.update(_THEMES_WORD.findall(script))
            used.bare.update(_made_bare(script))
        for path in scripts:
            text = path.read_text("utf-8")
            pattern = _THEMES_WORD if _THEMES in path.parts else _WORD
            words, variables = pattern.findall(text), _VARIABLE.findall(text)
            used.words.update(word for word in words if not _OFF.match(word))
            if _THEMES not in path.parts:
                used.bare.update(_made_bare(text))
            used.variables.update(name for name in variables if not _OFF.match(name))
        return used

    def has(self, selector: Iterable[Any]) -> bool:
        """Return whether a selector can match something; what is in brackets is not looked at.

        One exception: ``table:not([class])`` matches nothing if every table has a class. The theme
        styles tables so, and because of ``[class]`` a browser styles all that lies below an element
        anew when a class of that element changes.
        """
        before = tag = ""
        for token in selector:
            if token.type == "ident":
                known = self.classes if before == "." else self.tags
                if before != ":" and token.value not in known | self.words:
                    return False
                tag = tag if before else token.value
            elif token.type == "hash":
                if token.value not in self.ids | self.words:
                    return False
            elif token.type == "[] block" and not self._has_attribute(token.content):
                return False
            elif token.type == "function" and token.lower_name == "not":
                named = tinycss2.serialize(token.arguments).strip()
                if tag and tag not in self.bare and named == "[class]":
                    return False
            before = token.value if token.type == "literal" else ""
            if token.type == "whitespace" or before in _COMBINATORS:
                before = tag = ""
        return True

    def _has_attribute(self, content: Iterable[Any]) -> bool:
        parts = [token for token in content if token.type != "whitespace"]
        name, *rest = [token.value for token in parts]
        if name == _SLOW:
            return False
        values = self.attributes.get(name)
        if values is None:
            known = self.words | _SET_BY_READERS
            return name in known or name.removeprefix("data-") in known
        if rest[:1] != ["="] or rest[1] in values:
            return True
        return name not in _SET_BY_PAGES and rest[1] in self.words


def _made_bare(script: str) -> Iterator[str]:
    """Yield the elements that a script may make without a class."""
    created = _CREATED.findall(script)
    yield from created if all(created) else _QUOTED.findall(script)  # a name may come from anywhere
    for tag in _START_TAG.findall(script):
        (name, _), *attributes = _ATTRIBUTE.findall(tag)
        if "class" not in dict(attributes):
            yield name


def trim_sheets(site: Path, sheets: Iterable[Path]) -> None:
    """Leave of the style sheets of a built site what its pages and scripts can use."""
    used = Used.by(site.rglob("*.html"), site.rglob("*.js"))
    known = dict[str, str]()
    for sheet in sheets:
        text = sheet.read_text("utf-8")
        if text not in known:
            known[text] = trimmed(text, used)
        sheet.write_text(known[text], "utf-8")


def trimmed(css: str, used: Used) -> str:
    """Return a style sheet without comments, and without what matches nothing or is never read."""
    rules = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
    read, found = None, used.variables | set(_READ.findall(css))
    while read != found:
        read = found
        text = "".join(_kept(rules, used, read))
        found = used.variables | set(_READ.findall(text))
    return text


def _kept(rules: Iterable[Any], used: Used, read: set[str]) -> Iterator[str]:
    """Yield the rules that can match something."""
    for rule in rules:
        if rule.type == "qualified-rule":
            selectors = [part for part in _parted(rule.prelude) if used.has(part)]
            declared = _declared(rule.content, read) if selectors else ""
            if declared:
                yield f"{','.join(_dense(one) for one in selectors)}{{{declared}}}"
        elif rule.content is None:
            if rule.lower_at_keyword != "charset":  # the sheet says what its page does: UTF-8
                yield rule.serialize()
        elif rule.lower_at_keyword in ("media", "supports", "layer", "container"):
            inner = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
            if text := "".join(_kept(inner, used, read)):
                yield f"@{rule.at_keyword} {_dense(rule.prelude)}{{{text}}}"
        else:
            head = f"@{rule.at_keyword} {_dense(rule.prelude)}".rstrip()
            yield f"{head}{{{_dense(rule.content)}}}"


def _parted(prelude: Iterable[Any]) -> Iterator[list[Any]]:
    """Yield the selectors of a list."""
    part: list[Any] = []
    for token in prelude:
        if token == ",":
            yield part
            part = []
        else:
            part.append(token)
    yield part


def _declared(content: Iterable[Any], read: set[str]) -> str:
    """Return declarations, but no variable that is never read."""
    declarations = tinycss2.parse_blocks_contents(content, True, True)
    return ";".join(
        f"{one.name}:{_dense(one.value)}{'!important' if one.important else ''}"
        for one in declarations
        if not one.name.startswith("--") or one.name in read
    )


def _dense(tokens: Iterable[Any]) -> str:
    """Return tokens, each blank as one space."""
    text = "".join(" " if token.type == "whitespace" else token.serialize() for token in tokens)
    return re.sub(r"\n\s*", " ", text).strip()
