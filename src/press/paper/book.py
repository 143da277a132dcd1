"""The book as one PDF: printed to learn on which sheet each part begins, and again with that."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from press.paper.characters import mend_characters
from press.paper.chromium import PrintError, print_page
from press.paper.join import Chapter
from press.paper.sheets import sheets_of

__all__ = ["print_book"]

Sheets = Mapping[str, int]
PASSES = 4  # numbers of sheets may make the contents longer, and so move the numbers


def print_book(
    chapters: Sequence[Chapter], page: Path, pdf: Path, write: Callable[[Sheets], str]
) -> Sheets:
    """Print a document whose contents name the sheets of its chapters and sections.

    Args:
        chapters: the parts of the document.
        page: where to write it while it is printed, beside the styles that it names.
        pdf: where to print it.
        write: returns the document, given the sheet of each anchor as far as it is known.

    Returns:
        The sheet of each anchor, as the contents say.

    Raises:
        PrintError: if it cannot be printed, or a chapter begins on no sheet.
    """
    sheets: Sheets = {}
    try:
        for _ in range(PASSES):
            page.write_text(write(sheets), "utf-8")
            print_page(page, pdf)
            before, sheets = sheets, sheets_of(pdf)
            if missing := [chapter.name for chapter in chapters if chapter.name not in sheets]:
                raise PrintError(f"each chapter must begin on a sheet; {missing} begin on none")
            if sheets == before:
                mend_characters(pdf)
                return sheets
    finally:
        page.unlink(missing_ok=True)
    raise PrintError(f"the contents must settle in {PASSES} passes; they have not")
