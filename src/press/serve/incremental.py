"""What a server keeps between two requests and two edits, so that reading waits for little.

A page is rendered when it is first requested, and again after an edit of anything that it
shows: its text, a listing, a recorded output, a source file, a figure. A thread renders the
pages that nobody has requested yet, because the search finds what stands on them. A whole
language starts anew if something that every page shows has changed: a title, the theme,
mkdocs.yml. The proof runs in another process; what it finds is shown on the page.
"""

import logging
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from threading import Event, RLock, Thread
from typing import Protocol

from press.check.page_hashes import Hashes, PageHashes, hash_files
from press.failure import Failure
from press.project import Project
from press.render.formulas import render_formulas
from press.serve.proof import Proof
from press.syntax.pages import title_of

__all__ = ["Frame", "IncrementalSite"]

log = logging.getLogger("mkdocs.press")

SEARCH = "search/"  # the folder of the index, which needs every page
IDLE_S = 2.0  # how long the thread that renders the rest leaves the first request alone


class Frame(Protocol):
    """One language of a site, as a generator of sites sees it."""

    def build(self) -> None:
        """Build everything but the pages."""

    def page_at(self, address: str) -> Path | None:
        """Return the page that an address below the language's folder belongs to."""

    def order(self) -> list[Path]:
        """Return the pages in the order of the book."""

    def render(self, page: Path) -> None:
        """Render one page and write it."""

    def finish(self) -> None:
        """Write what needs all pages: the index of the search."""


@dataclass
class _Language:
    """What is known of one language.

    Attributes:
        frame: builds it.
        common: a hash of what every page shows.
        static: a hash of the files that are published beside the pages.
        hashes: for each page a hash of everything that it shows.
        stale: the pages to render before they are read.
        indexed: whether the index of the search has been written since a page was rendered.
    """

    frame: Frame
    common: str
    static: str = ""
    hashes: dict[Path, str] = field(default_factory=dict)
    stale: set[Path] = field(default_factory=set)
    indexed: bool = False


