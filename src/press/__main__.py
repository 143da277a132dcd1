"""The press from the command line.

python -m press check [PAGE …]    prove pages; all of them, and the book, if none is named
python -m press update            record anew what listings print, figures draw and links show
python -m press portable          run all of it under other arithmetics, and compare
python -m press new CHAPTER       create a chapter's files
python -m press new-figure NAME   create an interactive figure's files
"""

import argparse
import io
import sys
from collections.abc import Iterable
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from press.chapter_table import write_chapter_table
from press.check.book import Book, Page
from press.check.checks import check_book, check_page
from press.check.portable import portable
from press.failure import PressError
from press.new_chapter import new_chapter
from press.new_figure import new_figure
from press.project import CacheError, Project
from press.record.share import draw_shares
from press.record.update import update


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return the exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a Latin-1 terminal has no Chinese: escape it
            stream.reconfigure(errors="backslashreplace")
    parser = argparse.ArgumentParser(prog="python -m press", description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("check", help="prove pages")
    check.add_argument("page", nargs="*", type=Path, help="pages; all if none is named")
    commands.add_parser("update", help="record what listings print and figures draw")
    commands.add_parser("portable", help="run all of it under other arithmetics, and compare")
    new = commands.add_parser("new", help="create a chapter's files")
    new.add_argument("chapter", help="the chapter's stem, e.g. softmax")
    figure = commands.add_parser("new-figure", help="create an interactive figure's files")
    figure.add_argument("name", help="the chapter's stem and the figure's, e.g. masking/mask")
    options = parser.parse_args(arguments)
    named: list[Path] = getattr(options, "page", [])
    try:
        project = Project.load(named[0].parent if named else None)
        project.writable_cache()
    except (CacheError, FileNotFoundError) as error:
        parser.error(str(error))
    if options.command == "update":
        return _update(project)
    if options.command == "portable":
        return _portable(project)
    if options.command in ("new", "new-figure"):
        try:
            created = (
                new_chapter(project, options.chapter)
                if options.command == "new"
                else new_figure(project, options.name)
            )
        except (FileExistsError, ValueError) as error:
            parser.error(str(error))
        for path in created:
            print(f"created {path.relative_to(project.root)}")
        return 0
    files = {page.file for page in Book(project).pages()}
    for path in named:
        if path.resolve() not in files:
            parser.error(f"{path} must be a page of the book, such as docs/en/softmax.md")
    return _check(project, {path.resolve() for path in named})


def _update(project: Project) -> int:
    try:
        changed = update(project, Book(project).names_needed())
        changed += [*draw_shares(project), *write_chapter_table(project)]
    except (PressError, RuntimeError) as error:
        print(error)
        return 1
    for path in changed:
        print(f"recorded {path.relative_to(project.root)}")
    return 0


def _portable(project: Project) -> int:
    try:
        failures = portable(project, say=partial(print, flush=True))
    except RuntimeError as error:
        print(error)
        return 1
    for failure in failures:
        print(failure)
    print(f"{len(failures)} contradictions", file=sys.stderr)
    return 1 if failures else 0


def _check(project: Project, named: set[Path]) -> int:
    """Prove pages, all if none is named, and return the exit status."""
    book = Book(project)
    pages = [page for page in book.pages() if page.file in named or not named]
    lacking = _lacking(book, pages)
    if lacking:
        book = Book(project, for_readers=True)  # it runs nothing that lacks something
        pages = [book.page(page.path) for page in pages]
    if named:
        book.run(pages)
        failures = sorted({failure for page in pages for failure in check_page(page)})
    else:
        failures = check_book(book)
    for failure in failures:
        print(failure)
    print(f"{len(pages)} pages, {len(failures)} failures", file=sys.stderr)
    if lacking:
        waiting = {program for page in pages for program in page.waiting}
        print(
            f"{' and '.join(sorted(lacking))} must be installed to prove everything"
            f" (make setup-test); {len(waiting)} programs did not run",
            file=sys.stderr,
        )
    return 1 if failures or lacking else 0


def _lacking(book: Book, pages: Iterable[Page]) -> set[str]:
    """Return the optional packages that programs of pages need and that are missing."""
    programs = book.programs(pages)
    missing = {name for program in programs for name in book.runner.lacks(program)}
    if any(map(book.project.is_lab, programs)) and find_spec("matplotlib") is None:
        missing.add("matplotlib")  # every lab may draw
    return missing


if __name__ == "__main__":
    sys.exit(main())
