"""The press catches what it says it catches: faults of every kind, in a copy of the book."""

import dataclasses
import json
import runpy
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from press.check.book import Book, Page
from press.check.checks import page_checks
from press.check.coverage import book_failures
from press.execute.imports import text_hash
from press.failure import Failure
from press.project import Project
from press.pytest_plugin import BOOK, RUNS

ROOT = Path(__file__).parents[3]
SETTINGS = ("pyproject.toml", "mkdocs.yml", "package.json", "package-lock.json")
FAULTS = runpy.run_path(str(Path(__file__).with_name("faults.py")))["all_faults"](
    Project.load(ROOT), per_kind=1
)


@dataclasses.dataclass
class Copy:
    """A copy of the book: what fails in it fails because of the fault that was seeded.

    What fails without one fails in the book itself, too, and its own tests say so.
    """

    book: Book

    def failures_of(self, names: set[str]) -> set[Failure]:
        """Return what fails on the pages that files of these names appear on.

        A page that shows nothing of them fails only where it reads the others.
        """
        found = set(book_failures(self.book))
        changed = self.changed_by(names)
        for page in self.showing(names):
            checks = [c for c in page_checks(page) if page in changed or c.reads_others]
            found |= {failure for check in checks for failure in check.run()}
        return found

    def changed_by(self, names: set[str]) -> list[Page]:
        """Return the pages that show something of files of these names."""
        root = self.book.project.root
        showing = self.showing(names)
        own = [page for page in showing if _name(root, page.file) in names]
        return own if {_name(root, page.file) for page in own} == names else showing

    def showing(self, names: set[str]) -> list[Page]:
        """Return the pages, in every language, that files of these names appear on."""
        root = self.book.project.root
        inner = {Path(name).with_suffix("") for name in names}
        pages = {p.path.name for p in self.book.pages() if _name(root, p.file) in names}
        pages |= {f"{path.parent.name}.md" for path in inner}
        folders = [path.parts for path in inner if "interactive" in path.parts]
        pages |= {f"{parts[parts.index('interactive') + 1]}.md" for parts in folders}
        labs = {f"{part}.ipynb" for path in inner if "labs" in path.parts for part in path.parts}
        return [page for page in self.book.pages() if page.path.name in pages | labs]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Copy:
    if RUNS in request.config.stash:  # the book itself needs the same runs
        request.config.stash[RUNS].result()
    root = tmp_path_factory.mktemp("book")
    shutil.copytree(ROOT / "docs", root / "docs")
    for name in SETTINGS:
        shutil.copy2(ROOT / name, root / name)
    for name in ("src", "node_modules"):
        (root / name).symlink_to(ROOT / name)
    project = dataclasses.replace(Project.load(root), cache=ROOT / ".cache" / "press")
    copy = Copy(Book(project))
    if run := request.config.stash.get(BOOK, None):
        copy.book.borrow(run)  # its pages say the same
    return copy


def depends_on(fault: Any) -> Iterator[str]:
    """Yield hashes of what decides whether a fault is caught, beside the fault itself.

    That is what its chapters consist of, what all chapters share, and which files there are.
    """
    yield from (text_hash(ROOT / name) for name in SETTINGS)
    docs = sorted(path for path in (ROOT / "docs").rglob("*") if path.is_file())
    stems = {part for name in fault.edits for part in Path(name).with_suffix("").parts}
    stems -= {"docs", "en", "zh", "figures", "labs", "listings", "src"}
    for path in docs:
        inner = path.relative_to(ROOT / "docs")
        page = inner.parts[0] in ("en", "zh") and inner.with_suffix("").name not in stems
        yield f"{inner} {'' if page else text_hash(path)}"
    for path in sorted(p for end in ("py", "js", "mjs") for p in (ROOT / "src").rglob(f"*.{end}")):
        yield text_hash(path)


@pytest.fixture
def seeded(request: pytest.FixtureRequest) -> Iterator[set[tuple[str, int]]]:
    """Seed one fault, yield the places that fail because of it, and take it out again."""
    fault = request.param
    if kept := request.config.pluginmanager.get_plugin("kept"):
        kept.skip_if_passed(request.node, json.dumps(fault.edits), *depends_on(fault))
    copy: Copy = request.getfixturevalue("copy")
    root = copy.book.project.root
    before = {
        n: (root / n).read_text("utf-8") if (root / n).is_file() else None for n in fault.edits
    }
    changed = copy.changed_by(set(fault.edits))
    try:
        for name, text in fault.edits.items():
            assert text != before[name], "a fault changes its file"
            (root / name).parent.mkdir(exist_ok=True)
            (root / name).write_text(text, "utf-8")
        for page in changed:
            copy.book.forget(page.path)
        failures = copy.failures_of(set(fault.edits))
        yield {(_name(root, failure.path), failure.line) for failure in failures}
    finally:
        for name, text in before.items():
            if text is None:
                (root / name).unlink()
                with suppress(OSError):  # a folder that was made for it
                    (root / name).parent.rmdir()
            else:
                (root / name).write_text(text, "utf-8")
        for page in changed:
            copy.book.put_back(page)


def _name(root: Path, path: Path) -> str:
    return path.relative_to(root).as_posix()


# By day each kind once, in one language or the other, on a page or in a lab; by night all.
KINDS = {kind: [f for f in FAULTS if f.kind == kind] for kind in {f.kind for f in FAULTS}}
BY_DAY = {id(these[i % len(these)]) for i, (_, these) in enumerate(sorted(KINDS.items()))}


@pytest.mark.parametrize(
    ("seeded", "fault"),
    [
        pytest.param(fault, fault, marks=[] if id(fault) in BY_DAY else pytest.mark.nightly)
        for fault in FAULTS
    ],
    ids=map(str, FAULTS),
    indirect=["seeded"],
)
def test_the_press_catches(seeded: set[tuple[str, int]], fault: Any) -> None:
    blamed = {place for place in seeded if place[0] in fault.blamed}
    assert blamed, f"not caught; found elsewhere: {sorted(seeded)}"
    if fault.line is not None:
        assert fault.line in {line for _, line in blamed}, (
            f"caught on other lines: {sorted(blamed)}"
        )


def test_the_faults_are_many_and_of_many_kinds_in_both_languages() -> None:
    kinds = Counter(fault.kind for fault in FAULTS)
    assert len(FAULTS) >= 60, kinds
    assert len(kinds) >= 60, "a maker of faults finds no place any more"
    edited = {Path(name).stem for fault in FAULTS for name in fault.edits}
    assert edited >= set(Project.load(ROOT).chapters), "no chapter is left out"
    for language in ("zh", "en"):
        in_one = sum(any(f"docs/{language}/" in name for name in f.edits) for f in FAULTS)
        assert in_one >= 30, f"{in_one} faults in {language}"
