"""Hashes of what pages show, and of what their proof depends on."""

import hashlib
import json
import re
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

from press.execute.runner import Runner
from press.project import Project, file_of
from press.record.fingerprints import is_recorded
from press.syntax.definitions import SourceError, module_path
from press.syntax.pages import read_page
from press.syntax.recognise import recognise
from press.syntax.woven import Api, Figure, Interactive, Listing, Source

__all__ = ["Hashes", "PageHashes", "hash_files"]

Hashes = dict[Path, tuple[str, ...]]
"""For each page its own hash, those of its translations, and that of all anchors."""

_QUALIFIER = re.compile(r"\{=?\s*([a-z0-9_][a-z0-9_/-]*):\s")
_ANCHOR = re.compile(r"\{[^{}\n]*#[\w.-]+[^{}\n]*\}|\bid=[\"'][^\"']+[\"']")
_NAMED = (Listing, Figure, Source, Api)  # what can be linked to by its name


class PageHashes:
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

    @cached_property
    def _figures(self) -> str:
        """The hash of all interactive figures: they share scripts, whose names a page holds."""
        scripts = (self.project.source / "interactive").glob("*.js")
        return hash_files(
            self.project.root, sorted([*self.project.interactive.glob("*/*/*.*"), *scripts])
        )

    def of(self, language: str) -> dict[Path, str]:
        """Return for each page of a language a hash of everything that it shows."""
        if language not in self._shown:
            pages = self.project.pages(language)
            self._shown[language] = {page.resolve(): self._of(page) for page in pages}
        return self._shown[language]

    @cached_property
    def of_proofs(self) -> Hashes:
        """For each page what its proof depends on, as far as an edit of the book can change it.

        That is what the page shows, what it shows in the other languages, and all anchors.
        """
        shown = {
            page: page_hash
            for la in self.project.languages
            for page, page_hash in self.of(la).items()
        }
        anchors = hashlib.sha256(json.dumps([self._anchors[page] for page in shown]).encode())
        hashes: Hashes = {}
        for page, page_hash in shown.items():
            others = [shown.get(other.resolve(), "") for other in self.project.translations(page)]
            hashes[page] = (page_hash, *others, anchors.hexdigest())
        return hashes

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
                if isinstance(item, Interactive):
                    keys += [self._runner.figure_key(item.name), self._figures]
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


def hash_files(root: Path, files: Iterable[Path]) -> str:
    """Return a hash of the names of files below a folder, and of what they hold."""
    digest = hashlib.sha256()
    for file in files:
        name = file.relative_to(root) if file.is_relative_to(root) else file
        digest.update(name.as_posix().encode() + b"\0")
        digest.update((file.read_bytes() if file.is_file() else b"absent") + b"\0")
    return digest.hexdigest()
