"""What is known of one page while Markdown renders it."""

import html

from press.project import Project
from press.render.labels import labels_of
from press.syntax.recognise import recognise
from press.syntax.woven import Woven

__all__ = ["PageState"]


class PageState:
    """What the steps of the extension know of the page that goes through them.

    Attributes:
        project: the book.
        language: the language of the press's own words.
        first_line: the number of the text's first line in its file.
        stamps: every numeral of the prose is stamped with its line, for a checker.
        recognised: what was found in the page's Markdown.
        problems: line and message of what could not be woven.
        formulas: the MathML of each formula, by its index among the woven things.
        words: the plain text of each formula, by the same index.
        blocks: the indices of the blocks that have become elements.
        in_tags: the indices of what stands in the attribute of a tag.
        tree_done: the tree is complete; until then ``toc`` asks for the text of headings.
    """

    def __init__(
        self, project: Project, language: str = "en", first_line: int = 1, stamps: bool = False
    ) -> None:
        """Keep what holds for every page."""
        self.project = project
        self.language = language
        self.first_line = first_line
        self.stamps = stamps
        self.labels = labels_of(language)
        self.start("")

    def start(self, text: str) -> None:
        """Forget the last page and recognise what is woven into this one."""
        self.recognised = recognise(text, self.first_line)
        self.problems: list[tuple[int, str]] = []
        self.formulas: dict[int, str] = {}
        self.words: dict[int, str] = {}
        self.blocks: list[int] = []
        self.in_tags: set[int] = set()
        self.tree_done = False

    def problem(self, item: Woven, message: str) -> str:
        """Keep a problem and return how the page shows it."""
        self.problems.append((item.line, message))
        return f'<strong class="press-error" data-press="error">{html.escape(message)}</strong>'
