"""The woven things of a page: what each kind of them says, and where it stands."""

from dataclasses import dataclass, field
from typing import ClassVar

from press.values.tex import Tex

__all__ = [
    "Api",
    "Block",
    "Cell",
    "Citation",
    "CodeSpan",
    "Figure",
    "Formula",
    "Interactive",
    "Listing",
    "Number",
    "PlainFence",
    "Prompt",
    "Source",
    "Woven",
]


@dataclass(frozen=True)
class Woven:
    """Something that the press renders or must look at.

    Attributes:
        line: where it starts, from 1.
        start: offset of its first character in the page's text.
        end: offset after its last character.
    """

    kind: ClassVar[str]
    line: int
    start: int
    end: int

    @property
    def label(self) -> str:
        """Return what a test of it is called."""
        return self.kind


@dataclass(frozen=True)
class Listing(Woven):
    """A whole program and its recorded output."""

    kind = "listing"
    path: str
    wrong: bool

    @property
    def label(self) -> str:
        """Return ``listing`` and its path."""
        return f"listing {self.path}"


@dataclass(frozen=True)
class Source(Woven):
    """A definition of a module, as it stands in src."""

    kind = "source"
    module: str
    symbol: str

    @property
    def label(self) -> str:
        """Return ``source`` and the symbol."""
        return f"source {self.module}:{self.symbol}"


@dataclass(frozen=True)
class Api(Woven):
    """What the docstrings of a module's public names say."""

    kind = "api"
    module: str

    @property
    def label(self) -> str:
        """Return ``api`` and the module."""
        return f"api {self.module}"


@dataclass(frozen=True)
class Figure(Woven):
    """A drawing, and texts that hold woven things of their own.

    Attributes:
        path: the drawing's file.
        alt: its alternative text.
        alt_start: offset of the first character of that.
        caption: its caption.
        caption_start: offset of the first character of that.
        x: the words at its horizontal axis, or at that of each panel from left to right, each
            with the offset of its first character.
        y: those at its vertical axis.
    """

    kind = "figure"
    path: str
    alt: str
    alt_start: int
    caption: str
    caption_start: int
    x: tuple[tuple[str, int], ...] = field(default=(), kw_only=True)
    y: tuple[tuple[str, int], ...] = field(default=(), kw_only=True)

    @property
    def label(self) -> str:
        """Return ``figure`` and its path."""
        return f"figure {self.path}"


@dataclass(frozen=True)
class Prompt:
    """What readers are asked to try in a figure.

    Attributes:
        line: where it stands on its page.
        state: the state that it sets, as an address writes it.
        text: what it says; it holds woven things of its own.
        text_start: offset of its first character in the page's text.
    """

    line: int
    state: str
    text: str
    text_start: int


@dataclass(frozen=True)
class Interactive(Figure):
    """A figure that readers change; where nothing can change, its still is shown.

    Attributes:
        path: the drawing of its first state, as pages name a figure.
        name: its folder below docs/interactive.
        prompts: at most three.
    """

    kind = "interactive"
    name: str
    prompts: tuple[Prompt, ...]

    @property
    def label(self) -> str:
        """Return ``interactive``, the folder, the still and the states of the prompts."""
        states = " | ".join(prompt.state for prompt in self.prompts)
        return f"interactive {self.name} {self.path} {states}".strip()


@dataclass(frozen=True)
class Cell(Woven):
    """A code cell of a lab, which `press.syntax.lab` writes as a fence."""

    kind = "cell"
    name: str

    @property
    def label(self) -> str:
        """Return ``cell`` and its name."""
        return f"cell {self.name}"


@dataclass(frozen=True)
class Number(Woven):
    """A literal that must be the value of an expression.

    Attributes:
        within: the interactive figure, and its state, whose names the expression uses: in the
            words of such a figure. Elsewhere it uses those of the page's listings.
    """

    kind = "number"
    literal: str
    expression: str
    within: str = ""

    @property
    def question(self) -> str:
        """The expression, and where its names come from if that is not the page."""
        return f"{self.within}: {self.expression}" if self.within else self.expression

    @property
    def label(self) -> str:
        """Return the literal and its expression."""
        return f"number {self.literal} = {self.expression}"


@dataclass(frozen=True)
class Formula(Woven):
    """TeX, on its own line or in a sentence, with the identity that covers its numerals."""

    kind = "formula"
    tex: Tex
    display: bool
    identity: str | None

    @property
    def label(self) -> str:
        """Return the formula, shortened."""
        tex = " ".join(self.tex.source.split())
        return f"formula {tex if len(tex) <= 60 else tex[:59] + '…'}"


@dataclass(frozen=True)
class Citation(Woven):
    """A work in the file of sources."""

    kind = "citation"
    key: str

    @property
    def label(self) -> str:
        """Return ``citation`` and its key."""
        return f"citation {self.key}"


@dataclass(frozen=True)
class CodeSpan(Woven):
    """Inline code."""

    kind = "code"
    code: str

    @property
    def label(self) -> str:
        """Return the code."""
        return f"code {self.code}"


@dataclass(frozen=True)
class PlainFence(Woven):
    """Commands or text in a fence; nothing runs it."""

    kind = "fence"
    language: str
    body: str


Block = Listing | Source | Figure | Interactive | Cell | Api
"""What stands in a fence and is shown as an element of its own."""
