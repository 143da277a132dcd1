"""What a server remembers between two edits, so that it builds what an edit touches.

A page is built again if anything that it shows has changed: its text, a listing,
a recorded output, a source file, a figure. A whole language is built again if something
that every page shows has changed: a title, the theme, mkdocs.yml.
"""

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, ClassVar

from press.book import Book
from press.check import LINKS, page_checks
from press.failure import Failure
from press.project import Project, file_of, read_page
from press.recognise import Api, Figure, Listing, Source, recognise
from press.run import Runner
from press.source import SourceError, module_path

__all__ = ["Live"]

_TITLE = re.compile(r"^#\s+(.*?)\s*(?:\{[^{}]*\})?\s*$", re.MULTILINE)


class Live:
    """A server's memory of one site.

    Attributes:
        current: the memory of this process's server, if it serves. MkDocs loads its hooks
            anew with every configuration, so a hook cannot keep it.
    """

    current: ClassVar["Live | None"] = None

    def __init__(self) -> None:
        """Start with nothing built."""
        self.folder = Path(tempfile.mkdtemp(prefix="press_"))
        self.configs: dict[str, Any] = {}
        self.built: dict[str, dict[Path, str]] = {}
        self.common: dict[str, str] = {}
        self.changed: set[Path] = set()
        self.book: Book | None = None  # as it is now; an edit brings a new one

    def build(
        self,
        project: Project,
        language: str,
        load: Callable[[Path], Any],
        build: Callable[[Any, bool], None],
        into: Path,
    ) -> None:
        """Build what has changed in one language and put the language into a site.

        Args:
            project: the project as it is now.
            language: which one.
            load: makes a configuration that builds into a folder.
            build: builds a configuration, and if told so only what ``changed``.
            into: where the language's folder goes.
        """
        self.book = None
        folder = self.folder / language
        common = _hash_files([project.root / "mkdocs.yml", *_files(project.docs / "theme")])
        common += "".join(title_of(page) for page in project.pages(language))
        if self.common.get(language) != common:
            self.built.pop(language, None)
            self.configs[language] = load(folder)
        prints = fingerprints(project, language)
        known = self.built.get(language, {})
        self.changed = {page for page, mark in prints.items() if known.get(page) != mark}
        if self.changed:
            programs = [*project.listings.glob("*/*.py"), *project.figures.glob("*/*.py")]
            Runner(project).run_all(programs)
        assets = _hash_files(_files(project.docs / "assets"))
        if self.changed or self.common.get(f"{language} assets") != assets or not known:
            build(self.configs[language], bool(known))
        self.built[language], self.common[language] = prints, common
        self.common[f"{language} assets"] = assets
        shutil.rmtree(into, ignore_errors=True)
        shutil.copytree(folder, into, copy_function=_link)

    def failures(self, project: Project, page: Path) -> list[Failure]:
        """Return what does not hold on a page, links aside: other pages may be half-built."""
        if self.book is None:
            self.book = Book(project, for_readers=True)
        checks = page_checks(self.book.page(page))
        return sorted({f for check in checks if check.name != LINKS for f in check.run()})


def title_of(page: Path) -> str:
    """Return a page's title, as its first heading says it."""
    match = _TITLE.search(read_page(page).body)
    return match[1] if match else page.stem


def fingerprints(project: Project, language: str) -> dict[Path, str]:
    """Return for each page of a language a hash of everything that it shows."""
    runner = Runner(project)
    shared = _hash_files(
        [project.docs / n for n in ("sources.toml", "exemptions.txt", "symbols.py")]
        + sorted((project.docs / "measured").glob("*.json"))
    )
    return {
        page.resolve(): _fingerprint(project, runner, page, shared)
        for page in project.pages(language)
    }


def _fingerprint(project: Project, runner: Runner, page: Path, shared: str) -> str:
    files, keys = [file_of(page)], [shared]
    for item in recognise(read_page(page).body).items:
        if isinstance(item, Listing):
            listing = project.listings / item.path
            files += [listing, listing.with_suffix(".out")]
            keys += [runner.key_of(listing)] if listing.is_file() else []
        elif isinstance(item, Figure):
            files += [project.figure(item.path), project.drawn_by(item.path)]
        elif isinstance(item, Source | Api):
            try:
                files.append(module_path(project.source, item.module))
            except SourceError:
                keys.append("no such module")
    if page.suffix == ".ipynb":
        files.append(file_of(page).with_suffix(".out"))
    return _hash_files(files) + "".join(keys)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _hash_files(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(str(file).encode() + b"\0")
        digest.update((file.read_bytes() if file.is_file() else b"absent") + b"\0")
    return digest.hexdigest()


def _link(source: str, target: str) -> str:
    """Put a file into the site without copying it, where the disk allows it."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
    return target
