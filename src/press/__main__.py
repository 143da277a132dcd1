"""The press from the command line.

python -m press check [PAGE …]    prove pages; all of them, and the book, if none is named
python -m press update            record anew what listings print and figures draw
python -m press portable          run all of it under other arithmetics, and compare
python -m press new CHAPTER       create a chapter's files
"""

import argparse
import sys
from pathlib import Path

from press.book import Book
from press.check import check_book, check_page
from press.failure import PressError
from press.portable import portable
from press.project import Project
from press.update import new_chapter, update


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m press", description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("check", help="prove pages")
    check.add_argument("page", nargs="*", type=Path, help="pages; all if none is named")
    commands.add_parser("update", help="record what listings print and figures draw")
    commands.add_parser("portable", help="run all of it under other arithmetics, and compare")
    new = commands.add_parser("new", help="create a chapter's files")
    new.add_argument("chapter", help="the chapter's stem, e.g. softmax")
    options = parser.parse_args(arguments)
    project = Project.load()
    if options.command == "update":
        try:
            changed = update(project)
        except (PressError, RuntimeError) as error:
            print(error)
            return 1
        for path in changed:
            print(f"recorded {path.relative_to(project.root)}")
        return 0
    if options.command == "portable":
        try:
            failures = portable(project)
        except RuntimeError as error:
            print(error)
            return 1
        for failure in failures:
            print(failure)
        print(f"{len(failures)} contradictions", file=sys.stderr)
        return 1 if failures else 0
    if options.command == "new":
        try:
            created = new_chapter(project, options.chapter)
        except (FileExistsError, ValueError) as error:
            parser.error(str(error))
        for path in created:
            print(f"created {path.relative_to(project.root)}")
        return 0
    book = Book(project)
    pages = book.pages()
    for path in options.page:
        if path.resolve() not in {page.file for page in pages}:
            parser.error(f"a page of the book; got {path}")
    if options.page:
        named = {path.resolve() for path in options.page}
        pages = [page for page in pages if page.file in named]
        failures = sorted({failure for page in pages for failure in check_page(page)})
    else:
        failures = check_book(book)
    for failure in failures:
        print(failure)
    print(f"{len(pages)} pages, {len(failures)} failures", file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
