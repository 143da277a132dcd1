"""Faults to seed into a copy of the book, made from the book as it is.

Each fault is a small edit that makes a page say something false, show something untested,
or differ from its twin. Sites are taken from the real pages, spread over each of them, so
new chapters bring new faults.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from press.project import Project, file_of
from press.record.lab_outputs import read_outputs
from press.syntax.definitions import module_path
from press.syntax.lab import Lab, read_lab
from press.syntax.pages import read_page
from press.syntax.recognise import Recognised, recognise
from press.syntax.states import read_schema
from press.syntax.woven import (
    Api,
    Citation,
    Figure,
    Formula,
    Interactive,
    Listing,
    Number,
    Source,
    Woven,
)

PER_PAGE = 2
_FENCE_NAMES = "interactive|listing|source|figure|api"
Kind = TypeVar("Kind", bound=Woven)


@dataclass(frozen=True)
class Fault:
    """One edit.

    Attributes:
        kind: what sort of fault it is.
        edits: the new text of each edited file, by its path from the root.
        blamed: the files that a failure may name.
        line: the line that it must name, or None where the fault has no line of its own.
    """

    kind: str
    edits: dict[str, str]
    blamed: frozenset[str]
    line: int | None

    def __str__(self) -> str:
        place = min(self.edits)
        return f"{self.kind} {place}:{self.line or '-'}"

    @property
    def stems(self) -> set[str]:
        """The names of the edited files, without folders and endings."""
        return {Path(name).stem for name in self.edits}


@dataclass(frozen=True)
class Site:
    """A page as the makers of faults see it."""

    project: Project
    path: Path
    text: str
    page: Recognised
    offset: int
    lab: Lab | None

    @property
    def name(self) -> str:
        """The path of the page's file from the root."""
        return file_of(self.path).relative_to(self.project.root).as_posix()

    @cached_property
    def twin(self) -> "Site":
        """The same page in the other language."""
        return site(self.project, self.project.translations(self.path)[0])

    def of(self, kind: type[Kind]) -> list[Kind]:
        """Return the page's woven things of one kind."""
        return [item for item in self.page.items if isinstance(item, kind)]

    def slice(self, item: Woven) -> str:
        """Return a woven thing as the page writes it."""
        return self.page.text[item.start : item.end]

    def replaced(self, start: int, end: int, new: str) -> str:
        """Return the file's text with a stretch of the body replaced."""
        if self.lab is not None:
            new = new.replace("\n", "\n# ")
        return self.text[: self.place(start)] + new + self.text[self.place(end) :]

    def place(self, offset: int) -> int:
        """Return where an offset of the body stands in the file."""
        if self.lab is None:
            return self.offset + offset
        column = offset - (self.page.text.rfind("\n", 0, offset) + 1)
        return self.lab.offset_of(self.page.line_at(offset), column)

    def fault(self, kind: str, start: int, end: int, new: str, line: bool = True) -> Fault:
        """Return a fault that edits one stretch of this page."""
        at = self.page.line_at(start) if line else None
        blamed = frozenset({self.name} if line else {self.name, self.twin.name})
        return Fault(kind, {self.name: self.replaced(start, end, new)}, blamed, at)

    def in_prose(self) -> Iterator[tuple[int, str]]:
        """Yield offset and text of plain paragraphs."""
        for match in re.finditer(r"(?<=\n\n)[A-Z一-鿿][^\n]{40,}(?=\n\n)", self.page.text):
            if not match[0].startswith("!!!"):
                yield match.start(), match[0]


def site(project: Project, path: Path) -> Site:
    """Read a page as the makers of faults see it."""
    text = read_page(path)
    whole = text.path.read_text("utf-8")
    page = recognise(text.body, text.first_line)
    lab = read_lab(text.path) if text.path != path else None
    return Site(project, path, whole, page, len(whole) - len(text.body), lab)


