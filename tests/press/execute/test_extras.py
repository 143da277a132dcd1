"""A listing may need what readers do without: proving runs it, building and serving show it."""

from typing import Any

import pytest

from press.check.book import Book
from press.check.checks import page_checks

TEXT = "# A {#a}\n\n``` listing\npowers/torn.py\n```\n\n"
PROGRAM = "import no_such_package\n\nlength = no_such_package.length\nprint(length)\n"


def with_extra(small: Any) -> Any:
    """Give a small book an extra which is not installed."""
    name = "pyproject.toml"
    extras = '\n[project.optional-dependencies]\ntorn = ["no-such-package>=2"]\n'
    small.write(name, (small.root / name).read_text("utf-8") + extras)
    return small


@pytest.fixture
def torn(small: Any) -> Any:
    """A small book with a listing that imports an extra which is not installed."""
    with_extra(small).listing("torn", PROGRAM, "27.7\n")
    return small


def failures(torn: Any, text: str, for_readers: bool) -> list[str]:
    """What does not hold of a page, for readers or for those who prove the book."""
    path = torn.write("docs/en/powers.md", TEXT + text)
    page = Book(torn.project, for_readers=for_readers).page(path)
    checks = [c for c in page_checks(page) if "same" not in c.name and "public" not in c.name]
    return [failure.message for check in checks for failure in check.run()]


def test_whoever_proves_the_book_needs_the_extra(torn: Any) -> None:
    said = failures(torn, "It is [27.7]{= length} long.\n", for_readers=False)
    assert any("No module named 'no_such_package'" in message for message in said)


def test_readers_see_the_record_without_the_extra(torn: Any) -> None:
    assert failures(torn, "It is [27.7]{= length}, [8]{= torn: length}.\n", for_readers=True) == []


def test_what_does_not_hang_on_the_extra_is_proven_for_readers_too(torn: Any) -> None:
    said = failures(torn, "It is [27.8]{= powers/squares: length}.\n", for_readers=True)
    assert said == ["the page says 27.8; powers/squares: length is 27.7128129"]
    assert failures(torn, "[3]{= nobody}\n", for_readers=True) != []
    torn.replace("docs/listings/powers/torn.py", "print(length)", "print(length, length)")
    assert any("edited since" in m for m in failures(torn, "", for_readers=True))


def test_a_package_that_is_no_extra_must_be_there_for_readers_too(torn: Any) -> None:
    torn.replace("pyproject.toml", "no-such-package", "another-package")
    said = failures(torn, "", for_readers=True)
    assert any("No module named 'no_such_package'" in message for message in said)


IN_PACKAGE = """\
import no_such_package

__all__ = ["length"]

length = no_such_package.length
"""


@pytest.mark.parametrize(
    "program",
    [
        "from subject.deep.torn import length",
        "from subject.deep import torn\n\nlength = torn.length",
        "import subject.deep.torn as torn\n\nlength = torn.length",
        "from subject.deep import length",
        "from subject.deep.beside import length",
        "from subject.beside import length",
    ],
)
def test_an_extra_that_the_package_itself_imports_is_needed_too(small: Any, program: str) -> None:
    book = with_extra(small)
    book.write("src/subject/deep/__init__.py", "from subject.deep.torn import length\n")
    book.write("src/subject/deep/torn.py", IN_PACKAGE)
    book.write("src/subject/deep/beside.py", "length = 27.7\n")
    book.write("src/subject/beside.py", "from .deep.torn import length\n")
    book.listing("torn", f"{program}\nprint(length)\n", "27.7\n")
    assert failures(book, "", for_readers=True) == []


def test_an_extra_that_another_module_imports_is_not_needed(small: Any) -> None:
    book = with_extra(small)
    book.write("src/subject/torn.py", IN_PACKAGE)
    book.write("src/subject/whole.py", "length = 27.7\n")
    book.listing("torn", "from subject.whole import length\nprint(length)\n", "27.7\n")
    said = failures(book, "It is [27.8]{= torn: length} long.\n", for_readers=True)
    assert said == ["the page says 27.8; torn: length is 27.7"]


def test_what_a_function_imports_when_it_is_called_is_not_needed(small: Any) -> None:
    book = with_extra(small)
    text = (
        "def torn():\n    import no_such_package\n    return no_such_package\n\n\nlength = 27.7\n"
    )
    book.write("src/subject/whole.py", text)
    book.listing("torn", "from subject.whole import length\nprint(length)\n", "27.7\n")
    said = failures(book, "It is [27.8]{= torn: length} long.\n", for_readers=True)
    assert said == ["the page says 27.8; torn: length is 27.7"]
    text = "import no_such_package\n\n\nlength = 27.7\n"
    book.write("src/subject/whole.py", text)
    assert failures(book, "It is [27.8]{= torn: length} long.\n", for_readers=True) == []
