"""The languages of the site, and which of them a test runs in."""

import pytest

__all__ = ["LANGUAGES", "OTHER", "by_day_in", "every_language"]

LANGUAGES = ("zh", "en")
OTHER = {"zh": "en", "en": "zh"}

every_language = pytest.mark.parametrize("language", LANGUAGES)


def by_day_in(language: str) -> pytest.MarkDecorator:
    """Run a test of the browser in one language by day, and by night in the other, too.

    The same script serves both; what differs are words that other tests read on the built pages.
    """
    night = pytest.mark.nightly
    both = [pytest.param(each, marks=[] if each == language else night) for each in LANGUAGES]
    return pytest.mark.parametrize("language", both)