def spread(items: list[Any], count: int = PER_PAGE) -> list[Any]:
    """Return a few items, spread over all of them."""
    if len(items) <= count:
        return items
    return [items[i * len(items) // count] for i in range(count)]


def other_digit(text: str) -> str | None:
    """Return the text with its last digit changed, or None if it has none."""
    match = list(re.finditer(r"\d", text))
    if not match:
        return None
    at = match[-1].start()
    return text[:at] + str((int(text[at]) + 3) % 10) + text[at + 1 :]


def _line_text(page: Recognised, item: Woven) -> str:
    start = page.text.rfind("\n", 0, item.start) + 1
    return page.text[start : page.text.find("\n", item.start)]


def _changed_literal(
    kind: str, where: Callable[[Site, Number], bool]
) -> Callable[[Site], Iterator[Fault]]:
    def make(here: Site) -> Iterator[Fault]:
        numbers = [n for n in here.of(Number) if where(here, n) and other_digit(n.literal)]
        for number in spread(numbers):
            new = here.slice(number).replace(number.literal, other_digit(number.literal) or "", 1)
            yield here.fault(kind, number.start, number.end, new)

    return make


def _in_table(here: Site, number: Number) -> bool:
    return _line_text(here.page, number).lstrip().startswith("|")


def _in_figure(here: Site, number: Number) -> bool:
    return any(f.start <= number.start < f.end for f in here.of(Figure))


def _in_matrix(here: Site, number: Number) -> bool:
    return number.literal.startswith(("[", "("))


def _plain(here: Site, number: Number) -> bool:
    return not (_in_table(here, number) or _in_figure(here, number) or _in_matrix(here, number))


def _formula_digit(here: Site) -> Iterator[Fault]:
    found = [f for f in here.of(Formula) if not f.identity and other_digit(f.tex.without_vals)]
    for formula in spread(found):
        new = _digit_outside_vals(here.slice(formula))
        yield here.fault("digit in a formula", formula.start, formula.end, new)


def _digit_outside_vals(tex: str) -> str:
    r"""Change the last digit that stands outside every ``\val``."""
    inside = [m.span() for m in re.finditer(r"\\val\{(?:[^{}]|\{[^{}]*\})*\}\{[^{}]*\}", tex)]
    digits = [m.start() for m in re.finditer(r"\d", tex)]
    at = [d for d in digits if not any(a <= d < b for a, b in inside)][-1]
    return tex[:at] + str((int(tex[at]) + 3) % 10) + tex[at + 1 :]


def _identity_digit(here: Site) -> Iterator[Fault]:
    found = [f for f in here.of(Formula) if f.identity and other_digit(f.tex.source)]
    for formula in spread(found):
        tex = formula.tex.source
        new = here.slice(formula).replace(tex, other_digit(tex) or "", 1)
        yield here.fault("digit in a symbolic formula", formula.start, formula.end, new)


def _identity_changed(here: Site) -> Iterator[Fault]:
    for formula in spread([f for f in here.of(Formula) if f.identity and "==" in f.identity], 1):
        new = here.slice(formula).replace("==", "!=", 1)
        yield here.fault("identity turned round", formula.start, formula.end, new)


def _worked_matrix(here: Site) -> Iterator[Fault]:
    worked = re.compile(r"\\val\{[^{}]*\d|matrix")
    for formula in spread([f for f in here.of(Formula) if worked.search(f.tex.source)]):
        text = here.slice(formula)
        match = re.search(r"\\val\{(?:[^{}]|\{[^{}]*\})*\}", text)
        if match and other_digit(match[0]):
            new = text[: match.start()] + (other_digit(match[0]) or "") + text[match.end() :]
            yield here.fault("digit in a worked matrix", formula.start, formula.end, new)


def _heading_digit(here: Site) -> Iterator[Fault]:
    headings = list(re.finditer(r"^#+ .*?(?= \{#)", here.page.text, re.MULTILINE))
    for match in spread(headings):
        yield here.fault("digit in a heading", match.end(), match.end(), " 7")


def _alt_digit(here: Site) -> Iterator[Fault]:
    for figure in spread(here.of(Figure)):
        at = figure.alt_start
        yield here.fault("digit in an alt text", at, at, "7 ")


def _axis_dropped(here: Site) -> Iterator[Fault]:
    """Yield a plot without the words at its last axis, in one language."""
    for figure in spread([f for f in here.of(Figure) if f.x and f.y]):
        words, at = max(figure.x + figure.y, key=lambda each: each[1])
        start = here.page.text.rindex("\n", 0, at)
        new = here.slice(figure).replace(here.page.text[start : at + len(words)], "")
        yield here.fault("words at an axis dropped", figure.start, figure.end, new)


def _prose_digit(here: Site) -> Iterator[Fault]:
    for start, text in spread(list(here.in_prose())):
        at = start + len(text.rstrip(".。"))
        yield here.fault("unchecked numeral in prose", at, at, " 12")


def _listing_digit(here: Site) -> Iterator[Fault]:
    for item in spread(here.of(Listing), 3):
        path = here.project.listings / item.path
        text = path.read_text("utf-8")
        match = re.search(r"\[\d|= \d", text)
        if match and path.with_suffix(".out").read_text("utf-8"):
            at = match.end() - 1
            new = text[:at] + str((int(text[at]) + 4) % 10) + text[at + 1 :]
            name = path.relative_to(here.project.root).as_posix()
            out = name.removesuffix(".py") + ".out"
            blamed = frozenset({name, out, here.name, here.twin.name})
            yield Fault("digit in a listing", {name: new}, blamed, None)


def _output_digit(here: Site) -> Iterator[Fault]:
    for item in spread(here.of(Listing), 3):
        path = (here.project.listings / item.path).with_suffix(".out")
        text = path.read_text("utf-8")
        if new := other_digit(text):
            name = path.relative_to(here.project.root).as_posix()
            line = 1 + text.count("\n", 0, [m.start() for m in re.finditer(r"\d", text)][-1])
            yield Fault("digit in an output", {name: new}, frozenset({name}), line)


def _drawing_digit(here: Site) -> Iterator[Fault]:
    own = [item for item in here.of(Figure) if not item.path.startswith("labs/")]
    for item in spread(own, 1):
        path = here.project.figure(item.path)
        text = path.read_text("utf-8")
        name = path.relative_to(here.project.root).as_posix()
        yield Fault("digit in a drawing", {name: other_digit(text) or ""}, frozenset({name}), None)


def _swapped_in_one_language(here: Site) -> Iterator[Fault]:
    for number in spread([n for n in here.of(Number) if ":" not in n.expression]):
        new = f"[{number.literal}]{{= ({number.expression})}}"
        yield here.fault("expression swapped in one language", number.start, number.end, new, False)


def _swapped_for_another_value(here: Site) -> Iterator[Fault]:
    numbers = [n for n in here.of(Number) if not n.literal.startswith(("[", "("))]
    for i, number in enumerate(spread(numbers)):
        others = [
            n for n in numbers if n.literal != number.literal and n.expression != number.expression
        ]
        if not others:
            continue
        other = others[(i * 7) % len(others)]
        edits = {}
        for page in (here.twin, here):  # in a lab both are one file: then here alone
            own = next(n for n in page.of(Number) if n.expression == number.expression)
            new = f"[{own.literal}]{{= {other.expression}}}"
            edits[page.name] = page.replaced(own.start, own.end, new)
        yield Fault("expression of another value", edits, frozenset({here.name}), number.line)


def _fences(here: Site) -> Iterator[Fault]:
    blocks = [i for i in here.page.items if isinstance(i, Listing | Source | Figure | Api)]
    for kind, item in zip(("mistyped", "unknown", "unclosed"), spread(blocks, 3), strict=False):
        text = here.slice(item)
        if kind == "mistyped":
            new = re.sub(_FENCE_NAMES, lambda m: m[0][:-2] + m[0][-1], text, count=1)
        elif kind == "unknown":
            new = re.sub(_FENCE_NAMES, "python", text, count=1)
        else:
            new = text[: text.rstrip().rfind("\n")]
        yield here.fault(f"{kind} fence", item.start, item.end, new)


def _malformed(here: Site) -> Iterator[Fault]:
    for number in spread(here.of(Number)):
        text = here.slice(number)
        yield here.fault("malformed number", number.start, number.end, text[:-1])
    for number in spread(here.of(Number), 1):
        new = f"[{number.literal}]{{= }}"
        yield here.fault("malformed number", number.start, number.end, new)
        new = f"[{number.literal}x]{{= {number.expression}}}"
        yield here.fault("malformed literal", number.start, number.end, new)
        new = f"[{number.literal}]{{= {number.literal.strip('°%≈[]()')}}}"
        yield here.fault("expression that proves nothing", number.start, number.end, new)


def _listings_in_one_language(here: Site) -> Iterator[Fault]:
    listings = here.of(Listing)
    if len(listings) < 2:
        return
    first, second = listings[0], listings[1]
    yield here.fault("listing dropped", first.start, first.end, "", False)
    a, b = here.slice(first), here.slice(second)
    text = here.replaced(second.start, second.end, a)
    at = here.offset + first.start
    yield Fault(
        "listings reordered",
        {here.name: text[:at] + b + text[at + len(a) :]},
        frozenset({here.name, here.twin.name}),
        first.line,
    )
    yield here.fault("listing replaced", first.start, first.end, b, False)


def _headings_and_numbers(here: Site) -> Iterator[Fault]:
    for match in spread(list(re.finditer(r"\{#([a-z-]+)\}", here.page.text)), 2):
        yield here.fault("heading id changed", match.start(), match.end(), "{#other-id}")
    for number in spread([n for n in here.of(Number) if _plain(here, n)]):
        yield here.fault("number removed", number.start, number.end, "…", False)
    for formula in spread(here.of(Formula), 1):
        new = here.slice(formula).replace(formula.tex.source, formula.tex.source + " + x", 1)
        yield here.fault("formula changed in one language", formula.start, formula.end, new)


def _links(here: Site) -> Iterator[Fault]:
    start, text = next(here.in_prose(), (0, ""))
    if not text:
        return
    for kind, link in (
        ("broken link", "[x](no-such-page.md)"),
        ("broken anchor", f"[x]({here.path.name}#no-such-anchor)"),
        ("broken image", "![x](../figures/no-such.svg)"),
        ("broken link in raw HTML", '<a href="../no-such-page/">x</a>'),
        ("broken anchor in raw HTML", '<a href="#no-such-anchor">x</a>'),
        ("broken image in raw HTML", '<img src="no-such.svg" alt="x">'),
    ):
        yield here.fault(kind, start, start, f"{link} ")
    for match in spread(list(re.finditer(r"\]\(([a-z-]+\.md)#[a-z-]+\)", here.page.text)), 1):
        new = f"]({match[1]})"
        yield here.fault("link of one language", match.start(), match.end(), new, False)
    for figure in spread(here.of(Figure), 1):
        yield here.fault("figure dropped", figure.start, figure.end, "", False)


def _citations(here: Site) -> Iterator[Fault]:
    for citation in spread(here.of(Citation), 1):
        yield here.fault("unknown work", citation.start, citation.end, "[@nobody1900]")
        yield here.fault("citation dropped", citation.start, citation.end, "…", False)


def _unseen(here: Site) -> Iterator[Fault]:
    """Yield sources that do not say where, or when, they were seen."""
    path = here.project.docs / "sources.toml"
    name, text = path.relative_to(here.project.root).as_posix(), path.read_text("utf-8")
    for citation in spread(here.of(Citation), 1):
        table = re.search(rf"^\[works\.{citation.key}\]\n(?:.+\n)*", text, re.MULTILINE)
        if table is None:
            continue
        line = 1 + text.count("\n", 0, table.start())
        for kind, left_out in (
            ("source that nobody saw", r"^seen = \[\n(?:    .*\n)*\]\n"),
            ("source seen on no day", r", on = [\d-]+"),
        ):
            new = re.sub(left_out, "", table[0], flags=re.MULTILINE)
            edits = {name: text[: table.start()] + new + text[table.end() :]}
            yield Fault(kind, edits, frozenset(edits), line)


def _hidden(here: Site) -> Iterator[Fault]:
    for item in spread(here.of(Source), 1):
        edits = {}
        for page in (here, here.twin):
            own = next(s for s in page.of(Source) if s.label == item.label)
            edits[page.name] = page.replaced(own.start, own.end, "")
        blamed = frozenset({here.name, here.twin.name})
        yield Fault("public function that no page shows", edits, blamed, None)
    for fence in spread(here.of(Api), 1):
        edits = {}
        for page in (here, here.twin):
            same = next(a for a in page.of(Api) if a.label == fence.label)
            edits[page.name] = page.replaced(same.start, same.end, "")
        module = module_path(here.project.source, fence.module)
        blamed = frozenset({module.relative_to(here.project.root).as_posix()})
        yield Fault("module that the reference leaves out", edits, blamed, None)
        yield here.fault("reference of one language", fence.start, fence.end, "", False)
    chapter = here.path.stem
    name = f"docs/listings/{chapter}/orphan.py"
    if here.of(Listing):
        yield Fault("listing that no page shows", {name: "print(1)\n"}, frozenset({name}), None)
    name = f"docs/figures/{chapter}/orphan.svg"
    if here.of(Figure) and here.lab is None:
        yield Fault("figure that no page shows", {name: "<svg></svg>\n"}, frozenset({name}), None)


def _lab(here: Site) -> Iterator[Fault]:
    """Yield what can go wrong in a lab alone."""
    if here.lab is None:
        return
    sources = [c.source for c in here.lab.code_cells if other_digit(c.source)]
    for source in spread(sources, 1):
        text = here.text.replace(source, other_digit(source) or "")
        yield Fault("digit in a lab's code", {here.name: text}, frozenset({here.name}), None)
    outputs = read_outputs(here.lab.path)
    name = outputs.path.relative_to(here.project.root).as_posix()
    words = outputs.path.read_text("utf-8")
    last = [match.start() for match in re.finditer(r"\d", words)][-1]
    line = 1 + words.count("\n", 0, last)
    yield Fault(
        "digit in a lab's output", {name: other_digit(words) or ""}, frozenset({name}), line
    )
    code, text = here.lab.code_cells[0], here.text
    header = f"# %% {code.name}\n"
    comment = text.replace(header, f"{header}# all 12\n")
    yield Fault("numeral in a lab's comment", {here.name: comment}, frozenset({here.name}), None)
    tag = f'# %% [markdown] lang="{here.path.parents[1].name}"\n'
    lost = text.replace(tag, "# %% [raw]\n", 1)
    yield Fault("text of a lab in one language", {here.name: lost}, frozenset({here.name}), None)
    measured = {cell.name for cell in here.lab.code_cells if cell.measured}
    redrawn = [path for path in outputs.figures.values() if path.stem not in measured]
    for figure in spread(redrawn, 1):
        name = figure.relative_to(here.project.root).as_posix()
        drawing = figure.read_text("utf-8").replace("<use ", "<g ", 1).replace("/>", "></g>")
        yield Fault("shape in a lab's drawing", {name: drawing}, frozenset({name}), None)
    orphan = (here.lab.path.with_suffix("") / "orphan.svg").relative_to(here.project.root)
    edits = {orphan.as_posix(): "<svg></svg>\n"}
    yield Fault("figure of no cell", edits, frozenset(edits), None)


def _interactive(here: Site) -> Iterator[Fault]:
    """Yield what can go wrong in an interactive figure, in its folder and in its fence."""
    for item in here.of(Interactive)[:1]:
        yield from _prompts(here, item)
        if here.path.parent.name != "en":
            continue  # what lies in the folder is for both
        folder = here.project.interactive / item.name
        files = {path.name: path for path in folder.iterdir() if path.is_file()}
        texts = {name: path.read_text("utf-8") for name, path in files.items() if "." in name}
        names = {n: path.relative_to(here.project.root).as_posix() for n, path in files.items()}

        def edited(
            kind: str,
            file: str,
            old: str,
            new: str,
            texts: dict[str, str] = texts,
            names: dict[str, str] = names,
            blamed: frozenset[str] = frozenset(),
        ) -> Iterator[Fault]:
            text, count = re.subn(old, new, texts[file], count=1, flags=re.MULTILINE)
            if count and text != texts[file]:
                yield Fault(kind, {names[file]: text}, blamed or frozenset({names[file]}), None)

        both = frozenset({here.name, here.twin.name})
        yield from edited("operator in a model", "model.js", r" (<=|>=|&&|===|\+|\*) ", " !== ")
        yield from edited("model without a value", "model.js", r"^  return \{$", "  return { x: 1,")
        yield from edited("script that is none", "view.js", r"\Z", "(", blamed=both)
        key = r"^(\w+) = \"([^\"]*)\"$"
        yield from edited("word of one language", "words.toml", key, "")
        yield from edited("numeral in a figure's words", "words.toml", key, r'\1 = "\2 12"')
        yield from edited("gap of one language", "words.toml", r"\{\w+\}", "{other}")
        still = here.project.figure(item.path).relative_to(here.project.root).as_posix()
        whole = frozenset({still, names["state.toml"]})
        start = r"^start = (.*)$"
        first = read_schema(files["state.toml"]).kinds
        name, kind = next(iter(first.items()))
        other = _another_start(kind)
        at = texts["state.toml"].index(f"[{name}]")
        head, tail = texts["state.toml"][:at], texts["state.toml"][at:]
        text = head + re.sub(
            start, f"start = {json.dumps(other)}", tail, count=1, flags=re.MULTILINE
        )
        yield Fault("another first state", {names["state.toml"]: text}, whole, None)
        program = here.project.drawn_by(item.path)
        text = program.read_text("utf-8").replace("in_first_state", "in_another_state")
        program_name = program.relative_to(here.project.root).as_posix()
        yield Fault("still of no state", {program_name: text}, frozenset({program_name}), None)
        orphan = f"docs/interactive/{here.path.stem}/orphan/state.toml"
        yield Fault(
            "interactive figure that no page shows", {orphan: "\n"}, frozenset({orphan}), None
        )


def _another_start(kind: dict[str, Any]) -> Any:
    """Return where a value of a figure might start instead."""
    now = kind["start"]
    if kind["kind"] in ("flag", "bits"):
        return not now if kind["kind"] == "flag" else [not now[0], *now[1:]]
    values = kind.get("options") or [kind["from"], kind["to"]]
    if kind["kind"] == "vector":
        return [next(value for value in values if value != now[0]), *now[1:]]
    return next(value for value in values if value != now)


def _prompts(here: Site, item: Interactive) -> Iterator[Fault]:
    """Yield what can go wrong in what a figure asks readers to try."""
    for prompt in item.prompts[:1]:
        at = here.page.text.index(f"try: {prompt.state}", item.start) + len("try: ")
        end = at + len(prompt.state)
        yield Fault(
            "prompt without sense",
            {here.name: here.replaced(at, end, f"{prompt.state}x;none:1")},
            frozenset({here.name}),
            item.line,
        )
        yield here.fault("prompt of one language", at, end, "", False)
        numbers = [n for n in here.of(Number) if prompt.text_start <= n.start < item.end]
        for number in numbers[:1]:
            new = here.slice(number).replace(number.literal, other_digit(number.literal) or "")
            yield here.fault("digit in a prompt", number.start, number.end, new)


MAKERS: tuple[Callable[[Site], Iterator[Fault]], ...] = (
    _changed_literal("digit in prose", _plain),
    _changed_literal("digit in a table", _in_table),
    _changed_literal("digit in a figure's words", _in_figure),
    _changed_literal("digit in a vector", _in_matrix),
    _formula_digit,
    _identity_digit,
    _identity_changed,
    _worked_matrix,
    _heading_digit,
    _alt_digit,
    _axis_dropped,
    _prose_digit,
    _listing_digit,
    _output_digit,
    _drawing_digit,
    _swapped_in_one_language,
    _swapped_for_another_value,
    _fences,
    _malformed,
    _listings_in_one_language,
    _headings_and_numbers,
    _links,
    _citations,
    _unseen,
    _hidden,
    _interactive,
    _lab,
)


def all_faults(project: Project, per_kind: int) -> list[Fault]:
    """Return faults of every kind in every language, spread over the chapters and the labs.

    Args:
        project: the book.
        per_kind: how many of one kind in one language's chapters, at most; labs, which are read
            by the same code, get one of a kind, in one language or the other.
    """
    found: dict[tuple[str, str, bool], list[Fault]] = {}
    for language in project.languages:
        for path in project.pages(language):
            here = site(project, path)
            for make in MAKERS:
                for fault in make(here):
                    key = (fault.kind, language, here.lab is not None)
                    found.setdefault(key, []).append(fault)
    chapters = [these for (_, _, lab), these in found.items() if not lab]
    of_chapters = list[Fault]()
    for i, these in enumerate(chapters):  # another kind starts at another place of the book
        start = i * len(these) // len(chapters)
        of_chapters += spread(these[start:] + these[:start], per_kind)
    met = {stem for fault in of_chapters for stem in fault.stems}
    for chapter in project.chapters:
        if chapter not in met:  # by the spread alone it is luck that each chapter gets one
            of_chapters.append(next(f for these in chapters for f in these if chapter in f.stems))
    of_labs: dict[str, list[Fault]] = {}
    for (kind, _, lab), these in found.items():
        if lab:
            of_labs.setdefault(kind, []).extend(spread(these, 1))
    return of_chapters + [faults[i % len(faults)] for i, faults in enumerate(of_labs.values())]
