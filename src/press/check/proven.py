"""Which pages hold, remembered by everything that their proof depends on.

The hash of a page names its text, its programs, what they printed and drew, the source that it
shows, the same of its translations, the anchors of all pages, the press itself and what is
installed. A page whose hash is remembered was proven with just that, and holds; whoever edits
anything of it gives it another hash. Only what holds is remembered.
"""

from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

from press.check.page_hashes import Hashes, PageHashes, hash_files
from press.execute.cache import Store
from press.execute.imports import text_hash
from press.execute.runner import Runner
from press.project import Project
from press.record.share import list_of_shares

__all__ = ["Proven"]


class Proven:
    """The pages of a project that hold; make a new one after an edit."""

    def __init__(self, project: Project, runner: Runner, for_readers: bool) -> None:
        """Keep whose pages, and by what their programs run; nothing is read yet.

        A proof for readers runs less (see `press.check.book.Book`), so it proves nothing to others.
        """
        self.project = project
        self.runner = runner
        self.for_readers = for_readers
        self._store = Store(runner.cache / "proven")

    @cached_property
    def _hashes(self) -> Hashes:
        """What the proof of each page depends on, as it was when somebody first asked."""
        return _hashes_of(self.project)

    def holds(self, page: Path) -> bool:
        """Return whether a page was proven with just what its proof depends on now."""
        return page in self._hashes and self._knows(_place(self.project, page), *self._hashes[page])

    def whole_holds(self) -> bool:
        """Return whether the book was proven as it is now: all pages, and that all is shown."""
        return self._knows("the book", *_whole(self._hashes))

    def remember(self, pages: Iterable[Path], whole: bool = False) -> None:
        """Remember that pages hold, unless somebody has edited them while they were proven.

        Args:
            pages: those on which nothing was found.
            whole: whether nothing was found in the whole book.
        """
        now = _hashes_of(self.project)
        for page in pages:
            if now.get(page) == self._hashes.get(page):
                self._add(_place(self.project, page), *now[page])
        if whole and now == self._hashes:
            self._add("the book", *_whole(now))
            self._store.sweep()

    @cached_property
    def _common(self) -> str:
        """The hash of what the proof of each page depends on, beside its hash."""
        root = self.project.root
        files = [root / name for name in ("mkdocs.yml", "pyproject.toml", "package-lock.json")]
        files += sorted(Path(__file__).parents[1].rglob("*.py"))
        files += sorted(Path(__file__).parents[1].rglob("*.mjs"))
        for package in self.project.packages:  # public names, anchors of the reference
            files += sorted((self.project.source / package).rglob("*.py"))
        return self.runner.key(*(text_hash(file) for file in files if file.is_file()))

    def _knows(self, *parts: str) -> bool:
        proofs = (False, True) if self.for_readers else (False,)
        return any(self._store.get(self._key(readers, *parts)) is True for readers in proofs)

    def _add(self, *parts: str) -> None:
        self._store.put(self._key(self.for_readers, *parts), True)

    def _key(self, for_readers: bool, *parts: str) -> str:
        return self.runner.key(self._common, str(for_readers), *parts)


def _hashes_of(project: Project) -> Hashes:
    """Return the hashes of all pages and, under the folder of the docs, what the book owes.

    That hangs on which files there are, and on what each picture of a shared link was drawn from.
    """
    names = sorted(p.relative_to(project.docs) for p in project.docs.rglob("*") if p.is_file())
    drawn = hash_files(project.root, [list_of_shares(project)])
    hashes = PageHashes(project).of_proofs
    return hashes | {project.docs: (*(name.as_posix() for name in names), drawn)}


def _whole(hashes: Hashes) -> list[str]:
    return [" ".join(hash_) for hash_ in hashes.values()]


def _place(project: Project, page: Path) -> str:
    return page.relative_to(project.docs.resolve()).as_posix()
