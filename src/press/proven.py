"""Which pages hold, remembered by everything that their proof depends on.

The mark of a page names its text, its programs, what they printed and drew, the source that it
shows, the same of its translations, the anchors of all pages, the press itself and what is
installed. A page whose mark is remembered was proven with just that, and holds; whoever edits
anything of it gives it another mark. Only what holds is remembered.
"""

import hashlib
import json
import re
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

from press.imports import text_hash
from press.project import Project, file_of, read_page
from press.recognise import Api, Figure, Listing, Source, recognise
from press.record import is_recorded
from press.run import Runner
from press.source import SourceError, module_path
from press.store import Store

__all__ = ["Fingerprints", "Marks", "Proven", "hash_files"]

Marks = dict[Path, tuple[str, ...]]
_QUALIFIER = re.compile(r"\{=?\s*([a-z0-9_][a-z0-9_/-]*):\s")
_ANCHOR = re.compile(r"\{[^{}\n]*#[\w.-]+[^{}\n]*\}|\bid=[\"'][^\"']+[\"']")
_NAMED = (Listing, Figure, Source, Api)  # what can be linked to by its name


class Fingerprints:
    """Hashes of everything that pages show, as it is now; make new ones after an edit."""

    def __init__(self, project: Project) -> None:
        """Read what every page depends on."""
        self.project = project
        self._runner = Runner(project)
        self._programs: dict[Path, str] = {}
        self._anchors: dict[Path, str] = {}
        self._shown: dict[str, dict[Path, str]] = {}
        self._shared = hash_files(
            project.root,
            [project.docs / n for n in ("sources.toml", "exemptions.txt", "symbols.py")]
            + sorted((project.docs / "measured").glob("*.json")),
        )

    def of(self, language: str) -> dict[Path, str]:
        """Return for each page of a language a hash of everything that it shows."""
        if language not in self._shown:
            pages = self.project.pages(language)
            self._shown[language] = {page.resolve(): self._of(page) for page in pages}
        return self._shown[language]

    @cached_property
    def marks(self) -> Marks:
        """For each page what its proof depends on, as far as an edit of the book can change it.

        That is what the page shows, what it shows in the other languages, and all anchors.
        """
        shown = {page: mark for la in self.project.languages for page, mark in self.of(la).items()}
        anchors = hashlib.sha256(json.dumps([self._anchors[page] for page in shown]).encode())
        marks: Marks = {}
        for page, mark in shown.items():
            twins = [shown.get(twin.resolve(), "") for twin in self.project.twins(page)]
            marks[page] = (mark, *twins, anchors.hexdigest())
        return marks

    def _of(self, page: Path) -> str:
        project = self.project
        files, programs, keys = [file_of(page)], list[Path](), [self._shared]
        body = read_page(page).body
        items = recognise(body).items
        for item in items:
            if isinstance(item, Listing):
                programs.append(project.listings / item.path)
                files += [programs[-1], programs[-1].with_suffix(".out")]
            elif isinstance(item, Figure):
                files += [project.figure(item.path), project.drawn_by(item.path)]
            elif isinstance(item, Source | Api):
                try:
                    files.append(module_path(project.source, item.module))
                except SourceError:
                    keys.append("no such module")
        for name in _QUALIFIER.findall(body):  # a number may be about a listing that is not shown
            path = name if "/" in name else f"{page.stem}/{name}"
            programs.append(project.listings / f"{path}.py")
        if page.suffix == ".ipynb":
            files.append(file_of(page).with_suffix(".out"))
            programs.append(file_of(page))
        named = [item.label for item in items if isinstance(item, _NAMED)]
        name = page.relative_to(project.docs).as_posix()
        self._anchors[page.resolve()] = json.dumps([name, _ANCHOR.findall(body), named])
        return hash_files(project.root, files) + "".join([*keys, *map(self._program, programs)])

    def _program(self, program: Path) -> str:
        """Return what the run of a program depends on, and whether it is recorded as it is."""
        if not program.is_file():
            return ""
        if program not in self._programs:
            recorded = is_recorded(self.project, program)
            self._programs[program] = f"{self._runner.key_of(program)} {recorded}"
        return self._programs[program]


class Proven:
    """The pages of a project that hold; make a new one after an edit."""

    def __init__(self, project: Project, runner: Runner, for_readers: bool) -> None:
        """Keep whose pages, and by what their programs run; nothing is read yet.

        A proof for readers runs less (see `press.book.Book`), so it proves nothing to others.
        """
        self.project = project
        self.runner = runner
        self.for_readers = for_readers
        self._store = Store(runner.cache / "proven")

    @cached_property
    def _marks(self) -> Marks:
        """What the proof of each page depends on, as it was when somebody first asked."""
        return _marks_of(self.project)

    def holds(self, page: Path) -> bool:
        """Return whether a page was proven with just what its proof depends on now."""
        return page in self._marks and self._knows(_place(self.project, page), *self._marks[page])

    def whole_holds(self) -> bool:
        """Return whether the book was proven as it is now: all pages, and that all is shown."""
        return self._knows("the book", *_whole(self._marks))

    def remember(self, pages: Iterable[Path], whole: bool = False) -> None:
        """Remember that pages hold, unless somebody has edited them while they were proven.

        Args:
            pages: those on which nothing was found.
            whole: whether nothing was found in the whole book.
        """
        now = _marks_of(self.project)
        for page in pages:
            if now.get(page) == self._marks.get(page):
                self._add(_place(self.project, page), *now[page])
        if whole and now == self._marks:
            self._add("the book", *_whole(now))
            self._store.sweep()

    @cached_property
    def _common(self) -> str:
        """The hash of what the proof of each page depends on, beside its mark."""
        root = self.project.root
        files = [root / name for name in ("mkdocs.yml", "pyproject.toml", "package-lock.json")]
        files += sorted(Path(__file__).parent.rglob("*.py"))
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


def _marks_of(project: Project) -> Marks:
    """Return the marks of all pages and, under the folder of the docs, that of all files there."""
    names = sorted(p.relative_to(project.docs) for p in project.docs.rglob("*") if p.is_file())
    marks = Fingerprints(project).marks
    return marks | {project.docs: tuple(name.as_posix() for name in names)}


def _whole(marks: Marks) -> list[str]:
    return [" ".join(mark) for mark in marks.values()]


def _place(project: Project, page: Path) -> str:
    return page.relative_to(project.docs.resolve()).as_posix()


def hash_files(root: Path, files: Iterable[Path]) -> str:
    """Return a hash of the names of files below a folder, and of what they hold."""
    digest = hashlib.sha256()
    for file in files:
        name = file.relative_to(root) if file.is_relative_to(root) else file
        digest.update(name.as_posix().encode() + b"\0")
        digest.update((file.read_bytes() if file.is_file() else b"absent") + b"\0")
    return digest.hexdigest()
