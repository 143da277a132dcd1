"""The numbers of the sheets on which the anchors of a printed document stand."""

from pathlib import Path

from pypdf import PdfReader

__all__ = ["sheets_of"]


def sheets_of(pdf: Path) -> dict[str, int]:
    """Return for each anchor that a link of the document names its sheet, counted from 1."""
    reader = PdfReader(pdf)
    found = {}
    for name, destination in reader.named_destinations.items():
        number = reader.get_destination_page_number(destination)
        if number is not None:
            found[name.removeprefix("/")] = number + 1
    return found
