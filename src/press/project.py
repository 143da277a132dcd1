"""Where a book keeps its parts; what it says is read anew each time."""

import json
import os
import tempfile
import tomllib
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

__all__ = ["CacheError", "Project", "file_of"]


class CacheError(OSError):
    """A cache that cannot be written."""


@dataclass(frozen=True)
class Project:
    """A book: pages in several languages, listings, figures, and the packages they show.

    Attributes:
        root: the folder of pyproject.toml and mkdocs.yml.
        languages: the folders of docs that hold one language each.
        chapters: the modules that each chapter owns.
        cache: where runs of listings and rendered formulas are kept; the variable PRESS_CACHE
            of the environment names another folder, for a checkout that cannot be written.
    """

    root: Path
    languages: tuple[str, ...] = ("zh", "en")
    chapters: dict[str, tuple[str, ...]] = field(default_factory=dict)
    cache: Path = Path(".cache/press")

    @classmethod
    def load(cls, start: Path | None = None) -> "Project":
        """Find the project that holds ``start`` (the working folder if none is given).

        Raises:
            FileNotFoundError: if no folder upwards has a pyproject.toml with [tool.press].
        """
        here = (start or Path.cwd()).resolve()
        for root in (here, *here.parents):
            settings = root / "pyproject.toml"
            if settings.is_file():
                table = tomllib.loads(settings.read_text("utf-8-sig")).get("tool", {}).get("press")
                if table is not None:
                    chapters = {k: tuple(v) for k, v in table.get("chapters", {}).items()}
                    elsewhere = os.environ.get("PRESS_CACHE") or cls.cache
                    return cls(
                        root,
                        tuple(table.get("languages", cls.languages)),
                        chapters,
                        root / Path(table.get("cache", elsewhere)).expanduser(),
                    )
        raise FileNotFoundError(
            f"a pyproject.toml with [tool.press] at or above {here}; found none"
        )

    def writable_cache(self) -> Path:
        """Return the folder of the cache, made if need be.

        Raises:
            CacheError: if nothing can be written there.
        """
        try:
            self.cache.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.cache):
                return self.cache
        except OSError as error:
            raise CacheError(
                f"the cache {self.cache} must be a folder that can be written"
                f" ({error.strerror}); PRESS_CACHE names another one"
            ) from None

    @property
    def docs(self) -> Path:
        """The folder of everything that is published."""
        return self.root / "docs"

    @property
    def listings(self) -> Path:
        """The folder of complete programs."""
        return self.docs / "listings"

    @property
    def figures(self) -> Path:
        """The folder of drawings and of the code that draws them."""
        return self.docs / "figures"

    @property
    def interactive(self) -> Path:
        """The folder of the figures that readers change."""
        return self.docs / "interactive"

    @property
    def interactives(self) -> list[str]:
        """The figures that readers change, each by the name of its folder: ``masking/mask``."""
        folders = sorted(path.parent for path in self.interactive.glob("*/*/state.toml"))
        return [folder.relative_to(self.interactive).as_posix() for folder in folders]

    @property
    def labs(self) -> Path:
        """The folder of labs: longer experiments, each the source of a page in every language."""
        return self.docs / "labs"

    @property
    def share(self) -> Path:
        """The folder of the pictures that shared links show; a book may have none."""
        return self.docs / "share"

    @property
    def source(self) -> Path:
        """The folder of import packages."""
        return self.root / "src"

    @property
    def packages(self) -> list[str]:
        """The import packages that the chapters teach."""
        modules = (module for modules in self.chapters.values() for module in modules)
        return sorted({module.partition(".")[0] for module in modules})

    @property
    def modules(self) -> dict[str, Path]:
        """The public modules and packages of what the chapters teach, and their files."""
        modules = {}
        for package in self.packages:
            for path in sorted((self.source / package).rglob("*.py")):
                inner = path.relative_to(self.source).with_suffix("")
                parts = inner.parts[:-1] if path.name == "__init__.py" else inner.parts
                if not any(part.startswith("_") for part in parts):
                    modules[".".join(parts)] = path
        return modules

    def api_page(self, language: str) -> Path:
        """Return the place of the page that lists every public name."""
        return self.docs / language / "api.md"

    def pages(self, language: str) -> list[Path]:
        """Return the places of one language's pages: those of labs are notebooks."""
        folder = self.docs / language
        labs = [folder / "labs" / f"{lab.stem}.ipynb" for lab in sorted(self.labs.glob("*.py"))]
        return [*sorted(folder.rglob("*.md")), *labs]

    def has_page(self, page: Path) -> bool:
        """Return whether there is a page at this place."""
        lab = page.suffix == ".ipynb" and page.parent.name == "labs"
        return file_of(page).is_file() if lab else page.is_file()

    def figure(self, path: str) -> Path:
        """Return the file of a drawing, by the name that pages have for it."""
        return self.docs / path if path.startswith("labs/") else self.figures / path

    def drawn_by(self, path: str) -> Path:
        """Return the program that draws a figure, by the name that pages have for it."""
        figure = self.figure(path)
        return (figure.parent if path.startswith("labs/") else figure).with_suffix(".py")

    def program(self, path: str) -> Path:
        """Return the file of a listing or a lab, by the name that pages have for it."""
        return self.docs / path if path.startswith("labs/") else self.listings / path

    def is_lab(self, program: Path) -> bool:
        """Return whether a program is a lab."""
        return program.parent == self.labs

    def name_of(self, program: Path) -> str:
        """Return the name that pages have for a listing or a lab."""
        folder = self.docs if self.is_lab(program) else self.listings
        return program.relative_to(folder).as_posix()

    def language_of(self, page: Path) -> str:
        """Return the language whose folder holds ``page``.

        Raises:
            ValueError: if it lies in none.
        """
        for language in self.languages:
            if page.resolve().is_relative_to((self.docs / language).resolve()):
                return language
        raise ValueError(f"a page must lie in docs/{' or docs/'.join(self.languages)}; got {page}")

    def translations(self, page: Path) -> list[Path]:
        """Return the same page in every other language."""
        language = self.language_of(page)
        inner = page.resolve().relative_to((self.docs / language).resolve())
        return [self.docs / other / inner for other in self.languages if other != language]

    def chapter_of(self, page: Path) -> str:
        """Return the chapter's stem; a lab is no chapter, and named ``labs/stem``."""
        return f"labs/{page.stem}" if page.suffix == ".ipynb" else page.stem

    @property
    def extras(self) -> set[str]:
        """The packages that readers may do without: pyproject.toml calls them optional."""
        table = _parsed((self.root / "pyproject.toml").read_text("utf-8-sig"))
        groups = table.get("project", {}).get("optional-dependencies", {}).values()
        return {Requirement(need).name.replace("-", "_") for group in groups for need in group}

    @property
    def addresses(self) -> dict[str, str]:
        """Where the project is to be found: [project.urls] of pyproject.toml.

        Two of them are known here. ``Repository`` is the address of the code, without a slash at
        the end, ``Documentation`` that of the published site. Either may be missing.
        """
        table = _parsed((self.root / "pyproject.toml").read_text("utf-8-sig"))
        urls: dict[str, str] = table.get("project", {}).get("urls", {})
        return urls

    @property
    def exemptions(self) -> tuple[str, ...]:
        """The exact strings that may hold digits unchecked, longest first."""
        path = self.docs / "exemptions.txt"
        lines = path.read_text("utf-8-sig").splitlines() if path.is_file() else []
        strings = {line for line in lines if line.strip() and not line.startswith("#")}
        return tuple(sorted(strings, key=lambda s: (-len(s), s)))

    @property
    def cited(self) -> dict[str, Any]:
        """The works and facts of docs/sources.toml."""
        path = self.docs / "sources.toml"
        return _parsed(path.read_text("utf-8-sig")) if path.is_file() else {}

    @property
    def facts(self) -> dict[str, dict[str, Any]]:
        """What pages may state without a listing: cited facts, and recorded measurements.

        A measurement is a file of docs/measured; `-` in its name becomes `_`.
        """
        files = sorted((self.docs / "measured").glob("*.json"))
        measured = {f.stem.replace("-", "_"): json.loads(f.read_text("utf-8-sig")) for f in files}
        facts = {
            name: {key: value for key, value in fact.items() if key not in ("seen", "unseen")}
            for name, fact in self.cited.get("facts", {}).items()
        }
        return {"facts": facts, "measured": measured}


@lru_cache(maxsize=8)  # by what is written: no edit is overlooked
def _parsed(text: str) -> dict[str, Any]:
    return tomllib.loads(text)


def file_of(page: Path) -> Path:
    """Return the file that somebody edits: the page's own, or the lab that it comes from."""
    if page.suffix != ".ipynb":
        return page
    return page.parents[2] / "labs" / f"{page.stem}.py"
