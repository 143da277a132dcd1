"""Chromium prints a page into a file."""

import subprocess
from pathlib import Path

from press.execute.chromium import find_chromium

__all__ = ["PrintError", "print_page"]


class PrintError(RuntimeError):
    """A page that could not be printed."""


def require_chromium() -> str:
    """Return the path of Chromium.

    Raises:
        PrintError: if there is none.
    """
    if (chromium := find_chromium()) is None:
        raise PrintError("Chromium prints the book: put `chromium` or `google-chrome` on the PATH")
    return chromium


def print_page(page: Path, pdf: Path, seconds: float = 600) -> None:
    """Print a page of this machine into a file, tagged and with an outline of its headings.

    Raises:
        PrintError: if there is no Chromium, or it writes nothing.
    """
    chromium = require_chromium()
    pdf.unlink(missing_ok=True)
    command = [
        chromium,
        "--headless",
        "--no-sandbox",  # it opens nothing but what was built here
        "--disable-gpu",
        "--disable-background-networking",
        "--allow-file-access-from-files",  # for the page's script and its font
        "--no-pdf-header-footer",  # the page's own style numbers the sheets
        "--generate-pdf-document-outline",
        f"--print-to-pdf={pdf}",
        page.as_uri(),
    ]
    try:
        done = subprocess.run(  # noqa: S603 - our own command
            command, capture_output=True, encoding="utf-8", timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        raise PrintError(f"{chromium} must print {page.name} in {seconds:.0f} s") from None
    if done.returncode or not pdf.is_file():
        raise PrintError(f"{chromium} must print {page.name}:\n{done.stderr[-2000:]}")