class IncrementalSite:
    """A server's memory of one site.

    Attributes:
        folder: where the site is written; it goes with the server.
        lock: whoever builds or renders holds it.
        reload: lets browsers load their page again.
    """

    def __init__(self) -> None:
        """Start with nothing built."""
        self.folder = Path(tempfile.mkdtemp(prefix="press_"))
        self.lock = RLock()
        self.languages: dict[str, _Language] = {}
        self.project: Project | None = None
        self.proof = Proof(self.show)
        self.reload: Callable[[], None] = lambda: None
        self._hashes: Hashes = {}
        self._waiting = 0  # requests for a page
        self._requested, self._edited, self._closed = Event(), Event(), Event()
        self._thread = Thread(target=self._render_the_rest, daemon=True)

    def update(self, project: Project, load: Callable[[str, Path], Frame]) -> None:
        """Look at what has been edited, and prove it.

        Args:
            project: the project as it is now.
            load: returns a language's frame, which is built into a folder.
        """
        with self.lock:
            now = PageHashes(project)
            hashes = {language: now.of(language) for language in project.languages}
            before, self._hashes = self._hashes, now.of_proofs
            if before:  # the first proof waits until there is something to read
                self.proof.start(project, self._hashes, _edited(before, self._hashes))
            parts = [project.docs / "assets", project.listings, project.labs, project.source]
            parts.append(project.interactive)
            static = hash_files(
                project.root, chain.from_iterable(_files(folder) for folder in parts)
            )
            for language in project.languages:
                known = self._frame(project, language, static, load)
                old, known.hashes = known.hashes, hashes[language]
                known.stale |= {page for page, new in known.hashes.items() if old.get(page) != new}
                known.stale &= set(known.hashes)
                known.indexed = known.indexed and not known.stale
            self.project = project
        self._edited.set()

    def _frame(
        self, project: Project, language: str, static: str, load: Callable[[str, Path], Frame]
    ) -> _Language:
        """Return a language, its frame built if something there has changed."""
        known = self.languages.get(language)
        common = hash_files(
            project.root, [project.root / "mkdocs.yml", *_files(project.docs / "theme")]
        )
        common += "".join(title_of(page) for page in project.pages(language))
        if known is None or known.common != common:
            folder = self.folder / language
            shutil.rmtree(folder, ignore_errors=True)
            known = self.languages[language] = _Language(load(language, folder), common)
        if known.static != static:
            known.frame.build()
            known.static, known.indexed = static, False
        return known

    def start(self) -> None:
        """Start to render what nobody has requested yet."""
        self._thread.start()

    def close(self) -> None:
        """Stop everything and leave nothing behind."""
        self._closed.set()
        self._edited.set()
        self._requested.set()
        self.proof.stop()
        if self._thread.is_alive():
            self._thread.join(5)  # it renders one page at most
        shutil.rmtree(self.folder, ignore_errors=True)

    def make(self, address: str) -> None:
        """Render what an address of the site needs."""
        known, inner, page = self._at(address)
        if known is None:
            return
        self._requested.set()
        if inner.startswith(SEARCH):
            self._render_all(known)
        elif page in known.stale:
            with self._ahead(), self.lock:
                self._render(known, page)

    def is_stale(self, address: str) -> bool:
        """Return whether what lies at an address is out of date."""
        known, inner, page = self._at(address)
        if known is None:
            return False
        return not known.indexed if inner.startswith(SEARCH) else page in known.stale

    def _at(self, address: str) -> tuple[_Language | None, str, Path | None]:
        """Return the language of an address, its address there, and its page."""
        language, _, inner = address.partition("/")
        known = self.languages.get(language)
        return known, inner, known.frame.page_at(inner) if known else None

    @contextmanager
    def _ahead(self) -> Iterator[None]:
        """Go before the thread that renders the rest."""
        self._waiting += 1
        try:
            yield
        finally:
            self._waiting -= 1

    def _render(self, known: _Language, page: Path) -> None:
        """Render a page, if it is still out of date; whoever calls holds the lock."""
        if page in known.stale:
            known.indexed = False
            known.frame.render(page)
            known.stale.discard(page)

    def _render_all(self, known: _Language) -> None:
        """Render every page of a language, requests for pages first, and index them."""
        for page in known.frame.order():
            while self._waiting and not self._closed.is_set():
                time.sleep(0.01)
            if self._closed.is_set():
                return
            with self.lock:
                try:
                    self._render(known, page)
                except Exception:
                    log.exception("%s cannot be rendered", page)
        with self.lock:
            if not known.indexed:
                known.frame.finish()
                known.indexed = True

    def _render_the_rest(self) -> None:
        """After the start and after each edit, render what is out of date; then prove."""
        self._requested.wait(IDLE_S)
        while True:
            self._edited.wait()
            self._edited.clear()
            project = self.project
            if self._closed.is_set() or project is None:
                return
            try:
                stale = [page for known in self.languages.values() for page in known.stale]
                render_formulas(project, stale)
                for known in list(self.languages.values()):
                    self._render_all(known)
            except Exception:  # the next edit may mend it
                log.exception("the pages cannot be rendered")
            if not (self._closed.is_set() or self._edited.is_set()):
                self.proof.start(project, self._hashes)

    def failures(self, page: Path) -> list[Failure]:
        """Return what the proof has found on a page so far."""
        return self.proof.failures.get(page, [])

    def show(self, page: Path) -> None:
        """Show on a page what the proof has found there."""
        for known in self.languages.values():
            if page in known.hashes and page not in known.stale:
                with self.lock:
                    known.stale.add(page)
                self.reload()


def _edited(before: Hashes, now: Hashes) -> list[Path]:
    """Return the pages that an edit touches: first those themselves, then their translations."""
    none = ("",)
    touched = [page for page, own in now.items() if before.get(page, none)[:-1] != own[:-1]]
    return sorted(touched, key=lambda page: before.get(page, none)[0] == now[page][0])


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc")
