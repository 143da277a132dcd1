"""Where Chromium is, which prints the book and draws the pictures of shared links."""

import shutil
from pathlib import Path

__all__ = ["SHELL", "find_chromium"]

SHELL = "chromium-headless-shell"  # it has no windows: it takes two thirds of the time
_NAMES = (SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_chromium() -> str | None:
    """Return the path of the machine's own Chromium, else of Playwright's, else None."""
    for name in _NAMES:
        if path := shutil.which(name):
            return path
    try:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415 - tests alone need it
    except ImportError:
        return None
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else None
