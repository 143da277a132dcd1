"""An interactive figure is held to its still, its words, its states and the package."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from press.check.checks import item_checks, page_checks
from press.new_figure import new_figure

ROOT = Path(__file__).resolve().parents[3]
FENCE = """
``` interactive
powers/share
still: powers/share.svg
alt: {alt}.
caption: {caption} [0.73]{{= weights[0]}}.
try: score:0 | {caption} [0.5]{{= weights[0]}}.
```
"""


@pytest.fixture(scope="module")
def original(fixed: Any) -> Any:
    """A small book with the figure that `press new-figure` makes, shown in both languages."""
    small = fixed
    shutil.copytree(ROOT / "src" / "interactive", small.root / "src" / "interactive")
    (small.root / "src" / "attention").symlink_to(ROOT / "src" / "attention")
    shutil.copy(ROOT / "docs" / "figures" / "draw.py", small.root / "docs" / "figures" / "draw.py")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(ROOT / name, small.root / name)
    new_figure(small.project, "powers/share")
    for language, alt, caption in (("en", "A bar", "A share:"), ("zh", "一根条", "份额：")):
        page = small.root / "docs" / language / "powers.md"
        fence = FENCE.format(alt=alt, caption=caption)
        small.write(f"docs/{language}/powers.md", page.read_text("utf-8") + fence)
    small.update()
    return small


@pytest.fixture
def figured(original: Any, small: Any) -> Any:
    """A copy of that book to make mistakes in."""
    there = shutil.ignore_patterns("node_modules")
    shutil.copytree(original.root, small.root, symlinks=True, dirs_exist_ok=True, ignore=there)
    return small


def failures(book: Any, *, numbers: bool = True) -> list[str]:
    """Return what does not hold of the figure, and of the numbers in its words."""
    page = book.page()
    kinds = ("interactive", "number 0.") if numbers else ("interactive",)
    checks = [check for check in item_checks(page) if check.name.startswith(kinds)]
    found = [f"{page.file.name}:{line}: {message}" for line, message in page.problems]
    for check in checks:
        found += [f"{f.path.name}:{f.line}: {f.message}" for f in check.run()]
    return found


FOLDER = "docs/interactive/powers/share"
PAGE = "docs/en/powers.md"


def test_a_new_figure_holds_as_it_is_made(figured: Any) -> None:
    assert failures(figured) == []
    html = figured.page().html
    assert 'class="press-figure press-interactive"' in html
    assert 'data-module="powers-share-' in html
    assert 'data-state="score:0"' in html
    assert html.index("press-drawing") < html.index("press-prompts") < html.index("A share:")


PROMPTS = "".join(f"\ntry: score:{n} | Look." for n in (2, 3, 4))


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (f"{FOLDER}/model.js", "[score, 0]", "[score, 1]", "weights[0] is"),
        (f"{FOLDER}/model.js", "{ weights", "{ more: 1, weights", "cases.py must compute more"),
        (f"{FOLDER}/model.js", "softmax([", "softmax([[", "the model must be the package's"),
        (f"{FOLDER}/view.js", "export function view", "export function (", "esbuild"),
        (
            f"{FOLDER}/words.toml",
            'score = "TODO score"',
            "",
            "score must be said in every language",
        ),
        (f"{FOLDER}/words.toml", "TODO score", "TODO score 2", "must hold no numeral"),
        (f"{FOLDER}/words.toml", "is {weight}", "is", "must have the same gaps"),
        (f"{FOLDER}/state.toml", "start = 1", "start = 2", "its program draws"),
        (f"{FOLDER}/state.toml", "start = 1", "start = 1.25", "steps of 0.5"),
        (f"{FOLDER}/state.toml", "heights = [", "heights = [9, ", "heights must be two whole"),
        (f"{FOLDER}/state.toml", "heights =", "height =", "heights must be two whole"),
        (f"{FOLDER}/state.toml", 'kind = "number"', 'kind = "colour"', "must be one of: flag"),
        (f"{FOLDER}/cases.py", "[score, 0.0]", "[score, 1.0]", "the page says 0.73"),
        (f"{FOLDER}/cases.py", "EDGES", "OTHERS", "EDGES"),
        (PAGE, "try: score:0", "try: score:9", "goes from -4 to 4"),
        (PAGE, "try: score:0", "try: scores:0", "a state names only what state.toml has"),
        (PAGE, "try: score:0", "try: score:0;", "must be written 'score:0'"),
        (PAGE, "try: score:0", "try: score:1", "must be written ''"),
        (PAGE, "[0.5]{= w", "[0.6]{= w", "the page says 0.6; "),
        (PAGE, "[0.73]{= w", "[0.75]{= w", "the page says 0.75; "),
        (PAGE, "[0.5]{= weights[0]}", "[0.5]{= 0.5}", "this proves nothing"),
        (PAGE, "powers/share\n", "powers/shares\n", "shares"),
        (PAGE, "still: ", "stil: ", "must hold name, still:, alt:, caption:"),
        (PAGE, "try: score:0 |", "try: score:0", "must hold name, still:, alt:, caption:"),
        (PAGE, "still: powers/share.svg", "still: powers/line.svg", "must draw in_first_state"),
        (PAGE, "``` interactive", "``` interactve", "a fence must be one of"),
        (
            PAGE,
            "[0.5]{= weights[0]}.",
            "[0.5]{= weights[0]}." + PROMPTS,
            "at most 3 prompts; got 4",
        ),
    ],
)
def test_a_mistake_in_a_file_of_the_figure_or_in_its_fence_is_caught(
    figured: Any, file: str, old: str, new: str, message: str
) -> None:
    text = (figured.root / file).read_text("utf-8")
    assert old in text
    figured.write(file, text.replace(old, new, 1))
    found = failures(figured, numbers="the page says" in message or "proves" in message)
    assert any(message in failure for failure in found), found


def test_both_languages_have_the_same_figures_and_states(figured: Any) -> None:
    figured.replace(PAGE, "try: score:0 |", "try: score:0.5 |")
    [check] = [c for c in page_checks(figured.page()) if c.name == "the same as zh"]
    assert any("in zh" in failure.message for failure in check.run())


def test_a_figure_that_no_page_shows_and_one_without_files_are_caught(figured: Any) -> None:
    figured.write("docs/interactive/powers/orphan/state.toml", "")
    book = figured.book()
    from press.check.coverage import book_failures

    assert any("no page shows this interactive figure" in f.message for f in book_failures(book))
    (figured.root / FOLDER / "model.js").unlink()
    assert any("a figure must have this file" in failure for failure in failures(figured))


@pytest.mark.parametrize("name", ["powers/Share", "share", "roots/share", "powers/share"])
def test_a_figure_that_cannot_be_made_is_refused(figured: Any, name: str) -> None:
    with pytest.raises((ValueError, FileExistsError)):
        new_figure(figured.project, name)
