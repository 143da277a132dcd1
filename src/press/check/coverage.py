"""What the book owes as a whole: all is shown, sources were seen, exemptions are used."""

import re
from collections.abc import Iterator
from pathlib import Path

from press.check.book import Book, Page
from press.check.sightings import unsighted
from press.failure import Failure
from press.record.lab_outputs import leftovers
from press.record.share import stale_shares
from press.syntax.definitions import SourceError, module_path, public_names
from press.syntax.woven import Api, Figure, Interactive, Listing, Source

__all__ = ["book_failures", "undocumented_names"]


def undocumented_names(page: Page) -> Iterator[tuple[int, str]]:
    """Yield the public names of a page's chapter that no source fence of the page shows."""
    project = page.book.project
    shown = {(item.module, item.symbol) for item in page.items if isinstance(item, Source)}
    for module in project.chapters.get(page.chapter, ()):
        try:
            names = public_names(project.source, module)
        except SourceError as error:
            yield 1, str(error)
            continue
        for name in names:
            if (module, name) not in shown:
                yield 1, f"{module}.{name} is public, and no source fence of this page shows it"


def book_failures(book: Book) -> list[Failure]:
    """Return what the book owes as a whole, whatever its pages say."""
    return [
        *_orphaned_files(book),
        *unsighted(book.project),
        *_modules_without_chapter(book),
        *_modules_without_reference(book),
        *_idle_exemptions(book),
        *_stale_shares(book),
    ]


def _orphaned_files(book: Book) -> list[Failure]:
    """Return the listings, figures and outputs that no page shows and no program made."""
    project = book.project
    listings = {i.path for p in book.pages() for i in p.recognised.items if isinstance(i, Listing)}
    figures = {i.path for p in book.pages() for i in p.recognised.items if isinstance(i, Figure)}
    failures: list[Failure] = []
    for folder, suffix, shown, what in (
        (project.listings, ".py", listings, "listing"),
        (project.figures, ".svg", figures, "figure"),
    ):
        failures += [
            Failure(path, 1, f"no page shows this {what}")
            for path in sorted(folder.glob(f"*/*{suffix}"))
            if path.relative_to(folder).as_posix() not in shown
        ]
    items = (item for p in book.pages() for item in p.recognised.items)
    shown_folders = {item.name for item in items if isinstance(item, Interactive)}
    failures += [
        Failure(path, 1, "no page shows this interactive figure")
        for path in sorted(project.interactive.glob("*/*/*"))
        if path.is_file()
        and path.parent.relative_to(project.interactive).as_posix() not in shown_folders
    ]
    failures += [
        Failure(path, 1, "an output of a lab or of a cell that is not there")
        for program in {
            p.with_suffix(".py") for p in project.labs.glob("[!.]*") if p.suffix != ".sha256"
        }
        for path in leftovers(program)
    ]
    failures += [
        Failure(path, 1, "the output of a listing that is not there")
        for path in sorted(project.listings.glob("*/*.out"))
        if not path.with_suffix(".py").is_file()
    ]
    return failures


def _modules_without_chapter(book: Book) -> list[Failure]:
    """Return the modules with public names that no chapter owns."""
    project = book.project
    owned = {module for modules in project.chapters.values() for module in modules}
    failures = []
    for chapter, modules in project.chapters.items():
        settings = project.root / "pyproject.toml"
        if not (project.docs / project.languages[0] / f"{chapter}.md").is_file():
            failures.append(Failure(settings, 1, f"the chapter {chapter!r} has no page"))
        for module in modules:
            try:
                module_path(project.source, module)
            except SourceError:
                failures.append(Failure(settings, 1, f"{chapter} owns {module}; there is none"))
    for module, path in project.modules.items():
        if path.stem != "__init__" and module not in owned:
            failures.append(Failure(path, 1, f"no chapter owns {module}"))
    return failures


def _modules_without_reference(book: Book) -> list[Failure]:
    """Return the modules with public names that the page of the reference leaves out."""
    project = book.project
    page = project.api_page(project.languages[0])  # the others are the same
    if not page.is_file():
        return []
    listed = {item.module for item in book.page(page).recognised.items if isinstance(item, Api)}
    failures = []
    for module, path in project.modules.items():
        if module not in listed and _has_names(project.source, module):
            failures.append(Failure(path, 1, f"no api fence of {page.name} names {module}"))
    return failures


def _has_names(root: Path, module: str) -> bool:
    try:
        return bool(public_names(root, module))
    except SourceError:
        return False


def _idle_exemptions(book: Book) -> list[Failure]:
    """Return the exempt strings that no page uses: the list stays short."""
    path: Path = book.project.docs / "exemptions.txt"
    texts = [page.text.front_matter + page.text.body for page in book.pages()]
    return [
        Failure(path, number, f"no page uses the exemption {line!r}")
        for number, line in enumerate(_lines(path), 1)
        if line.strip() and not line.startswith("#")
        if not any(re.search(re.escape(line), text) for text in texts)
    ]


def _stale_shares(book: Book) -> list[Failure]:
    """Return the pictures of shared links that `update` would draw or remove."""
    advice = "run `python -m press update`"
    read = {page.path: page.recognised for page in book.pages()}
    stale = stale_shares(book.project, read.__getitem__)
    return [Failure(path, 1, f"{why}; {advice}") for path, why in stale]


def _lines(path: Path) -> list[str]:
    return path.read_text("utf-8-sig").splitlines() if path.is_file() else []
